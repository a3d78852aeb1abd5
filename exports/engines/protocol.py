"""What an engine must do, so that every measure that is a query runs on each of them unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from exports.engines.dialect import Dialect
    from exports.sources.origins import Source


class Engine(Protocol):
    """Runs SQL in the common subset of DuckDB and Spark over tables that stay where they are.

    Columns of a scanned source are called ``c0, c1, ...`` by position, so that a column name
    from a user's file is never part of a query.
    """

    dialect: Dialect
    groups_first: bool
    """Whether rows stay where they are, so that combinations are counted by a query."""

    def scan(self, source: Source) -> str:
        """Make ``source`` readable and return the name to select from."""
        ...

    def query(self, sql: str) -> pa.Table:
        """Return the whole answer; for aggregates."""
        ...

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer in batches; for tables of distinct combinations."""
        ...

    def spread(self, sql: str, by: Sequence[str], parts: int) -> str:
        """Keep the answer as parts by a hash of the text of ``by``; return its name, also to select from."""
        ...

    def part(self, name: str, part: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one part of what was spread."""
        ...

    def create_table_as(self, name: str, sql: str) -> None:
        """Keep the answer as a temporary table, on disk where memory is short."""
        ...

    def register(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable under ``name``."""
        ...

    def drop(self, name: str) -> None:
        """Forget a table made by ``create_table_as``, ``register`` or ``scan``."""
        ...

    def close(self) -> None:
        """Give back memory and temporary files."""
        ...
