"""Special uniques: a row that few columns single out is more at risk than one that needs many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations as sets_of
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray

from exports.classes.combinations import Combinations
from exports.classes.persons import best_of, persons_in
from exports.coding import Floats, Ints
from exports.keys import packed_codings, ranks

MOST_SETS = 8_192
MOST_WORK = 400_000_000
"""Sets of columns, and sets times combinations, that are searched unless asked for more."""

SLOWER = 8
"""Times the work where persons have several combinations, so that every set is counted whole."""

LARGEST_FACTORIAL = 170
"""Number whose factorial is the last that a float holds."""


@dataclass(frozen=True, slots=True)
class MinimalUniques:
    """What every set of columns singles out, and which rows need no fewer columns.

    Parameters
    ----------
    columns : tuple of str
        Columns that were searched.
    sets : tuple of tuple of str
        Sets of columns, from small to large, in order of ``columns``.
    minimal : array of int64
        People that each set singles out and no smaller part of it does.
    unique : array of int64
        People that each set singles out.
    classes : array of int64
        Equivalence classes of each set.
    risk : array of float64
        Mean prosecutor risk of each set: of a person with several classes, that of the smallest.
    combinations : Combinations
        Of ``columns``, counted in people; what ``score`` and ``sizes`` refer to. Where persons have rows of
        several combinations the column of persons is one of its columns.
    score : array of float64
        SUDA score of each combination: the sum of (m - size)! over its minimal sets; infinite where
        that is more than a float holds.
    sizes : array of int64
        Columns of the smallest set that singles out each combination; 0 for none.
    people : int
        Distinct persons; rows where nothing tells whose they are.
    whose : array of int64 or None
        Person of each combination, from 0, where persons have several.
    largest : int
        Size of the largest sets that were searched.
    """

    columns: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    minimal: Ints
    unique: Ints
    classes: Ints
    risk: Floats
    combinations: Combinations
    score: Floats
    sizes: Ints
    people: int
    whose: Ints | None
    largest: int

    @property
    def complete(self) -> bool:
        """Whether sets of all sizes were searched."""
        return self.largest == len(self.columns)

    @property
    def worst(self) -> Floats:
        """The highest score of each person who has one."""
        return self.of_people(self.score)

    @property
    def fewest(self) -> Ints:
        """Columns of the smallest set that singles out each person who is singled out."""
        single = self.sizes > 0
        if self.whose is None:
            return self.sizes[single]
        least = np.full(self.people, np.iinfo(np.int64).max)
        np.minimum.at(least, self.whose[single], self.sizes[single])
        return least[least <= len(self.columns)]

    def of_people(self, values: Floats) -> Floats:
        """Return the largest of the positive values of each person's combinations."""
        most = values if self.whose is None else best_of(self.whose, values)
        return most[most > 0]


