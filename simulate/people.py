"""People as columns: one block of 65,536 is a pure function of the seed and its number.

A block is made of column groups, each drawn from streams of its own: a run asks for the groups it
needs, and the numbers are the same whether or not the others are made. ``COLUMNS`` is the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError
from exports.randomness import BLOCK
from simulate.addresses import LIVE_FURTHER, SLOTS, Drafts, draft, keys, spell
from simulate.columns import categories, zcta_labels
from simulate.demography import FIRST_ID, Block, Demography, Population, Site, demography
from simulate.entry import ENTRIES, draw_entries, type_in
from simulate.names import HOME, Names, draw_names, name_pool
from simulate.numbering import Numbers, number_owners
from simulate.sites import SUB_BRANDS, draw_sub_brands
from simulate.tables import table

COLUMNS: dict[str, dict[str, str]] = {
    "core": {
        "person_id": "int64; 65,536 x block + row, from 0 for visitors, 2**32 for later ones, "
        "2 x 2**32 for residents, 3 x 2**32 for outsiders",
        "birth_date": "date32",
        "sex": "dictionary; female, male",
        "age": "int8; completed years on 31 December 2018 (negative before birth)",
        "zcta": "string; five digits",
    },
    "name": {"given_name": "string", "surname": "string"},
    "email": {
        "email": "string; visitors only: as typed at the site",
        "email_entry": f"dictionary; visitors only: {', '.join(ENTRIES)}",
        "email_slot": "int8; visitors only: which of the person's addresses was given, from 1",
        "email_1": "string; the address used most",
        "email_2": "string; null for none",
        "email_3": "string; null for none",
        "email_2_live": "bool; false once abandoned, null for none",
        "email_3_live": "bool; false once abandoned, null for none",
    },
    "visit": {
        "visited_on": "date32; visitors only",
        "sub_brand": f"dictionary; visitors only: {', '.join(SUB_BRANDS)}",
    },
}
"""Columns by group, with type and meaning. ``core`` is always made."""


def people_block(
    seed: int,
    block: int,
    size: int = BLOCK,
    *,
    site: Site | None = None,
    population: Population = "visitors",
    groups: Iterable[str] = ("core", "name", "email", "visit"),
    numbers: Numbers | None = None,
    locale: str = HOME,
) -> Any:
    """Return one block of people as a ``pyarrow.Table``.

    Parameters
    ----------
    seed : int
        Seed of the run.
    block : int
        Number of the block; its people are ``65_536 * block`` and following.
    size : int, default 65536
        People wanted; a smaller block is the start of the full one.
    site : Site, optional
        Who visits and when; the case of 2013-2020 when left out.
    population : {"visitors", "later", "residents", "outsiders"}
        Visitors collected by the site's date, later ones, the country's residents of all ages, or
        residents from 13 who are never visitors (owners of further platform accounts).
    groups : iterable of str
        Keys of ``COLUMNS``.
    numbers : Numbers, optional
        This block's part of the numbering pass (:func:`number_addresses`); without it addresses stay
        as drafted and people of one name may share one.
    locale : str, default "en_US"
        Whose names; places stay in the United States.

    Raises
    ------
    LabError
        For an unknown group or population, or a size outside 1 to 65,536.

    Examples
    --------
    >>> people_block(7, 0, 2, groups=["core"]).column_names
    ['person_id', 'birth_date', 'sex', 'age', 'zcta']
    """
    wanted = _checked(groups, population, size)
    site = Site() if site is None else site
    here = Block(seed, block, size, population)
    who = demography(here, site)
    columns = _core(here, who)
    if wanted & {"name", "email"}:
        names = draw_names(here, who, locale)
        if "name" in wanted:
            columns |= _spelt_names(names)
        if "email" in wanted:
            drafts = _numbered(draft(here, who, names), numbers)
            columns |= _emails(here, site, drafts, locale)
    if "visit" in wanted and who.visit is not None:
        columns |= _visits(here, who)
    import pyarrow as pa

    return pa.table(columns)


def address_keys(
    seed: int,
    block: int,
    size: int = BLOCK,
    *,
    site: Site | None = None,
    population: Population = "visitors",
    locale: str = HOME,
) -> NDArray[np.uint64]:
    """Return the keys of all addresses that a block drafts: first ones, then second, then third."""
    here = Block(seed, block, size, population)
    who = demography(here, Site() if site is None else site)
    names = draw_names(here, who, locale)
    return np.concatenate([keys(drafts, locale) for drafts in draft(here, who, names)])


def number_addresses(keys_by_block: Iterable[NDArray[np.uint64]]) -> list[Numbers]:
    """Run the numbering pass over the keys of all blocks in order; return each block's part."""
    found = list(keys_by_block)
    ends = np.cumsum([len(part) for part in found])
    numbers = number_owners(np.concatenate(found))
    edges = np.searchsorted(numbers.position, [0, *ends])
    starts = ends - [len(part) for part in found]
    return [
        Numbers(numbers.position[low:high] - start, numbers.number[low:high])
        for low, high, start in zip(edges, edges[1:], starts, strict=False)
    ]


