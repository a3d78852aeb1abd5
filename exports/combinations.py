"""The distinct combinations of values in a table, coded as small integers and counted.

Everything about classes and risks can be computed from this table: it is small when people
resemble one another, and never larger than the export.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.engines.protocol import Engine

Ints = NDArray[np.int64]

MISSING = 0
"""The code of a missing value."""

_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Coding:
    """One column as integers.

    Parameters
    ----------
    codes : array of unsigned int
        0 for a missing value, i + 1 for ``values[i]``.
    values : pyarrow.Array
        The different values, in no particular order.

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

    def take(self, rows: NDArray[Any]) -> Coding:
        """Return the coding of some rows, in that order."""
        return Coding(self.codes[rows], self.values)


def encode(column: pa.ChunkedArray | pa.Array) -> Coding:
    """Code one Arrow column; NaN counts as missing.

    Raises
    ------
    LabError
        When the column holds lists, structs or maps.
    """
    import pyarrow as pa

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    coder = _Coder(column.type)
    for chunk in chunks:
        coder.add(chunk)
    return coder.coding()


class _Coder:
    """Codes a column chunk by chunk, keeping one small array per chunk and no values twice."""

    def __init__(self, kind: pa.DataType) -> None:
        self._type = kind
        self._codes: list[NDArray[Any]] = []
        self._dictionaries: list[pa.Array] = []

    def add(self, chunk: pa.Array) -> None:
        """Code one more chunk."""
        import pyarrow as pa

        if pa.types.is_nested(chunk.type) or pa.types.is_null(chunk.type):
            if chunk.null_count < len(chunk):
                raise LabError(f"A column holds values of type {chunk.type}: flatten it first.")
            chunk = pa.nulls(len(chunk), pa.string())
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        if coded.dictionary.null_count:
            coded = pa.array(coded.to_pylist(), coded.dictionary.type).dictionary_encode()
        indices = coded.indices.fill_null(-1) if coded.indices.null_count else coded.indices
        codes = indices.to_numpy(zero_copy_only=False)
        self._codes.append((codes + 1).astype(_smallest(len(coded.dictionary) + 1)))
        self._dictionaries.append(coded.dictionary)

    def coding(self) -> Coding:
        """Return all chunks under one dictionary that holds used values only."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._codes:
            return Coding(np.zeros(0, np.uint8), pa.array([], pa.string()))
        joined = pa.concat_arrays(self._dictionaries).dictionary_encode()
        values, renumbered = joined.dictionary, joined.indices.to_numpy() + 1
        if pa.types.is_floating(values.type):
            renumbered[pc.is_nan(values).to_numpy(zero_copy_only=False)[renumbered - 1]] = MISSING
        ends = np.cumsum([len(dictionary) for dictionary in self._dictionaries])
        used = np.zeros(len(values) + 1, bool)
        maps = []
        for codes, numbers in zip(self._codes, np.split(renumbered, ends[:-1]), strict=True):
            maps.append(np.concatenate([[MISSING], numbers]))
            used[maps[-1][np.flatnonzero(np.bincount(codes, minlength=len(maps[-1])))]] = True
        used[MISSING] = False
        compact = np.cumsum(used) * used
        kind = _smallest(int(used.sum()) + 1)
        codes = np.concatenate(
            [compact[numbers].astype(kind)[codes] for codes, numbers in zip(self._codes, maps, strict=True)]
        )
        return Coding(codes, values.filter(pa.array(used[1:])))


def _smallest(radix: int) -> np.dtype[Any]:
    return np.min_scalar_type(max(radix - 1, 1))


@dataclass(frozen=True)
class Combinations:
    """Distinct combinations of some columns, with the number of rows of each.

    Sorted by the codes of the columns from left to right, so that combinations which agree on
    the first columns lie side by side.

    Parameters
    ----------
    columns : mapping of str to Coding
        One entry per combination.
    counts : array of int64
        Rows of each combination.
    """

    columns: Mapping[str, Coding]
    counts: Ints

    @cached_property
    def rows(self) -> int:
        """Rows of the table."""
        return int(self.counts.sum())

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"{len(self):,} distinct combinations of {len(self.columns)} columns in {self.rows:,} rows"

    def over(self, names: Sequence[str]) -> Combinations:
        """Return the combinations of fewer columns, or of the same ones in another order."""
        return combine({name: self.columns[name] for name in names}, self.counts)

    def groups(self, names: Sequence[str]) -> Ints:
        """Return the number of the group of each combination when only ``names`` are known.

        Groups are numbered from 0 in the order of their codes.
        """
        keys = packed([self.columns[name] for name in names], len(self))
        return ranks(keys)


def combinations_of(table: pa.Table, names: Sequence[str]) -> Combinations:
    """Return the distinct combinations of some columns of an Arrow table.

    Examples
    --------
    >>> import pyarrow as pa
    >>> combinations_of(pa.table({"zip": ["02139", "02139"], "sex": ["f", "f"]}), ["zip", "sex"])
    1 distinct combinations of 2 columns in 2 rows
    """
    return combine({name: encode(table.column(name)) for name in names}, rows=table.num_rows)


def collect(
    engine: Engine, sql: str, names: Sequence[str], types: Iterable[pa.DataType] | None = None
) -> Combinations:
    """Stream combinations out of an engine: one column per name, then their count."""
    import pyarrow as pa

    coders: list[_Coder] = []
    counts = []
    for batch in engine.stream(sql):
        if not coders:
            coders = [_Coder(kind) for kind in types or batch.schema.types[:-1]]
        for coder, column in zip(coders, batch.columns, strict=False):
            coder.add(column)
        counts.append(batch.column(len(names)).cast(pa.int64()).to_numpy())
    coders = coders or [_Coder(pa.string()) for _ in names]
    codings = {name: coder.coding() for name, coder in zip(names, coders, strict=True)}
    return combine(codings, np.concatenate(counts) if counts else np.zeros(0, np.int64))


def combine(codings: Mapping[str, Coding], counts: Ints | None = None, *, rows: int = 0) -> Combinations:
    """Group rows that agree on every column.

    Parameters
    ----------
    codings : mapping of str to Coding
        Columns, the most significant first.
    counts : array of int64, optional
        Rows that each entry stands for; one by default.
    rows : int
        Number of entries when there is no column.
    """
    columns = list(codings.values())
    size = len(columns[0].codes) if columns else (rows if counts is None else len(counts))
    keys = packed(columns, size)
    if counts is None and _fits(columns):
        keys.sort()
        starts = _starts(keys)
        totals = np.diff(starts, append=size)
        grouped = _unpacked(keys[starts], columns)
    else:
        order = np.argsort(keys, kind="stable")
        starts = _starts(keys[order])
        _, totals = sums(keys[order], np.ones(size, np.int64) if counts is None else counts[order])
        grouped = [column.take(order[starts]) for column in columns]
    return Combinations(MappingProxyType(dict(zip(codings, grouped, strict=True))), totals)


def packed(columns: Sequence[Coding], size: int) -> Ints:
    """Return one integer per entry that orders entries by their codes from left to right.

    Where the codes do not fit into 63 bits, what came before is replaced by its rank.
    """
    keys = np.zeros(size, np.int64)
    radix = 1
    for column in columns:
        if radix > _LARGEST_KEY // column.radix:
            keys = ranks(keys)
            radix = int(keys.max(initial=0)) + 1
        keys *= column.radix
        keys += column.codes
        radix *= column.radix
    return keys


def ranks(keys: Ints) -> Ints:
    """Return the rank of each key among the different keys, from 0.

    Examples
    --------
    >>> ranks(np.array([40, 7, 40]))
    array([1, 0, 1])
    """
    if _ascending(keys):
        return np.cumsum(np.diff(keys, prepend=keys[:1]) != 0)
    order = np.argsort(keys, kind="stable")
    arranged = keys[order]
    found = np.empty(len(keys), np.int64)
    found[order] = np.cumsum(np.diff(arranged, prepend=arranged[:1]) != 0)
    return found


def sums(keys: Ints, weights: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Return the different keys in increasing order, and the sum of the weights of each.

    Examples
    --------
    >>> sums(np.array([40, 7, 40]), np.array([1, 2, 3]))
    (array([ 7, 40]), array([2, 4]))
    """
    if not _ascending(keys):
        order = np.argsort(keys, kind="stable")
        keys, weights = keys[order], weights[order]
    starts = _starts(keys)
    return keys[starts], np.add.reduceat(weights, starts) if len(keys) else weights


def _ascending(keys: Ints) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())


def _starts(arranged: Ints) -> Ints:
    if not len(arranged):
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(arranged[1:] != arranged[:-1]) + 1])


def _fits(columns: Sequence[Coding]) -> bool:
    radix = 1
    for column in columns:
        radix *= column.radix
    return radix <= _LARGEST_KEY


def _unpacked(keys: Ints, columns: Sequence[Coding]) -> list[Coding]:
    grouped = []
    for column in reversed(columns):
        keys, codes = np.divmod(keys, column.radix)
        grouped.append(Coding(codes.astype(column.codes.dtype), column.values))
    return grouped[::-1]
