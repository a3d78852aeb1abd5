"""How near the nearest released records of each person are, and how many: the kernel of several attacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.closest import closest, spread
from attacks.comparison.gower import Compared
from exports.keys import packed, small_codes, sums


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


@dataclass(frozen=True, slots=True)
class Votes:
    """What the nearest released rows of each person say, as shares of them.

    Parameters
    ----------
    distance : array of float32, shape (people,)
        Distance of the nearest row.
    ties : array of int64, shape (people,)
        How many rows are as near.
    person, code : array of int64, shape (votes,)
        Who is spoken of, and what is said.
    share : array of float64, shape (votes,)
        Share of the person's nearest rows that say so.
    """

    distance: NDArray[np.float32]
    ties: NDArray[np.int64]
    person: NDArray[np.int64]
    code: NDArray[np.int64]
    share: NDArray[np.float64]

    @property
    def commonest(self) -> NDArray[np.bool_]:
        """Which votes are the commonest of their person: several where they are equally common."""
        most = np.zeros(len(self.ties))
        np.maximum.at(most, self.person, self.share)
        return self.share >= most[self.person] * (1 - 1e-9)


TOLD = 0.3
"""Share of the nearest rows from which on a vote is kept although another one is commoner."""

KEPT = 64
"""Equally common votes of a person that are kept: of more, these stand for all."""


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
    alike = _Alike.of(columns, people, rows, None if secret is None else secret.rank)
    agreeing = None if secret is None else _agreement(secret, alike.order, alike.starts, alike.counts)
    for who, distance, person, place in alike.blocks():
        found.distance[who] = distance
        found.ties[who] = np.bincount(person, weights=alike.counts[place], minlength=len(who))
        if agreeing is not None:
            right = agreeing(who[person], place)
            found.agreeing[who] = np.bincount(person, weights=right, minlength=len(who))
    return found


def votes(columns: Sequence[Compared], people: int, rows: int, says: NDArray[np.int64]) -> Votes:
    """Return what the nearest of ``rows`` released rows say about each of ``people``.

    Only votes of a share of ``TOLD`` and the commonest are kept.

    Parameters
    ----------
    columns, people, rows
        As for ``nearest``.
    says : array of int64, shape (rows,)
        What each row says, as codes from 0.

    Examples
    --------
    >>> age = Compared(np.float32([0.25, 0.75]), np.float32([1.0, 0.5, 0.5]))
    >>> found = votes([age], 2, 3, np.array([7, 8, 8]))
    >>> found.person, found.code, found.share.round(2)
    (array([0, 1, 1]), array([8, 7, 8]), array([1.  , 0.33, 0.67]))
    """
    distance, ties = np.full(people, np.inf, dtype=np.float32), np.zeros(people, dtype=np.int64)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    if rows:
        alike = _Alike.of(columns, people, rows, says)
        radix = int(says.max(initial=0)) + 1
        held, many = sums(
            np.repeat(np.arange(len(alike.starts)), alike.counts) * radix + says[alike.order],
            np.ones(rows, np.int64),
        )
        edges = np.searchsorted(held // radix, np.arange(len(alike.starts) + 1))
        for who, apart, person, place in alike.blocks():
            distance[who] = apart
            ties[who] = np.bincount(person, weights=alike.counts[place], minlength=len(who))
            single = len(person) == len(who)
            use, back = np.unique(place, return_inverse=True) if single else (place, person)
            group = np.arange(len(use)) if single else person
            pair, at = spread(edges[use], edges[use + 1])
            key, count = sums(group[pair] * radix + held[at] % radix, many[at])
            of, code = key // radix, key % radix
            total = np.bincount(of, weights=count, minlength=len(use) if single else len(who))
            of, code, share = _kept(of, code, count / total[of])
            if single:
                first = np.searchsorted(of, np.arange(len(use) + 1))
                again, at = spread(first[back], first[back + 1])
                of, code, share = person[again], code[at], share[at]
            parts.append((who[of], code, share))
    nobody = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    person, code, share = (np.concatenate(side) for side in zip(nobody, *parts, strict=True))
    order = np.lexsort((code, person))
    return Votes(distance, ties, person[order], code[order], share[order])


def _kept(
    of: NDArray[np.int64], code: NDArray[np.int64], share: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the votes worth keeping: common ones, and some of the commonest."""
    most = np.zeros(int(of.max(initial=-1)) + 1)
    np.maximum.at(most, of, share)
    kept = np.flatnonzero((share >= TOLD) | (share >= most[of] * (1 - 1e-9)))
    place = np.arange(len(kept)) - np.searchsorted(of[kept], of[kept])
    kept = kept[place < KEPT]
    return of[kept], code[kept], share[kept]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Released rows that are equal in all columns, and whose they are as near as can be."""

    columns: list[Compared]
    people: int
    known: NDArray[np.int64] | None
    different: NDArray[np.int64]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(
        cls, columns: Sequence[Compared], people: int, rows: int, within: NDArray[np.int64] | None
    ) -> _Alike:
        """Return the rows in groups of equal ones, in the order of another number within each."""
        columns = [_shared(column) for column in columns]
        known, released = _keys(columns, people, rows)
        order = np.argsort(released, kind="stable") if within is None else np.lexsort((within, released))
        starts = np.flatnonzero(np.diff(released[order], prepend=-1))
        return cls(
            columns, people, known, released[order[starts]], order, starts, np.diff(starts, append=rows)
        )

    def blocks(
        self,
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]]:
        """Yield people, how near the nearest rows are, and pairs of a place in ``people`` and a group."""
        left = np.arange(self.people)
        if self.known is not None:
            place = np.minimum(np.searchsorted(self.different, self.known), len(self.different) - 1)
            equal = np.flatnonzero(self.different[place] == self.known)
            if len(equal):
                yield equal, np.zeros(len(equal), np.float32), np.arange(len(equal)), place[equal]
            left = np.flatnonzero(self.different[place] != self.known)
        first = self.order[self.starts]
        once = [Compared(one.known[left], one.released[first], one.cost) for one in self.columns]
        for block in closest(once, len(left), len(self.starts)):
            yield left[block.people], block.distance, block.person, block.row


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
