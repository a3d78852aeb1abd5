"""Claims: conditions read off the rows of a release that are true of one person's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.predicates import BLOCK, Coded, Codes, Predicates, count, count_people
from attacks.persons import once_each
from exports.coding import Ints
from exports.randomness import Stream

Numbers = Literal["either", "ends", "values"]

MOST_GAPS = 1_000
"""Rows with a gap that are told apart from more of them."""

LISTED = 1_000_000
"""Up to so many possible claims are listed in random order; of more, some are drawn."""

DOUBT = 0.25
"""Rows with gaps that a claim may be expected to be true of besides."""

LEAST, MOST = 3, 12
"""Conditions of half of the claims that are tried, where nobody says how many, and of those with most."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the claims about several columns look like.

    Parameters
    ----------
    conditions : int or None
        Conditions of each claim. None: three of every second claim tried, four of every second other, and
        so on to all columns, or twelve. Few columns hold few rare combinations of three.
    numbers : {"either", "ends", "values"}
        A number is claimed as it is, or from it to the end of the scale that is nearer, or both are tried.

    Examples
    --------
    >>> Form(None, "values").sizes(6)
    (array([3, 4, 5, 6]), array([0.5  , 0.25 , 0.125, 0.125]))
    """

    conditions: int | None
    numbers: Numbers

    def sizes(self, columns: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the numbers of conditions and the share of each."""
        least = min(self.conditions or LEAST, columns)
        sizes = np.arange(least, (min(columns, MOST) if self.conditions is None else least) + 1)
        shares = 0.5 ** np.arange(1, len(sizes) + 1)
        shares[-1] = 2 * shares[-1]
        return sizes, shares

    def possible(self, rows: int, columns: int) -> int:
        """Return how many claims there are."""
        subsets = sum(comb(columns, size) for size in self.sizes(columns)[0].tolist())
        return subsets * rows * (2 if self.numbers == "either" else 1)


def univariate(table: Sequence[Codes], coded: Coded, people: Ints | None = None) -> Predicates:
    """Return the conditions on one column that are true of one person: rare values and ends of scales.

    None is that a value is missing: what was taken out of a release says nothing about anybody.
    """
    parts = []
    for at, whole in enumerate(table):
        kept = once_each([whole], people, len(whole))
        codes = whole[kept]
        times = np.bincount(codes, minlength=coded.largest[at] + 1)
        single = times == 1
        single[coded.blank[at]] &= coded.blank[at] < 0
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
        parts.append(Predicates(np.full((len(low), 1), at), low[:, None], high[:, None], kept[source]))
    found = Predicates.joined(parts)
    return found.only(_doubt(table, found, coded) < DOUBT)


def _doubt(table: Sequence[Codes], predicates: Predicates, coded: Coded) -> NDArray[np.float64]:
    """Return how many rows with one gap each claim is expected to be true of as well.

    A row that has a gap where a condition is and fits all others, fits with the share of the values
    there that the condition allows.
    """
    doubt = np.zeros(len(predicates))
    for at, blank in enumerate(coded.blank):
        times = np.bincount(table[at], minlength=coded.largest[at] + 1)
        if blank < 0 or not times[blank]:
            continue
        times[blank] = 0
        upto = np.append(0, np.cumsum(times)) / max(int(times.sum()), 1)
        here = predicates.column == at
        mine = np.flatnonzero(here.any(axis=1))
        some, own = predicates.only(mine), here[mine]
        first = own.argmax(axis=1)
        places = np.arange(len(mine))
        share = upto[some.high[places, first] + 1] - upto[some.low[places, first]]
        low, high = np.where(own, blank, some.low), np.where(own, blank, some.high)
        gaps = count(table, Predicates(some.column, low, high, some.source), most=MOST_GAPS)
        doubt[mine] += share * gaps
    return doubt