def minimal_uniques(
    combinations: Combinations,
    columns: Sequence[str],
    *,
    person: str | None = None,
    largest: int | None = None,
) -> MinimalUniques:
    """Search all sets of columns, from small to large, for the people that they single out.

    A row that a set singles out is singled out by every larger one, so there it needs no look
    and takes no part in the counting. With ``person`` a set singles out whoever is alone in a class,
    however many rows she has there.

    Parameters
    ----------
    combinations : Combinations
        With at least ``columns``.
    columns : sequence of str
        What the adversary may know a part of.
    person : str, optional
        Column that tells whose row it is; every row is a person of its own by default.
    largest : int, optional
        Search sets up to this size; by default as large as ``MOST_SETS`` and ``MOST_WORK`` allow.

    References
    ----------
    Manning, Haglin and Keane (2008), doi:10.1007/s10618-007-0078-6; Elliot, Manning and Ford
    (2002), doi:10.1142/S0218488502001600.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.combinations import combinations_of
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "sex": ["f", "m", "f", "f"]})
    >>> found = minimal_uniques(combinations_of(table, ["zip", "sex"]), ["zip", "sex"])
    >>> dict(zip(found.sets, found.minimal.tolist()))
    {('zip',): 0, ('sex',): 1, ('zip', 'sex'): 1}
    """
    table, m = combinations.persons(columns, person), len(columns)
    whose, people = None, table.rows
    if person is not None:
        persons = combinations.columns[person]
        people = int(np.count_nonzero(np.bincount(persons.codes)))
        if people < table.rows:
            table = combinations.over([*columns, person])
            whose = ranks(table.columns[person].codes.astype(np.int64))
    most = min(MOST_SETS, MOST_WORK // max(len(table), 1) // (1 if whose is None else SLOWER))
    largest = largest_within(m, most) if largest is None else min(largest, m)
    alone = table.counts == 1 if whose is None else np.ones(len(table), bool)
    search = _Search(table, columns, whose)
    score, sizes = np.zeros(len(table)), np.zeros(len(table), np.int64)
    sets: list[tuple[str, ...]] = []
    minimal: list[int] = []
    unique: list[int] = []
    classes: list[int] = []
    risk: list[float] = []
    below: dict[tuple[int, ...], NDArray[np.bool_]] = {(): np.zeros(len(table), bool)}
    for size in range(1, largest + 1):
        here: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        for chosen in sets_of(range(m), size):
            known = np.logical_or.reduce([below[part] for part in _parts(chosen)])
            if whose is None:
                groups, single = search.singles(chosen, np.flatnonzero(~known))
                single = single[alone[single]]
                groups += int(known.sum())
                mean = groups / max(people, 1)
            else:
                groups, mean, held = search.lone_persons(chosen)
                single = np.flatnonzero(held & ~known)
            score[single] += _weight(m - size)
            sizes[single[sizes[single] == 0]] = size
            known[single] = True
            here[chosen] = known
            sets.append(tuple(columns[position] for position in chosen))
            minimal.append(len(single) if whose is None else len(np.unique(whose[single])))
            unique.append(int(known.sum()) if whose is None else len(np.unique(whose[known])))
            classes.append(groups)
            risk.append(mean)
        below = here
    return MinimalUniques(
        columns=tuple(columns),
        sets=tuple(sets),
        minimal=np.array(minimal, np.int64),
        unique=np.array(unique, np.int64),
        classes=np.array(classes, np.int64),
        risk=np.array(risk, np.float64),
        combinations=table,
        score=score,
        sizes=sizes,
        people=people,
        whose=whose,
        largest=largest,
    )


def largest_within(columns: int, most: int = MOST_SETS) -> int:
    """Return the largest size up to which there are at most ``most`` sets of columns.

    Examples
    --------
    >>> largest_within(8), largest_within(40)
    (8, 2)
    """
    total, size = 0, 0
    while size < columns and total + comb(columns, size + 1) <= max(most, columns):
        size += 1
        total += comb(columns, size)
    return size


def disclosure_scores(found: MinimalUniques, *, fraction: float = 0.01) -> Floats | None:
    """Return the DIS-SUDA score of each combination: the chance that a match with it is right.

    The chance for an average unique, from uniques and pairs of the table, is shared out in
    proportion to a power of the scores. That power is 1.15 for five columns and 1 for eight in
    sdcMicro 5.8.1, to whose values this formula was fitted; between and beyond it is taken as linear.
    None when no two rows pair up, which the chance is estimated from.

    Parameters
    ----------
    found : MinimalUniques
        A complete search.
    fraction : float, default 0.01
        Share of the population that was sampled.

    References
    ----------
    Skinner and Elliot (2002), doi:10.1111/1467-9868.00365, for the chance of an average unique.
    """
    sizes = found.combinations.counts
    if found.whose is not None:
        known = found.combinations.groups(found.columns)
        sizes = np.bincount(known)
    uniques, pairs = int((sizes == 1).sum()), int((sizes == 2).sum())
    if not pairs or not uniques:
        return None
    odds = uniques * fraction / (2 * pairs * max(1 - fraction, 1e-12))
    power = 1.4 - 0.05 * len(found.columns)
    scored = found.score > 0
    raised = found.score[scored] ** power
    relative = odds * raised * (1 / raised).mean()
    scores = np.zeros(len(found.score))
    scores[scored] = relative / (1 + relative)
    return scores


class _Search:
    """Counts groups of candidates over sets of columns, sorting key and row in one integer."""

    def __init__(self, table: Combinations, columns: Sequence[str], whose: Ints | None = None) -> None:
        self._columns = [table.columns[name] for name in columns]
        self._whose = whose
        self._size = len(table)
        self._bits = max(self._size.bit_length(), 1)

    def singles(self, chosen: tuple[int, ...], rows: Ints) -> tuple[int, Ints]:
        """Return the number of groups among ``rows``, and the rows that are alone in theirs."""
        columns = [self._columns[position].take(rows) for position in chosen]
        keys = packed_codings(columns, len(rows))
        if int(keys.max(initial=0)) >= 1 << (62 - self._bits):
            keys = ranks(keys)
        keys <<= self._bits
        keys |= rows
        keys.sort()
        new = np.append(True, (keys[1:] >> self._bits) != (keys[:-1] >> self._bits))[: len(keys)]
        single = new & np.append(new[1:], True)[: len(keys)]
        return int(new.sum()), keys[single] & ((1 << self._bits) - 1)

    def lone_persons(self, chosen: tuple[int, ...]) -> tuple[int, float, NDArray[np.bool_]]:
        """Return the number of classes, the mean risk of persons, and which entries are alone in theirs."""
        assert self._whose is not None
        of = ranks(packed_codings([self._columns[position] for position in chosen], self._size))
        persons = persons_in(of, self._whose)
        best = best_of(self._whose, 1.0 / persons[of])
        return len(persons), float(best.mean()), persons[of] == 1


def _weight(spare: int) -> float:
    """Return the factorial of the columns that a set leaves out; infinity from 171 columns on."""
    return float(factorial(spare)) if spare <= LARGEST_FACTORIAL else np.inf


def _parts(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the sets with one column fewer."""
    for position in range(len(chosen)):
        yield chosen[:position] + chosen[position + 1 :]
