"""A list matched by queries that run on every engine, and counted there: nothing comes back per person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exports.randomness import BLOCK
from simulate.attributes.demography import FIRST_ID
from simulate.case import Transfer
from simulate.platforms.reach import shown_size
from simulate.upload.address_tokens import is_address_sql, token_sql
from simulate.upload.match import OUTCOMES, Match, counted
from simulate.upload.uploads import quotas, with_tests
from simulate.world import Platform

if TYPE_CHECKING:
    from exports.engines.protocol import Engine

PEOPLE = (
    *("person_id", "address", "again", "visited_on", "enrolled_on", "returned_on"),
    *("account", "known", "mistyped"),
)
"""Columns of the table of people: ``again`` is the address of a second visit; ``account`` and ``known``
hold one bit per list."""

ACCOUNTS = ("owner", "address", "platforms")
"""Columns of the table of account addresses: ``platforms`` holds one bit for each list on whose day the
address is known."""

LATER = FIRST_ID["later"]


def match_by_query(
    engine: Engine,
    people: str,
    accounts: str,
    transfer: Transfer,
    platform: Platform,
    bit: int,
    scale: float,
    *,
    coming_here: float = 0.0,
    tests: float = 0.0,
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
        The list's bit.
    scale : float
        People of this run for each one of the case.
    coming_here : float
        Share of the people who come after the case's date who are in the table.
    tests : float
        Share of the list's rows that the sender's staff typed.
    """
    since = "enrolled_on" if transfer.audience == "users" else "visited_on"
    day = f"date '{transfer.date.isoformat()}'"
    joined = f"{since} is not null and {since} <= {day}"
    before, after = f"{joined} and person_id < {LATER}", f"{joined} and person_id >= {LATER}"
    early, late = (_number(engine, f"select count(*) from {people} where {part}") for part in (before, after))
    first, second = quotas(early, late, round(transfer.count * scale), coming_here)
    until, until_later = _until(engine, people, before, first), _until(engine, people, after, second)
    on = f"{joined} and (person_id < {until} or (person_id >= {LATER} and person_id < {until_later}))"
    texts, mask = engine.dialect.texts, 1 << bit
    profile = transfer.profile or platform.profile
    sent = " union all ".join(
        f"select person_id, {row} as again, {came} as day, account, known, mistyped, "
        f"{token_sql(profile, column, texts)} as token, "
        f"case when {is_address_sql(column)} then 1 else 0 end as typed from {people} where {on}{more}"
        for row, column, came, more in (
            (0, "address", "visited_on", ""),
            (1, "again", "returned_on", f" and returned_on is not null and returned_on <= {day}"),
        )
    )
    held = (
        f"select owner, {token_sql(platform.profile, 'address', texts)} as token "
        f"from {accounts} where (platforms & {mask}) > 0"
    )
    met = (
        "select u.person_id, u.again, u.day, u.token, min(u.account) as account, min(u.known) as known, "
        "max(case when u.mistyped then 1 else 0 end) = 1 as mistyped, "
        "min(case when u.token is null or u.typed = 0 then 0 else 1 end) as valid, "
        "max(case when a.owner = u.person_id then 1 else 0 end) as own, "
        "max(case when a.owner <> u.person_id then 1 else 0 end) as other "
        f"from ({sent}) as u left join ({held}) as a on u.token = a.token "
        "group by u.person_id, u.again, u.day, u.token"
    )
    ranked = (
        "select *, row_number() over (partition by token, valid order by own desc, day, person_id, again) "
        f"as place from ({met}) as met"
    )
    outcome = (
        "case when valid = 0 then 'invalid' when place > 1 then 'duplicate' when own = 1 then 'matched' "
        f"when other = 1 then 'false_match' when (account & {mask}) = 0 then 'no_account' "
        f"when (known & {mask}) = 0 then 'other_address' when mistyped then 'typo' else 'normalisation' end"
    )
    found = engine.query(
        f"select outcome, count(*) from (select {outcome} as outcome from ({ranked}) as ranked) as told "
        "group by outcome"
    )
    counts = dict.fromkeys(OUTCOMES, 0) | dict(zip(*(c.to_pylist() for c in found.columns), strict=True))
    counts = with_tests(counts, round(sum(counts.values()) * tests / (1 - tests)))
    size = _number(engine, f"select count(*) from {accounts} where (platforms & {mask}) > 0")
    requests = -(-sum(counts.values()) // platform.request_rows)
    described = {"platform": platform.name, "people": first + second, "accounts": size}
    match = counted(counts, **described, requests=requests, shown="")
    return replace(match, shown=shown_size(platform, match.matched))


def _number(engine: Engine, query: str) -> int:
    [found] = engine.query(query).column(0)
    return int(found.as_py())


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
