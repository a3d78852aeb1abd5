"""Whole populations written to files: visitors, those who came later, and residents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.numbering import Numbers
from simulate.addresses.pieces import append_number
from simulate.attributes.demography import Population, Site
from simulate.attributes.names import HOME
from simulate.case import Case
from simulate.execution.blocks import Written, write_blocks
from simulate.execution.workers import Workers
from simulate.people.tables import COLUMNS, address_keys, blocks, number_addresses, people_block


@dataclass(frozen=True, slots=True)
class PeopleTables:
    """Makes the table of one block of a population; picklable.

    Parameters
    ----------
    seed, people : int
        Of the run; people of the population.
    site : Site
        Who visits and when.
    population : str
        Which one.
    groups : tuple of str
        Column groups wanted.
    locale : str
        Whose names.
    numbers : mapping of int to Numbers
        The numbering of the blocks that will be asked for.
    """

    seed: int
    people: int
    site: Site
    population: Population
    groups: tuple[str, ...]
    locale: str
    numbers: Mapping[int, Numbers]

    def __call__(self, block: int) -> dict[str, pa.Table]:
        """Make the table of one block, under the population's name."""
        table = people_block(
            self.seed,
            block,
            min(BLOCK, self.people - block * BLOCK),
            site=self.site,
            population=self.population,
            groups=self.groups,
            numbers=self.numbers[block],
            locale=self.locale,
        )
        return {self.population: table}

    def keys(self, block: int) -> tuple[int, NDArray[np.uint64]]:
        """Return the block and the keys of its drafted addresses."""
        size = min(BLOCK, self.people - block * BLOCK)
        drafted = address_keys(
            self.seed, block, size, site=self.site, population=self.population, locale=self.locale
        )
        return block, drafted


def later_visitors(case: Case, people: int) -> int:
    """Return how many visitors come after the case's date, for so many until then."""
    counts = case.signups.by_year
    until = sum(count for year, count in counts.items() if year <= case.collected_by.year)
    return round(people * (sum(counts.values()) - until) / until)


def write_populations(
    sizes: Mapping[Population, int],
    folder: Path,
    pool: Workers,
    *,
    seed: int,
    site: Site,
    groups: tuple[str, ...] = tuple(COLUMNS),
    locale: str = HOME,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
) -> dict[str, Written]:
    """Write one table per population; what a former, interrupted call finished is kept.

    Earlier populations keep their addresses; later ones get the numbers that are left.

    Parameters
    ----------
    sizes : mapping of str to int
        People of each population, in order.
    folder : Path
        Where the tables go.
    pool : Workers
        Who does it.
    seed, site, groups, locale
        As :func:`simulate.people.tables.people_block`.
    progress : callable
        Told stage, newly done and all.
    """
    settled: list[NDArray[np.uint64]] = []
    tables: dict[str, Written] = {}
    for population, people in sizes.items():
        if not people:
            continue
        count = len(list(blocks(people)))
        make = PeopleTables(seed, people, site, population, groups, locale, {})
        drafted = dict(pool.each(make.keys, [(block,) for block in range(count)]))
        keys = [drafted[block] for block in range(count)]
        numbers = number_addresses([*settled, *keys])[len(settled) :]
        settled += [
            append_number(key, number.between(0, len(key))) for key, number in zip(keys, numbers, strict=True)
        ]

        def work(span: range, make: PeopleTables = make, numbers: list[Numbers] = numbers) -> PeopleTables:
            return replace(make, numbers={block: numbers[block] for block in span})

        def told(done: int, population: str = population, count: int = count) -> None:
            progress(population, done, count)

        tables |= write_blocks(work, count, folder, pool, name=population, progress=told)
    return tables
