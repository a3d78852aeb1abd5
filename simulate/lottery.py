"""Draws from long tables of weights, in constant time per draw.

Walker's alias method: each ticket holds its own entry and one other, so that a draw is one look-up
however many entries there are. It stands in for an inverse distribution function where that one
has too many steps to search.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Lottery:
    """Weighted draws from one or several groups of entries that lie one after the other.

    Attributes
    ----------
    tickets : array of uint64
        For each entry the chance of itself (high half, in units of 2**-32) and its alias (low half).
    start, size : array of uint64
        First entry of each group and their number.

    References
    ----------
    Walker (1977), doi:10.1145/355744.355749. Built in one sweep as in Huebschle-Schneider and
    Sanders (2022), doi:10.1145/3549934.

    Examples
    --------
    >>> lottery = Lottery.of([3, 0, 1])
    >>> lottery.chances().round(3)
    array([0.75, 0.  , 0.25])
    """

    tickets: NDArray[np.uint64]
    start: NDArray[np.uint64]
    size: NDArray[np.uint64]

    @classmethod
    def of(cls, weights: ArrayLike, starts: ArrayLike = (0,)) -> Lottery:
        """Build the tickets of groups of entries that begin at ``starts``."""
        weight = np.asarray(weights, dtype=np.float64)
        start = np.asarray(starts, dtype=np.int64)
        size = np.diff(start, append=len(weight))
        if any(weight[low : low + n].sum() <= 0 for low, n in zip(start, size, strict=True)):
            raise ValueError("a group without any weight cannot be drawn from")
        parts = [_tickets(weight[low : low + n], low) for low, n in zip(start, size, strict=True)]
        return cls(np.concatenate(parts), start.astype(np.uint64), size.astype(np.uint64))

    def draw(self, bits: NDArray[np.uint64], group: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Return one entry per random number, from the group given for it."""
        if group is None:
            slot = (bits >> _HALF) * self.size[0] >> _HALF
        else:
            slot = ((bits >> _HALF) * self.size[group] >> _HALF) + self.start[group]
        ticket = self.tickets[slot.view(np.int64)]
        entry = np.where((bits & _LOW) < (ticket >> _HALF), slot, ticket & _LOW)
        drawn: NDArray[np.int64] = entry.view(np.int64)
        return drawn

    def chances(self, group: int = 0) -> NDArray[np.float64]:
        """Return the probability of each entry of a group."""
        start, size = int(self.start[group]), int(self.size[group])
        tickets = self.tickets[start : start + size]
        own = (tickets >> _HALF).astype(np.float64) * 2.0**-32
        alias = (tickets & _LOW).astype(np.int64) - start
        return (own + np.bincount(alias, 1 - own, size)) / size


def _tickets(weight: NDArray[np.float64], first: int) -> NDArray[np.uint64]:
    """Lay the deficits of light entries along the surpluses of heavy ones and read off who helps whom."""
    share = weight * (len(weight) / weight.sum())
    below = share < 1
    # Where all are equal, rounding must not leave them all below one.
    below[share.argmax()] = False
    light, heavy = np.flatnonzero(below), np.flatnonzero(~below)
    own, alias = np.ones(len(weight)), np.arange(len(weight))
    deficit, surplus = np.cumsum(1 - share[light]), np.cumsum(share[heavy] - 1)
    last = len(heavy) - 1
    given_before = np.concatenate([[0.0], deficit])
    helper = np.searchsorted(surplus, given_before[:-1], side="right")
    own[light] = share[light]
    alias[light] = heavy[np.minimum(helper, last)]
    # A heavy entry that gave more than it had is helped by the next one.
    overdrawn_by = np.searchsorted(deficit, surplus, side="right")
    crossed = (overdrawn_by < len(deficit)) & (given_before[overdrawn_by] < surplus)
    overdrawn = np.flatnonzero(crossed & (np.arange(len(heavy)) < last))
    own[heavy[overdrawn]] = 1 - (deficit[overdrawn_by[overdrawn]] - surplus[overdrawn])
    alias[heavy[overdrawn]] = heavy[overdrawn + 1]
    chance = np.minimum(np.rint(np.clip(own, 0, 1) * 2.0**32), 2.0**32 - 1).astype(np.uint64)
    return chance << _HALF | (alias + first).astype(np.uint64)


def pick(
    weights: NDArray[Any], bits: NDArray[np.uint64], row: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return for each random number an index drawn by the weights, or by those of its row.

    Examples
    --------
    >>> lowest, middle = np.array([0, 2**63], np.uint64)
    >>> pick(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([lowest, middle, lowest]), np.array([0, 0, 1]))
    array([0, 1, 1])
    """
    columns = weights.shape[-1]
    lottery = _of_rows(np.ascontiguousarray(weights, dtype=np.float64).tobytes(), columns)
    return lottery.draw(bits) if row is None else lottery.draw(bits, row) - row * columns


@lru_cache(maxsize=256)
def _of_rows(weights: bytes, columns: int) -> Lottery:
    flat = np.frombuffer(weights, np.float64)
    return Lottery.of(flat, range(0, len(flat), columns))
