"""The same token in several exports: whoever receives them all joins them without opening one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from exports.shares import Share

if TYPE_CHECKING:
    from exports.engines.protocol import Engine
    from exports.sources import Source


@dataclass(frozen=True, slots=True)
class SharedTokens:
    """What two exports have in common.

    Parameters
    ----------
    first, second : str
        Names of the exports.
    of_first, of_second : Share
        Different tokens that the other has too, of the different tokens of each.
    """

    first: str
    second: str
    of_first: Share
    of_second: Share

    def __repr__(self) -> str:
        return f"{self.first} and {self.second} share {self.of_first.count:,} tokens: {self.of_first}"

    def to_json(self) -> dict[str, Any]:
        """Return both names and both shares."""
        return {
            "first": self.first,
            "second": self.second,
            "of_first": self.of_first.to_json(),
            "of_second": self.of_second.to_json(),
        }


def shared_tokens(lists: Mapping[str, tuple[Source, str]], engine: Engine) -> tuple[SharedTokens, ...]:
    """Count the tokens that each two of several exports have in common, the most first.

    Parameters
    ----------
    lists : mapping of str to (Source, str)
        Exports of one sender, each with its token column.
    engine : Engine
        Where the queries run.

    Raises
    ------
    LabError
        With fewer than two exports.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.engines.duckdb_engine import DuckDBEngine
    >>> from exports.sources import read
    >>> one, two = read(pa.table({"em": ["a", "b", "B"]})), read(pa.table({"id": ["b", "c", None]}))
    >>> with DuckDBEngine() as engine:
    ...     shared_tokens({"may": (one, "em"), "june": (two, "id")}, engine)
    (may and june share 1 tokens: 50.0 % (1 of 2),)
    """
    if len(lists) < 2:
        raise LabError(f"Shared tokens need at least 2 exports, not {len(lists)}: give another one.")
    names = list(lists)
    every = " union all ".join(
        f"select {place} as list, lower(trim(cast({source.position(column)} as string))) as token "
        f"from {engine.scan(source)}"
        for place, (source, column) in enumerate(lists.values())
    )
    engine.create_table_as(
        "listed_tokens", f"select distinct list, token from ({every}) as lists where token is not null"
    )
    sizes = _counts(engine, "select list, list, count(*) from listed_tokens group by list")
    both = _counts(
        engine,
        "select a.list, b.list, count(*) from listed_tokens a join listed_tokens b on a.token = b.token "
        "where a.list < b.list group by a.list, b.list",
    )
    engine.drop("listed_tokens")
    found = [
        SharedTokens(
            names[one],
            names[two],
            Share(both.get((one, two), 0), sizes.get((one, one), 0)),
            Share(both.get((one, two), 0), sizes.get((two, two), 0)),
        )
        for one, two in combinations(range(len(names)), 2)
    ]
    return tuple(sorted(found, key=lambda pair: -pair.of_first.count))


def _counts(engine: Engine, sql: str) -> dict[tuple[int, int], int]:
    columns = [column.to_pylist() for column in engine.query(sql).columns]
    return {(one, two): int(count) for one, two, count in zip(*columns, strict=True)}
