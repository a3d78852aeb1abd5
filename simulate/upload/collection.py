"""The people a site collected and the accounts they hold at the platforms, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.entry import MISTYPED, NOT_OWN
from simulate.addresses.numbering import Numbers
from simulate.attributes.demography import VISITING, Block, Population, Site
from simulate.attributes.intake import REFERRALS, draw_referrals
from simulate.case import Case, Transfer
from simulate.execution.arrow_columns import categories, days
from simulate.execution.workers import Workers
from simulate.people.tables import address_keys, blocks, number_addresses, people_block
from simulate.platforms.accounts import (
    NEVER,
    Accounts,
    Holders,
    Span,
    Tenure,
    draw_accounts,
    draw_tenure,
)
from simulate.platforms.reach import brackets, reach_table
from simulate.world import Platform, World, load_world

SITE_PARAMETERS = (
    *("women_share", "typo", "no_address", "not_personal", "returning"),
    *("lives_with_visitor", "shares_address"),
)
"""Parameters of the world that say who visits a site and what is typed there."""
LATER = "later"
GROUPS = ("core", "email", "visit", "intake", "health")


@dataclass(frozen=True, slots=True)
class Collection:
    """Makes the tables of one block of people; picklable.

    Called with a block number it returns

    - ``visitors``: the columns of the people's ``groups``;
    - ``standing``, the truth that accounts for losses: per person, one bit per list (in the order of
      ``lists``) in ``account`` when there is an account on the list's day, in ``known`` when the
      platform knows the address given to the site on that day (it knows no relay address); whether
      it was mistyped; and by which platform's advertisement the person came;
    - ``accounts``: one row per address that a platform knows at some time: ``owner``, ``address``
      and for each platform ``NAME_from``, the first day on which it knows the address,
      ``NAME_until``, the first day on which it no more does (null for never), and ``NAME``,
      whether it does on the day of its widest list.

    Of people who came after the case's date the names of the tables begin with ``later_``.

    Parameters
    ----------
    seed, people : int
        Of the run.
    site : Site
        Who visits.
    platforms : tuple of Platform
        At most eight.
    reach : tuple of array
        Of each platform, as ``platforms.reach_table``.
    values : mapping of str to float
        Parameters of the accounts.
    numbers : mapping of int to Numbers
        The numbering of the addresses of those blocks that will be asked for.
    lists : tuple of Transfer
        At most 31 lists.
    widest : mapping of platform name to date
        Day of each platform's widest list.
    groups : tuple of str
        Column groups of the visitors.
    left_out : tuple of str
        Beginnings of the names of columns that are not written.
    population : {"visitors", "later"}
        Those collected by the case's date, or those who came afterwards.
    """

    seed: int
    people: int
    site: Site
    platforms: tuple[Platform, ...]
    reach: tuple[NDArray[np.float64], ...]
    values: Mapping[str, float]
    numbers: Mapping[int, Numbers]
    lists: tuple[Transfer, ...]
    widest: Mapping[str, date]
    groups: tuple[str, ...] = GROUPS
    left_out: tuple[str, ...] = ("phq9_", "gad7_")
    population: Population = "visitors"

    def __call__(self, block: int) -> dict[str, pa.Table]:
        """Make the tables of one block."""
        people = people_block(
            self.seed,
            block,
            min(BLOCK, self.people - block * BLOCK),
            site=self.site,
            population=self.population,
            groups=self.groups,
            numbers=self.numbers[block],
        )
        people = people.select([name for name in people.column_names if not name.startswith(self.left_out)])
        drawn = self.draw(people, block, self.population)
        entry = people["email_entry"].combine_chunks().indices.to_numpy()
        reachable = ~np.isin(entry, NOT_OWN)
        account, known = np.zeros((2, len(entry)), dtype=np.int32)
        for bit, transfer in enumerate(self.lists):
            day = days_since_1970(transfer.date)
            held = drawn.accounts[transfer.platform]
            start, end = held.known(0, drawn.tenure)
            account |= held.held(day).astype(np.int32) << bit
            known |= ((start <= day) & (day < end) & reachable).astype(np.int32) << bit
        standing = pa.table(
            {
                "account": account,
                "known": known,
                "mistyped": entry == MISTYPED,
                "came_by": categories(
                    np.maximum(drawn.came_by, 0), [*advertised()], absent=drawn.came_by < 0
                ),
            }
        )
        tables = {"visitors": people, "standing": standing, "accounts": self._rows(people, drawn)}
        if self.population == "visitors":
            return tables
        return {LATER if name == "visitors" else f"{LATER}_{name}": table for name, table in tables.items()}

    def accounts(self, people: pa.Table, block: int, role: Population = "visitors") -> pa.Table:
        """Return the account addresses of a block of people."""
        return self._rows(people, self.draw(people, block, role))

    def draw(self, people: pa.Table, block: int, role: Population = "visitors") -> Drawn:
        """Draw the accounts of a block of people at every platform."""
        addresses = given_first(people)
        visiting = role in VISITING
        visit = people["visited_on"].combine_chunks().view(pa.int32()).to_numpy() if visiting else None
        came_by = self._came_by(people, block, role) if visiting else np.full(people.num_rows, -1)
        if visit is None:
            visit = np.full(people.num_rows, self._span.last, np.int32)
        accounts = {}
        sites = [*advertised()]
        for platform, reach in zip(self.platforms, self.reach, strict=True):
            here = came_by == sites.index(platform.name) if platform.name in sites else came_by < -1
            accounts[platform.name] = draw_accounts(
                platform,
                reach,
                holders(people, addresses, platform),
                self.values,
                span=self._span,
                seed=self.seed,
                block=block,
                role=role,
                came=np.where(here, visit, NEVER).astype(np.int32),
            )
        tenure = draw_tenure(visit, self.values, seed=self.seed, block=block, role=role)
        return Drawn(addresses, accounts, tenure, came_by)

    @property
    def _span(self) -> Span:
        return span_of(self.site)

    def _came_by(self, people: pa.Table, block: int, role: Population) -> NDArray[np.int64]:
        """Draw by which platform's advertisement people came: a row of ``advertised``; -1 for none."""
        here = Block(self.seed, block, people.num_rows, role)
        social = draw_referrals(here, people["age"].to_numpy()) == REFERRALS.index("social media")
        edges = np.cumsum([*advertised().values()]) * self.values["came_by_ad"]
        found = np.searchsorted(edges, here.uniforms("came by"), side="right")
        return np.where(social & (found < len(edges)), found, -1)

    def _rows(self, people: pa.Table, drawn: Drawn) -> pa.Table:
        """Return one row per address that at least one platform knows at some time."""
        parts = []
        for slot, address in enumerate(drawn.addresses):
            known = {name: held.known(slot, drawn.tenure) for name, held in drawn.accounts.items()}
            rows = np.flatnonzero(np.logical_or.reduce([start != NEVER for start, _ in known.values()]))
            columns = {
                "owner": people["person_id"].combine_chunks().take(rows),
                "address": address.take(rows),
            }
            for name, (start, end) in known.items():
                first, last = start[rows], end[rows]
                day = days_since_1970(self.widest[name])
                columns[name] = pa.array((first <= day) & (day < last))
                columns[f"{name}_from"] = days(first, absent=first == NEVER)
                columns[f"{name}_until"] = days(last, absent=last == NEVER)
            parts.append(pa.table(columns))
        return pa.concat_tables(parts)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The accounts of one block of people.

    Attributes
    ----------
    addresses : list of pyarrow.StringArray
        Of each person, the one given to the site first.
    accounts : mapping of platform name to Accounts
        What each platform holds.
    tenure : Tenure
        When an account can carry the address given.
    came_by : array of int
        Row in ``advertised`` of the platform whose advertisement brought the person; -1 for none.
    """

    addresses: list[Any]
    accounts: Mapping[str, Accounts]
    tenure: Tenure
    came_by: NDArray[np.int64]


def advertised() -> dict[str, float]:
    """Return the platforms on which visitors saw advertisements, in the world's order, and their shares."""
    platforms = load_world().platforms
    return {name: platform.ads for name, platform in platforms.items() if platform.ads}