def blocks(people: int) -> Iterator[tuple[int, int]]:
    """Yield number and size of the blocks that hold this many people."""
    for block, start in enumerate(range(0, people, BLOCK)):
        yield block, min(BLOCK, people - start)


def simulate_people(
    people: int,
    *,
    seed: int = 0,
    site: Site | None = None,
    population: Population = "visitors",
    groups: Iterable[str] = ("core", "name", "email", "visit"),
    locale: str = HOME,
) -> Any:
    """Return a whole population as one table, with unique addresses, in this process.

    Examples
    --------
    >>> len(simulate_people(100, seed=7)["email_1"].unique())
    100
    """
    import pyarrow as pa

    groups = tuple(groups)
    parts = list(blocks(people))
    numbers: list[Numbers | None] = [None] * len(parts)
    if "email" in groups:
        drafted = (
            address_keys(seed, *part, site=site, population=population, locale=locale) for part in parts
        )
        numbers = [*number_addresses(drafted)]
    return pa.concat_tables(
        people_block(
            *(seed, *part), site=site, population=population, groups=groups, numbers=number, locale=locale
        )
        for part, number in zip(parts, numbers, strict=True)
    )


def _checked(groups: Iterable[str], population: str, size: int) -> set[str]:
    wanted = set(groups)
    unknown = sorted(wanted - set(COLUMNS))
    if unknown:
        raise LabError(f"There is no column group {unknown[0]!r}: take some of {', '.join(COLUMNS)}.")
    if population not in FIRST_ID:
        raise LabError(f"There is no population {population!r}: take one of {', '.join(FIRST_ID)}.")
    if not 1 <= size <= BLOCK:
        raise LabError(f"A block of {size} people cannot be made: take 1 to {BLOCK}.")
    return wanted


def _core(block: Block, who: Demography) -> dict[str, Any]:
    import pyarrow as pa

    zctas = table("zctas")
    place = block.stream("zcta").choices(block.size, zctas["population"].to_numpy())
    first = FIRST_ID[block.population] + block.number * BLOCK
    return {
        "person_id": pa.array(np.arange(first, first + block.size)),
        "birth_date": pa.array(who.birth).view(pa.date32()),
        "sex": categories((~who.female).astype(np.int8), ("female", "male")),
        "age": pa.array(who.age.astype(np.int8)),
        "zcta": zcta_labels().take(pa.array(place)),
    }


def _spelt_names(names: Names) -> dict[str, Any]:
    import pyarrow as pa

    pool = name_pool(names.locale)
    return {
        "given_name": pa.array(pool.given).take(pa.array(names.given)),
        "surname": pa.array(pool.surnames).take(pa.array(names.surname)),
    }


def _numbered(drafts: list[Drafts], numbers: Numbers | None) -> list[Drafts]:
    if numbers is None:
        return drafts
    ends = np.cumsum([len(slot) for slot in drafts])
    return [
        replace(slot, number=numbers.between(int(end) - len(slot), int(end)))
        for slot, end in zip(drafts, ends, strict=True)
    ]


def _emails(block: Block, site: Site, drafts: list[Drafts], locale: str) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    spelt = [spell(slot, locale) for slot in drafts]
    columns: dict[str, Any] = {"email_1": spelt[0]}
    for slot in range(1, SLOTS):
        place = np.zeros(block.size, np.int64)
        place[drafts[slot].rows] = np.arange(len(drafts[slot]))
        has = np.zeros(block.size, dtype=bool)
        has[drafts[slot].rows] = True
        columns[f"email_{slot + 1}"] = spelt[slot].take(pa.array(place, mask=~has))
        live = block.uniforms(f"live {slot + 1}") < LIVE_FURTHER
        columns[f"email_{slot + 1}_live"] = pa.array(live, mask=~has)
    if block.population in ("visitors", "later"):
        entry = draw_entries(block, site, drafts)
        address = pc.if_else(pa.array(entry.slot == 1), spelt[0], columns["email_2"])
        columns["email"] = type_in(block, entry, address, locale)
        columns["email_entry"] = categories(entry.kind, ENTRIES)
        columns["email_slot"] = pa.array(entry.slot)
    return columns


def _visits(block: Block, who: Demography) -> dict[str, Any]:
    import pyarrow as pa

    return {
        "visited_on": pa.array(who.visit).view(pa.date32()),
        "sub_brand": categories(draw_sub_brands(block, who), SUB_BRANDS),
    }
