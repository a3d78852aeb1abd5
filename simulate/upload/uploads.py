"""Lists sent to platforms: which rows are on each, and what became of every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exports.filesystem.named_files import pattern_literal
from simulate.attributes.demography import FIRST_ID
from simulate.case import Case, Transfer
from simulate.execution.blocks import Written
from simulate.platforms.accounts import NEVER
from simulate.platforms.reach import shown_size
from simulate.upload.address_tokens import is_address_sql, token_sql
from simulate.upload.collection import days_since_1970
from simulate.upload.match import OUTCOMES, Match, combined, counted, match_tokens, outcomes
from simulate.upload.repeats import later_rows
from simulate.world import Platform

TEST_ADDRESSES = ("test@staff.example", "test1@staff.example", "test@agency.example", "qa@agency.example")
"""What the sender's own people type to try the form; one after the other, so that most come again."""
MOST_LATER = 0.1
"""People who came after the case's date are simulated up to this share of those before; a list that
would need more takes more of the earlier ones."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The collected people as far as lists and losses depend on them, one entry each.

    Those collected by the case's date come first, in order of their numbers, then those who came
    afterwards.

    Attributes
    ----------
    visitors, later, accounts : tuple of Path
        Parquet files of the people before and after the case's date, and of the account addresses.
    people : int
        How many came by the case's date.
    coming : int
        How many come afterwards in all, of whom the first are here.
    visited, enrolled, returned : array of int32
        Days of the visit, of signing up and of a second visit, since 1970; ``NEVER`` for none.
    account, known : array of int32
        One bit per list: has an account; the platform knows the address given to the site.
    mistyped : array of bool
        Whose address was mistyped.
    """

    visitors: tuple[Path, ...]
    later: tuple[Path, ...]
    accounts: tuple[Path, ...]
    people: int
    coming: int
    visited: NDArray[np.int32]
    enrolled: NDArray[np.int32]
    returned: NDArray[np.int32]
    account: NDArray[np.int32]
    known: NDArray[np.int32]
    mistyped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.visited)

    @classmethod
    def read(cls, tables: Mapping[str, Written], coming: int = 0) -> Collected:
        """Read the few columns that are needed from the tables of a collection."""

        def files(*names: str) -> tuple[Path, ...]:
            return tuple(file for name in names if name in tables for file in tables[name].files)

        everybody, standing = files("visitors", "later"), files("standing", "later_standing")
        return cls(
            files("visitors"),
            files("later"),
            files("accounts", "later_accounts", "outsiders"),
            tables["visitors"].rows,
            coming,
            _days(everybody, "visited_on"),
            _days(everybody, "enrolled_on"),
            _days(everybody, "returned_on"),
            _column(standing, "account"),
            _column(standing, "known"),
            _column(standing, "mistyped"),
        )


def later_needed(case: Case, people: int, coming: int) -> int:
    """Return how many of those who come after the case's date the lists sent after it need.

    Parameters
    ----------
    case : Case
        Whose lists.
    people, coming : int
        People collected by the case's date, and people who come afterwards.

    Examples
    --------
    >>> from simulate import load_case
    >>> later_needed(load_case("betterhelp"), 20_000, 16_000)
    1351
    >>> later_needed(load_case("cerebral"), 20_000, 0)
    0
    """
    needed = [0]
    for transfer in case.lists():
        if transfer.date > case.collected_by and coming:
            by_then = coming * share_come(case, transfer)
            share = min(1.0, transfer.count * people / case.size / (people + by_then))
            needed.append(int(np.ceil(share * coming)))
    return max((count for count in needed if count <= MOST_LATER * people), default=0)


def share_come(case: Case, transfer: Transfer) -> float:
    """Return the share of those who come after the case's date who have come by a list's day."""
    later = {year: count for year, count in case.signups.by_year.items() if year > case.collected_by.year}
    day = transfer.date
    come = sum(
        count
        * min(1.0, max(0.0, (day.timetuple().tm_yday if day.year == year else 366 * (day.year > year)) / 366))
        for year, count in later.items()
    )
    return come / max(1, sum(later.values()))


