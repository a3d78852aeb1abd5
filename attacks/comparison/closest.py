"""The rows at the least distance from each person, found without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.gower import Compared, distances, mismatches
from exports.coding import Float32s, Ints
from exports.keys import packed

TIE = np.float32(2.5e-7)
"""Rounding of places between 0 and 1: distances above 0 closer than this, and their own, are equal."""

ROUNDING = np.float32(8)
"""Steps of a sum's own precision by which it may be off."""

AT_ONCE, IN_CACHE = 2**22, 2**20
"""Distances held at once, and of those looked at again and again."""

DENSE, LEAST = 1 / 16, 256
"""Share of the rows of a stretch, and number, from which on all of it are compared: one by one costs more."""

LOOKS = 8
"""Rows looked at on either side for a first bound."""

FIRST = 64
"""People in the first block: when most of them are better compared with every row, all others are."""


@dataclass(frozen=True, slots=True)
class Closest:
    """What was found about some of the people.

    Parameters
    ----------
    people : array of int64, shape (people,)
        Who they are.
    distance : array of float32, shape (people,)
        Distance of the nearest row.
    person, row : array of int64, shape (pairs,)
        Each row that is as near, and whom it is near to, as a place in ``people``.
    """

    people: Ints
    distance: Float32s
    person: Ints
    row: Ints


