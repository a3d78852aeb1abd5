"""All parts of a case counted block by block in workers; no block outlives its counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import BLOCK, Stream
from simulate.attributes.demography import Population, Site
from simulate.case import Case
from simulate.disclosure import consent, devices, events, retargeting, sub_brands, years
from simulate.disclosure.visitors import Counts, Visitors, add
from simulate.execution.workers import Workers
from simulate.people.tables import blocks, people_block
from simulate.upload.match import OUTCOMES

GROUPS = ("core", "visit", "consent", "home", "identity", "health", "intake", "network")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts one block; picklable.

    Parameters
    ----------
    case : Case
        What was sent.
    seed : int
        Of the run.
    site : Site
        Who visits.
    population : {"visitors", "later"}
        Those on the case's lists, or those who came afterwards.
    """

    case: Case
    seed: int
    site: Site
    population: Population = "visitors"

    def visitors(self, block: int, size: int, outcomes: Mapping[str, NDArray[np.uint8]]) -> Visitors:
        """Make the people of one block, with the answers that only this case asks for."""
        import pyarrow as pa

        table = people_block(
            self.seed, block, size, site=self.site, population=self.population, groups=GROUPS
        )
        stream = Stream(self.seed, "disclosure", self.population, block=block)
        for attribute in self.case.attributes:
            answers = stream.at(name=attribute.name).choices(size, list(attribute.shares.values()))
            labels = pa.array(list(attribute.shares))
            table = table.append_column(attribute.name, labels.take(pa.array(answers)))
        return Visitors(table, outcomes, stream)

    def __call__(self, block: int, size: int, outcomes: Mapping[str, NDArray[np.uint8]]) -> Counts:
        """Count every part of one block."""
        people = self.visitors(block, size, outcomes)
        counts = years.count(people, self.case) | consent.count(people, self.case)
        if self.population == "visitors":
            counts |= sub_brands.count(people) if self.case.sub_brands else {}
            counts |= events.count(people, self.case) | retargeting.count(people, self.case)
            counts |= devices.count(people, self.case)
        return counts


def tally(
    case: Case,
    site: Site,
    people: int,
    outcomes: Mapping[str, NDArray[np.uint8]],
    pool: Workers,
    *,
    seed: int,
    progress: Callable[[int], None] = lambda _done: None,
) -> Counts:
    """Count all people of a case: those on its lists, and those who came later.

    Parameters
    ----------
    outcomes : mapping of platform name to array of uint8, shape (people,)
        What became of each address.
    pool : Workers
        Where blocks are made.
    """
    later = later_people(case, people)
    tasks: list[tuple[Tally, int, int, Mapping[str, NDArray[np.uint8]]]] = []
    for block, size in blocks(people):
        rows = slice(block * BLOCK, block * BLOCK + size)
        tasks.append((Tally(case, seed, site), block, size, {name: c[rows] for name, c in outcomes.items()}))
    for block, size in blocks(later):
        tasks.append((Tally(case, seed, site, "later"), block, size, {}))
    total: Counts = {}
    for counts in pool.each(_count, tasks):
        add(total, counts)
        progress(1)
    return total


def later_people(case: Case, people: int) -> int:
    """Return how many people come after the case's lists, at the size of the run."""
    later = sum(count for year, count in case.signups.by_year.items() if year > case.collected_by.year)
    return round(later * people / case.size)


def _count(work: Tally, block: int, size: int, outcomes: Mapping[str, NDArray[np.uint8]]) -> Counts:
    return work(block, size, outcomes)


def report(total: Counts, case: Case, scale: float) -> dict[str, Any]:
    """Return the parts of the replay's JSON that come from counts."""
    return {
        "retargeting": retargeting.report(total, case),
        "events": events.report(total, case),
        "years": years.report(total, case),
        **consent.report(total, case, scale),
        "devices": devices.report(total),
        "sub_brands": sub_brands.report(total) if case.sub_brands else {},
    }


def read_outcomes(files: tuple[Path, ...]) -> dict[str, NDArray[np.uint8]]:
    """Read what became of each address from the replay's table ``matches``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found: dict[str, list[NDArray[np.uint8]]] = {}
    for file in files:
        table = pq.ParquetFile(file).read()
        for name in table.column_names[1:]:
            for chunk in table[name].chunks:
                codes = (
                    chunk.indices
                    if pa.types.is_dictionary(chunk.type)
                    else chunk.index_in(pa.array(OUTCOMES))
                )
                found.setdefault(name, []).append(codes.to_numpy(zero_copy_only=False).astype(np.uint8))
    return {name: np.concatenate(parts) for name, parts in found.items()}
