"""Tables that can be assessed: files, frames and databases, opened without being loaded."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exports.errors import LabError
from exports.filesystem.named_files import require_regular
from exports.reading.databases import database_source
from exports.sources.files import text_source
from exports.sources.first_bytes import require_honest
from exports.sources.json_files import json_source
from exports.sources.origins import InMemory, Source, SparkTable
from exports.sources.parquet_files import parquet_source
from exports.sources.statistics_files import READERS
from exports.values.order import category_order

CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz")

EXCEL_SUFFIXES = (".xlsx", ".xlsm")

_WAYS_OUT = {
    ".zip": "unpack it first.",
    ".7z": "unpack it first.",
    ".tar": "unpack it first.",
    ".bz2": "unpack it first.",
    ".xz": "unpack it first.",
    ".zst": "unpack it first.",
    ".feather": "hand it over from Python, as pandas.read_feather gives it, or save it as Parquet.",
    ".arrow": "hand it over from Python, as pyarrow.ipc gives it, or save it as Parquet.",
    ".orc": "hand it over from Python, as pyarrow.orc gives it, or save it as Parquet.",
    ".xls": "save it as .xlsx or CSV.",
    ".ods": "save it as .xlsx or CSV.",
    ".rds": "save it as CSV or Parquet from R.",
    ".rdata": "save it as CSV or Parquet from R.",
    ".avro": "save it as Parquet.",
}


def read(data: Any, *, delimiter: str | None = None, encoding: str | None = None) -> Source:
    """Open a table of any supported kind, reading no more than its header.

    Parameters
    ----------
    data : str, Path or table
        A CSV/TSV file (``.gz`` too), JSON lines or a JSON table, a Parquet file or folder (folders
        named ``country=AT`` are columns), ``FILE.duckdb::TABLE``, ``FILE.sqlite::TABLE``,
        ``postgresql://...::TABLE``, a file of Excel, SPSS or Stata, or a table of pandas, polars,
        Arrow or Spark.
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
        from exports.engines.canonical_sql import spark_leaves

        names = tuple(name for name, _ in spark_leaves(data.schema))
        return Source("Spark table", names, SparkTable(data))
    from exports.sources.frames import arrow_table

    table = arrow_table(data)
    ordered = (
        {name: category_order(table[name]) for name in dict.fromkeys(table.column_names)}
        if table.num_columns
        else {}
    )
    orders = MappingProxyType({name: order for name, order in ordered.items() if order is not None})
    return Source("table in memory", tuple(table.column_names), InMemory(table), orders)


def _located(place: str, delimiter: str | None, encoding: str | None) -> Source:
    if "::" in place and not os.path.exists(place):  # noqa: PTH110 - a name too long is no fault
        file, _, sheet = place.rpartition("::")
        if file.lower().endswith(EXCEL_SUFFIXES):
            return _of_file(Path(file), delimiter, encoding, sheet)
        return database_source(place)
    if place.startswith(("postgresql://", "postgres://")):
        raise LabError("A PostgreSQL address needs a table: end it in ::TABLE.")
    return _of_file(Path(place), delimiter, encoding)


def _of_file(path: Path, delimiter: str | None, encoding: str | None, sheet: str | None = None) -> Source:
    """Open a file by its ending, once its first bytes have said that it is what its ending says."""
    lower = path.name.lower()
    if os.path.isdir(path):  # noqa: PTH112 - a name too long is no fault
        return parquet_source(path)
    require_regular(path)
    require_honest(path)
    if lower.endswith(".parquet"):
        return parquet_source(path)
    if lower.endswith(EXCEL_SUFFIXES):
        from exports.sources.spreadsheets import spreadsheet_source

        return spreadsheet_source(path, sheet)
    if lower.endswith(tuple(READERS)):
        from exports.sources.statistics_files import statistics_source

        return statistics_source(path)
    if lower.endswith(JSON_SUFFIXES):
        return json_source(path)
    if lower.endswith((".duckdb", ".db", ".sqlite", ".sqlite3")):
        raise LabError(f"{path} is a database: say which table, as in {path}::TABLE.")
    if lower.endswith(CSV_SUFFIXES) or delimiter or encoding:
        return text_source(path, delimiter, encoding)
    way_out = next((said for ending, said in _WAYS_OUT.items() if lower.endswith(ending)), None)
    raise LabError(
        f"{path} has an ending that is not known: "
        + (way_out or "give .csv, .tsv, .jsonl, .parquet, .xlsx, .sav, .dta, or a folder of Parquet files.")
    )
