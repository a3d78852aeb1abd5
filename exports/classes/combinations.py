"""The distinct combinations of values in a table, coded as small integers and counted.

Everything about classes and risks can be computed from this table: it is small when people
resemble one another, and never larger than the export.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Coding, Ints, encode

if TYPE_CHECKING:
    import pyarrow as pa

_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
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

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return int(self.counts.sum())

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"{len(self):,} distinct combinations of {len(self.columns)} columns in {self.rows:,} rows"

    def over(self, names: Sequence[str]) -> Combinations:
        """Return the combinations of some of the columns, in the order of ``names``."""
        return combine({name: self.columns[name] for name in names}, self.counts)

    def groups(self, names: Sequence[str]) -> Ints:
        """Return the group of each combination when only ``names`` are known, from 0."""
        return ranks(packed([self.columns[name] for name in names], len(self)))


def combinations_of(table: pa.Table, names: Sequence[str]) -> Combinations:
    """Return the distinct combinations of some columns of an Arrow table.

    Examples
    --------
    >>> import pyarrow as pa
    >>> combinations_of(pa.table({"zip": ["02139", "02139"], "sex": ["f", "f"]}), ["zip", "sex"])
    1 distinct combinations of 2 columns in 2 rows
    """
    return combine({name: encode(table.column(name), name) for name in names}, rows=table.num_rows)


def combine(codings: Mapping[str, Coding], counts: Ints | None = None, *, rows: int = 0) -> Combinations:
    """Group entries that agree on every column.

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
        starts = starts_of(keys)
        totals = np.diff(starts, append=size)
        grouped = _unpacked(keys[starts], columns)
    else:
        order = np.argsort(keys, kind="stable")
        starts = starts_of(keys[order])
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
    starts = starts_of(keys)
    return keys[starts], np.add.reduceat(weights, starts) if len(keys) else weights


def starts_of(arranged: Ints) -> Ints:
    """Return where each run of equal keys starts."""
    if not len(arranged):
        return np.zeros(0, np.int64)
    return np.append(0, np.flatnonzero(arranged[1:] != arranged[:-1]) + 1)


def _ascending(keys: Ints) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())


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
