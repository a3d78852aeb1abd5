"""Which of the known columns a release leaves together: a swapped column tells nothing about the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.gower import Compared
from exports.coding import Ints
from exports.keys import packed, small_codes
from exports.randomness import Stream

LOOKED_AT = 100_000
"""Released rows that are looked at, and ten times as many combinations of people."""

GAIN = 0.01
"""Share of the people by which a set of columns must be better for its columns to be left out."""


def telling(columns: Sequence[Compared], stream: Stream) -> tuple[int, ...]:
    """Return the places of the columns whose values are found together more often than by chance.

    Pairs of columns are grown one by one into the set under which most people have an equal released
    row, beyond those who would have one were the released columns shuffled apart. All columns come back
    where none of them stands in the way.

    Parameters
    ----------
    columns : sequence of Compared
        What is known of people, beside the released columns.
    stream : Stream
        Draws rows, and the shuffles.

    References
    ----------
    Fellegi and Sunter (1969), doi:10.1080/01621459.1969.10501049, for agreement against chance.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = [rng.integers(0, 50, 400) for _ in range(3)]
    >>> apart = [Compared(values[0], values[0]), Compared(values[1], values[1])]
    >>> telling([*apart, Compared(values[2], values[2][::-1])], Stream(1, "attack", "doctest"))
    (0, 1)
    """
    every = tuple(range(len(columns)))
    usable = [at for at in every if columns[at].cost is None]
    if len(columns) < 3 or len(usable) < 2 or not len(columns[0].released):
        return every
    rows = stream.at(name="looked at").sample(len(columns[0].released), LOOKED_AT)
    sides = {}
    for at in usable:
        one = columns[at]
        codes = small_codes(np.concatenate([one.known, one.released[rows]]))
        known, released = codes[: len(one.known)], codes[len(one.known) :]
        sides[at] = known, released, released[stream.at(name=f"shuffle {at}").permutation(len(released))]

    def excess(chosen: tuple[int, ...]) -> float:
        known, released, shuffled = ([sides[at][side] for at in chosen] for side in range(3))
        return _found(known, released) - _found(known, shuffled)

    best: tuple[int, ...] = max(combinations(usable, 2), key=excess)
    value = excess(best)
    while len(best) < len(usable):
        grown = [tuple(sorted((*best, at))) for at in usable if at not in best]
        more = max(grown, key=excess)
        if excess(more) <= value:
            break
        best, value = more, excess(more)
    return every if value < excess(tuple(usable)) + GAIN else best


def _found(known: Sequence[NDArray[np.int64]], released: Sequence[NDArray[np.int64]]) -> float:
    """Return the share of people who have an equal row."""
    people, rows = len(known[0]), len(released[0])
    keys: Ints = packed([np.concatenate(pair) for pair in zip(known, released, strict=True)], people + rows)
    return float(np.isin(keys[:people], keys[people:]).mean())
