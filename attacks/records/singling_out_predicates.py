"""Claims: conditions read off the rows of a release that are true of one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.predicates import BLOCK, Coded, Codes, Predicates, count
from exports.coding import Ints
from exports.randomness import Stream

Numbers = Literal["either", "ends", "values"]

LISTED = 1_000_000
"""Up to so many possible claims are listed in random order; of more, some are drawn."""

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


def univariate(table: Sequence[Codes], coded: Coded) -> Predicates:
    """Return the conditions on one column that are true of one row: rare values and ends of scales."""
    parts = []
    for at, codes in enumerate(table):
        times = np.bincount(codes)
        single = times == 1
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
        parts.append(Predicates(np.full((len(low), 1), at), low[:, None], high[:, None], source))
    return Predicates.joined(parts)


def multivariate(
    table: Sequence[Codes], coded: Coded, form: Form, number: int, attempts: int, stream: Stream
) -> tuple[Predicates, int]:
    """Return ``number`` predicates that are true of one row of ``table`` each, and how many were tried.

    A predicate is a random row's own values of random columns: equal, or for a number at least or
    at most, away from the median. Fewer come back when there are no more or ``attempts`` are spent.
    """
    codes = np.array(table)
    middle = np.array([np.median(column[column > 0]) if (column > 0).any() else 0.0 for column in table])
    found: list[Predicates] = []
    tried, made = 0, 0
    seen = np.zeros((0, 2 + int(form.sizes(len(table))[0][-1])), dtype=np.int64)
    for drawn in _drawn(form, len(table[0]), len(table), attempts, stream):
        candidates, ends = _from_rows(codes, drawn, coded, middle)
        holds = count(table, candidates) == 1
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