def known_on(accounts: pa.Table, platform: str, day: date) -> NDArray[np.bool_]:
    """Return which rows of ``accounts`` a platform knows on a day."""
    start, end = (accounts[f"{platform}_{edge}"] for edge in ("from", "until"))
    begun = pc.fill_null(pc.less_equal(start, pa.scalar(day)), False)
    over = pc.fill_null(pc.less_equal(end, pa.scalar(day)), False)
    known: NDArray[np.bool_] = pc.and_not(begun, over).to_numpy()
    return known


def days_since_1970(day: date) -> int:
    """Return a date as days since 1970."""
    return (day - date(1970, 1, 1)).days


def span_of(site: Site) -> Span:
    """Return the days over which the accounts of a site's visitors come to be."""
    first = date(min(site.signups), 1, 1)
    return Span(days_since_1970(first), days_since_1970(max(site.collected_by, first)))


def site_of(case: Case, values: Mapping[str, float]) -> Site:
    """Return the site of a case as the simulation of people takes it."""
    given = {name: values[name] for name in SITE_PARAMETERS}
    return Site(dict(case.signups.by_year), case.collected_by, **given)  # type: ignore[arg-type]


def collection(
    case: Case, world: World, values: Mapping[str, float], *, seed: int, people: int
) -> Collection:
    """Return the collection of a case's visitors at every platform it sent a list to."""
    widest = case.widest()
    platforms = tuple(world.platforms[name] for name in widest)
    values = {**case.values(), **values}
    return Collection(
        seed,
        people,
        site_of(case, values),
        platforms,
        tuple(reach_table(platform, world.residents) for platform in platforms),
        values,
        numbers={},
        lists=case.lists(),
        widest={name: transfer.date for name, transfer in widest.items()},
    )


