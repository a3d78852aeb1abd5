"""Whole tables in memory, for what cannot stream: attacks, defences, the bench."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from exports.reading.read import read
from exports.sources.origins import InMemory, JsonLines, TextFile

if TYPE_CHECKING:
    import pyarrow as pa

INTEGER = r"^-?(0|[1-9][0-9]{0,17})$"
NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"


def load(data: Any, *, text: Collection[str] = ()) -> pa.Table:
    """Read a table of any kind that ``exports.reading.read.read`` knows, its rows in their order.

    A column of a text file becomes numbers only when every cell is one as numbers are written:
    ``02139`` stays text, and so does a column that is named in ``text``.

    Parameters
    ----------
    data : str, Path or table
        As for ``read``.
    text : collection of str
        Columns that stay text whatever they look like: identifiers and tokens.

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
    from exports.engines.duckdb_engine import DuckDBEngine

    source = read(data)
    if isinstance(source.origin, InMemory):
        return source.origin.table
    with DuckDBEngine(ordered=True) as engine:
        table = engine.query(f"select * from {engine.scan(source)}").rename_columns(list(source.columns))
    if isinstance(source.origin, TextFile | JsonLines):
        for position, name in enumerate(table.column_names):
            if name not in text:
                table = table.set_column(position, name, typed(table[name]))
    return table


def typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text as numbers where all of it is; other columns as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if not text or column.null_count == len(column):
        return column
    for pattern, kind in ((INTEGER, pa.int64()), (NUMBER, pa.float64())):
        if pc.all(pc.match_substring_regex(column, pattern)).as_py():
            return column.cast(kind)
    return column
