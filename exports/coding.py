"""Columns as small integers: what every measure over classes computes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Passes = NDArray[np.bool_]
"""Which of some entries pass."""

MISSING = 0
"""The code of a missing value."""


@dataclass(frozen=True, slots=True)
class Coding:
    """One column as integers.

    Parameters
    ----------
    codes : array of unsigned int
        0 for a missing value, i + 1 for ``values[i]``.
    values : pyarrow.Array
        The different values that occur, in no particular order.

    Examples
    --------
    >>> import pyarrow as pa
    >>> encode(pa.chunked_array([["b", None], ["a", "b"]])).codes
    array([1, 0, 2, 1], dtype=uint8)
    """

    codes: NDArray[Any]
    values: pa.Array

    @property
    def radix(self) -> int:
        """Number of codes, the one of a missing value included."""
        return len(self.values) + 1

    def take(self, rows: NDArray[Any] | slice) -> Coding:
        """Return the coding of some entries, in that order."""
        return Coding(self.codes[rows], self.values)


def encode(column: pa.ChunkedArray | pa.Array, name: str = "column") -> Coding:
    """Code one Arrow column; NaN counts as missing.

    Raises
    ------
    LabError
        When the column holds lists, structs or maps.
    """
    import pyarrow as pa

    coder = Coder(name)
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        coder.add(chunk)
    return coder.coding()


class Coder:
    """Codes a column chunk by chunk, so that its rows are held as small integers only.

    Parameters
    ----------
    name : str
        The column, for messages.
    """

    def __init__(self, name: str = "column") -> None:
        self._name = name
        self._codes: list[NDArray[Any]] = []
        self._dictionaries: list[pa.Array] = []
        self.bytes = 0

    def add(self, chunk: pa.Array) -> None:
        """Code one more chunk."""
        import pyarrow as pa

        require_flat(self._name, chunk.type)
        if pa.types.is_null(chunk.type):
            chunk = chunk.cast(pa.string())
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        if coded.dictionary.null_count:
            coded = coded.cast(coded.type.value_type).dictionary_encode()
        dictionary = _plain(coded.dictionary)
        codes = (numbers(coded.indices).astype(np.int64, copy=False) + 1).astype(_smallest(len(dictionary)))
        if coded.indices.null_count:
            codes[missing(coded.indices)] = MISSING
        self._codes.append(codes)
        self._dictionaries.append(dictionary)
        self.bytes += codes.nbytes + dictionary.nbytes

    def coding(self) -> Coding:
        """Return all chunks under one dictionary that holds used values only."""
        import pyarrow as pa

        if not self._codes:
            return Coding(np.zeros(0, np.uint8), pa.array([], pa.string()))
        joined = pa.concat_arrays(self._dictionaries).dictionary_encode()
        values, renumbered = joined.dictionary, numbers(joined.indices) + 1
        if pa.types.is_floating(values.type):
            renumbered[np.isnan(numbers(values))[renumbered - 1]] = MISSING
        ends = np.cumsum([len(dictionary) for dictionary in self._dictionaries])
        maps = [np.append(MISSING, part) for part in np.split(renumbered, ends[:-1])]
        used = np.zeros(len(values) + 1, bool)
        for codes, renumber in zip(self._codes, maps, strict=True):
            used[renumber[np.flatnonzero(np.bincount(codes, minlength=len(renumber)))]] = True
        used[MISSING] = False
        compact = (np.cumsum(used) * used).astype(_smallest(int(used.sum())))
        codes = np.concatenate([compact[m][c] for c, m in zip(self._codes, maps, strict=True)])
        return Coding(codes, values.take(arrow_integers(np.flatnonzero(used[1:]))))


def require_flat(name: str, kind: pa.DataType) -> None:
    """Check that a column holds single values.

    Raises
    ------
    LabError
        When it holds lists, structs or maps.
    """
    import pyarrow as pa

    if pa.types.is_nested(kind):
        raise LabError(f"The column {name!r} holds {kind} values: flatten it first.")


# Arrow's own conversions to and from numpy import pandas, which takes longer than most assessments.


def numbers(array: pa.Array) -> NDArray[Any]:
    """Return the numbers of an Arrow array without copying; those of nulls are arbitrary."""
    kind = np.dtype(array.type.to_pandas_dtype())
    return np.frombuffer(array.buffers()[1] or b"", kind)[array.offset : array.offset + len(array)]


def missing(array: pa.Array) -> NDArray[np.bool_]:
    """Return which entries of an Arrow array that has a null are null."""
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    return np.logical_not(bits[array.offset : array.offset + len(array)])


def booleans(array: pa.Array) -> NDArray[np.bool_]:
    """Return the truth values of an Arrow array; a null is false."""
    bits = np.unpackbits(np.frombuffer(array.buffers()[1] or b"", np.uint8), bitorder="little")
    found = bits[array.offset : array.offset + len(array)].astype(bool)
    if array.null_count:
        found &= ~missing(array)
    return found


def arrow_integers(values: Ints) -> pa.Array:
    """Return integers as an Arrow array without copying."""
    import pyarrow as pa

    plain = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(plain), [None, pa.py_buffer(plain)])


def as_text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    r"""Return a column as one array of strings, whatever its type was; bytes in hexadecimal.

    Raises
    ------
    LabError
        When the column holds lists or structures.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_text(pa.array([b"\xff", None])).to_pylist()
    ['ff', None]
    """
    import pyarrow as pa

    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_nested(values.type):
        raise LabError(f"A column holds {values.type} values: flatten it first.")
    if not any(
        is_binary(values.type)
        for is_binary in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    ):
        return values.cast(pa.string())
    return pa.array([None if value is None else value.hex() for value in values.to_pylist()], pa.string())


def _plain(dictionary: pa.Array) -> pa.Array:
    import pyarrow as pa

    return dictionary.cast(pa.large_string()) if pa.types.is_string_view(dictionary.type) else dictionary


def _smallest(largest: int) -> np.dtype[Any]:
    return np.min_scalar_type(max(largest, 1))