def quotas(joined: int, joined_later: int, count: int, coming_here: float) -> tuple[int, int]:
    """Return how many people of a list are of those before and after the case's date.

    The list is a sample of everybody collected by its day, as far as the later ones are simulated.

    Parameters
    ----------
    joined, joined_later : int
        People of both kinds who are in the list's audience by its day; of the later, those here.
    count : int
        People of the list.
    coming_here : float
        Share of the later people who are here.

    Examples
    --------
    >>> quotas(20_000, 1_100, 3_000, 0.1), quotas(100, 0, 70, 1.0), quotas(100, 0, 700, 1.0)
    ((1935, 1065), (70, 0), (100, 0))
    """
    later = round(joined_later / coming_here) if coming_here else 0
    share = round(count * later / max(1, joined + later))
    of_later = min(joined_later, max(share, count - joined))
    return min(joined, count - of_later), of_later


def on_list(collected: Collected, transfer: Transfer, scale: float) -> NDArray[np.bool_]:
    """Return who is on a list: the first people who were there by its date, before and after the case's.

    People are alike in order of their number, so the first of them are a sample of all.

    Parameters
    ----------
    collected : Collected
        The people.
    transfer : Transfer
        The list.
    scale : float
        People of this run for each one of the case.
    """
    since = collected.enrolled if transfer.audience == "users" else collected.visited
    joined = np.flatnonzero(since <= days_since_1970(transfer.date))
    split = int(np.searchsorted(joined, collected.people))
    here = (len(collected) - collected.people) / collected.coming if collected.coming else 0.0
    first, second = quotas(split, len(joined) - split, round(transfer.count * scale), here)
    listed = np.zeros(len(since), dtype=bool)
    listed[joined[:first]] = True
    listed[joined[split : split + second]] = True
    return listed


@dataclass(frozen=True, slots=True)
class Sent:
    """A list as it was sent and what became of it.

    Attributes
    ----------
    match : Match
        Its account.
    codes : array of uint8
        Per person, what became of the address: a code into ``match.OUTCOMES``.
    again : array of uint8
        The same for the row of a second visit.
    """

    match: Match
    codes: NDArray[np.uint8]
    again: NDArray[np.uint8]


