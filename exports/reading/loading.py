"""Whole tables in memory, for what cannot stream: attacks, defences, the bench."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exports.reading.read import read
from exports.release import Export
from exports.schema import Column, Role, Schema
from exports.sources.origins import InMemory, ParquetFiles, Source
from exports.sources.parquet_files import parquet_table
from exports.values.reading import Reading, read_column, with_style

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table in memory, and how each of its columns was read.

    Parameters
    ----------
    table : pyarrow.Table
        Its columns in their types, its rows in their order.
    readings : mapping of str to Reading
        One per column.
    orders : mapping of str to tuple of str
        The values of columns that brought their order along, from low to high.
    """

    table: pa.Table
    readings: Mapping[str, Reading]
    orders: Mapping[str, tuple[str, ...]]


def load(data: Any, *, text: Collection[str] = (), schema: Schema | None = None) -> pa.Table:
    """Read a table of any kind that ``exports.reading.read.read`` knows, its rows in their order.

    A column of text becomes numbers, dates or truth values only when every cell is written as such a
    value is: ``02139`` and ``296.20`` stay text, and so does a column that is named in ``text``.

    Parameters
    ----------
    data : str, Path or table
        As for ``read``.
    text : collection of str
        Columns that stay text whatever they look like: identifiers and tokens.
    schema : Schema, optional
        Says what is missing, how dates and numbers are written, and which columns name somebody.

    Raises
    ------
    LabError
        When the table cannot be read.

    Examples
    --------
    >>> import pyarrow as pa
    >>> load(pa.table({"zip": ["02139"], "age": [31]})).num_rows
    1
    """
    return loaded(data, schema, text=text).table


def load_export(
    data: Any, schema: Schema, *, missing: Sequence[str] = (), text: Collection[str] = ()
) -> tuple[Export, Mapping[str, Reading]]:
    """Read a table as an export under a schema, and say how each column was read.

    Parameters
    ----------
    data : str, Path or table
        As for ``read``.
    schema : Schema
        Declares every column.
    missing : sequence of str
        Texts that stand for a missing value, beside those of the schema.
    text : collection of str
        Columns that stay text whatever they look like.

    Raises
    ------
    LabError
        When the table cannot be read or the schema does not fit it.
    """
    declared = schema.lacking(missing)
    found = loaded(data, declared, text=text)
    return Export(found.table, declared.with_orders(found.orders)), found.readings


def loaded(data: Any, schema: Schema | None = None, *, text: Collection[str] = ()) -> Loaded:
    """Read a table with the reading of each column; a schema says what is missing and what names somebody."""
    import pyarrow as pa

    source = read(data)
    if schema is not None:
        source = source.lacking(schema.missing_in)
        text = {*text, *schema.names(Role.IDENTIFIER, Role.TOKEN)}
    columns, fields, readings = [], [], {}
    for name, column in zip(source.columns, _rows(source).columns, strict=True):
        declared: Column | None = None if schema is None else schema.columns.get(name)
        found, readings[name], written = read_column(
            column, declared, missing=source.nothing(name), naming=name in text
        )
        columns.append(found)
        fields.append(with_style(name, found, written))
    return Loaded(pa.table(columns, schema=pa.schema(fields)), MappingProxyType(readings), source.orders)


def _rows(source: Source) -> pa.Table:
    """Return all rows with one spelling per value."""
    from exports.engines.duckdb_engine import DuckDBEngine

    if isinstance(source.origin, InMemory):
        return source.origin.table
    if isinstance(source.origin, ParquetFiles):
        return parquet_table(source.origin)
    # What is declared missing is still to be counted by its spelling.
    whole = replace(source, missing=MappingProxyType({}))
    with DuckDBEngine(ordered=True) as engine:
        return engine.query(f"select * from {engine.scan(whole)}")
