"""A replay as a run: a folder with tables, a figure and ``run.json``, whole or not there at all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from reidlab.case.run_folder import (
    publish,
    residents_aged_13_and_over,
    run_folder,
    settings_key,
    within_bounds,
)
from reidlab.installation import versions
from simulate.calibration.sweep import Range, sweep
from simulate.case import Case
from simulate.execution.memory import workers_within
from simulate.replay import Progress, Replay, replay
from simulate.upload.lists import described
from simulate.world import load_world

if TYPE_CHECKING:
    from simulate.replay_on_spark import SparkReplay

BYTES_PER_PERSON = 200
"""Disk that tables and spilling take for each person."""

FIGURE = "where-they-went.png"


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """A finished replay and where it lies.

    Attributes
    ----------
    ranges : tuple of Range
        What the sweep found; empty without ``--sweep``.
    """

    replay: Replay
    folder: Path
    people: int
    seed: int
    ranges: tuple[Range, ...]
    figure: str
    disclosed: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the result object of ``reidlab replay``."""
        done = self.replay
        return {
            "case": done.case.name,
            "people": self.people,
            "seed": self.seed,
            "platforms": {name: match.to_json() for name, match in done.matches.items()},
            "lists": [described(transfer, match) for transfer, match in done.lists],
            "calibrated": None if done.calibration is None else done.calibration.to_json(),
            "known": done.known.to_pylist(),
            "sweep": {found.platform: found.to_json() for found in self.ranges},
            "tables": {
                name: {"rows": table.rows, "sha256": table.sha256} for name, table in done.tables.items()
            },
            "figure": {"file": FIGURE, "alt": self.figure},
            "out": str(self.folder),
            **self.disclosed,
        }


def run(
    case: Case,
    out: Path,
    *,
    people: int | None = None,
    seed: int = 0,
    workers: int = 1,
    memory: int = 4_000_000_000,
    accounts: int = 0,
    swept: bool = False,
    only_match: bool = False,
    progress: Progress = lambda _stage, _done, _all: None,
) -> ReplayRun:
    """Replay a case into ``out``; an interrupted run is taken up where it stopped.

    Parameters
    ----------
    case : Case
        The case.
    out : Path
        Folder for tables, figure and ``run.json``; a former run in it is replaced at the end.
    people : int or None
        Visitors collected; None for the case's own size.
    seed, workers, memory, accounts : int
        As :func:`simulate.replay.replay`.
    swept : bool, default False
        Also sweep the unknown parameters.
    only_match : bool, default False
        People, upload and match alone, without the other parts of the case.
    progress : callable
        Told how far each stage is.

    Raises
    ------
    LabError
        When a number is out of its bounds, or memory, disk or folder do not suffice.
    """
    people = case.size if people is None else people
    _require_bounds(people, accounts)
    within_bounds("--workers", workers, 1, 64, "more are no faster")
    workers = workers_within(memory, workers, people)
    started = time.perf_counter()
    settings = {"case": asdict(case), "people": people, "seed": seed, "accounts": accounts}
    with run_folder(out, people + accounts, BYTES_PER_PERSON) as folder:
        aside = folder.partial / settings_key(settings)
        aside.mkdir(exist_ok=True)
        done = replay(
            case,
            aside,
            people=people,
            seed=seed,
            workers=workers,
            memory=memory,
            accounts=accounts,
            history=not only_match,
            progress=progress,
        )
        ranges = tuple(sweep(case, load_world(), done.cells, seed=seed)) if swept else ()
        figure = _draw(done, people, aside / FIGURE)
        disclosed = {} if only_match else _disclosed(done, people, seed, workers, progress)
        finished = ReplayRun(done, out, people, seed, ranges, figure, disclosed)
        manifest = {
            "settings": settings,
            "world": asdict(load_world()),
            "versions": versions(),
            "values": dict(done.values),
            "result": finished.to_json(),
            "timings": {"seconds": round(time.perf_counter() - started, 1)},
        }
        publish(folder, aside, (*done.tables, FIGURE, f"{FIGURE}.txt"), manifest)
    return finished


def run_on(
    engine: str, case: Case, *, people: int | None, seed: int, memory: int, accounts: int
) -> SparkReplay:
    """Replay the upload and match of a case on Spark; nothing is written.

    Raises
    ------
    LabError
        When there is no such engine, a number is out of its bounds, or Spark does not start.
    """
    if engine != "spark":
        raise LabError(f"A replay runs on duckdb or spark, not on {engine[:40]!r}: give one of them.")
    from exports.engines.spark_engine import SparkEngine
    from simulate.replay_on_spark import replay_on_spark

    people = case.size if people is None else people
    _require_bounds(people, accounts)
    with closing(SparkEngine(memory)) as running:
        return replay_on_spark(case, running, people=people, seed=seed, accounts=accounts)


def _require_bounds(people: int, accounts: int) -> None:
    most = residents_aged_13_and_over()
    why = f"the country has {most:,} residents aged 13 and over"
    within_bounds("--people", people, 1, most, why)
    within_bounds("--accounts", accounts, 0, most, why)


def _disclosed(done: Replay, people: int, seed: int, workers: int, progress: Progress) -> dict[str, Any]:
    """Return the parts of the case beyond the match, by their keys in the JSON."""
    from reidlab.case.onward_use import onward
    from simulate.disclosure.events import segment
    from simulate.disclosure.tally import read_accounts, read_outcomes, report, tally
    from simulate.execution.workers import Workers
    from simulate.people.tables import blocks
    from simulate.populations import later_visitors
    from simulate.upload.collection import site_of

    standing = [name for name in ("standing", "later_standing") if name in done.tables]
    site = site_of(done.case, done.values)
    count = sum(len(list(blocks(part))) for part in (people, later_visitors(done.case, people)))
    outcomes = {name: read_outcomes(done.tables["matches"].files)[name] for name in done.transfers}
    accounts = read_accounts(done.case, [done.tables[name].files for name in standing])
    with Workers(min(workers, -(-count // 8))) as pool:
        total = tally(
            done.case,
            site,
            people,
            outcomes,
            pool,
            seed=seed,
            accounts=accounts,
            met=done.meetings,
            collected=done.collected,
            progress=lambda finished: progress("disclosure", finished, count),
        )
    found = report(total, done.case, people / done.case.size)
    return {**found, "onward": {**onward(done.case, site, people, seed=seed), "third_party": segment(total)}}


def _draw(done: Replay, people: int, path: Path) -> str:
    from reidlab.plots.where_they_went import where_they_went

    platforms = load_world().platforms
    titles = {
        name: platforms[name].title + (" (assumed)" if transfer.status == "assumed" else "")
        for name, transfer in done.transfers.items()
    }
    drawing = where_they_went(done.matches, titles, people)
    drawing.save(path)
    return drawing.alt
