"""Conjunctions such as ``age >= 87 and job == 'smith'``, many at once, and whom each is true of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison import is_number, numbers
from attacks.generalised import covered
from exports.hierarchies import Label, encode
from exports.randomness import Stream
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Covers = NDArray[np.bool_] | None

FIRST_ROWS, MOST_ROWS = 2_048, 65_536
"""Rows looked at first, and at once: most predicates are refuted by the first few."""

BLOCK = 4_096
"""Predicates held at once."""

LISTED = 200_000
"""Up to so many possible predicates are listed in random order; of more, some are drawn."""


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
    """

    tables: tuple[tuple[Codes, ...], ...]
    largest: tuple[int, ...]
    ordered: tuple[bool, ...]
    covers: tuple[Covers, ...]

    @classmethod
    def of(cls, tables: Sequence[pa.Table], columns: Sequence[tuple[str, Column | None]]) -> Coded:
        """Code ``columns`` of a release and of the tables of people after it."""
        codes, largest, ordered, covers = zip(
            *(_coded([one[name] for one in tables], declared) for name, declared in columns), strict=True
        )
        return cls(tuple(zip(*codes, strict=True)), largest, ordered, covers)


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


def univariate(table: Sequence[Codes], coded: Coded) -> Predicates:
    """Return the conditions on one column that are true of one row: rare values and ends of scales."""
    parts = []
    for at, codes in enumerate(table):
        times = np.bincount(codes)
        single = times == 1
        source = np.flatnonzero(single[codes]) if single.any() else np.zeros(0, dtype=np.int64)
        source = source[np.argsort(codes[source])]
        low = high = codes[source].astype(np.int64)
        if coded.ordered[at]:
            known = np.flatnonzero(times[1:]) + 1
            least, greatest = np.isin(low, known[:1]), np.isin(low, known[-1:])
            low, high = (
                np.concatenate([low, np.ones(least.sum(), int), low[greatest]]),
                np.concatenate([low, low[least], np.full(greatest.sum(), coded.largest[at])]),
            )
            source = np.concatenate([source, source[least], source[greatest]])
        parts.append(Predicates(np.full((len(low), 1), at), low[:, None], high[:, None], source))
    return Predicates.joined(parts)


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


def multivariate(
    table: Sequence[Codes], coded: Coded, conditions: int, number: int, attempts: int, stream: Stream
) -> tuple[Predicates, int]:
    """Return ``number`` predicates that are true of one row of ``table`` each, and how many were tried.

    A predicate is a random row's own values of random columns: equal, or for a number at least or
    at most, away from the median. Fewer come back when there are no more or ``attempts`` are spent.
    """
    rows, columns = len(table[0]), len(table)
    codes = np.array(table)
    middle = [np.median(column[column > 0]) if (column > 0).any() else 0.0 for column in table]
    possible = rows * comb(columns, conditions)
    subsets = np.array(list(combinations(range(columns), conditions))) if possible <= LISTED else None
    order = stream.at(name="order").permutation(possible) if subsets is not None else None
    none = np.zeros((0, conditions), dtype=np.int64)
    found = [Predicates(none, none, none, np.zeros(0, dtype=np.int64))]
    tried, made, seen = 0, 0, np.zeros((0, conditions + 1), dtype=np.int64)
    attempts = attempts if order is None else min(attempts, possible)
    while made < number and tried < attempts:
        size = min(BLOCK, attempts - tried)
        if subsets is not None and order is not None:
            which, source = np.divmod(order[tried : tried + size], rows)
            column = subsets[which]
        else:
            draw = stream.at(block=tried // BLOCK)
            source = draw.at(name="row").integers(size, rows)
            lots = draw.at(name="columns").uniforms(size * columns).reshape(size, columns)
            column = np.sort(np.argpartition(lots, conditions - 1, axis=1)[:, :conditions], axis=1)
        tried += size
        candidates = _from_rows(codes, column, source, coded, middle)
        chosen = candidates.only(count(table, candidates) == 1)
        key = np.column_stack([chosen.source, chosen.column])
        seen, new = np.unique(np.concatenate([seen, key]), axis=0, return_index=True)
        chosen = chosen.only(np.sort(new[new >= made]) - made)
        found.append(chosen)
        made += len(chosen)
    return Predicates.joined(found).only(slice(number)), tried


def _from_rows(
    codes: NDArray[np.int32], column: Ints, source: Ints, coded: Coded, middle: Sequence[float]
) -> Predicates:
    value = codes[column, source[:, None]].astype(np.int64)
    number = np.array(coded.ordered)[column] & (value > 0)
    above = value > np.array(middle)[column]
    low = np.where(number & ~above, 1, value)
    high = np.where(number & above, np.array(coded.largest)[column], value)
    return Predicates(column, low, high, source)


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
    both = np.bitwise_and.reduce(wide[place.reshape(predicates.column.shape)], axis=1)
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
) -> tuple[list[Codes], int, bool, Covers]:
    if all(is_number(column) for column in columns):
        import pyarrow as pa

        values = np.concatenate([numbers(column) for column in columns])
        hashed = pa.array(values, from_pandas=True).dictionary_encode()
        scale = hashed.dictionary.to_numpy()
        rank = np.empty(len(scale) + 1, dtype=np.int32)
        rank[np.argsort(scale)] = np.arange(1, len(scale) + 1)
        rank[-1] = 0
        ranks = rank[hashed.indices.fill_null(-1).to_numpy()]
        return np.split(ranks, np.cumsum([len(column) for column in columns])[:-1]), len(scale), True, None
    labels, codes = _on_one_scale(columns)
    largest = max(len(labels) - 1, 0)
    of_people = np.concatenate([codes[0][:0], *codes[1:]])
    known = np.bincount(of_people, minlength=len(labels)) > 0
    if known.all():
        return codes, largest, False, None
    known_at, unseen_at = np.flatnonzero(known), np.flatnonzero(~known)
    stands_for = covered([labels[at] for at in unseen_at], [labels[at] for at in known_at], declared)
    if not stands_for.any():
        return codes, largest, False, None
    covers = np.eye(len(labels), dtype=bool)
    covers[np.ix_(unseen_at, known_at)] = stands_for
    return codes, largest, False, covers


def _on_one_scale(columns: Sequence[pa.ChunkedArray]) -> tuple[list[Label], list[Codes]]:
    """Return the labels that occur in any of the columns, and each column's codes."""
    import pyarrow as pa

    if len({column.type for column in columns}) == 1:
        whole = pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)
        labels, rows = encode(whole)
        return labels, np.split(rows, np.cumsum([len(column) for column in columns])[:-1])
    place: dict[Label, int] = {}
    coded = [encode(column) for column in columns]
    for own, _ in coded:
        for label in own:
            place.setdefault(label, len(place))
    codes = [np.array([place[label] for label in own], dtype=np.int32)[rows] for own, rows in coded]
    return list(place), codes
