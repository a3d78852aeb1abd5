"""Tables that can be assessed: files, frames and databases, opened without being loaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exports.errors import LabError
from exports.named_files import require_regular
from exports.reading.databases import database_source
from exports.sources.files import json_source, parquet_source, text_source
from exports.sources.origins import InMemory, Source, SparkTable

CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz")


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
    from exports.sources.frames import arrow_table

    table = arrow_table(data)
    return Source("table in memory", tuple(table.column_names), InMemory(table))


def _located(place: str, delimiter: str | None, encoding: str | None) -> Source:
    if "::" in place and not os.path.exists(place):  # noqa: PTH110 - a name too long is no fault
        return database_source(place)
    if place.startswith(("postgresql://", "postgres://")):
        raise LabError("A PostgreSQL address needs a table: end it in ::TABLE.")
    path = Path(place)
    lower = path.name.lower()
    if os.path.isdir(path) or lower.endswith(".parquet"):  # noqa: PTH112
        return parquet_source(path)
    require_regular(path)
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
