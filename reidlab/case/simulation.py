"""A simulated population as a run: a folder of tables and ``run.json``, whole or not there at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reidlab.case.run_folder import (
    publish,
    residents_aged_13_and_over,
    run_folder,
    settings_key,
    within_bounds,
)
from reidlab.installation import versions
from simulate.attributes.demography import Population
from simulate.attributes.names import HOME, name_pool
from simulate.case import Case
from simulate.execution.blocks import Written
from simulate.execution.memory import workers_within
from simulate.execution.workers import Workers
from simulate.populations import later_visitors, write_populations
from simulate.upload.collection import site_of

BYTES_PER_PERSON = 250
"""Disk that the tables of one person take."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Tables of people and where they lie."""

    case: str
    seed: int
    folder: Path
    tables: Mapping[str, Written]

    def to_json(self) -> dict[str, Any]:
        """Return the result object of ``reidlab simulate``."""
        return {
            "case": self.case,
            "seed": self.seed,
            "tables": {
                name: {"rows": table.rows, "sha256": table.sha256} for name, table in self.tables.items()
            },
            "out": str(self.folder),
        }


def simulate_case(
    case: Case,
    out: Path,
    *,
    people: int,
    residents: int = 0,
    seed: int = 0,
    workers: int = 1,
    memory: int = 4_000_000_000,
    locale: str = HOME,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
) -> Simulation:
    """Write a case's visitors, with everything there is about them, below ``out``.

    Parameters
    ----------
    case : Case
        Whose site.
    out : Path
        Folder for ``visitors``, ``later``, ``residents`` and ``run.json``.
    people : int
        Visitors collected by the case's date; those who came later are added in proportion.
    residents : int, default 0
        Residents of the country in their households, in addition.
    seed, workers, memory : int
        Of the run; processes; bytes that it may use.
    locale : str
        Whose names.
    progress : callable
        Told stage, newly done and all.

    Raises
    ------
    LabError
        When a number is out of its bounds, or memory, disk or folder do not suffice.
    """
    most = residents_aged_13_and_over()
    why = f"the country has {most:,} residents aged 13 and over"
    within_bounds("--people", people, 1, most, why)
    within_bounds("--residents", residents, 0, most, why)
    within_bounds("--workers", workers, 1, 64, "more are no faster")
    name_pool(locale)
    sizes: dict[Population, int] = {
        "visitors": people,
        "later": later_visitors(case, people),
        "residents": residents,
    }
    total = sum(sizes.values())
    workers = workers_within(memory, workers, total)
    started = time.perf_counter()
    values = {name: entry.value for name, entry in case.parameters.items()}
    settings = {"case": asdict(case), "sizes": sizes, "seed": seed, "locale": locale}
    with run_folder(out, total, BYTES_PER_PERSON) as folder:
        aside = folder.partial / settings_key(settings)
        aside.mkdir(exist_ok=True)
        with Workers(workers) as pool:
            tables = write_populations(
                sizes, aside, pool, seed=seed, site=site_of(case, values), locale=locale, progress=progress
            )
        finished = Simulation(case.name, seed, out, tables)
        manifest = {
            "settings": settings,
            "versions": versions(),
            "result": finished.to_json(),
            "timings": {"seconds": round(time.perf_counter() - started, 1)},
        }
        publish(folder, aside, tables, manifest)
    return finished
