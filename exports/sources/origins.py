"""Where the rows of a table are, before any is read: files, frames, databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa


MOST_COLUMNS = 5000
"""More are keys that are data: each would be looked at on its own."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A delimited text file whose first line is its header; every cell is read as text."""

    path: Path
    delimiter: str
    encoding: str


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A file with one JSON object per line."""

    path: Path


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """One Parquet file or the files of a folder, all with the same columns."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class InMemory:
    """An Arrow table, or what was turned into one without copying where possible."""

    table: pa.Table


@dataclass(frozen=True, slots=True)
class DuckDBTable:
    """A table of a DuckDB database file, attached read-only."""

    path: Path
    schema: str
    table: str


@dataclass(frozen=True, slots=True)
class ArrowStream:
    """A table that can be streamed once per call of ``open``, as databases give it."""

    open: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class SparkTable:
    """A Spark DataFrame, which only the engine ``spark`` reads."""

    frame: Any


Origin = TextFile | JsonLines | ParquetFiles | InMemory | DuckDBTable | ArrowStream | SparkTable


@dataclass(frozen=True, slots=True)
class Source:
    """A table that has not been read yet.

    Parameters
    ----------
    name : str
        What messages call it; never holds a credential.
    columns : tuple of str
        Column names in order, all different.
    origin : TextFile, JsonLines, ParquetFiles, InMemory, DuckDBTable, ArrowStream or SparkTable
        Where the rows are.

    Raises
    ------
    LabError
        When two columns have the same name, or there is none.
    """

    name: str
    columns: tuple[str, ...]
    origin: Origin

    def __post_init__(self) -> None:
        if not self.columns:
            raise LabError(f"{self.name} has no columns: give a table with a header.")
        if len(self.columns) > MOST_COLUMNS:
            raise LabError(
                f"{self.name} has {len(self.columns):,} columns, more than {MOST_COLUMNS:,}: where keys or "
                "headers are data, write them as values of one "
                "column."
            )
        name, times = Counter(self.columns).most_common(1)[0]
        if times > 1:
            raise LabError(
                f"{self.name} has {times} columns called {name[:80]!r}: give every column its own name."
            )

    def position(self, column: str) -> str:
        """Return the name by position (``c0``, ``c1``, ...) under which engines know a column."""
        return f"c{self.columns.index(column)}"

    def positions(self, columns: Iterable[str]) -> list[str]:
        """Return the names by position of several columns."""
        places = {name: place for place, name in enumerate(self.columns)}
        return [f"c{places[column]}" for column in columns]

    def __repr__(self) -> str:
        return f"{self.name}: {len(self.columns):,} columns, not read yet"
