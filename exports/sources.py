"""Tables that can be assessed: files, frames and databases, opened without being loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa

CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz")


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
        name, times = Counter(self.columns).most_common(1)[0]
        if times > 1:
            raise LabError(
                f"{self.name} has {times} columns called {name[:80]!r}: give every column its own name."
            )

    def position(self, column: str) -> str:
        """Return the name by position (``c0``, ``c1``, ...) under which engines know a column."""
        return f"c{self.columns.index(column)}"

    def __repr__(self) -> str:
        return f"{self.name}: {len(self.columns):,} columns, not read yet"


def read(data: Any, *, delimiter: str | None = None, encoding: str | None = None) -> Source:
    """Open a table of any supported kind, reading no more than its header.

    Parameters
    ----------
    data : str, Path or table
        A CSV/TSV file (``.gz`` too), JSON lines, a Parquet file or folder, ``FILE.duckdb::TABLE``,
        ``FILE.sqlite::TABLE``, ``postgresql://...::TABLE``, or a pandas, polars, Arrow or Spark table.
    delimiter : str, optional
        Of a text file; found in its header otherwise.
    encoding : str, optional
        Of a text file; UTF-8 (or UTF-16 when it starts so) otherwise.

    Raises
    ------
    LabError
        When there is nothing to read at that place, or not in that form.

    Examples
    --------
    >>> import pyarrow as pa
    >>> read(pa.table({"zip": ["02139", "02139"], "age": [31, 58]}))
    table in memory: 2 columns, not read yet
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, str | Path):
        return _located(str(data), delimiter, encoding)
    if type(data).__module__.startswith("pyspark.sql."):
        return Source("Spark table", tuple(data.columns), SparkTable(data))
    from exports.frames import arrow_table

    table = arrow_table(data)
    return Source("table in memory", tuple(table.column_names), InMemory(table))


def _located(place: str, delimiter: str | None, encoding: str | None) -> Source:
    from exports.files import json_source, parquet_source, text_source

    if "::" in place:
        from exports.databases import database_source

        return database_source(place)
    if place.startswith(("postgresql://", "postgres://")):
        raise LabError("A PostgreSQL address needs a table: end it in ::TABLE.")
    path = Path(place)
    lower = path.name.lower()
    if path.is_dir() or lower.endswith(".parquet"):
        return parquet_source(path)
    if not path.exists():
        raise LabError(f"{place} does not exist: check the path.")
    if lower.endswith(JSON_SUFFIXES):
        return json_source(path)
    if lower.endswith((".duckdb", ".db", ".sqlite", ".sqlite3")):
        raise LabError(f"{path} is a database: say which table, as in {path}::TABLE.")
    if lower.endswith(CSV_SUFFIXES) or delimiter or encoding:
        return text_source(path, delimiter, encoding)
    raise LabError(
        f"{path} has an ending that is not known: give .csv, .tsv, .jsonl, .parquet, or a folder of "
        "Parquet files."
    )