def multivariate(
    table: Sequence[Codes],
    coded: Coded,
    form: Form,
    number: int,
    attempts: int,
    stream: Stream,
    people: Ints | None = None,
) -> tuple[Predicates, int]:
    """Return ``number`` predicates that are true of one person in ``table`` each, and how many were tried.

    A predicate is a random row's own values of random columns, none of them missing: equal, or for a number
    at least or at most, away from the median. Fewer come back when there are no more or ``attempts`` are
    spent.
    """
    codes = np.array(table)
    middle = np.array([np.median(column[column > 0]) if (column > 0).any() else 0.0 for column in table])
    found: list[Predicates] = []
    tried, made = 0, 0
    seen = np.zeros((0, 2 + int(form.sizes(len(table))[0][-1])), dtype=np.int64)
    for drawn in _drawn(form, len(table[0]), len(table), attempts, stream):
        candidates, ends = _from_rows(codes, drawn, coded, middle)
        values = codes[candidates.column, candidates.source[:, None]]
        full = np.flatnonzero((values != np.array(coded.blank)[candidates.column]).all(axis=1))
        candidates, ends = candidates.only(full), ends[full]
        holds = np.flatnonzero(count_people(table, candidates, people=people) == 1)
        holds = holds[_doubt(table, candidates.only(holds), coded) < DOUBT]
        chosen = candidates.only(holds)
        key = np.column_stack([chosen.source, ends[holds], chosen.column])
        seen, new = np.unique(np.concatenate([seen, key]), axis=0, return_index=True)
        found.append(chosen.only(np.sort(new[new >= made]) - made))
        tried, made = tried + len(drawn.source), len(seen)
        if made >= number:
            break
    if not found:
        none = np.zeros((0, 1), dtype=np.int64)
        return Predicates(none, none, none, none[:, 0]), 0
    return Predicates.joined(found).only(slice(number)), tried


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows and columns that claims are to be read off.

    Parameters
    ----------
    column : array of int64, shape (claims, conditions)
        The columns, in increasing order; of fewer conditions the first is repeated.
    source : array of int64, shape (claims,)
        The rows.
    ends : array of bool, shape (claims,)
        Whether numbers are claimed as ends of their scale.
    """

    column: Ints
    source: Ints
    ends: NDArray[np.bool_]


def _drawn(form: Form, rows: int, columns: int, attempts: int, stream: Stream) -> Iterator[Drawn]:
    """Yield what to try, at most ``attempts`` claims; each once where they can be listed."""
    sizes, shares = form.sizes(columns)
    kinds = np.array({"either": [True, False], "ends": [True], "values": [False]}[form.numbers])
    possible = form.possible(rows, columns)
    if possible <= LISTED:
        subsets = [list(combinations(range(columns), size)) for size in sizes.tolist()]
        column = np.array([one + one[:1] * int(sizes[-1] - len(one)) for one in chain(*subsets)])
        weight = np.repeat(shares / [len(some) for some in subsets], [len(some) for some in subsets])
        lots = stream.at(name="order").uniforms(possible).reshape(len(column), -1)
        order = np.argsort((np.log1p(-lots) / -weight[:, None]).ravel(), kind="stable")
        for start in range(0, min(attempts, possible), BLOCK):
            subset, rest = np.divmod(order[start : min(start + BLOCK, attempts)], rows * len(kinds))
            kind, source = np.divmod(rest, rows)
            yield Drawn(np.sort(column[subset], axis=1), source, kinds[kind])
        return
    for block, start in enumerate(range(0, attempts, BLOCK)):
        draw, size = stream.at(block=block), min(BLOCK, attempts - start)
        lots = draw.at(name="columns").uniforms(size * columns).reshape(size, columns)
        column = np.argsort(lots, axis=1)[:, : sizes[-1]]
        width = sizes[draw.at(name="conditions").choices(size, shares)]
        unused = np.arange(sizes[-1]) >= width[:, None]
        first = np.where(unused, columns, column).min(axis=1)
        column = np.sort(np.where(unused, first[:, None], column), axis=1)
        ends = kinds[draw.at(name="ends").integers(size, len(kinds))]
        yield Drawn(column, draw.at(name="row").integers(size, rows), ends)


def _from_rows(
    codes: NDArray[np.int32], drawn: Drawn, coded: Coded, middle: NDArray[np.float64]
) -> tuple[Predicates, NDArray[np.bool_]]:
    """Return the predicates, and which of them would be others were no number an end of its scale."""
    column = drawn.column
    value = codes[column, drawn.source[:, None]].astype(np.int64)
    end = np.array(coded.ordered)[column] & (value > 0) & drawn.ends[:, None]
    above = value > middle[column]
    low = np.where(end & ~above, 1, value)
    high = np.where(end & above, np.array(coded.largest)[column], value)
    return Predicates(column, low, high, drawn.source), np.any(low != high, axis=1)
