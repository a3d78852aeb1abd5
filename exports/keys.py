"""One integer for the values of several columns, equal where all of them are, and what it groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Coding, Ints
from exports.hierarchies.hierarchy import labels_and_codes
from exports.hierarchies.levels import Label

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_KEY = 2**62
"""Keys stay below this, so that a sum of two still fits."""


def packed(columns: Sequence[NDArray[Any]], rows: int, sizes: Sequence[int] | None = None) -> Ints:
    """Return one integer per row that orders rows by their codes from left to right.

    Where the codes do not fit, what came before is replaced by its rank.

    Parameters
    ----------
    columns : sequence of array of int, shape (rows,)
        Codes from 0.
    rows : int
        Number of rows, for when there is no column.
    sizes : sequence of int, optional
        Number of codes of each column; by default one more than the largest that occurs.

    Examples
    --------
    >>> packed([np.array([0, 1]), np.array([2, 0])], 2)
    array([2, 3])
    """
    keys, domain = np.zeros(rows, np.int64), 1
    for place, column in enumerate(columns):
        size = int(column.max(initial=0)) + 1 if sizes is None else sizes[place]
        if domain > LARGEST_KEY // size:
            keys = ranks(keys)
            domain = int(keys.max(initial=0)) + 1
        keys *= size
        keys += column
        domain *= size
    return keys


def packed_codings(columns: Sequence[Coding], rows: int) -> Ints:
    """Return one integer per row of coded columns, which orders rows by their codes from left to right."""
    return packed([column.codes for column in columns], rows, [column.radix for column in columns])


def ranks(keys: Ints) -> Ints:
    """Return the rank of each key among the different keys, from 0.

    Examples
    --------
    >>> ranks(np.array([40, 7, 40]))
    array([1, 0, 1])
    """
    if _ascending(keys):
        return np.cumsum(np.diff(keys, prepend=keys[:1]) != 0)
    order = np.argsort(keys)
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
    starts = starts_of(keys)
    return keys[starts], np.add.reduceat(weights, starts) if len(keys) else weights


def starts_of(arranged: Ints) -> Ints:
    """Return where each run of equal keys starts.

    Examples
    --------
    >>> starts_of(np.array([7, 7, 40]))
    array([0, 2])
    """
    if not len(arranged):
        return np.zeros(0, np.int64)
    return np.append(0, np.flatnonzero(arranged[1:] != arranged[:-1]) + 1)


def grouped(keys: Ints) -> tuple[Ints, Ints]:
    """Return the stable order that brings equal keys together, and where each group starts in it.

    Examples
    --------
    >>> grouped(np.array([7, 3, 7]))
    (array([1, 0, 2]), array([0, 1]))
    """
    bits = len(keys).bit_length()
    if len(keys) and int(keys.max()) < 2 ** (63 - bits):
        # Sorting numbers is several times faster than sorting places by number.
        both = np.sort(keys.astype(np.int64) << bits | np.arange(len(keys)))
        return both & ((1 << bits) - 1), starts_of(both >> bits)
    order = np.argsort(keys, kind="stable")
    return order, starts_of(keys[order])


def small_codes(values: NDArray[Any]) -> Ints:
    """Return one code per value, from 0 in order of appearance: hashed, which is faster than sorted.

    Examples
    --------
    >>> small_codes(np.array([40, 7, 40]))
    array([0, 1, 0])
    """
    import pyarrow as pa

    codes: NDArray[Any] = pa.array(values).dictionary_encode().indices.to_numpy()
    return codes.astype(np.int64)


def joint_codes(columns: Sequence[NDArray[Any]], rows: int) -> Ints:
    """Return one small code per row, equal where the row's codes are equal in every column.

    Examples
    --------
    >>> joint_codes([np.array([0, 1, 0]), np.array([5, 5, 5])], 3)
    array([0, 1, 0])
    """
    return small_codes(packed(columns, rows))


def shared_codes(columns: Sequence[pa.ChunkedArray]) -> list[Ints]:
    """Return one code per row of each column, equal where the values read the same.

    Examples
    --------
    >>> import pyarrow as pa
    >>> [codes.tolist() for codes in shared_codes([pa.chunked_array([[3, 4]]), pa.chunked_array([["4"]])])]
    [[0, 1], [1]]
    """
    place: dict[Label, int] = {}
    coded = []
    for column in columns:
        labels, codes = labels_and_codes(column)
        shared = np.array([place.setdefault(label, len(place)) for label in labels], dtype=np.int64)
        coded.append(shared[codes] if len(labels) else codes.astype(np.int64))
    return coded


def row_codes(*tables: pa.Table) -> tuple[Ints, ...]:
    """Return one code per row of each table, equal where all their common columns are."""
    names = [name for name in tables[0].column_names if all(name in one.column_names for one in tables)]
    sizes = np.cumsum([one.num_rows for one in tables])
    columns = [np.concatenate(shared_codes([one[name] for one in tables])) for name in names]
    return tuple(np.split(joint_codes(columns, int(sizes[-1])), sizes[:-1]))


def repeats(codes: NDArray[Any]) -> Ints:
    """Return how many earlier rows have the same code as each row.

    Examples
    --------
    >>> repeats(np.array([4, 7, 4, 4]))
    array([0, 0, 1, 2])
    """
    order = np.argsort(codes, kind="stable")
    found = np.empty(len(codes), dtype=np.int64)
    found[order] = np.arange(len(codes)) - np.searchsorted(codes[order], codes[order])
    return found


def once_per_class(of: Ints, person: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of class and person that occur, each once, and the pair of each row.

    Parameters
    ----------
    of, person : array of int, shape (rows,)
        Class and person of each row, from 0.

    Returns
    -------
    of, person : array of int, shape (pairs,)
        Class and person of each pair, by class and then by person.
    pair : array of int, shape (rows,)
        Place of each row's pair.

    Examples
    --------
    >>> once_per_class(np.array([0, 1, 0, 0]), np.array([3, 3, 3, 1]))
    (array([0, 0, 1]), array([1, 3, 3]), array([1, 2, 1, 0]))
    """
    persons = int(person.max(initial=0)) + 1
    keys = of * persons + person
    pair = ranks(keys)
    pairs = np.empty(int(pair.max(initial=-1)) + 1, np.int64)
    pairs[pair] = keys
    return pairs // persons, pairs % persons, pair


def _ascending(keys: Ints) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())