def closest(columns: Sequence[Compared], people: int, rows: int) -> Iterator[Closest]:
    """Yield the nearest of ``rows`` rows, at least one, of each of ``people``, block by block.

    Columns whose values are equal or different are compared once for each combination of values.
    Of the combinations that are near enough only the rows whose numbers are near enough are looked at, found
    by bisection in one of them. Every distance that decides is the sum that ``distances`` gives.

    Examples
    --------
    >>> age = Compared(np.float32([0.25, 0.75]), np.float32([1.0, 0.5, 0.0, 0.375]))
    >>> [(found.person, found.row, found.distance) for found in closest([age], 2, 4)]
    [(array([0, 1, 1]), array([3, 1, 0]), array([0.125, 0.25 ], dtype=float32))]
    """
    equal = [column for column in columns if not column.is_number]
    first, own = _profiles([column.known for column in equal], people)
    which, profile = _profiles([column.released for column in equal], rows)
    combined = [Compared(one.known[first], one.released[which], one.cost) for one in equal]
    measure = mismatches if all(column.cost is None for column in equal) else distances
    shelf = Shelf.of(columns, profile, people)
    order = np.lexsort((shelf.leading, own))
    most = max(1, AT_ONCE // max(len(which), int(DENSE * rows)))
    done, size = 0, min(most, FIRST)
    while done < people:
        some = order[done : done + size]
        different, member = np.unique(own[some], return_inverse=True)
        found, crowd, low, high = shelf.nearest(
            some, member, measure(combined, different, slice(0, len(which)))
        )
        yield found
        yield from shelf.among(crowd, low, high)
        done, size = done + size, min(most, 2 * size)
        if 2 * (high - low).sum() > len(some) * rows:
            rest = order[done:]
            yield from shelf.among(rest, np.zeros_like(rest), np.full_like(rest, rows))
            done = people


def _profiles(codes: Sequence[NDArray[Any]], size: int) -> tuple[Ints, Ints]:
    """Return the first row of each combination of values, and each row's combination."""
    _, first, own = np.unique(packed(codes, size), return_index=True, return_inverse=True)
    return first, own


def limit(least: Float32s) -> Float32s:
    """Return the distance up to which rows are as near as the nearest; a sum of zeros has no rounding.

    Examples
    --------
    >>> limit(np.float32([0.0, 1.0]))
    array([0.       , 1.0000012], dtype=float32)
    """
    step = np.spacing(np.where(np.isfinite(least), least, np.float32(1)))
    return np.where(least > 0, least + TIE + ROUNDING * step, least)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows in order of their profile, the combination of values that are no numbers, then of one number.

    Parameters
    ----------
    row : array of int64, shape (rows,)
        The rows in this order.
    begins : array of int64, shape (profiles + 1,)
        Where each profile begins.
    columns : sequence of Compared
        All columns, the released values in this order.
    leading : array of float32, shape (people,)
        People's values of the number that orders the rows; 0 where there are no numbers.
    place : array of float64, shape (rows,)
        Four times the profile, plus two, plus that number: increasing.
    """

    row: Ints
    begins: Ints
    columns: Sequence[Compared]
    leading: Float32s
    place: NDArray[np.float64]

    @classmethod
    def of(cls, columns: Sequence[Compared], profile: Ints, people: int) -> Shelf:
        """Return rows in order, by the number that is most spread out."""
        scales = [column for column in columns if column.is_number]
        first = max(scales, key=lambda column: float(column.released.std()), default=None)
        place = (4 * profile + 2).astype(np.float64)
        if first is not None:
            place += first.released
        row = np.argsort(place, kind="stable")
        begins = np.append(0, np.cumsum(np.bincount(profile)))
        shelved = [Compared(one.known, one.released[row], one.cost) for one in columns]
        leading = np.zeros(people, np.float32) if first is None else first.known
        return cls(row, begins, shelved, leading, place[row])

    @property
    def scales(self) -> list[Compared]:
        """The numbers among the columns."""
        return [column for column in self.columns if column.is_number]

    def nearest(self, people: Ints, member: Ints, apart: NDArray[Any]) -> tuple[Closest, Ints, Ints, Ints]:
        """Return the nearest rows of some people, and who is better compared with all from where to where.

        Parameters
        ----------
        people : array of int64, shape (people,)
            Who they are.
        member : array of int64, shape (people,)
            Which row of ``apart`` is each person's; increasing.
        apart : array, shape (profiles of people, profiles)
            Distances of the profiles.
        """
        floor = apart.min(axis=1)
        if not self.scales:
            least = floor.astype(np.float32)
            person, profile, _ = _pairs(apart, limit(least), member, apart.shape[1])
            pair, at = spread(self.begins[profile], self.begins[profile + 1])
            nobody = people[:0]
            return Closest(people, least[member], person[pair], self.row[at]), nobody, nobody, nobody
        many = max(int(DENSE * len(self.row)), LEAST)
        bound = self._first_look(people, member, apart, floor, many)
        most = np.maximum.reduceat(bound, np.flatnonzero(np.diff(member, prepend=-1)))
        person, profile, base = _pairs(apart, limit(most), member, many)
        upto = limit(bound)
        rounding = np.float32(len(self.scales) + 2) * np.spacing(upto)
        low, high = self._window(people[person], profile, (upto + rounding)[person] - base)
        looks = np.bincount(person, weights=high - low, minlength=len(people))
        lowest, highest = np.full(len(people), len(self.row)), np.zeros(len(people), dtype=np.int64)
        np.minimum.at(lowest, person, low)
        np.maximum.at(highest, person, high)
        lowest[looks == 0], highest[looks == 0] = 0, len(self.row)
        crowded = (looks == 0) | (looks > np.maximum(DENSE * (highest - lowest), LEAST))
        calm = ~crowded[person]
        pair, at = spread(low[calm], high[calm])
        who = person[calm][pair]
        total = self._sums(people[who], at, base[calm][pair])
        np.minimum.at(bound, who, total)
        tied = total <= limit(bound)[who]
        kept = np.cumsum(~crowded) - 1
        found = Closest(people[~crowded], bound[~crowded], kept[who[tied]], self.row[at[tied]])
        return found, people[crowded], lowest[crowded], highest[crowded]

    def among(self, people: Ints, low: Ints, high: Ints) -> Iterator[Closest]:
        """Yield the nearest rows of people who are compared with every row between two places."""
        start = 0
        while start < len(people):
            first, last, stop = int(low[start]), int(high[start]), start + 1
            while stop < len(people):
                least, most = min(first, int(low[stop])), max(last, int(high[stop]))
                alone = int(high[stop] - low[stop])
                if most - least > 2 * alone or (most - least) * (stop + 1 - start) > IN_CACHE:
                    break
                first, last, stop = least, most, stop + 1
            some = people[start:stop]
            apart = distances(self.columns, some, slice(first, last))
            nearest = apart.min(axis=1)
            person, at = np.divmod(np.flatnonzero(apart <= limit(nearest)[:, None]), last - first)
            yield Closest(some, nearest, person, self.row[first + at])
            start = stop

    def _first_look(
        self, people: Ints, member: Ints, apart: NDArray[Any], floor: NDArray[Any], many: int
    ) -> Float32s:
        """Return a distance that some row has from each person; infinite where too many profiles are near."""
        bound = np.full(len(people), np.inf, dtype=np.float32)
        person, profile, base = _pairs(apart, floor, member, many)
        middle = np.searchsorted(self.place, self._place(people[person], profile))
        looks = 1 if len(self.scales) == 1 else max(1, LOOKS * len(people) // max(len(person), 1))
        for step in range(-looks, looks):
            at = np.clip(middle + step, self.begins[profile], self.begins[profile + 1] - 1)
            np.minimum.at(bound, person, self._sums(people[person], at, base))
        return bound

    def _place(self, people: Ints, profile: Ints) -> NDArray[np.float64]:
        """Return where each person would stand among the rows of a profile."""
        return (4 * profile + 2).astype(np.float64) + self.leading[people]

    def _window(self, people: Ints, profile: Ints, left: Float32s) -> tuple[Ints, Ints]:
        """Return from where to where rows of a profile are whose leading number is not too far off."""
        place, off = self._place(people, profile), left + TIE
        low = np.searchsorted(self.place, place - off, side="left")
        high = np.searchsorted(self.place, place + off, side="right")
        low = np.where(off >= 1, self.begins[profile], low)
        return low, np.where(left < 0, low, np.where(off >= 1, self.begins[profile + 1], high))

    def _sums(self, people: Ints, at: Ints, base: Float32s) -> Float32s:
        """Return the distance of people from rows, given that of their profiles."""
        total = base.copy()
        for scale in self.scales:
            total += np.minimum(np.abs(scale.released[at] - scale.known[people]), np.float32(1))
        return total


def _pairs(apart: NDArray[Any], most: NDArray[Any], member: Ints, many: int) -> tuple[Ints, Ints, Float32s]:
    """Return people and profiles at most so far apart, and how far; none of whom has more than ``many``."""
    if apart.dtype.kind == "u":
        most = np.minimum(most, np.iinfo(apart.dtype).max).astype(apart.dtype)
    flat = np.flatnonzero(apart <= most[:, None])
    kind, profile = np.divmod(flat, apart.shape[1])
    few = np.bincount(kind, minlength=len(apart))[kind] <= many
    flat, kind, profile = flat[few], kind[few], profile[few]
    edges = np.append(0, np.cumsum(np.bincount(member)))
    pair, person = spread(edges[kind], edges[kind + 1])
    return person, profile[pair], apart.ravel()[flat].astype(np.float32)[pair]


def spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return every number from ``low`` to below ``high``, and which range it is of.

    Examples
    --------
    >>> spread(np.array([3, 9]), np.array([5, 10]))
    (array([0, 0, 1]), array([3, 4, 9]))
    """
    sizes = high - low
    which = np.repeat(np.arange(len(low)), sizes)
    skipped = np.cumsum(sizes) - sizes
    return which, np.arange(len(which)) + (low - skipped)[which]
