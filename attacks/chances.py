"""Guesses that count by their chance of being right: no lot is drawn among equally good ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import Advantage, Reference, advantage
from exports.shares import Share

FEW = 20
"""People below whom a spread of chances is not believed."""


def expected(chances: NDArray[Any]) -> Share:
    """Return how many guesses are right on average, to the nearest whole one, of those made.

    Examples
    --------
    >>> expected(np.array([1.0, 0.5, 0.25]))
    66.7 % [20.8, 93.9] (2 of 3)
    """
    return Share(round(float(chances.sum())), len(chances), "estimated")


def precise(chances: NDArray[Any]) -> Share:
    """Return the mean chance as the share of so many sure guesses as would be as precise.

    The variance is that between people, with one more of them as far from the mean as the furthest;
    never more than that of guesses which are right or wrong, and twenty people tell nothing of it.

    Examples
    --------
    >>> precise(np.repeat([0.25, 0.75], 500)).of, precise(np.repeat([0.0, 1.0], 50)).of
    (3996, 100)
    >>> precise(np.zeros(100))
    0.0 % [0.0, 3.7] (0 of 100)
    """
    people = len(chances)
    rate = float(chances.mean()) if people else 0.0
    if not 0 < rate < 1:
        return expected(chances)
    squares = np.square(chances - rate)
    variance = (float(squares.sum()) + float(squares.max())) / people**2
    most = max(people, people**2 // FEW)
    of = max(min(round(rate * (1 - rate) / variance), most), people) if variance else most
    return Share(round(rate * of), of, "estimated")


def advantage_by_chance(attack: NDArray[Any], reference: NDArray[Any], name: Reference) -> Advantage:
    """Compare the chances about disjoint people; the interval is MOVER with their own variances.

    Examples
    --------
    >>> advantage_by_chance(np.full(400, 0.75), np.full(400, 0.5), "control")
    advantage 0.50 [0.48, 0.52] over control
    """
    found = advantage(expected(attack), expected(reference), name)
    interval = advantage(precise(attack), precise(reference), name)
    if found.value is None or interval.low is None or interval.high is None:
        return found
    return replace(found, low=min(interval.low, found.value), high=max(interval.high, found.value))