def upload(
    connection: Any,
    collected: Collected,
    transfer: Transfer,
    platform: Platform,
    bit: int,
    scale: float,
    *,
    tests: float = 0.0,
) -> Sent:
    """Send one list to a platform and match it.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the tables are joined.
    collected : Collected
        The people.
    transfer : Transfer
        Which of them are sent, when, and how the sender normalises.
    platform : Platform
        Who receives the list.
    bit : int
        The list's bit in ``collected.account`` and ``collected.known``.
    scale : float
        People of this run for each one of the case.
    tests : float
        Share of the list's rows that the sender's staff typed.
    """
    day = days_since_1970(transfer.date)
    sent = on_list(collected, transfer, scale)
    again = sent & (collected.returned <= day)
    found = match_tokens(
        connection,
        rows_sql(collected, transfer, platform, sent),
        accounts_sql(
            collected,
            platform,
            f"{platform.name}_from <= {_date(transfer)} and "
            f"({platform.name}_until is null or {platform.name}_until > {_date(transfer)})",
        ),
        len(sent),
    )
    days = np.stack([collected.visited, collected.returned])
    on = [listed & found.valid[row] for row, listed in enumerate((sent, again))]
    repeated = later_rows(found.keys, days, on[0], on[1], found.own)
    mask = np.int32(1 << bit)
    truth = (collected.account & mask) > 0, (collected.known & mask) > 0, collected.mistyped
    codes = [outcomes(listed, found, row, *truth, repeated[row]) for row, listed in enumerate((sent, again))]
    rows = int(sent.sum() + again.sum())
    count = with_tests(sum_of(codes), round(rows * tests / (1 - tests)))
    match = counted(
        count,
        platform=platform.name,
        people=int(sent.sum()),
        accounts=found.accounts,
        requests=-(-sum(count[name] for name in OUTCOMES if name != "not_sent") // platform.request_rows),
        shown="",
    )
    return Sent(replace(match, shown=shown_size(platform, match.matched)), combined(*codes), codes[1])


def sum_of(codes: list[NDArray[np.uint8]]) -> dict[str, int]:
    """Count the rows of each outcome over a list's first and second rows."""
    total = sum(np.bincount(code, minlength=len(OUTCOMES)) for code in codes)
    return dict(zip(OUTCOMES, np.asarray(total).tolist(), strict=True))


def with_tests(count: Mapping[str, int], tests: int) -> dict[str, int]:
    """Add the rows that the sender's staff typed: nobody has such an account, and most come again."""
    distinct = min(tests, len(TEST_ADDRESSES))
    return {
        **count,
        "no_account": count["no_account"] + distinct,
        "duplicate": count["duplicate"] + tests - distinct,
    }


def accounts_sql(collected: Collected, platform: Platform, where: str, more: str = "") -> str:
    """Return the query of a platform's accounts: ``owner`` as a row of the collected, and ``token``."""
    token = token_sql(platform.profile, "address")
    return (
        f"select {_position('owner', collected.people)} as owner, {token} as token{more} "
        f"from {_files(collected.accounts)} where {where}"
    )


def rows_sql(
    collected: Collected,
    transfer: Transfer,
    platform: Platform,
    sent: NDArray[np.bool_],
    *,
    dated: bool = True,
) -> str:
    """Return the query of a list's rows: ``id``, ``again``, ``token`` and whether it is ``valid``.

    Undated, it is the rows of everybody's first visit, whenever that was.
    """
    since = "enrolled_on" if transfer.audience == "users" else "visited_on"
    profile, n = transfer.profile or platform.profile, collected.people
    listed = np.flatnonzero(sent)
    split = int(np.searchsorted(listed, n))
    parts = []
    for files, last in ((collected.visitors, listed[:split]), (collected.later, listed[split:])):
        if not len(last):
            continue
        position = _position("person_id", n)
        where = f"{position} <= {int(last[-1])}" + (f" and {since} <= {_date(transfer)}" if dated else "")
        visits = [(0, "email", ""), (1, "email_again", f" and returned_on <= {_date(transfer)}")]
        for again, column, more in visits if dated else visits[:1]:
            parts.append(
                f"select {position} as id, {again} as again, {token_sql(profile, column)} as token, "
                f"{is_address_sql(column)} as valid from {_files(files)} where {where}{more}"
            )
    nobody = "select 0 as id, 0 as again, null::varchar as token, false as valid where false"
    return " union all ".join(parts) if parts else nobody


def _position(column: str, people: int) -> str:
    """Return SQL for the row of a person among the collected; others' numbers stay far above."""
    later, above = FIRST_ID["later"], FIRST_ID["residents"]
    return (
        f"(case when {column} >= {later} and {column} < {above} then {column} - {later - people} "
        f"else {column} end)"
    )


def _date(transfer: Transfer) -> str:
    return f"date '{transfer.date.isoformat()}'"


def _days(files: tuple[Path, ...], name: str) -> NDArray[np.int32]:
    """Return a date column as days since 1970, ``NEVER`` where there is none."""
    parts = [
        chunk.view(pa.int32()).fill_null(int(NEVER)).to_numpy(zero_copy_only=False)
        for file in files
        for chunk in pq.ParquetFile(file).read([name])[name].chunks
    ]
    days: NDArray[np.int32] = np.concatenate(parts)
    return days


def _column(files: tuple[Path, ...], name: str) -> NDArray[Any]:
    """Return one column of a written table."""
    return np.concatenate(
        [pq.ParquetFile(file).read([name])[name].to_numpy(zero_copy_only=False) for file in files]
    )


def _files(paths: tuple[Path, ...]) -> str:
    return "read_parquet([" + ", ".join(map(pattern_literal, paths)) + "])"
