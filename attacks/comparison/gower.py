"""How like two records are: Gower's distance, column by column, also to a generalised record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.generalised import covered
from exports.hierarchies.hierarchy import labels_and_codes
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, PEOPLE = 8_192, 32
"""Size of a block of distances: small enough to stay in the cache."""

NULL = np.float32(-2)
"""Place of a missing number: further than 1 from every other, at 0 from another missing one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One column of the people attacked and of the released rows, ready to be compared.

    Exactly one way applies: numbers by rank from 0 to 1 (``cost`` is None, float arrays),
    equal or different (``cost`` is None, integer codes), or the cost of each pair of codes.

    Parameters
    ----------
    known, released : array, shape (people,) and (rows,)
        The column on either side.
    cost : array of float32, shape (known values, released values), optional
        Distance of each pair of values.
    """

    known: NDArray[Any]
    released: NDArray[Any]
    cost: NDArray[np.float32] | None = None

    @property
    def is_number(self) -> bool:
        """Whether the distance is the difference on the common scale."""
        return self.known.dtype == np.float32


def compare(
    known: pa.Table, released: pa.Table, names: Sequence[str], declared: Mapping[str, Column]
) -> tuple[list[Compared], list[str]]:
    """Return the columns ready to be compared, and those that have no value in common.

    Numbers and dates differ by the share of released rows that lie between them, so that one far value
    moves no other and any scale that keeps the order gives about the same; other values by 0 or 1. A
    generalised value costs what a value drawn from those it stands for would on average; a missing value
    is a value of its own, at distance 1 from every other.

    Parameters
    ----------
    known : pyarrow.Table
        What the adversary knows of people, one row each.
    released : pyarrow.Table
        The release.
    names : sequence of str
        Columns of both to compare.
    declared : mapping of str to Column
        The schema's columns.

    References
    ----------
    Gower (1971), doi:10.2307/2528823.
    """
    compared, apart = [], []
    for name in names:
        if is_number(known[name]) and is_number(released[name]):
            compared.append(_on_one_scale(numbers(known[name]), numbers(released[name])))
            continue
        one = _by_value(known[name], released[name], declared.get(name))
        if one is None:
            apart.append(name)
        else:
            compared.append(one)
    return compared, apart


def mismatches(columns: Sequence[Compared], people: NDArray[np.int64], rows: slice) -> NDArray[Any]:
    """Return in how many columns without numbers or costs some people differ from each row of a slice."""
    chosen = [column for column in columns if column.cost is None and not column.is_number]
    total = np.zeros((len(people), rows.stop - rows.start), np.min_scalar_type(len(columns)))
    for some, at in _blocks(total.shape):
        block = np.zeros((some.stop - some.start, at.stop - at.start), total.dtype)
        differs = np.empty(block.shape, dtype=bool)
        for column in chosen:
            released = column.released[rows][at]
            np.not_equal(released, column.known[people[some], None], out=differs)
            block += differs.view(np.uint8)
        total[some, at] = block
    return total


def distances(columns: Sequence[Compared], people: NDArray[np.int64], rows: slice) -> NDArray[np.float32]:
    """Return the distance of some people to each row of a slice.

    Examples
    --------
    >>> age = Compared(np.float32([0.1]), np.float32([1.0, 0.2]))
    >>> town = Compared(np.array([7]), np.array([7, 8]))
    >>> distances([age, town], np.array([0]), slice(0, 2)).round(1)
    array([[0.9, 1.1]], dtype=float32)
    """
    total = mismatches(columns, people, rows).astype(np.float32)
    for column in columns:
        if column.cost is not None:
            total += np.take(column.cost[column.known[people]], column.released[rows], axis=1)
    numbers = [column for column in columns if column.is_number]
    missing = any((column.released == NULL).any() or (column.known == NULL).any() for column in numbers)
    for some, at in _blocks(total.shape):
        for column in numbers:
            apart = column.released[rows][at] - column.known[people[some], None]
            np.abs(apart, out=apart)
            if missing:
                np.minimum(apart, np.float32(1), out=apart)
            total[some, at] += apart
    return total


def _blocks(shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    """Yield the blocks of a matrix, as slices of either side."""
    for first in range(0, shape[0], PEOPLE):
        for start in range(0, shape[1], ROWS):
            yield slice(first, min(first + PEOPLE, shape[0])), slice(start, min(start + ROWS, shape[1]))


def is_number(column: pa.ChunkedArray) -> bool:
    """Whether values of a column have differences: numbers, dates and times."""
    import pyarrow.types as kinds

    kind = column.type
    return bool(
        kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind) or kinds.is_temporal(kind)
    )


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of numbers, dates or times as floats, NaN where it is missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers(pa.chunked_array([[3, None]]))
    array([ 3., nan])
    """
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_temporal(column.type):
        wide = kinds.is_date64(column.type) or getattr(column.type, "bit_width", 64) == 64
        column = column.cast(pa.int64() if wide else pa.int32())
    values: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
    return values


