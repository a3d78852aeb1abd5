"""The nearest released record of each person, ties drawn at random: the kernel of several attacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.comparison import NULL, Compared
from attacks.keys import packed, small_codes
from exports.randomness import Stream

PEOPLE, ROWS = 128, 8_192
"""Size of a block of distances: small enough to stay in memory near the core."""

AT_ONCE = 32
"""People whose distances are summed at once: their columns' parts stay in the cache."""

TIE = np.float32(1e-5)
"""Distances closer than this are equal: they differ by the rounding of their sum."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest released row of each person.

    Parameters
    ----------
    row : array of int64, shape (people,)
        One of the nearest rows, drawn at random among the equally near; -1 when there is no row.
    distance : array of float32, shape (people,)
        Its distance, between 0 and the number of columns; infinite when there is no row.
    ties : array of int64, shape (people,)
        How many rows are as near.
    agreeing : array of int64, shape (people,)
        How many of these hold what the person's secret allows; 0 when no secret is given.
    """

    row: NDArray[np.int64]
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


def nearest(
    columns: Sequence[Compared], people: int, rows: int, stream: Stream, secret: Secret | None = None
) -> Nearest:
    """Return the nearest of ``rows`` released rows of each of ``people``.

    Equal rows are looked at once, and who has an equal row is found by sorting; the others are
    compared in blocks, so that memory does not grow with their number. Each person's draw among
    ties is her own: with one draw for all, people in the same class would all be guessed by the
    same record, and their guesses would be one.

    Examples
    --------
    >>> age = Compared(np.float32([0.1, 0.9]), np.float32([1.0, 0.2, 0.5]))
    >>> found = nearest([age], 2, 3, Stream(1, "attack", "doctest"))
    >>> found.row, found.distance.round(1)
    (array([1, 0]), array([0.1, 0.1], dtype=float32))
    """
    found = Nearest(
        np.full(people, -1, dtype=np.int64),
        np.full(people, np.inf, dtype=np.float32),
        np.zeros(people, dtype=np.int64),
        np.zeros(people, dtype=np.int64),
    )
    if not rows:
        return found
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
        found.row[equal], found.distance[equal] = place[equal], 0
        found.ties[equal] = counts[place[equal]]
        if agreeing is not None:
            found.agreeing[equal] = agreeing(np.flatnonzero(equal), place[equal])
        left = np.flatnonzero(~equal)
    once = [Compared(one.known, one.released[order[starts]], one.cost) for one in columns]
    for block, start in enumerate(range(0, len(left), PEOPLE)):
        some = left[start : start + PEOPLE]
        generator = np.random.Generator(stream.at(block=block).bit_generator())
        for first in range(0, len(counts), ROWS):
            part = slice(first, min(first + ROWS, len(counts)))
            _update(found, some, first, distances(once, some, part), counts[part], generator, agreeing)
    drawn = (stream.at(name="equal").uniforms(people) * counts[found.row]).astype(np.int64)
    return Nearest(order[starts[found.row] + drawn], found.distance, found.ties, found.agreeing)


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


def distances(columns: Sequence[Compared], people: NDArray[np.int64], rows: slice) -> NDArray[np.float32]:
    """Return the distance of some people to each row of a block."""
    total = np.empty((len(people), rows.stop - rows.start), np.float32)
    for start in range(0, len(people), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        _fill(total[part], columns, people[part], rows)
    return total


def _fill(
    total: NDArray[np.float32], columns: Sequence[Compared], people: NDArray[np.int64], rows: slice
) -> None:
    """Write the distance of a few people to each row of a block."""
    mismatches = np.zeros(total.shape, np.min_scalar_type(len(columns)))
    differs = np.empty(total.shape, dtype=bool)
    for column in columns:
        if column.cost is None and not column.is_number:
            np.not_equal(column.released[rows], column.known[people, None], out=differs)
            mismatches += differs.view(np.uint8)
    total[:] = mismatches
    for column in columns:
        known, released = column.known[people], column.released[rows]
        if column.cost is not None:
            total += np.take(column.cost[known], released, axis=1)
        elif column.is_number:
            apart = released - known[:, None]
            np.abs(apart, out=apart)
            if (known == NULL).any() or (released == NULL).any():
                np.minimum(apart, np.float32(1), out=apart)
            total += apart


def _update(
    found: Nearest,
    people: NDArray[np.int64],
    first: int,
    apart: NDArray[np.float32],
    counts: NDArray[np.int64],
    generator: np.random.Generator,
    agreeing: Agreement | None,
) -> None:
    """Take one block of different rows into account: a nearer row wins, an equal one by lot."""
    closest = apart.min(axis=1)
    person, row = np.divmod(np.flatnonzero(apart <= (closest + TIE)[:, None]), apart.shape[1])
    upto = np.cumsum(counts[row])
    here = np.bincount(person, weights=counts[row], minlength=len(people)).astype(np.int64)
    lot = generator.random((2, len(people)))
    pick = np.searchsorted(upto, np.cumsum(here) - here + (lot[0] * here).astype(np.int64), side="right")
    nearer = closest < found.distance[people] - TIE
    equal = ~nearer & (closest <= found.distance[people] + TIE)
    before = np.where(nearer, 0, found.ties[people])
    taken = nearer | (equal & (lot[1] * (before + here) < here))
    if agreeing is not None:
        right = np.bincount(person, weights=agreeing(people[person], first + row), minlength=len(people))
        found.agreeing[people] = np.where(nearer, 0, found.agreeing[people]) + np.where(
            nearer | equal, right, 0
        )
    found.row[people] = np.where(taken, first + row[pick], found.row[people])
    found.ties[people] = np.where(nearer | equal, before + here, found.ties[people])
    found.distance[people] = np.where(nearer, closest, found.distance[people])
