"""Tables as codes with whose each row is: claims are counted in people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.predicates import Codes, Covers, Predicates, count_people
from attacks.persons import once_each
from exports.coding import Ints
from exports.keys import joint_codes, packed, ranks
from exports.randomness import Stream
from exports.shares import Share


@dataclass(frozen=True, slots=True)
class World:
    """A table as codes, and who each row is about (None: a person of its own)."""

    codes: tuple[Codes, ...]
    people: Ints | None

    def once(self) -> Ints:
        """Return the rows that are left when a person's equal rows count once."""
        return once_each(self.codes, self.people, len(self))

    def __len__(self) -> int:
        return len(self.codes[0])

    @property
    def persons(self) -> int:
        """Number of people."""
        return len(self) if self.people is None else len(np.unique(self.people))

    def take(self, rows: NDArray[Any]) -> World:
        """Return some of the rows."""
        people = None if self.people is None else self.people[rows]
        if people is not None and np.bincount(people).max(initial=0) < 2:
            people = None
        return World(tuple(column[rows] for column in self.codes), people)

    def different(self) -> Ints:
        """Return the first row of each different combination of values."""
        # codes are given out in order of appearance: the first row of each raises the greatest so far
        greatest = np.maximum.accumulate(joint_codes(self.codes, len(self)))
        return np.flatnonzero(np.diff(greatest, prepend=-1))

    def some(self, persons: int, stream: Stream) -> World:
        """Return at most so many people, drawn at random, with all their rows."""
        if self.persons <= persons:
            return self
        who = np.arange(len(self)) if self.people is None else ranks(self.people)
        return self.take(np.isin(who, stream.sample(self.persons, persons)))

    def halves(self, stream: Stream) -> tuple[World, World]:
        """Return two random halves of the people."""
        who = np.arange(len(self)) if self.people is None else ranks(self.people)
        first = np.isin(who, stream.sample(self.persons, self.persons // 2))
        return self.take(first), self.take(~first)

    def holding(self, claims: Predicates, covers: Sequence[Covers] | None = None) -> Ints:
        """Return for how many people each claim is true: 0, 1 or 2 for more."""
        return count_people(self.codes, claims, covers, self.people)


def joint_rows(worlds: Sequence[World]) -> tuple[Ints, Ints]:
    """Return one code per row of two worlds, equal where the rows are."""
    columns = [np.concatenate(pair) for pair in zip(*(world.codes for world in worlds), strict=True)]
    codes = packed(columns, sum(map(len, worlds)))
    return codes[: len(worlds[0])], codes[len(worlds[0]) :]


def at_size(holding: Ints, counted: Share, ratio: float) -> Share:
    """Return the share of claims that would be true of exactly one in a table ``ratio`` times as large.

    The expected number of people that a claim is true of is taken as gamma distributed over the
    claims, fitted to the shares of claims true of nobody and of one. The share's precision is
    that of the number counted.

    Parameters
    ----------
    holding : array of int
        For how many people each claim is true: 0, 1 or 2 for more.
    counted : Share
        The share true of exactly one, with its precision.
    ratio : float
        Size of the table wanted over that of the table counted in.

    Examples
    --------
    >>> holding = np.repeat([0, 1, 2], [900, 90, 10])
    >>> at_size(holding, Share(90, 1_000, "estimated"), 2.0)
    14.9 % [12.3, 17.9] (90 of 605)
    """
    if not counted.count:
        return counted
    none = max(int(np.count_nonzero(holding == 0)), 0.5) / len(holding)
    odds = int(np.count_nonzero(holding == 1)) / len(holding) / none
    excess = -np.log(none) / odds
    grown = ratio * np.exp(np.log(none) * (ratio - 1))
    if excess > 1 + 1e-6:
        from scipy.optimize import brentq

        part = float(brentq(lambda q: -np.log1p(-q) / q - excess, 1e-12, 1 - 1e-12))
        rate = (1 - part) / part
        grown = ratio * ((rate + 1) / (rate + ratio)) ** (odds / part + 1)
    return Share(counted.count, max(counted.count, round(counted.of / grown)), "estimated")
