"""Run the cells of an experiment in parallel processes; resume; lose none to another's failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from threadpoolctl import threadpool_limits

from exports.errors import LabError
from exports.filesystem.rooms import workroom
from reidlab.bench.cells import Cell, Outcome, cells, keys, read, write
from reidlab.bench.experiment import Experiment, Material
from reidlab.bench.materials import prepared as material
from reidlab.bench.trial import Made, make, probe, sentence
from reidlab.bench.workers import Workers

Report = Callable[[int, int], object]
Task = list[tuple[Cell, str]]


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes of an experiment, in the order of its cells."""

    experiment: Experiment
    outcomes: tuple[tuple[Cell, Outcome], ...]


def run(
    experiment: Experiment,
    folder: Path,
    *,
    workers: int | Workers | None = None,
    report: Report | None = None,
) -> Run:
    """Compute every cell that ``folder`` does not hold yet, and again those that failed.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    folder : Path
        Where outcomes are kept; the same folder resumes a killed run.
    workers : int or Workers, optional
        Processes; by default one per core. The numbers do not depend on it.
    report : callable
        Called with the cells done and the cells in all.

    Raises
    ------
    LabError
        When the folder cannot be written or the material cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"{folder} cannot be written ({error.strerror}): choose another --out.") from None
    wanted = keys(list(cells(experiment)), experiment.material)
    missing = [(cell, key) for cell, key in wanted if _open(read(folder, key))]
    tasks = [list(group) for _, group in groupby(missing, lambda one: (str(one[0].defense), one[0].seed))]
    tasks.sort(key=lambda task: task[0][0].seed)
    done = len(wanted) - len(missing)
    tell = report or (lambda *_: None)
    tell(done, len(wanted))
    shared = isinstance(workers, Workers)
    pool = workers if isinstance(workers, Workers) else Workers(workers)
    try:
        for computed in _each(experiment.material, tasks, folder, pool):
            done += computed
            tell(done, len(wanted))
    finally:
        if not shared:
            pool.stop()
    stored = ((cell, read(folder, key)) for cell, key in wanted)
    return Run(experiment, tuple((cell, outcome) for cell, outcome in stored if outcome is not None))


def _open(stored: Outcome | None) -> bool:
    return stored is None or stored.status == "failed"


def _each(source: Material, tasks: list[Task], folder: Path, workers: Workers) -> Iterator[int]:
    """Compute the tasks in this process or in others; yield the cells of each finished one."""
    if workers.count == 1 or len(tasks) < 2:
        for task in tasks:
            _compute(source, task, folder)
            yield len(task)
        return
    orphans: list[Task] = []
    running = {workers.submit(_compute, source, task, folder): task for task in tasks}
    for finished in as_completed(running):
        try:
            finished.result()
        except BrokenProcessPool:
            orphans.append(running[finished])
        else:
            yield len(running[finished])
    if orphans:
        workers.stop()
    for task in orphans:
        for one in task:
            _compute_apart(source, one, folder)
            yield 1


def _compute_apart(source: Material, one: tuple[Cell, str], folder: Path) -> None:
    """Compute a cell in a process of its own, so that one that brings its process down fails alone."""
    cell, key = one
    if not _open(read(folder, key)):
        return
    with Workers(1) as alone:
        try:
            alone.submit(_compute, source, [one], folder).result()
        except BrokenProcessPool:
            write(folder, key, Outcome("failed", f"The process that computed {cell.probe} died."))


def _compute(source: Material, task: Task, folder: Path) -> None:
    """Build one release and put every cell of the task to it; each cell fails on its own."""
    with threadpool_limits(1), workroom() as aside:
        first, _ = task[0]
        data = material.prepare(source, first.seed)
        made: Made | None = None
        refusal = ""
        for cell, key in task:
            try:
                if made is None or made.once:
                    if refusal:
                        raise LabError(refusal)
                    made = make(cell.defense, data, cell.seed, aside)
            except Exception as error:
                made, refusal = None, sentence(error)
                write(folder, key, Outcome("failed", refusal))
                continue
            try:
                outcome = probe(cell, made)
            except Exception as error:
                outcome = Outcome("failed", sentence(error), repr(made.release.guarantee))
            write(folder, key, outcome)
