"""Columns as small integers: what every measure over classes computes with."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.canonical import canonical
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

_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")

EXACT = 2**53
"""Whole numbers below are told apart by floats."""


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


def encode(column: pa.ChunkedArray | pa.Array, name: str = "column", missing: Collection[str] = ()) -> Coding:
    """Code one Arrow column; NaN and the texts of ``missing`` count as missing.

    Raises
    ------
    LabError
        When the column holds lists, structs or maps.
    """
    import pyarrow as pa

    coder = Coder(name, missing)
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        coder.add(chunk)
    return coder.coding()


class Coder:
    """Codes a column chunk by chunk, so that its rows are held as small integers only.

    Parameters
    ----------
    name : str
        The column, for messages.
    missing : collection of str
        Texts that stand for a missing value.
    """

    def __init__(self, name: str = "column", missing: Collection[str] = ()) -> None:
        self._name = name
        self._missing = frozenset(missing)
        self._codes: list[NDArray[Any]] = []
        self._dictionaries: list[pa.Array] = []
        self.bytes = 0

    def add(self, chunk: pa.Array) -> None:
        """Code one more chunk."""
        import pyarrow as pa
        import pyarrow.compute as pc

        require_flat(self._name, chunk.type)
        chunk = canonical(chunk)
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        if coded.dictionary.null_count:
            coded = coded.cast(coded.type.value_type).dictionary_encode()
        dictionary = coded.dictionary
        if pa.types.is_floating(dictionary.type) and np.signbit(numbers(dictionary)).any():
            # Zero has two signs, and the same person either.
            dictionary = pc.add(dictionary, 0.0)
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
        for place in stand_for_nothing(values, self._missing):
            renumbered[renumbered == place + 1] = MISSING
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


def as_text(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    r"""Return values as text: whole numbers alike whatever their type, bytes in hexadecimal.

    Raises
    ------
    LabError
        When the column holds lists or structures.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_text(pa.array([b"\xff", None])).to_pylist(), as_text(pa.array([3.0, -0.0, 1e22])).to_pylist()
    (['ff', None], ['3', '0', '1e+22'])
    """
    import pyarrow as pa

    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_nested(values.type):
        raise LabError(f"A column holds {values.type} values: flatten it first.")
    values = canonical(values)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_floating(values.type):
        texts = [None if value is None else number_text(value) for value in values.to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_timestamp(values.type):
        return _moments(values)
    return values.cast(pa.string())


def number_text(value: float) -> str:
    """Return a float as it is written: as a whole number where floats tell all of these apart.

    Examples
    --------
    >>> number_text(12025550100.0), number_text(0.1), number_text(-0.0)
    ('12025550100', '0.1', '0')
    """
    return str(int(value)) if abs(value) < EXACT and value == int(value) else repr(float(value))


def _moments(values: pa.Array) -> pa.Array:
    """Return moments as text, without a fraction of a second that is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    zone, unit = values.type.tz, values.type.unit
    if zone is not None:
        values = values.cast(pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit))
    texts = pc.replace_substring_regex(values.cast(pa.string()), r"(\.\d*?)0+$", r"\1")
    texts = pc.replace_substring_regex(texts, r"\.$", "")
    return texts if zone is None else pc.binary_join_element_wise(texts, "+00:00", "")


def stand_for_nothing(values: pa.Array, declared: Collection[str] = ()) -> Ints:
    """Return the places of the different values that are none: NaN, and what is declared so.

    Spaces around a text do not matter, nor how a number is written. The empty text stands for the
    text without any character alone.

    Examples
    --------
    >>> import pyarrow as pa
    >>> stand_for_nothing(pa.array(["7", " NA", "", " "]), ["NA", ""])
    array([1, 2])
    >>> stand_for_nothing(pa.array([7, 999]), ["999.0"])
    array([1])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = np.zeros(len(values), bool)
    if pa.types.is_floating(values.type):
        nothing |= np.isnan(numbers(values))
    if not declared or not len(values):
        return np.flatnonzero(nothing)
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    if text and "" in declared:
        # Comparing with a text of Python's would import pandas, as said above.
        nothing |= numbers(pc.binary_length(values)) == 0
    words = {one.strip() for one in declared if one}
    if words and not text:
        words |= {number_text(float(one)) for one in words if _NUMBER.fullmatch(one)}
    if words:
        trimmed = pc.utf8_trim_whitespace(as_text(values))
        known = pc.is_in(trimmed, pa.array(sorted(words), pa.string()))
        nothing[numbers(pc.indices_nonzero(known)).astype(np.int64)] = True
    return np.flatnonzero(nothing)


def _smallest(largest: int) -> np.dtype[Any]:
    return np.min_scalar_type(max(largest, 1))
