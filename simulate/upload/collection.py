"""The people a site collected and the accounts they hold at the platforms, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.entry import ENTRIES, MISTYPED, RELAY
from simulate.addresses.numbering import Numbers
from simulate.attributes.demography import Population, Site
from simulate.case import Case
from simulate.execution.workers import Workers
from simulate.people.tables import address_keys, blocks, number_addresses, people_block
from simulate.platforms.accounts import ACCOUNT, Holders, draw_accounts
from simulate.platforms.reach import brackets, reach_table
from simulate.world import Platform, World

GROUPS = ("core", "email", "visit", "intake", "health")


@dataclass(frozen=True, slots=True)
class Collection:
    """Makes the tables of one block of people; picklable.

    Called with a block number it returns

    - ``visitors``: the columns of the people's ``groups``;
    - ``standing``, the truth that accounts for losses: per person, one bit per platform (in the
      order of ``platforms``) in ``account`` when there is an account, in ``known`` when the platform
      knows the address given to the site (it knows no relay address); and whether it was mistyped;
    - ``accounts``: one row per address that a platform knows: ``owner``, ``address`` and one
      boolean column per platform.

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
    groups : tuple of str
        Column groups of the visitors.
    left_out : tuple of str
        Beginnings of the names of columns that are not written.
    """

    seed: int
    people: int
    site: Site
    platforms: tuple[Platform, ...]
    reach: tuple[NDArray[np.float64], ...]
    values: Mapping[str, float]
    numbers: Mapping[int, Numbers]
    groups: tuple[str, ...] = GROUPS
    left_out: tuple[str, ...] = ("phq9_", "gad7_")

    def __call__(self, block: int) -> dict[str, pa.Table]:
        """Make the tables of one block."""
        people = people_block(
            self.seed,
            block,
            min(BLOCK, self.people - block * BLOCK),
            site=self.site,
            groups=self.groups,
            numbers=self.numbers[block],
        )
        people = people.select([name for name in people.column_names if not name.startswith(self.left_out)])
        accounts, drawn = self.accounts(people, block)
        entry = people["email_entry"]
        reachable = np.where(pc.equal(entry, ENTRIES[RELAY]).to_numpy(), np.uint8(0), np.uint8(1))
        standing = pa.table(
            {
                "account": _bits(drawn, ACCOUNT),
                "known": _bits([masks & reachable for masks in drawn], 1),
                "mistyped": pc.equal(entry, ENTRIES[MISTYPED]),
            }
        )
        return {"visitors": people, "standing": standing, "accounts": accounts}

    def accounts(
        self, people: pa.Table, block: int, role: Population = "visitors"
    ) -> tuple[pa.Table, list[NDArray[np.uint8]]]:
        """Return the account addresses of a block of people, and what ``draw_accounts`` gave."""
        addresses = given_first(people)
        drawn = [
            draw_accounts(
                platform,
                reach,
                holders(people, addresses, platform),
                self.values,
                role=role,
                seed=self.seed,
                block=block,
            )
            for platform, reach in zip(self.platforms, self.reach, strict=True)
        ]
        return _account_rows(people, addresses, self.platforms, drawn), drawn


def site_of(case: Case, values: Mapping[str, float]) -> Site:
    """Return the site of a case as the simulation of people takes it."""
    return Site(
        signups=dict(case.signups.by_year),
        collected_by=case.collected_by,
        women_share=values["women_share"],
        typo=values["typo"],
    )


def collection(
    case: Case, world: World, values: Mapping[str, float], *, seed: int, people: int
) -> Collection:
    """Return the collection of a case's visitors at every platform it sent a list to."""
    platforms = tuple(world.platforms[name] for name in case.widest())
    return Collection(
        seed,
        people,
        site_of(case, values),
        platforms,
        tuple(reach_table(platform, world.residents) for platform in platforms),
        values,
        numbers={},
    )


def number_collected(collected: Collection, pool: Workers) -> tuple[list[Numbers], list[NDArray[np.uint64]]]:
    """Return the numbers of all addresses by block, and the keys of the drafts they belong to."""
    tasks = [(collected.seed, block, size, collected.site) for block, size in blocks(collected.people)]
    keys = dict(pool.each(_block_keys, tasks))
    drafted = [keys[block] for block in range(len(tasks))]
    return number_addresses(drafted), drafted


def _block_keys(seed: int, block: int, size: int, site: Site) -> tuple[int, NDArray[np.uint64]]:
    return block, address_keys(seed, block, size, site=site)


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


def _bits(drawn: list[NDArray[np.uint8]], wanted: int) -> NDArray[np.uint8]:
    """Return one bit per platform: whether its ``wanted`` bit is set."""
    found = np.zeros(len(drawn[0]), dtype=np.uint8)
    for position, masks in enumerate(drawn):
        found |= ((masks & np.uint8(wanted)) != 0).astype(np.uint8) << np.uint8(position)
    return found


def _account_rows(
    people: pa.Table,
    addresses: list[Any],
    platforms: tuple[Platform, ...],
    drawn: list[NDArray[np.uint8]],
) -> pa.Table:
    """Return one row per address that at least one platform knows."""
    parts = []
    for slot, address in enumerate(addresses):
        knows = [(masks >> np.uint8(slot)) & np.uint8(1) == 1 for masks in drawn]
        rows = np.flatnonzero(np.logical_or.reduce(knows))
        columns = {"owner": people["person_id"].combine_chunks().take(rows), "address": address.take(rows)}
        columns |= {p.name: pa.array(known[rows]) for p, known in zip(platforms, knows, strict=True)}
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)