def number_collected(
    collected: Collection, pool: Workers, settled: NDArray[np.uint64] | None = None
) -> tuple[list[Numbers], list[NDArray[np.uint64]]]:
    """Return the numbers of all addresses by block, and the keys of the drafts they belong to.

    Parameters
    ----------
    collected : Collection
        Whose addresses.
    pool : Workers
        Who drafts them.
    settled : array of uint64 or None
        Keys of addresses that others have already.
    """
    bare = replace(collected, numbers={})
    tasks = [(block, size, bare) for block, size in blocks(collected.people)]
    keys = dict(pool.each(_block_keys, tasks))
    drafted = [keys[block] for block in range(len(tasks))]
    if settled is None:
        return number_addresses(drafted), drafted
    return number_addresses([settled, *drafted])[1:], drafted


def _block_keys(block: int, size: int, collected: Collection) -> tuple[int, NDArray[np.uint64]]:
    found = address_keys(collected.seed, block, size, site=collected.site, population=collected.population)
    return block, found


def given_first(people: pa.Table) -> list[Any]:
    """Return three columns of addresses of which the first holds the one given to the site."""
    first, second, third = (people[f"email_{slot}"].combine_chunks() for slot in (1, 2, 3))
    if "email_slot" not in people.column_names:
        return [first, second, third]
    slot = people["email_slot"].combine_chunks()
    gave_second, gave_third = pc.equal(slot, 2), pc.equal(slot, 3)
    return [
        pc.if_else(gave_third, third, pc.if_else(gave_second, second, first)),
        pc.if_else(gave_second, first, second),
        pc.if_else(gave_third, first, third),
    ]


def holders(people: pa.Table, addresses: list[Any], platform: Platform) -> Holders:
    """Return what decides about the accounts of people at a platform."""
    mailboxes = np.zeros(people.num_rows, dtype=np.uint8)
    for domain in platform.mailboxes:
        for slot, address in enumerate(addresses):
            here = pc.fill_null(pc.ends_with(address, f"@{domain}"), False).to_numpy(zero_copy_only=False)
            mailboxes |= here.astype(np.uint8) << np.uint8(slot)
    live = sum(address.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8) for address in addresses)
    return Holders(
        brackets(people["age"].to_numpy()),
        pc.equal(people["sex"], "female").to_numpy(),
        np.asarray(live, dtype=np.uint8),
        mailboxes,
    )
