"""The same token in several exports: whoever receives them all joins them without opening one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from exports.reading.distinct_rows import first_rows
from exports.shares import Share
from exports.tokens.quality import text_sql

if TYPE_CHECKING:
    from exports.engines.protocol import Engine
    from exports.sources.origins import Source


@dataclass(frozen=True, slots=True)
class TokenList:
    """One column of tokens of one export.

    Parameters
    ----------
    source : Source
        The export.
    column : str
        Its column of tokens.
    known, sensitive : tuple of str
        Its quasi-identifiers, and what nobody should learn.
    """

    source: Source
    column: str
    known: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The export and its column, for people."""
        return f"{self.source.name}: {self.column}"


@dataclass(frozen=True, slots=True)
class SharedTokens:
    """What two lists of tokens have in common, and what joining them gives.

    Parameters
    ----------
    first, second : TokenList
        The two lists.
    of_first, of_second : Share
        Different tokens that the other has too, of the different tokens of each.
    alone, alone_together : Share
        Of the persons whose token stands once in both, those whom the quasi-identifiers of the first
        list single out among them, and those whom the quasi-identifiers of both do.
    """

    first: TokenList
    second: TokenList
    of_first: Share
    of_second: Share
    alone: Share
    alone_together: Share

    @property
    def learnt(self) -> tuple[str, ...]:
        """Sensitive columns of the second list that fall on the rows of the first."""
        return tuple(name for name in self.second.sensitive if self.of_first.count)

    def __repr__(self) -> str:
        return (
            f"{self.first.name} and {self.second.name} share {self.of_first.count:,} tokens: {self.of_first}"
        )

    def row(self) -> dict[str, Any]:
        """Return one flat row of a table for people."""
        return {
            "column": self.first.name,
            "beside": self.second.name,
            "tokens_in_common": self.of_first.count,
            "share_of_the_first": self.of_first.share,
            "share_of_the_second": self.of_second.share,
            "joined_one_to_one": self.alone.of,
            "alone_before": self.alone.count,
            "alone_together": self.alone_together.count,
            "sensitive_columns_joined": len(self.learnt),
        }

    def to_json(self) -> dict[str, Any]:
        """Return both names, the shares and the names of the columns that are joined."""
        return {
            "first": self.first.name,
            "second": self.second.name,
            "of_first": self.of_first.to_json(),
            "of_second": self.of_second.to_json(),
            "alone": self.alone.to_json(),
            "alone_together": self.alone_together.to_json(),
            "learnt": list(self.learnt),
        }


def shared_tokens(lists: Sequence[TokenList], engine: Engine) -> tuple[SharedTokens, ...]:
    """Compare each two lists of different exports of one sender, those with most in common first.

    Parameters
    ----------
    lists : sequence of TokenList
        Of at least two exports.
    engine : Engine
        Where the queries run.

    Raises
    ------
    LabError
        With fewer than two exports.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import DuckDBEngine, read
    >>> may, june = read(pa.table({"em": ["a", "b", "B"]})), read(pa.table({"id": ["b", "c", None]}))
    >>> with DuckDBEngine() as engine:
    ...     shared_tokens([TokenList(may, "em"), TokenList(june, "id")], engine)
    (table in memory: em and table in memory: id share 1 tokens: 50.0 % (1 of 2),)
    """
    exports = {id(one.source) for one in lists}
    if len(exports) < 2:
        raise LabError(f"Shared tokens need at least 2 exports, not {len(exports)}: give another one.")
    every = " union all ".join(
        f"select {place} as list, {_token(one, engine)} as token from {engine.scan(one.source)}"
        for place, one in enumerate(lists)
    )
    engine.create_table_as(
        "listed_tokens",
        f"select list, token, count(*) as times from ({every}) as lists where token is not null "
        "group by list, token",
    )
    sizes = _counts(engine, "select list, list, count(*) from listed_tokens group by list")
    both = _counts(
        engine,
        "select a.list, b.list, count(*) from listed_tokens a join listed_tokens b on a.token = b.token "
        "where a.list < b.list group by a.list, b.list",
    )
    found = []
    for one, two in combinations(range(len(lists)), 2):
        if lists[one].source is lists[two].source:
            continue
        common = both.get((one, two), 0)
        alone, together, of = _alone(lists, one, two, engine) if common else (0, 0, 0)
        found.append(
            SharedTokens(
                lists[one],
                lists[two],
                Share(common, sizes.get((one, one), 0)),
                Share(common, sizes.get((two, two), 0)),
                Share(alone, of),
                Share(together, of),
            )
        )
    engine.drop("listed_tokens")
    return tuple(sorted(found, key=lambda pair: -pair.of_first.count))


def _alone(lists: Sequence[TokenList], one: int, two: int, engine: Engine) -> tuple[int, int, int]:
    """Count who is alone before and after joining, among those whose token stands once in both lists."""
    sides = []
    for side, place in (("a", one), ("b", two)):
        listed = lists[place]
        known = enumerate(listed.source.positions(listed.known))
        columns = "".join(f", {position} as {side}{number}" for number, position in known)
        sides.append(
            f"(select listed.token{columns} from (select *, {_token(listed, engine)} as token from "
            f"{engine.scan(listed.source)}) as listed join listed_tokens as counted "
            f"on listed.token = counted.token where counted.list = {place} and counted.times = 1) as {side}"
        )
    first = ["0", *(f"a{number}" for number in range(len(lists[one].known)))]
    both = [*first, *(f"b{number}" for number in range(len(lists[two].known)))]
    found = engine.query(
        "select sum(case when before = 1 then 1 else 0 end), sum(case when after = 1 then 1 else 0 end), "
        f"count(*) from (select count(*) over (partition by {', '.join(first)}) as before, "
        f"count(*) over (partition by {', '.join(both)}) as after "
        f"from {sides[0]} join {sides[1]} on a.token = b.token) as joined"
    )
    alone, together, of = (int(column[0].as_py() or 0) for column in found.columns)
    return alone, together, of


def _token(listed: TokenList, engine: Engine) -> str:
    kind = first_rows(listed.source, 1, engine).schema.field(listed.column).type
    return f"lower(trim(cast({text_sql(listed.source.position(listed.column), kind)} as string)))"


def _counts(engine: Engine, sql: str) -> dict[tuple[int, int], int]:
    columns = [column.to_pylist() for column in engine.query(sql).columns]
    return {(one, two): int(count) for one, two, count in zip(*columns, strict=True)}
