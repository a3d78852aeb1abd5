"""Where the rows of a table are, before any is read: files, frames, databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
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
    """A file with one JSON object per line.

    Parameters
    ----------
    path : Path
        The file.
    keys : tuple of tuple of str
        Where each column is: the key in the object, and the keys in the objects within.
    """

    path: Path
    keys: tuple[tuple[str, ...], ...]


def json_pointer(keys: Iterable[str]) -> str:
    """Return the place of a value within a JSON object.

    Examples
    --------
    >>> json_pointer(["user", "a/b"])
    '/user/a~1b'
    """
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """One Parquet file or the files of a folder.

    Parameters
    ----------
    paths : tuple of Path
        The files.
    partitions : tuple of str
        Columns that the names of folders tell, after those of the files.
    plain : bool
        Whether all files have the same columns, which need no rewriting to be compared.
    """

    paths: tuple[Path, ...]
    partitions: tuple[str, ...] = ()
    plain: bool = True


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
    """A table of texts that can be streamed once per call of ``open``, as databases give it.

    Parameters
    ----------
    open : callable
        Returns the stream.
    spelt : mapping of int to {"json", "real"}
        Columns whose texts are still to be spelt as everywhere else: JSON without blanks; floats, marked
        by ``REAL``, with as few digits as tell them apart.
    """

    open: Callable[[], Any]
    spelt: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))


REAL = "\x01"
"""Mark before a float among the texts of a column."""


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
    orders : mapping of str to tuple of str
        The values of columns that bring their order along, from low to high.
    missing : mapping of str to tuple of str
        Texts that stand for a missing value in a column, beside the empty one.

    Raises
    ------
    LabError
        When two columns have the same name, or there is none.
    """

    name: str
    columns: tuple[str, ...]
    origin: Origin
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

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
                f"{self.name} has {times} columns of one name, the first in place "
                f"{self.columns.index(name) + 1:,}: give every column its own name."
            )

    def lacking(self, missing_in: Callable[[str], tuple[str, ...]]) -> Source:
        """Return this table with further texts that stand for a missing value, by column."""
        found = {name: (*self.missing.get(name, ()), *missing_in(name)) for name in self.columns}
        found = {name: tuple(dict.fromkeys(words)) for name, words in found.items() if words}
        return self if found == self.missing else replace(self, missing=MappingProxyType(found))

    def nothing(self, column: str) -> tuple[str, ...]:
        """Return the texts that stand for a missing value in a column, the empty one first."""
        return ("", *self.missing.get(column, ()))

    def position(self, column: str) -> str:
        """Return the name by position (``c0``, ``c1``, ...) under which engines know a column."""
        return f"c{self.columns.index(column)}"

    def positions(self, columns: Iterable[str]) -> list[str]:
        """Return the names by position of several columns."""
        places = {name: place for place, name in enumerate(self.columns)}
        return [f"c{places[column]}" for column in columns]

    def __repr__(self) -> str:
        return f"{self.name}: {len(self.columns):,} columns, not read yet"