def _on_one_scale(known: NDArray[np.float64], released: NDArray[np.float64]) -> Compared:
    """Return both columns by rank among the released values, between two of them in proportion.

    Beyond the least and the greatest a value is up to half a row further, the more the further it is off.
    """
    values, times = np.unique(released[~np.isnan(released)], return_counts=True)
    if not len(values):
        values, times = np.unique(known[~np.isnan(known)], return_counts=True)
    rows = max(int(times.sum()), 1)
    place = (np.cumsum(times) - times / 2 - 0.5) / rows + 0.5 / rows

    def scaled(column: NDArray[np.float64]) -> NDArray[np.float32]:
        found = np.full(len(column), float(NULL))
        there = ~np.isnan(column)
        if len(values):
            found[there] = _interpolated(column[there], values, place, 0.5 / rows)
        return found.astype(np.float32)

    return Compared(scaled(known), scaled(released))


def _interpolated(
    column: NDArray[np.float64], values: NDArray[np.float64], place: NDArray[np.float64], beyond: float
) -> NDArray[np.float64]:
    """Return where values stand among others, in increasing order, whose places are given."""
    above = np.searchsorted(values, column, side="left")
    equal = values[np.minimum(above, len(values) - 1)] == column
    low, high = np.maximum(above - 1, 0), np.minimum(above, len(values) - 1)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        part = np.nan_to_num((column - values[low]) / (values[high] - values[low]), nan=0.5, posinf=0.5)
        off = np.abs(column - values[np.where(above == 0, 0, -1)])
        scale = max(abs(float(values[-1])), abs(float(values[0])), 1e-300)
        further = beyond * np.nan_to_num(off / (off + scale), nan=1.0)
    found = place[low] + np.clip(part, 0, 1) * (place[high] - place[low])
    found = np.where(above == 0, place[0] - further, found)
    found = np.where(above == len(values), place[-1] + further, found)
    result: NDArray[np.float64] = np.where(equal, place[high], found)
    return result


def _by_value(known: pa.ChunkedArray, released: pa.ChunkedArray, declared: Column | None) -> Compared | None:
    values, known_codes = labels_and_codes(known)
    labels, codes = labels_and_codes(released)
    place = {value: at for at, value in enumerate(values)}
    unseen = [label for label in labels if label not in place]
    stands_for = covered(unseen, values, declared) if unseen else np.zeros((0, len(values)), dtype=bool)
    if stands_for.any():
        cost = np.ones((len(values), len(labels)), dtype=np.float32)
        for at, label in enumerate(labels):
            if label in place:
                cost[place[label], at] = 0
        many = stands_for.sum(axis=1)
        spread = np.where(stands_for, 1 - 1 / np.maximum(many, 1)[:, None], 1).astype(np.float32)
        cost[:, [at for at, label in enumerate(labels) if label not in place]] = spread.T
        return Compared(known_codes, codes, cost)
    if labels and values and len(unseen) == len(labels):
        return None
    union = {label: at for at, label in enumerate([*values, *unseen])}
    kind = np.min_scalar_type(len(union))
    shared = np.array([union[label] for label in labels], dtype=kind)
    return Compared(known_codes.astype(kind), shared[codes])
