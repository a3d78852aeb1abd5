"""People as columns: one block of 65,536 is a pure function of the seed and its number.

A block is made of column groups, each drawn from streams of its own: a run asks for the groups it
needs, and the numbers are the same whether or not the others are made. ``COLUMNS`` is the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError
from exports.randomness import BLOCK
from simulate.addresses.entry import ENTRIES
from simulate.addresses.numbering import Numbers, number_owners
from simulate.attributes.care import ILLNESS
from simulate.attributes.demography import Block, Population, Site
from simulate.attributes.households import RELATIONSHIPS
from simulate.attributes.identity import GENDERS, ORIENTATIONS, RELIGIONS
from simulate.attributes.intake import LEVELS, REASONS, REFERRALS
from simulate.attributes.names import HOME
from simulate.attributes.network import CONNECTIONS, DEVICES
from simulate.attributes.visits import CONSENT, SUB_BRANDS
from simulate.people.block import GROUPS, People


def _one_of(labels: Iterable[str]) -> str:
    return f"dictionary; {', '.join(labels)}"


COLUMNS: dict[str, dict[str, str]] = {
    "core": {
        "person_id": "int64; 65,536 x block + row, from 0 for visitors, 2**32 for later ones, "
        "2 x 2**32 for residents, 3 x 2**32 for outsiders",
        "birth_date": "date32",
        "sex": _one_of(("female", "male")),
        "age": "int8; completed years on 31 December 2018",
        "zcta": "string; five digits",
    },
    "name": {"given_name": "string", "surname": "string"},
    "mailbox": {"email_1": "string; the address used most, always live"},
    "email": {
        "email": "string; visitors only: as typed at the site",
        "email_entry": f"visitors only: {_one_of(ENTRIES)}",
        "email_slot": "int8; visitors only: which of the person's addresses was given, from 1",
        "email_1": "string; as in mailbox",
        "email_2": "string; null for none",
        "email_3": "string; null for none",
        "email_2_live": "bool; false once abandoned, null for none",
        "email_3_live": "bool; false once abandoned, null for none",
        "email_again": "string; visitors only: as typed at a second visit, null for none",
    },
    "visit": {
        "visited_on": "date32; visitors only",
        "returned_on": "date32; visitors only: a second visit, null for none",
        "sub_brand": f"visitors only: {_one_of(SUB_BRANDS)}",
        "enrolled_on": "date32; visitors only: the account was made, null for never",
        "paid_from": "date32; visitors only: null for never",
        "paid_to": "date32; visitors only: null for never",
    },
    "consent": {f"consent_{purpose}_on": "date32; visitors only: null if refused" for purpose in CONSENT},
    "home": {
        "household_id": "int64; person_id of the household's head",
        "household_size": "int8",
        "relationship": _one_of(RELATIONSHIPS),
    },
    "postal": {"address": "string; number, street, made-up city, state and ZIP code"},
    "phone": {"phone": "string; +1, a real area code and an exchange that is never assigned"},
    "identity": {
        "gender": _one_of(GENDERS),
        "orientation": _one_of(ORIENTATIONS),
        "lgbt": "bool",
        "religion": _one_of(RELIGIONS),
    },
    "health": {
        "distress": "float32; the latent factor, standard normal among residents",
        **{f"phq9_{item}": "int8; 0 to 3, null under 13" for item in range(1, 10)},
        **{f"gad7_{item}": "int8; 0 to 3, null under 13" for item in range(1, 8)},
        "phq9": "int8; sum of the nine items",
        "gad7": "int8; sum of the seven items",
        "therapy_before": "bool; ever in therapy, null under 13",
        "counselling_year": "bool; in the past year",
        "medication_year": "bool; for mental health in the past year",
        "mental_illness": _one_of(ILLNESS),
        "anxiety_disorder": "bool; in the past year",
    },
    "intake": {
        "reason_1": f"visitors only: {_one_of(REASONS)}",
        "reason_2": "visitors only: as reason_1, null for none",
        "sadness": "bool; visitors only: overwhelming sadness, grief or depression",
        "better_off_dead": "bool; visitors only: such thoughts (ninth PHQ-9 item above 0)",
        "medication": "bool; visitors only: taking medication now",
        "finances": f"visitors only: {_one_of(LEVELS)}",
        "sleep": f"visitors only: {_one_of(LEVELS)}",
        "referral": f"visitors only: {_one_of(REFERRALS)}",
    },
    "network": {
        "connection": _one_of(CONNECTIONS),
        "device": _one_of(DEVICES),
        "ip": "string; IPv4 address of the visit (for others, of 31 December 2018)",
        "home_ip": "string; IPv4 address of the household's connection on that day",
        "home_ipv6": "string; its IPv6 address",
        "ips_in_month": "int16; IPv4 addresses of the household's connection in the 30 days from then",
        "ad_id": "string; advertising identifier of a telephone or tablet, null for a computer",
    },
}
"""Columns by group, with type and meaning. ``core`` is always made. Columns for visitors only are left out
of other populations."""
MATCHING = ("core", "email", "visit")
"""The groups that an upload and its match need."""


def people_block(
    seed: int,
    block: int,
    size: int = BLOCK,
    *,
    site: Site | None = None,
    population: Population = "visitors",
    groups: Iterable[str] = MATCHING,
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
        Visitors collected by the site's date, later ones, the country's residents of all ages in
        their households, or residents from 13 who are never visitors (owners of further accounts).
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
    import pyarrow as pa

    wanted = _checked(groups, population, size)
    people = _people(seed, block, size, site, population, locale, numbers)
    columns: dict[str, Any] = {}
    for group in COLUMNS:
        if group in wanted:
            columns |= GROUPS[group](people)
    return pa.table(columns).slice(0, size)


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
    return _people(seed, block, size, site, population, locale, None).address_keys()


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
    """Yield number and size of the blocks that hold this many people.

    Examples
    --------
    >>> list(blocks(70_000))
    [(0, 65536), (1, 4464)]
    """
    for block, start in enumerate(range(0, people, BLOCK)):
        yield block, min(BLOCK, people - start)


def simulate_people(
    people: int,
    *,
    seed: int = 0,
    site: Site | None = None,
    population: Population = "visitors",
    groups: Iterable[str] = MATCHING,
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
    settings: dict[str, Any] = {"site": site, "population": population, "locale": locale}
    numbers: list[Numbers | None] = [None] * len(parts)
    if "email" in groups:
        numbers = [*number_addresses(address_keys(seed, *part, **settings) for part in parts)]
    return pa.concat_tables(
        people_block(seed, *part, groups=groups, numbers=number, **settings)
        for part, number in zip(parts, numbers, strict=True)
    )


def _checked(groups: Iterable[str], population: str, size: int) -> set[str]:
    wanted = {"core", *groups}
    unknown = sorted(wanted - set(COLUMNS))
    if unknown:
        raise LabError(f"There is no column group {unknown[0]!r}: take some of {', '.join(COLUMNS)}.")
    if population not in get_args(Population):
        known = ", ".join(get_args(Population))
        raise LabError(f"There is no population {population!r}: take one of {known}.")
    if not 1 <= size <= BLOCK:
        raise LabError(f"A block of {size} people cannot be made: take 1 to {BLOCK}.")
    return wanted


def _people(
    seed: int,
    block: int,
    size: int,
    site: Site | None,
    population: Population,
    locale: str,
    numbers: Numbers | None,
) -> People:
    # Households are made of everybody in a block, so residents come by full blocks.
    whole = population == "residents"
    return People(
        Block(seed, block, BLOCK if whole else size, population),
        Site() if site is None else site,
        locale,
        numbers,
    )
