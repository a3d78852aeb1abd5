"""All parts of a case counted block by block in workers; no block outlives its counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
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
from simulate.platforms.accounts import NEVER
from simulate.populations import later_visitors
from simulate.upload.agreement import disagrees
from simulate.upload.collection import Collection
from simulate.upload.history import Meetings
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
        Those collected by the case's date, or those who came afterwards.
    collected : Collection or None
        Draws the accounts of those who came afterwards and are on no list.
    """

    case: Case
    seed: int
    site: Site
    population: Population = "visitors"
    collected: Collection | None = None

    def visitors(
        self,
        block: int,
        size: int,
        outcomes: Mapping[str, NDArray[np.uint8]],
        accounts: Mapping[str, NDArray[np.bool_]] = MappingProxyType({}),
        met: Meetings | None = None,
    ) -> Visitors:
        """Make the people of one block, with the answers that only this case asks for."""
        import pyarrow as pa

        table = people_block(
            self.seed,
            block,
            size,
            site=self.site,
            population=self.population,
            groups=(*GROUPS, "email") if self.collected is not None else GROUPS,
        )
        stream = Stream(self.seed, "disclosure", self.population, block=block)
        for attribute in self.case.attributes:
            answers = stream.at(name=attribute.name).choices(size, list(attribute.shares.values()))
            labels = pa.array(list(attribute.shares))
            table = table.append_column(attribute.name, labels.take(pa.array(answers)))
        return Visitors(table, outcomes, stream, accounts, met)

    def later_meetings(self, people: Any, block: int, begin: int, met: Meetings) -> Meetings:
        """Return the meetings of a block, drawn for those from ``begin`` on, who are on no list."""
        if self.collected is None or begin >= people.num_rows:
            return met
        drawn, platform = self.collected.draw(people, block, "later"), self.case.beacon_platform
        start, end = drawn.accounts[platform].known(0, drawn.tenure)
        profile = self.collected.platforms[[p.name for p in self.collected.platforms].index(platform)].profile
        agrees = ~disagrees(people, drawn.addresses[0], profile, slips=True)
        rows = np.flatnonzero(agrees & (start != NEVER) & (np.arange(len(start)) >= begin))
        return Meetings(
            np.concatenate([met.person, rows]),
            np.concatenate([met.start, start[rows]]),
            np.concatenate([met.end, end[rows]]),
            met.first,
        )

    def __call__(
        self,
        block: int,
        size: int,
        outcomes: Mapping[str, NDArray[np.uint8]],
        accounts: Mapping[str, NDArray[np.bool_]] = MappingProxyType({}),
        met: Meetings | None = None,
        listed: int = BLOCK,
    ) -> Counts:
        """Count every part of one block, of whose people the first ``listed`` could be on a list."""
        people = self.visitors(block, size, outcomes, accounts, met)
        if met is not None and self.population == "later":
            people = replace(people, meetings=self.later_meetings(people.table, block, listed, met))
        counts = years.count(people, self.case) | consent.count(people, self.case)
        counts |= retargeting.count(people, self.case)
        if self.population == "visitors":
            counts |= sub_brands.count(people) if self.case.sub_brands else {}
            counts |= events.count(people, self.case)
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
    accounts: Mapping[str, NDArray[np.bool_]] = MappingProxyType({}),
    met: Meetings | None = None,
    collected: Collection | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Counts:
    """Count all people of a case: those collected by its date, and those who came later.

    Parameters
    ----------
    outcomes : mapping of platform name to array of uint8
        What became of each address: of the visitors, then of those who came later and were needed.
    pool : Workers
        Where blocks are made.
    accounts : mapping of platform name to array of bool
        Who has an account on the day of the platform's widest list.
    met : Meetings or None
        When addresses met accounts of the platform that receives the events.
    collected : Collection or None
        Draws the accounts of the later people who are on no list.
    """
    here = len(next(iter(outcomes.values()))) - people
    drawn = None if collected is None else replace(collected, population="later")
    tasks: list[tuple[Any, ...]] = []
    kinds = [
        (Tally(case, seed, site), people, 0, people),
        (Tally(case, seed, site, "later", drawn), later_visitors(case, people), people, here),
    ]
    for work, count, begin, collected_here in kinds:
        for block, size in blocks(count):
            start = begin + block * BLOCK
            listed = min(size, max(0, collected_here - block * BLOCK))
            tasks.append(
                (
                    *(work, block, size),
                    {name: _padded(codes, start, listed, size) for name, codes in outcomes.items()},
                    {name: _padded(held, start, listed, size) for name, held in accounts.items()},
                    None if met is None else met.part(start, listed, size),
                    listed,
                )
            )
    total: Counts = {}
    for counts in pool.each(_count, tasks):
        add(total, counts)
        progress(1)
    return total


def _padded(values: NDArray[Any], begin: int, listed: int, size: int) -> NDArray[Any]:
    """Return the values of a block's first people, and zeros for those who are not among the collected."""
    found = np.zeros(size, dtype=values.dtype)
    found[:listed] = values[begin : begin + listed]
    return found


def _count(work: Tally, *task: Any) -> Counts:
    return work(*task)


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


def read_accounts(case: Case, files: Iterable[tuple[Path, ...]]) -> dict[str, NDArray[np.bool_]]:
    """Read from the tables ``standing`` who has an account on the day of each platform's widest list."""
    import pyarrow.parquet as pq

    parts = [pq.ParquetFile(file).read(["account"])["account"].to_numpy() for some in files for file in some]
    bits, lists = np.concatenate(parts), case.lists()
    return {name: bits >> lists.index(one) & 1 == 1 for name, one in case.widest().items()}


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
