"""The hash of what a table says, whatever file, chunk or worker it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exports.randomness import BLOCK


def block_digest(table: pa.Table) -> str:
    """Return the SHA-256 of one block of rows: names, types, nulls and values, in order.

    Chunks, offsets, padding and the bytes behind a null do not count; a dictionary column
    counts as its decoded values.

    Raises
    ------
    ValueError
        When a column has a type that the lab's tables do not use.

    Examples
    --------
    >>> whole = pa.table({"a": [1, 2, None], "b": ["x", None, ""]})
    >>> pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    >>> block_digest(whole) == block_digest(pieces)
    True
    >>> block_digest(whole) == block_digest(whole.rename_columns(["a", "c"]))
    False
    """
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        kind = f"list of {column.type.value_type}" if pa.types.is_list(column.type) else column.type
        digest.update(f"{name}\x1f{kind}\x1f{len(column)}\x1e".encode())
        _add(digest, column)
    return digest.hexdigest()


def table_digest(blocks: Iterable[str]) -> str:
    """Return the digest of a table from those of its blocks of 65,536 rows, in row order.

    Examples
    --------
    >>> table_digest(["00", "01"]) == table_digest(["01", "00"])
    False
    """
    return hashlib.sha256("\n".join(blocks).encode()).hexdigest()


def content_digest(table: pa.Table) -> str:
    """Return the digest of a table in memory.

    Examples
    --------
    >>> content_digest(pa.table({"a": [1]}))[:8] == content_digest(pa.table({"a": [2]}))[:8]
    False
    """
    starts = range(0, max(table.num_rows, 1), BLOCK)
    return table_digest(block_digest(table.slice(start, BLOCK)) for start in starts)


def _add(digest: Any, column: pa.Array) -> None:
    """Feed the values of one array to ``digest`` in a form without offsets and padding."""
    nulls = column.null_count
    digest.update(column.is_null().cast(pa.uint8()).to_numpy(zero_copy_only=False).data if nulls else b"")
    kind = column.type
    if pa.types.is_list(kind):
        digest.update(pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False).data)
        _add(digest, column.flatten())
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        empty = pa.scalar(b"" if pa.types.is_binary(kind) else "", kind)
        filled = column.fill_null(empty) if nulls else column
        digest.update(pc.binary_length(filled).to_numpy(zero_copy_only=False).data)
        offsets, values = filled.buffers()[1:]
        ends = memoryview(offsets).cast("i")[filled.offset : filled.offset + len(filled) + 1]
        if values is not None and len(filled):
            digest.update(memoryview(values)[ends[0] : ends[-1]])
    elif pa.types.is_boolean(kind):
        digest.update(column.fill_null(False).cast(pa.uint8()).to_numpy(zero_copy_only=False).data)
    elif pa.types.is_date32(kind):
        digest.update(column.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).data)
    elif pa.types.is_timestamp(kind):
        digest.update(column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).data)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        digest.update(column.fill_null(0).to_numpy(zero_copy_only=False).data)
    else:
        raise ValueError(f"no content hash for a column of {kind}")
