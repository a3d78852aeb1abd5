"""Conjunctions such as ``age >= 87 and job == 'smith'``, many at once, and whom each is true of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.generalised import covered
from attacks.comparison.gower import is_number, numbers
from exports.coding import Ints
from exports.hierarchies.hierarchy import labels_and_codes
from exports.hierarchies.levels import Label
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

Codes = NDArray[np.int32]
Covers = NDArray[np.bool_] | None

FIRST_ROWS, MOST_ROWS = 2_048, 65_536
"""Rows looked at first, and at once: most predicates are refuted by the first few."""

BLOCK = 4_096
"""Predicates held at once."""


@dataclass(frozen=True, slots=True)
class Coded:
    """The columns of a release and of tables of people, on one scale of codes per column.

    Parameters
    ----------
    tables : tuple of tuple of array of int32
        ``tables[table][column]``, one code per row, the release first. Numbers are coded by
        rank from 1, with 0 where missing.
    largest : tuple of int
        Largest code of each column.
    ordered : tuple of bool
        Whether a column's codes are ranks of numbers.
    covers : tuple of array of bool or None
        Where released values are generalised: ``covers[released code, true code]``.
    blank : tuple of int
        Code of a missing value of each column; -1 where none occurs.
    """

    tables: tuple[tuple[Codes, ...], ...]
    largest: tuple[int, ...]
    ordered: tuple[bool, ...]
    covers: tuple[Covers, ...]
    blank: tuple[int, ...] = ()

    @classmethod
    def of(cls, tables: Sequence[pa.Table], columns: Sequence[tuple[str, Column | None]]) -> Coded:
        """Code ``columns`` of a release and of the tables of people after it."""
        codes, largest, ordered, covers, blank = zip(
            *(_coded([one[name] for one in tables], declared) for name, declared in columns), strict=True
        )
        return cls(tuple(zip(*codes, strict=True)), largest, ordered, covers, blank)

    def strange(self) -> list[int]:
        """Return the columns in which no released value stands for one that people have."""
        released, *people = self.tables
        found = []
        for at, cover in enumerate(self.covers):
            known = np.concatenate([table[at] for table in people])
            here, there = (
                np.bincount(codes, minlength=self.largest[at] + 1) > 0 for codes in (released[at], known)
            )
            fits = here & there if cover is None else cover[here][:, there]
            if len(released[at]) and len(known) and not fits.any():
                found.append(at)
        return found


@dataclass(frozen=True, slots=True)
class Predicates:
    """Conjunctions of conditions "the code of this column is between low and high".

    Parameters
    ----------
    column, low, high : array of int64, shape (predicates, conditions)
        The conditions.
    source : array of int64, shape (predicates,)
        The row that each predicate was made from.
    """

    column: Ints
    low: Ints
    high: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.source)

    def only(self, chosen: NDArray[Any] | slice) -> Predicates:
        """Return some of the predicates."""
        return Predicates(self.column[chosen], self.low[chosen], self.high[chosen], self.source[chosen])

    @classmethod
    def joined(cls, parts: Sequence[Predicates]) -> Predicates:
        """Return the predicates of all parts."""
        columns = (np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__)
        return cls(*columns)


def count(
    table: Sequence[Codes], predicates: Predicates, covers: Sequence[Covers] | None = None, most: int = 1
) -> Ints:
    """Return how many rows each predicate is true of; ``most + 1`` stands for any larger number.

    Single conditions are read off the counts of each column's codes. For conjunctions rows are
    looked at in growing blocks, each condition once for all predicates that share it, as bits; a
    predicate that is true of more than ``most`` rows is dropped.

    Examples
    --------
    >>> ages = [np.array([30, 30, 87], dtype=np.int32)]
    >>> column, low, high = np.zeros((2, 1), int), np.array([[31], [1]]), np.array([[99], [99]])
    >>> count(ages, Predicates(column, low, high, np.arange(2)))
    array([1, 2])
    """
    if predicates.column.shape[1] == 1:
        return np.minimum(_count_single(table, predicates, covers), most + 1)
    found = np.zeros(len(predicates), dtype=np.int64)
    rows = len(table[0]) if len(table) else 0
    for start in range(0, len(predicates), BLOCK):
        alive = np.arange(start, min(start + BLOCK, len(predicates)))
        first, size = 0, FIRST_ROWS
        while first < rows and len(alive):
            block = [column[first : first + size] for column in table]
            found[alive] += _count_block(block, predicates.only(alive), covers)
            alive = alive[found[alive] <= most]
            first, size = first + size, min(2 * size, MOST_ROWS)
    return np.minimum(found, most + 1)


def count_people(
    table: Sequence[Codes],
    predicates: Predicates,
    covers: Sequence[Covers] | None = None,
    people: Ints | None = None,
) -> Ints:
    """Return 0, 1 or 2 (two or more) for how many people each predicate is true of.

    ``people`` says who each row is about; by default each row is a person of its own.
    """
    if people is None:
        return count(table, predicates, covers)
    most = int(np.bincount(people).max(initial=1))
    found = count(table, predicates, covers, most)
    for at in np.flatnonzero((found > 1) & (found <= most)):
        holds = np.ones(len(people), dtype=bool)
        for column, low, high in zip(
            predicates.column[at], predicates.low[at], predicates.high[at], strict=True
        ):
            holds &= _holds(table[column], None if covers is None else covers[column], low, high)
        found[at] = len(np.unique(people[holds]))
    return np.minimum(found, 2)


def first_rows(codes: NDArray[Any]) -> tuple[Ints, Ints, Ints]:
    """Return the first row of each code that occurs, the codes in increasing order, and their counts.

    Examples
    --------
    >>> first_rows(np.array([2, 0, 2]))
    (array([1, 0]), array([0, 2]), array([1, 2]))
    """
    counts = np.bincount(codes)
    first = np.empty(len(counts), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    values = np.flatnonzero(counts)
    return first[values], values, counts[values]


def _count_single(
    table: Sequence[Codes], predicates: Predicates, covers: Sequence[Covers] | None
) -> NDArray[np.int64]:
    """Return how many rows each predicate of one condition is true of."""
    found = np.zeros(len(predicates), dtype=np.int64)
    for at in np.unique(predicates.column):
        mine = np.flatnonzero(predicates.column[:, 0] == at)
        low, high = predicates.low[mine, 0], predicates.high[mine, 0]
        cover = None if covers is None else covers[at]
        if cover is not None:
            found[mine] = (cover @ np.bincount(table[at], minlength=cover.shape[1]))[low]
            continue
        upto = np.append(0, np.cumsum(np.bincount(table[at], minlength=int(high.max()) + 1)))
        found[mine] = upto[high + 1] - upto[low]
    return found


def _count_block(
    table: Sequence[Codes], predicates: Predicates, covers: Sequence[Covers] | None
) -> NDArray[np.int64]:
    """Return how many rows of a block each predicate is true of."""
    conditions = [part.ravel() for part in (predicates.column, predicates.low, predicates.high)]
    radix = int(conditions[2].max()) + 1
    key = (conditions[0] * radix + conditions[1]) * radix + conditions[2]
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    words = -(-len(table[0]) // 64)
    bits = np.zeros((len(first), words * 8), dtype=np.uint8)
    for at, (column, low, high) in enumerate(zip(*(part[first] for part in conditions), strict=True)):
        holds = np.packbits(_holds(table[column], None if covers is None else covers[column], low, high))
        bits[at, : len(holds)] = holds
    wide = bits.view(np.uint64)
    place = place.reshape(predicates.column.shape)
    both = wide[place[:, 0]]
    for one in place.T[1:]:
        other = np.flatnonzero(one != place[:, 0])
        both[other] &= wide[one[other]]
    found: Ints = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
    return found


def _holds(codes: Codes, cover: Covers, low: int, high: int) -> NDArray[np.bool_]:
    if cover is not None:
        true_of: NDArray[np.bool_] = cover[low][codes]
        return true_of
    holds: NDArray[np.bool_] = codes == low if low == high else (codes >= low) & (codes <= high)
    return holds


def _coded(
    columns: Sequence[pa.ChunkedArray], declared: Column | None
) -> tuple[list[Codes], int, bool, Covers, int]:
    if all(is_number(column) for column in columns):
        import pyarrow as pa

        values = np.concatenate([numbers(column) for column in columns])
        hashed = pa.array(values, from_pandas=True).dictionary_encode()
        scale = hashed.dictionary.to_numpy()
        rank = np.empty(len(scale) + 1, dtype=np.int32)
        rank[np.argsort(scale)] = np.arange(1, len(scale) + 1)
        rank[-1] = 0
        ranks = rank[hashed.indices.fill_null(-1).to_numpy()]
        split = np.split(ranks, np.cumsum([len(column) for column in columns])[:-1])
        return split, len(scale), True, None, 0
    labels, codes = _on_one_scale(columns)
    largest, blank = max(len(labels) - 1, 0), labels.index(None) if None in labels else -1
    of_people = np.concatenate([codes[0][:0], *codes[1:]])
    known = np.bincount(of_people, minlength=len(labels)) > 0
    if known.all():
        return codes, largest, False, None, blank
    known_at, unseen_at = np.flatnonzero(known), np.flatnonzero(~known)
    stands_for = covered([labels[at] for at in unseen_at], [labels[at] for at in known_at], declared)
    if not stands_for.any():
        return codes, largest, False, None, blank
    covers = np.eye(len(labels), dtype=bool)
    covers[np.ix_(unseen_at, known_at)] = stands_for
    return codes, largest, False, covers, blank


def _on_one_scale(columns: Sequence[pa.ChunkedArray]) -> tuple[list[Label], list[Codes]]:
    """Return the labels that occur in any of the columns, and each column's codes."""
    import pyarrow as pa

    if len({column.type for column in columns}) == 1:
        whole = pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)
        labels, rows = labels_and_codes(whole)
        return labels, np.split(rows, np.cumsum([len(column) for column in columns])[:-1])
    place: dict[Label, int] = {}
    coded = [labels_and_codes(column) for column in columns]
    for own, _ in coded:
        for label in own:
            place.setdefault(label, len(place))
    codes = [np.array([place[label] for label in own], dtype=np.int32)[rows] for own, rows in coded]
    return list(place), codes
