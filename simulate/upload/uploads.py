"""Lists sent to platforms: which of the collected people are on each, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exports.filesystem.named_files import pattern_literal
from simulate.case import Transfer
from simulate.execution.blocks import Written
from simulate.platforms.reach import shown_size
from simulate.upload.address_tokens import token_sql
from simulate.upload.match import Match, account_for, match_tokens, outcomes
from simulate.world import Platform

NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Collected:
    """The collected people as far as lists and losses depend on them, one entry each.

    Attributes
    ----------
    visitors, accounts : tuple of Path
        Parquet files of the people and of the account addresses.
    visited, enrolled : array of int32
        Days of the visit and of signing up, since 1970; ``NEVER`` for who did not sign up.
    account, known : array of uint8
        One bit per platform: has an account; the platform knows the address given to the site.
    mistyped : array of bool
        Whose address was mistyped.
    """

    visitors: tuple[Path, ...]
    accounts: tuple[Path, ...]
    visited: NDArray[np.int32]
    enrolled: NDArray[np.int32]
    account: NDArray[np.uint8]
    known: NDArray[np.uint8]
    mistyped: NDArray[np.bool_]

    @classmethod
    def read(cls, tables: Mapping[str, Written]) -> Collected:
        """Read the few columns that are needed from the tables of a collection."""
        visitors, standing = tables["visitors"].files, tables["standing"].files
        return cls(
            visitors,
            tuple(
                file for name in ("accounts", "outsiders") if name in tables for file in tables[name].files
            ),
            _days(visitors, "visited_on"),
            _days(visitors, "enrolled_on"),
            _column(standing, "account"),
            _column(standing, "known"),
            _column(standing, "mistyped"),
        )


def on_list(since: NDArray[np.int32], transfer: Transfer, scale: float) -> NDArray[np.bool_]:
    """Return who is on a list: the first ``count * scale`` people who were there by its date.

    People are alike in order of their number, so the first of them are a sample of all.

    Parameters
    ----------
    since : array of int32
        Day, since 1970, on which each person joined the list's audience.
    transfer : Transfer
        The list.
    scale : float
        People of this run for each one of the case.

    Examples
    --------
    >>> from simulate import load_case
    >>> transfer = load_case("betterhelp").widest()["criteo"]
    >>> on_list(np.array([17_000, 17_001, 20_000], np.int32), transfer, 1 / 70_000)
    array([ True, False, False])
    """
    day = (np.datetime64(transfer.date) - np.datetime64("1970-01-01")).astype(int)
    listed = np.zeros(len(since), dtype=bool)
    listed[np.flatnonzero(since <= day)[: round(transfer.count * scale)]] = True
    return listed


def upload(
    connection: Any, collected: Collected, transfer: Transfer, platform: Platform, bit: int, scale: float
) -> tuple[Match, NDArray[np.uint8]]:
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
        The platform's bit in ``collected.account`` and ``collected.known``.
    scale : float
        People of this run for each one of the case.

    Returns
    -------
    Match, array of uint8
        The account of the list; per person, a code into ``match.OUTCOMES``.
    """
    since = "enrolled" if transfer.audience == "users" else "visited"
    sent = on_list(getattr(collected, since), transfer, scale)
    until = int(np.flatnonzero(sent)[-1]) + 1 if sent.any() else 0
    uploaded = (
        f"select person_id as id, {token_sql(transfer.profile or platform.profile, 'email')} as token "
        f"from {_files(collected.visitors)} "
        f"where person_id < {until} and {since}_on <= date '{transfer.date.isoformat()}'"
    )
    accounts = (
        f"select owner, {token_sql(platform.profile, 'address')} as token "
        f"from {_files(collected.accounts)} where {platform.name}"
    )
    found = match_tokens(connection, uploaded, accounts, len(sent))
    mask = np.uint8(1 << bit)
    codes = outcomes(
        sent, found, (collected.account & mask) > 0, (collected.known & mask) > 0, collected.mistyped
    )
    requests = -(-int(sent.sum()) // platform.request_rows)
    match = account_for(codes, platform=platform.name, accounts=found.accounts, requests=requests, shown="")
    return replace(match, shown=shown_size(platform, match.matched)), codes


def _days(files: tuple[Path, ...], name: str) -> NDArray[np.int32]:
    """Return a date column as days since 1970, ``NEVER`` where there is none."""
    days = _column(files, name)
    return np.where(np.isnat(days), NEVER, days.astype(np.int64)).astype(np.int32)


def _column(files: tuple[Path, ...], name: str) -> NDArray[Any]:
    """Return one column of a written table."""
    return np.concatenate(
        [pq.ParquetFile(file).read([name])[name].to_numpy(zero_copy_only=False) for file in files]
    )


def _files(paths: tuple[Path, ...]) -> str:
    return "read_parquet([" + ", ".join(map(pattern_literal, paths)) + "])"
