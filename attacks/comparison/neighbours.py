"""How near the nearest released records of each person are, and how many: the kernel of several attacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.closest import closest
from attacks.comparison.gower import Compared
from exports.keys import packed, small_codes


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest released rows of each person.

    Parameters
    ----------
    distance : array of float32, shape (people,)
        Distance of the nearest row, between 0 and the number of columns; infinite when there is no row.
    ties : array of int64, shape (people,)
        How many rows are as near.
    agreeing : array of int64, shape (people,)
        How many of these hold what the person's secret allows; 0 when no secret is given.
    """

    distance: NDArray[np.float32]
    ties: NDArray[np.int64]
    agreeing: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as ranks: a row agrees with a person when its rank is between the person's two.

    Parameters
    ----------
    rank : array of int64, shape (rows,)
        Rank of each row's value.
    low, high : array of int64, shape (people,)
        Least and greatest rank that would be right about each person; none where high is below low.
    """

    rank: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def nearest(columns: Sequence[Compared], people: int, rows: int, secret: Secret | None = None) -> Nearest:
    """Return how near the nearest of ``rows`` released rows is to each of ``people``, and how many are.

    Equal rows are looked at once, and who has an equal row is found by sorting.

    Examples
    --------
    >>> age = Compared(np.float32([0.25, 0.75]), np.float32([1.0, 0.5, 0.375]))
    >>> nearest([age], 2, 3)
    Nearest(distance=array([0.125, 0.25 ], dtype=float32), ties=array([1, 2]), agreeing=array([0, 0]))
    """
    found = Nearest(
        np.full(people, np.inf, dtype=np.float32),
        np.zeros(people, dtype=np.int64),
        np.zeros(people, dtype=np.int64),
    )
    if not rows:
        return found
    columns = [_shared(column) for column in columns]
    known, released = _keys(columns, people, rows)
    order = np.argsort(released, kind="stable") if secret is None else np.lexsort((secret.rank, released))
    starts = np.flatnonzero(np.diff(released[order], prepend=-1))
    counts = np.diff(starts, append=rows)
    agreeing = None if secret is None else _agreement(secret, order, starts, counts)
    left = np.arange(people)
    if known is not None:
        different = released[order[starts]]
        place = np.minimum(np.searchsorted(different, known), len(different) - 1)
        equal = different[place] == known
        found.distance[equal], found.ties[equal] = 0, counts[place[equal]]
        if agreeing is not None:
            found.agreeing[equal] = agreeing(np.flatnonzero(equal), place[equal])
        left = np.flatnonzero(~equal)
    once = [Compared(one.known[left], one.released[order[starts]], one.cost) for one in columns]
    for block in closest(once, len(left), len(starts)):
        who, size = left[block.people], len(block.people)
        found.distance[who] = block.distance
        found.ties[who] = np.bincount(block.person, weights=counts[block.row], minlength=size)
        if agreeing is not None:
            right = agreeing(who[block.person], block.row)
            found.agreeing[who] = np.bincount(block.person, weights=right, minlength=size)
    return found


Agreement = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]


def _agreement(
    secret: Secret, order: NDArray[np.int64], starts: NDArray[np.int64], counts: NDArray[np.int64]
) -> Agreement:
    """Return what counts the agreeing rows of a class of equal rows, for pairs of person and class."""
    radix = int(max(secret.rank.max(), secret.high.max(initial=0))) + 2
    ordered = np.repeat(np.arange(len(starts)), counts) * radix + secret.rank[order]

    def count(person: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
        last = np.searchsorted(ordered, place * radix + secret.high[person], side="right")
        first = np.searchsorted(ordered, place * radix + secret.low[person], side="left")
        found: NDArray[np.int64] = np.maximum(last - first, 0)
        return found

    return count


def _shared(column: Compared) -> Compared:
    """Return a column in which all values that only one side has are one: they differ from every other."""
    if column.is_number or column.cost is not None:
        return column
    sides = (column.known, column.released)
    size = 1 + max(int(codes.max(initial=0)) for codes in sides)
    shared = np.all([np.bincount(codes, minlength=size) > 0 for codes in sides], axis=0)
    own = [np.where(shared, np.arange(size), size + side) for side in (0, 1)]
    smallest = np.min_scalar_type(size + 1)
    return Compared(*(places.astype(smallest)[codes] for places, codes in zip(own, sides, strict=True)))


def _keys(
    columns: Sequence[Compared], people: int, rows: int
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """Return a key per person and per row, equal where they are; no person's where values have costs."""
    if any(column.cost is not None for column in columns):
        codes = [small_codes(column.released) if column.is_number else column.released for column in columns]
        return None, packed(codes, rows)
    both = [np.concatenate([column.known, column.released]) for column in columns]
    codes = [small_codes(values) if values.dtype == np.float32 else values for values in both]
    keys = packed(codes, people + rows)
    return keys[:people], keys[people:]
