"""The distinct combinations of values in a table, coded as small integers and counted.

Everything about classes and risks can be computed from this table: it is small when people
resemble one another, and never larger than the export.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import Coding, Ints, encode
from exports.keys import LARGEST_KEY, grouped, packed_codings, ranks, starts_of

if TYPE_CHECKING:
    import pyarrow as pa


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

    def persons(self, names: Sequence[str], person: str | None) -> Combinations:
        """Return the combinations of some columns counted in distinct persons; in rows without ``person``.

        A person with rows of several combinations counts once in each.

        Examples
        --------
        >>> import pyarrow as pa
        >>> table = pa.table({"zip": ["02139", "02139", "02140"], "who": [7, 7, 8]})
        >>> combinations_of(table, ["zip", "who"]).persons(["zip"], "who").counts
        array([1, 1])
        """
        if person is None:
            return self.over(names)
        pairs = self.over([*names, person])
        once = np.ones(len(pairs), np.int64)
        return combine({name: pairs.columns[name] for name in names}, once)

    def groups(self, names: Sequence[str]) -> Ints:
        """Return the group of each combination when only ``names`` are known, from 0."""
        return ranks(packed_codings([self.columns[name] for name in names], len(self)))


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
    keys = packed_codings(columns, size)
    if counts is None and _fits(columns):
        keys.sort()
        starts = starts_of(keys)
        totals = np.diff(starts, append=size)
        found = _unpacked(keys[starts], columns)
    else:
        order, starts = grouped(keys)
        totals = np.diff(starts, append=size)
        if counts is not None and size:
            totals = np.add.reduceat(counts[order], starts)
        found = [column.take(order[starts]) for column in columns]
    return Combinations(MappingProxyType(dict(zip(codings, found, strict=True))), totals)


def _fits(columns: Sequence[Coding]) -> bool:
    radix = 1
    for column in columns:
        radix *= column.radix
    return radix <= LARGEST_KEY


def _unpacked(keys: Ints, columns: Sequence[Coding]) -> list[Coding]:
    found = []
    for column in reversed(columns):
        keys, codes = np.divmod(keys, column.radix)
        found.append(Coding(codes.astype(column.codes.dtype), column.values))
    return found[::-1]
