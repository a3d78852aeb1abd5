"""Run the cells of an experiment in parallel processes; resume; lose none to another's failure."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

import attacks
import defenses
from exports.errors import LabError
from exports.release import Release, Truth
from reidlab.bench import material, utilities
from reidlab.bench.cells import Cell, Outcome, cells, read, write
from reidlab.bench.experiment import Experiment, Material, Part

if TYPE_CHECKING:
    from attacks.result import AttackResult

Report = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes of an experiment, in the order of its cells."""

    experiment: Experiment
    outcomes: tuple[tuple[Cell, Outcome], ...]


def run(
    experiment: Experiment,
    folder: Path,
    *,
    workers: int | None = None,
    report: Report | None = None,
) -> Run:
    """Compute every cell that ``folder`` does not hold yet.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    folder : Path
        Where outcomes are kept; the same folder resumes a killed run.
    workers : int, optional
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
    data = material.fingerprint(experiment.material)
    wanted = [(cell, cell.key(data)) for cell in cells(experiment)]
    missing = [(cell, key) for cell, key in wanted if read(folder, key) is None]
    tasks = [list(group) for _, group in groupby(missing, lambda one: (str(one[0].defense), one[0].seed))]
    tasks.sort(key=lambda task: task[0][0].seed)
    done = len(wanted) - len(missing)
    tell = report or (lambda *_: None)
    tell(done, len(wanted))
    for computed in _each(experiment.material, tasks, folder, workers or os.cpu_count() or 1):
        done += computed
        tell(done, len(wanted))
    stored = ((cell, read(folder, key)) for cell, key in wanted)
    return Run(experiment, tuple((cell, outcome) for cell, outcome in stored if outcome is not None))


def _each(source: Material, tasks: list[list[tuple[Cell, str]]], folder: Path, workers: int) -> Iterator[int]:
    """Compute the tasks in this process or in others; yield the cells of each finished one."""
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            _compute(source, task, folder)
            yield len(task)
        return
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_compute, source, task, folder): len(task) for task in tasks}
        for finished in as_completed(running):
            finished.result()
            yield running[finished]


def _compute(source: Material, task: list[tuple[Cell, str]], folder: Path) -> None:
    """Build one release and put every cell of the task to it; each cell fails on its own."""
    with threadpool_limits(1):
        _compute_on_one_thread(source, task, folder)


def _compute_on_one_thread(source: Material, task: list[tuple[Cell, str]], folder: Path) -> None:
    first, _ = task[0]
    seed = first.seed
    data = material.prepare(source, seed)
    release: Release | None = None
    refusal = ""
    try:
        defense = _build(first.defense, seed)
        release = defense.fit(data.export).transform(data.export)
        data = material.as_recipient(data, release, defense)
    except Exception as error:
        release, refusal = None, _sentence(error)
    for cell, key in task:
        if release is None:
            write(folder, key, Outcome("failed", refusal))
            continue
        try:
            outcome = _probe(cell, release, data)
        except Exception as error:
            outcome = Outcome("failed", _sentence(error), repr(release.guarantee))
        write(folder, key, outcome)


def _build(part: Part, seed: int) -> Any:
    found = defenses.find(part.name)
    settings = dict(part.settings)
    if "seed" in inspect.signature(found).parameters:
        settings.setdefault("seed", seed)
    return found(**settings)


def _probe(cell: Cell, release: Release, data: material.Prepared) -> Outcome:
    promised = repr(release.guarantee)
    if cell.role == "utility":
        reason, value = utilities.measure(cell.probe.name, data, release)
        if value is None:
            return Outcome("not_applicable", reason, promised)
        return Outcome("done", "", promised, {"utility": value})
    truth = Truth(data.truth.original, data.truth.control, release.owner)
    resolved = {key: _resolved(value, data, release) for key, value in cell.probe.settings.items()}
    settings = {key: value for key, value in resolved.items() if value is not None}
    attack = attacks.find(cell.probe.name)(**settings)
    reason = attack.why_not(release, truth) or ""
    if reason:
        return Outcome("not_applicable", reason, promised)
    result = attack.run(release, truth, seed=cell.seed)
    return Outcome("done", result.advantage.reason, promised, _numbers(result))


def _resolved(value: Any, data: material.Prepared, release: Release) -> Any:
    """Return a setting: itself, a table of the material, or what the release's recipe tells."""
    if isinstance(value, str) and value.startswith("@release:"):
        recipe = {**release.manifest, **release.manifest.get("parameters", {})}
        return recipe.get(value.removeprefix("@release:"))
    if isinstance(value, str) and value.startswith("@"):
        if value[1:] not in data.tables:
            allowed = ", ".join(f"@{name}" for name in sorted(data.tables))
            raise LabError(f"The material has no table {value!r}: use one of {allowed}.")
        return data.tables[value[1:]]
    return tuple(value) if isinstance(value, list) else value


def _numbers(result: AttackResult) -> dict[str, float | int | None]:
    numbers: dict[str, float | int | None] = {
        "advantage": result.advantage.value,
        "advantage_low": result.advantage.low,
        "advantage_high": result.advantage.high,
        "asked": result.asked,
        "made": result.made,
    }
    for name, share in (
        ("attack", result.attack),
        ("control", result.control),
        ("baseline", result.baseline),
    ):
        if share is not None:
            numbers |= {f"{name}_{key}": value for key, value in share.to_json().items()}
    return numbers


def _sentence(error: Exception) -> str:
    """Return what may be shown of an error: our own sentence, or the name of a foreign one."""
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__} in the lab"
