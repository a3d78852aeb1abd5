"""A digest of what a table says, not of how it is stored."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

HEAD = 65_536
FEW = 1024
"""A column of text with at most this many values in its first ``HEAD`` rows is digested by codes."""


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
    with ThreadPoolExecutor(max_workers=2) as pool:
        digests = pool.map(_column_digest, table.column_names, table.columns)
        return hashlib.sha256(b"".join(digests)).hexdigest()


def _column_digest(name: str, column: pa.ChunkedArray) -> bytes:
    """Return a digest that is equal exactly when two columns have one name and say the same."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    digest = hashlib.sha256(f"{name}\0{len(column)}\0".encode())
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        digest.update(b"text")
        if all(_distinct(column.slice(0, rows).cast(kind)) <= FEW for rows in (4 * FEW, HEAD)):
            _update_with_codes(digest, column)
            return digest.digest()
    else:
        digest.update(str(kind).encode())
    if types.is_dictionary(column.type):
        column = column.cast(kind)
    if column.null_count:
        digest.update(np.packbits(pc.is_valid(column).to_numpy()).data)
    if types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif types.is_temporal(kind):
        column = column.cast(pa.int64() if kind.bit_width == 64 else pa.int32())
    elif not (types.is_integer(kind) or types.is_floating(kind)):
        _update_with_text(digest, name, column)
        return digest.digest()
    for chunk in column.chunks:
        digest.update(np.ascontiguousarray(pc.fill_null(chunk, 0) if chunk.null_count else chunk).data)
    return digest.digest()


def _distinct(column: pa.ChunkedArray) -> int:
    import pyarrow.compute as pc

    count: int = pc.count_distinct(column).as_py()
    return count


def _update_with_text(digest: Any, name: str, column: pa.ChunkedArray) -> None:
    """Digest lengths and characters; text, decimals, and columns that are all missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        text = column.cast(pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise LabError(
            f"The column {name!r} has type {column.type}, which has no digest: turn it into text."
        ) from None
    lengths = hashlib.sha256()
    for chunk in pc.fill_null(text, "").chunks:
        _, offsets, body = chunk.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[chunk.offset :][: len(chunk) + 1]
        lengths.update(np.diff(ends).data)
        digest.update(memoryview(body or b"")[ends[0] : ends[-1]])
    digest.update(lengths.digest())


def _update_with_codes(digest: Any, column: pa.ChunkedArray) -> None:
    """Digest the values in order of appearance and the number of each row's value."""
    values: dict[str | None, int] = {}
    for chunk in column.chunks:
        for start in range(0, len(chunk), HEAD):
            digest.update(_codes(chunk.slice(start, HEAD), values).data)
    for value in values:
        digest.update(b"-" if value is None else b"+" + str(len(value)).encode() + value.encode())


def _codes(chunk: pa.Array, values: dict[str | None, int]) -> NDArray[np.int32]:
    """Return codes by order of appearance over all chunks, adding new values to ``values``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
    texts = [*coded.dictionary.to_pylist(), None]
    indices = pc.fill_null(coded.indices, len(texts) - 1) if coded.null_count else coded.indices
    own: NDArray[np.integer[Any]] = indices.to_numpy(zero_copy_only=False)
    if not set(texts[:-1]) <= values.keys() or (coded.null_count and None not in values):
        used, first = np.unique(own, return_index=True)
        for code in used[np.argsort(first)].tolist():
            values.setdefault(texts[code], len(values))
    number = np.array([values.get(text, -1) for text in texts], dtype=np.int32)
    return np.asarray(number[own], dtype=np.int32)
