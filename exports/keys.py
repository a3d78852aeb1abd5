"""One integer for the values of several columns: equal where all of them are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.hierarchies.hierarchy import Label, encode

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]


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
        labels, codes = encode(column)
        shared = np.array([place.setdefault(label, len(place)) for label in labels], dtype=np.int64)
        coded.append(shared[codes] if len(labels) else codes.astype(np.int64))
    return coded


def packed(columns: Sequence[NDArray[Any]], size: int) -> Ints:
    """Return one number per row, equal where the row's codes are equal in every column.

    Codes are not below 0; where they do not fit into 62 bits, what came before is coded anew.
    """
    keys, radix = np.zeros(size, dtype=np.int64), 1
    for column in columns:
        more = int(column.max(initial=0)) + 1
        if radix > 2**62 // more:
            keys = small_codes(keys)
            radix = int(keys.max(initial=0)) + 1
        keys *= more
        keys += column
        radix *= more
    return keys


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


def joint_codes(columns: Sequence[NDArray[Any]], size: int) -> Ints:
    """Return one small code per row, equal where the row's codes are equal in every column.

    Examples
    --------
    >>> joint_codes([np.array([0, 1, 0]), np.array([5, 5, 5])], 3)
    array([0, 1, 0])
    """
    return small_codes(packed(columns, size))


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
