"""A digest of what a table says, not of how it is stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa


def content_sha256(table: pa.Table) -> str:
    """Return the SHA-256 of names, types, order and values of a table.

    Chunks, dictionaries, slices and file formats make no difference; the order of the rows does.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of text, numbers, booleans, dates and times.

    Raises
    ------
    LabError
        When a column is a list or a structure.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain = pa.table({"state": ["MA", None, "MA"]})
    >>> coded = pa.table({"state": pa.chunked_array([["MA"], [None, "MA"]]).dictionary_encode()})
    >>> content_sha256(plain) == content_sha256(coded)
    True
    """
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        for part in (name.encode(), *_parts(name, column)):
            digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(name: str, column: pa.ChunkedArray) -> list[Any]:
    """Return buffers that are equal exactly when two columns say the same."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    valid = np.packbits(pc.is_valid(column).to_numpy())
    text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    if text or types.is_decimal(kind) or types.is_null(kind):
        wide = pc.fill_null(column.cast(pa.large_string()), "").combine_chunks()
        _, offsets, body = wide.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[wide.offset :][: len(wide) + 1]
        return [b"text", valid, np.diff(ends), memoryview(body or b"")[ends[0] : ends[-1]]]
    if types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif types.is_temporal(kind):
        column = column.cast(pa.int64() if kind.bit_width == 64 else pa.int32())
    elif not (types.is_integer(kind) or types.is_floating(kind)):
        raise LabError(f"The column {name!r} has type {kind}, which has no digest: turn it into text.")
    return [str(kind).encode(), valid, pc.fill_null(column, 0).to_numpy()]
