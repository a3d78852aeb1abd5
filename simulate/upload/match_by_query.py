"""A list matched by queries that run on every engine, and counted there: nothing comes back per person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exports.randomness import BLOCK
from simulate.case import Transfer
from simulate.platforms.reach import shown_size
from simulate.upload.address_tokens import token_sql
from simulate.upload.match import OUTCOMES, Match, counted
from simulate.world import Platform

if TYPE_CHECKING:
    from exports.engines.protocol import Engine

PEOPLE = ("person_id", "address", "visited_on", "enrolled_on", "account", "known", "mistyped")
"""Columns of the table of people: ``account`` and ``known`` hold one bit per platform."""

ACCOUNTS = ("owner", "address", "platforms")
"""Columns of the table of account addresses: ``platforms`` holds one bit for each that knows it."""


def match_by_query(
    engine: Engine, people: str, accounts: str, transfer: Transfer, platform: Platform, bit: int, scale: float
) -> Match:
    """Send one list to a platform and match it, with the same account as :func:`uploads.upload`.

    Parameters
    ----------
    engine : Engine
        Where both tables are.
    people, accounts : str
        Names of tables with the columns ``PEOPLE`` and ``ACCOUNTS``.
    transfer : Transfer
        Who is sent, when, and how the sender normalises.
    platform : Platform
        Who receives the list.
    bit : int
        The platform's bit.
    scale : float
        People of this run for each one of the case.
    """
    since = "enrolled_on" if transfer.audience == "users" else "visited_on"
    joined = f"{since} is not null and {since} <= date '{transfer.date.isoformat()}'"
    until = _until(engine, people, joined, round(transfer.count * scale))
    texts, mask = engine.dialect.texts, 1 << bit
    sent = (
        f"select person_id, account, known, mistyped, "
        f"{token_sql(transfer.profile or platform.profile, 'address', texts)} as token "
        f"from {people} where {joined} and person_id < {until}"
    )
    held = (
        f"select owner, {token_sql(platform.profile, 'address', texts)} as token "
        f"from {accounts} where (platforms & {mask}) > 0"
    )
    outcome = (
        "case when valid = 0 then 'invalid' when own = 1 then 'matched' when other = 1 then 'false_match' "
        f"when (account & {mask}) = 0 then 'no_account' when (known & {mask}) = 0 then 'other_address' "
        "when mistyped then 'typo' else 'normalisation' end"
    )
    met = (
        "select u.person_id, min(u.account) as account, min(u.known) as known, "
        "max(case when u.mistyped then 1 else 0 end) = 1 as mistyped, "
        "max(case when u.token is null then 0 else 1 end) as valid, "
        "max(case when a.owner = u.person_id then 1 else 0 end) as own, "
        "max(case when a.owner <> u.person_id then 1 else 0 end) as other "
        f"from ({sent}) as u left join ({held}) as a on u.token = a.token group by u.person_id"
    )
    found = engine.query(
        f"select outcome, count(*) from (select {outcome} as outcome from ({met}) as met) as told "
        "group by outcome"
    )
    counts = dict.fromkeys(OUTCOMES, 0) | dict(zip(*(c.to_pylist() for c in found.columns), strict=True))
    [size] = engine.query(f"select count(*) from {accounts} where (platforms & {mask}) > 0").column(0)
    requests = -(-sum(counts.values()) // platform.request_rows)
    match = counted(counts, platform=platform.name, accounts=size.as_py(), requests=requests, shown="")
    return replace(match, shown=shown_size(platform, match.matched))


def _until(engine: Engine, people: str, joined: str, count: int) -> int:
    """Return the number below which the first ``count`` people on the list lie.

    Blocks are counted first, so that no engine has to put all people in order.
    """
    found = engine.query(
        f"select cast(floor(person_id / {BLOCK}) as bigint) as block, count(*) from {people} where {joined} "
        "group by 1 order by 1"
    )
    until = 0
    for block, here in zip(*(column.to_pylist() for column in found.columns), strict=True):
        if count <= 0:
            break
        if here >= count:
            last = engine.query(
                f"select max(person_id) from (select person_id from {people} where {joined} and "
                f"person_id >= {block * BLOCK} and person_id < {(block + 1) * BLOCK} "
                f"order by person_id limit {count}) as firsts"
            )
            return int(last.column(0)[0].as_py()) + 1
        count -= here
        until = (block + 1) * BLOCK
    return until
