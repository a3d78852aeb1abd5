"""A replay as a run: a folder with tables, a figure and ``run.json``, whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exports.errors import LabError
from reidlab.installation import package_folders, versions
from simulate.blocks import cannot_write
from simulate.case import Case
from simulate.memory import workers_within
from simulate.replay import Progress, Replay, replay
from simulate.sweep import Range, sweep
from simulate.world import load_world

BYTES_PER_PERSON = 150
"""Disk that tables and spilling take for each person."""

FIGURE = "where-they-went.png"


@dataclass(frozen=True, slots=True)
class Run:
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

    def to_json(self) -> dict[str, Any]:
        """Return the result object of ``reidlab replay``."""
        done = self.replay
        return {
            "case": done.case.name,
            "people": self.people,
            "seed": self.seed,
            "platforms": {name: match.to_json() for name, match in done.matches.items()},
            "calibrated": None if done.calibration is None else done.calibration.to_json(),
            "known": done.known.to_pylist(),
            "sweep": {found.platform: found.to_json() for found in self.ranges},
            "tables": {
                name: {"rows": table.rows, "sha256": table.sha256} for name, table in done.tables.items()
            },
            "figure": {"file": FIGURE, "alt": self.figure},
            "out": str(self.folder),
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
    progress: Progress = lambda _stage, _done, _all: None,
) -> Run:
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
    progress : callable
        Told how far each stage is.

    Raises
    ------
    LabError
        When a number is out of its bounds, or memory, disk or folder do not suffice.
    """
    people = case.size if people is None else people
    _within_bounds(people, accounts, workers)
    workers = workers_within(memory, workers, people)
    started = time.perf_counter()
    settings = {"case": asdict(case), "people": people, "seed": seed, "accounts": accounts}
    aside = _prepared(out, people + accounts) / _key(settings)
    try:
        aside.mkdir(parents=True, exist_ok=True)
        done = replay(
            case,
            aside,
            people=people,
            seed=seed,
            workers=workers,
            memory=memory,
            accounts=accounts,
            progress=progress,
        )
        ranges = tuple(sweep(case, load_world(), done.cells, seed=seed)) if swept else ()
        figure = _draw(done, people, aside / FIGURE)
        finished = Run(done, out, people, seed, ranges, figure)
        manifest = {
            "settings": settings,
            "world": asdict(load_world()),
            "versions": versions(),
            "values": dict(done.values),
            "result": finished.to_json(),
            "timings": {"seconds": round(time.perf_counter() - started, 1)},
        }
        _publish(aside, out, done.tables, manifest)
    except OSError as error:
        raise LabError(cannot_write(out, error)) from None
    return finished


def _within_bounds(people: int, accounts: int, workers: int) -> None:
    residents = load_world().residents
    most = sum(residents.men.values()) + sum(residents.women.values())
    for option, value, low, high, why in (
        ("--people", people, 1, most, f"the country has {most:,} residents aged 13 and over"),
        ("--accounts", accounts, 0, most, f"the country has {most:,} residents aged 13 and over"),
        ("--workers", workers, 1, 64, "more are no faster"),
    ):
        if not low <= value <= high:
            raise LabError(f"{option} is {value:,} but must lie between {low:,} and {high:,}: {why}.")


def _prepared(out: Path, people: int) -> Path:
    """Return the folder for unfinished work below ``out``, after a check that it can be written."""
    partial = out / ".partial"
    try:
        partial.mkdir(parents=True, exist_ok=True)
        probe = partial / "probe"
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(partial).free
    except OSError as error:
        raise LabError(cannot_write(out, error)) from None
    needed = 10_000_000 + BYTES_PER_PERSON * people
    if free < needed:
        raise LabError(
            f"--out {out} has {free / 1e6:,.0f} MB free but {people:,} people need about "
            f"{needed / 1e6:,.0f} MB: free space there or choose another --out."
        )
    return partial


def _key(settings: dict[str, Any]) -> str:
    """Return a name for all that decides about the tables: settings, source and versions."""
    digest = hashlib.sha256(json.dumps([settings, versions()], default=str, sort_keys=True).encode())
    for package in ("exports", "simulate", "reidlab"):
        for file in sorted(package_folders()[package].rglob("*")):
            if file.suffix in (".py", ".toml", ".parquet"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _draw(done: Replay, people: int, path: Path) -> str:
    from reidlab.plots.where_they_went import draw

    titles = {name: platform.title for name, platform in load_world().platforms.items()}
    return draw(done.matches, titles, people, path)


def _publish(aside: Path, out: Path, tables: Any, manifest: dict[str, Any]) -> None:
    """Move what is finished to ``out``; ``run.json`` goes first of the old and comes last of the new."""
    (out / "run.json").unlink(missing_ok=True)
    for name in tables:
        shutil.rmtree(out / name, ignore_errors=True)
        (aside / name).rename(out / name)
    for file in (FIGURE, f"{FIGURE}.txt"):
        (aside / file).replace(out / file)
    text = json.dumps(manifest, default=_plain, indent=1, ensure_ascii=False)
    (aside / "run.json").write_text(text + "\n", encoding="utf-8")
    (aside / "run.json").replace(out / "run.json")
    shutil.rmtree(out / ".partial", ignore_errors=True)


def _plain(value: Any) -> Any:
    return value.to_json() if hasattr(value, "to_json") else str(value)
