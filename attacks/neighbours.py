"""The nearest released record of each person, ties drawn at random: the kernel of several attacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.comparison import NULL, Compared
from exports.randomness import Stream

PEOPLE, ROWS = 128, 8_192
"""Size of a block of distances: small enough to stay in the cache."""

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
    """

    row: NDArray[np.int64]
    distance: NDArray[np.float32]
    ties: NDArray[np.int64]


def nearest(columns: Sequence[Compared], people: int, rows: int, stream: Stream) -> Nearest:
    """Return the nearest of ``rows`` released rows of each of ``people``.

    Work is in blocks of people and rows; memory does not grow with either. Each person's draw
    among ties is her own: with one draw for all, people in the same class would all be guessed
    by the same record, and their guesses would be one.

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
    )
    for start in range(0, people, PEOPLE):
        some = slice(start, min(start + PEOPLE, people))
        generator = np.random.Generator(stream.at(block=start // PEOPLE).bit_generator())
        for first in range(0, rows, ROWS):
            block = distances(columns, some, slice(first, min(first + ROWS, rows)))
            _update(found, some, first, block, generator)
    return found


def distances(columns: Sequence[Compared], people: slice, rows: slice) -> NDArray[np.float32]:
    """Return the distance of each person to each row of one block."""
    mismatches = np.zeros((people.stop - people.start, rows.stop - rows.start), dtype=np.uint16)
    for column in columns:
        if column.cost is None and not column.is_number:
            mismatches += column.released[rows] != column.known[people, None]
    total = mismatches.astype(np.float32)
    for column in columns:
        known, released = column.known[people], column.released[rows]
        if column.cost is not None:
            total += np.take(column.cost[known], released, axis=1)
        elif column.is_number:
            apart = np.abs(released - known[:, None])
            if (known == NULL).any() or (released == NULL).any():
                np.minimum(apart, np.float32(1), out=apart)
            total += apart
    return total


def _update(
    found: Nearest,
    people: slice,
    first: int,
    distances: NDArray[np.float32],
    generator: np.random.Generator,
) -> None:
    """Take one block of rows into account: a nearer row wins, an equal one by lot."""
    closest = distances.min(axis=1)
    hits = np.flatnonzero(distances <= (closest + TIE)[:, None])
    person, row = np.divmod(hits, distances.shape[1])
    here = np.bincount(person, minlength=len(closest))
    lot = generator.random((2, len(closest)))
    pick = np.cumsum(here) - here + (lot[0] * here).astype(np.int64)
    nearer = closest < found.distance[people] - TIE
    equal = ~nearer & (closest <= found.distance[people] + TIE)
    before = np.where(nearer, 0, found.ties[people])
    taken = nearer | (equal & (lot[1] * (before + here) < here))
    found.row[people] = np.where(taken, first + row[pick], found.row[people])
    found.ties[people] = np.where(nearer | equal, before + here, found.ties[people])
    found.distance[people] = np.where(nearer, closest, found.distance[people])
