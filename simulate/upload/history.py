"""When each person's address met an account at a platform: the history of which every list is a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.case import Transfer
from simulate.platforms.accounts import NEVER
from simulate.upload.repeats import later_rows
from simulate.upload.uploads import Collected, accounts_sql, rows_sql
from simulate.world import Platform


@dataclass(frozen=True, slots=True)
class Meetings:
    """Addresses that met accounts, each with the days on which a list would have matched.

    Attributes
    ----------
    person : array of int64
        Row of the person, in increasing order; more than once where an address met several accounts.
    start, end : array of int32
        First day on which the platform knows the address, and first on which it no more does.
    first : array of bool, shape (people,)
        Whose address nobody gave earlier: a platform counts an address once.
    """

    person: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    first: NDArray[np.bool_]

    def part(self, begin: int, listed: int, size: int) -> Meetings:
        """Return the meetings of the first ``listed`` people of a block of ``size``, counted from them."""
        low, high = np.searchsorted(self.person, (begin, begin + listed))
        rows = slice(int(low), int(high))
        first = np.ones(size, dtype=bool)
        first[:listed] = self.first[begin : begin + listed]
        return Meetings(self.person[rows] - begin, self.start[rows], self.end[rows], first)

    def met(self, day: int) -> NDArray[np.bool_]:
        """Return whose address meets an account on a day."""
        met = np.zeros(len(self.first), dtype=bool)
        met[self.person[(self.start <= day) & (day < self.end)]] = True
        return met


def meetings(connection: Any, collected: Collected, transfer: Transfer, platform: Platform) -> Meetings:
    """Join everybody's address, as a list would send it, with all that a platform ever knows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the tables are joined.
    collected : Collected
        The people.
    transfer : Transfer
        A list: how the sender normalises.
    platform : Platform
        Who receives it.
    """
    name, people = platform.name, len(collected)
    everybody = np.ones(people, dtype=bool)
    accounts = accounts_sql(
        collected,
        platform,
        f"{name}_from is not null",
        f", {name}_from - date '1970-01-01' as start, {name}_until - date '1970-01-01' as until",
    )
    keys, valid = np.zeros((2, people), dtype=np.uint64), np.zeros(people, dtype=bool)
    found: list[list[NDArray[Any]]] = []
    joined = (
        f"select u.id, hash(u.token) as key, a.start::int as start, coalesce(a.until, {NEVER})::int as until "
        f"from ({rows_sql(collected, transfer, platform, everybody, dated=False)}) u "
        f"left join ({accounts}) a using (token) where u.token is not null and u.valid"
    )
    for batch in connection.sql(joined).to_arrow_reader(1 << 17):
        ids, key = batch.column(0).to_numpy(), batch.column(1).to_numpy()
        keys[0, ids], valid[ids] = key, True
        rows = np.flatnonzero(batch.column(2).is_valid().to_numpy(zero_copy_only=False))
        found.append([ids[rows], *(batch.column(at).take(rows).to_numpy() for at in (2, 3))])
    person, start, end = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(person, kind="stable")
    days = np.stack([collected.visited, collected.returned])
    nobodys = np.zeros((2, people), dtype=bool)
    repeated = later_rows(keys, days, valid, nobodys[1], nobodys)
    return Meetings(
        person[order].astype(np.int64),
        start[order].astype(np.int32),
        end[order].astype(np.int32),
        ~repeated[0],
    )
