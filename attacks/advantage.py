"""How much better an attack does than its reference, with an interval."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from exports.shares import Share, wilson

Reference = Literal["control", "baseline"]

RESAMPLES = 2_000
POWER = 1.959964 + 0.841621
"""Standard errors between 0 and an advantage that is seen at 95 % four times in five."""


@dataclass(frozen=True, slots=True)
class Advantage:
    """The excess of an attack over its reference, as a share of what the reference left.

    ``1 - (1 - attack) / (1 - reference)``: 0 is no better, 1 is always right, below 0 is worse;
    never clipped. ``value`` is None, with the reason, when the reference is always right and
    leaves nothing to gain, or when nobody was attacked.

    Parameters
    ----------
    value, low, high : float or None
        Point and interval.
    reference : {"control", "baseline"}
        What the attack is held against.
    reason : str
        Why there is no value; empty when there is one.

    Examples
    --------
    >>> advantage(Share(300, 400), Share(200, 400), "control")
    advantage 0.50 [0.39, 0.59] over control
    """

    value: float | None
    low: float | None
    high: float | None
    reference: Reference
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``share, low, high`` and what they refer to."""
        return {
            "share": self.value,
            "low": self.low,
            "high": self.high,
            "reference": self.reference,
            "reason": self.reason,
        }

    def __repr__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return f"no advantage over {self.reference}: {self.reason}"
        return f"advantage {self.value:z.2f} [{self.low:z.2f}, {self.high:z.2f}] over {self.reference}"


def advantage(attack: Share, reference: Share, name: Reference, confidence: float = 0.95) -> Advantage:
    """Compare two shares of disjoint people; the interval is MOVER from two Wilson intervals.

    Parameters
    ----------
    attack, reference : Share
        Successes among the attacked people and among the reference's.
    name : {"control", "baseline"}
        Which reference it is.
    confidence : float, default 0.95
        Coverage aimed at.

    References
    ----------
    Donner and Zou (2012), doi:10.1177/0962280210383082, section 3.

    Examples
    --------
    >>> advantage(Share(400, 400), Share(0, 400), "baseline").value
    1.0
    >>> advantage(Share(3, 3), Share(3, 3), "baseline")
    no advantage over baseline: the baseline is always right at n=3
    """
    if attack.share is None or reference.share is None:
        return Advantage(None, None, None, name, "nobody was attacked")
    if reference.count == reference.of:
        return Advantage(None, None, None, name, f"the {name} is always right at n={reference.of:,}")
    missed, left = 1 - attack.share, 1 - reference.share
    low, high = (1 - bound for bound in reversed(wilson(attack.count, attack.of, confidence)))
    left_low, left_high = (1 - bound for bound in reversed(wilson(reference.count, reference.of, confidence)))
    product = missed * left
    below, above = low * (2 * missed - low), high * (2 * missed - high)
    widest, narrowest = left_high * (2 * left - left_high), left_low * (2 * left - left_low)
    smallest = below / (product + sqrt(max(0.0, product**2 - below * widest))) if below else 0.0
    largest = (product + sqrt(max(0.0, product**2 - above * narrowest))) / narrowest
    return Advantage(1 - missed / left, 1 - largest, 1 - smallest, name)


def paired_advantage(
    attack: NDArray[Any],
    reference: NDArray[Any],
    name: Reference,
    *,
    stream: Stream,
    people: NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> Advantage:
    """Compare two guesses about the same targets; the interval is a bootstrap over people.

    Where no resample can differ (an attack that is always or never right), or where one leaves
    nothing to gain, the bootstrap says nothing and the interval is that of disjoint people.

    Parameters
    ----------
    attack, reference : array of bool or float, shape (n_targets,)
        Was the guess about each target right, or how likely is it?
    name : {"control", "baseline"}
        Which reference it is.
    stream : Stream
        Draws the resamples.
    people : array of shape (n_targets,), optional
        Who each target is, when one person is a target several times.
    confidence : float, default 0.95
        Coverage aimed at.

    Examples
    --------
    >>> right, guessed = np.repeat([True, False], [300, 100]), np.repeat([True, False], [200, 200])
    >>> paired_advantage(right, guessed, "baseline", stream=Stream(1, "attack", "doctest"))
    advantage 0.50 [0.43, 0.57] over baseline
    """
    counts = np.column_stack([attack, reference, np.ones(len(attack), dtype=bool)]).astype(np.float64)
    if people is not None:
        _, person = np.unique(people, return_inverse=True)
        counts = np.column_stack([np.bincount(person, weights=column) for column in counts.T])
    persons = len(counts)
    right, guessed, of = (float(total) for total in counts.sum(axis=0))
    shares = [
        Share(round(part * persons / of), persons, "estimated") if of else Share(0, 0)
        for part in (right, guessed)
    ]
    disjoint = advantage(shares[0], shares[1], name, confidence)
    if disjoint.value is None or guessed == of:
        return disjoint
    value = 1 - (of - right) / (of - guessed)
    if right in (0, of) or guessed == 0:
        return replace(disjoint, value=value)
    kinds, how_many = np.unique(counts.round(12), axis=0, return_counts=True)
    draws = np.random.Generator(stream.bit_generator()).multinomial(persons, how_many / persons, RESAMPLES)
    resampled = draws @ kinds
    left = resampled[:, 2] - resampled[:, 1]
    if not left.all():
        return replace(disjoint, value=value)
    values = 1 - (resampled[:, 2] - resampled[:, 0]) / left
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Advantage(value, float(low), float(high), name)


def effective(hits: NDArray[np.bool_], people: NDArray[Any]) -> Share:
    """Return the share of right guesses with the precision that guesses about so few people have.

    The variance is taken over people (the ratio estimator's), and the share given the number of
    independent guesses that would have it; never more than were made.

    Parameters
    ----------
    hits : array of bool, shape (n_guesses,)
        Was each guess right?
    people : array of shape (n_guesses,)
        Who each guess is about.

    References
    ----------
    Kish (1965), Survey Sampling, section 8.2.

    Examples
    --------
    >>> effective(np.array([True, True, False, False]), np.array(["ann", "ann", "bob", "bob"]))
    50.0 % [9.5, 90.5] (1 of 2)
    """
    _, place = np.unique(people, return_inverse=True)
    guesses = np.bincount(place)
    right = np.bincount(place, weights=hits)
    rate = float(hits.mean()) if len(hits) else 0.0
    variance = float(((right - rate * guesses) ** 2).sum())
    independent = len(hits) ** 2 * rate * (1 - rate) / variance if variance else len(guesses)
    of = round(min(max(independent, 1), len(hits)))
    return Share(round(rate * of), of, "estimated")


def difference(first: Share, second: Share, confidence: float = 0.95) -> tuple[float, float, float] | None:
    """Return ``first - second`` with its interval, for disjoint people; None when nobody was tried.

    References
    ----------
    Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.

    Examples
    --------
    >>> [round(number, 3) for number in difference(Share(56, 70), Share(48, 80))]
    [0.2, 0.052, 0.334]
    """
    if first.share is None or second.share is None:
        return None
    low, high = wilson(first.count, first.of, confidence)
    other_low, other_high = wilson(second.count, second.of, confidence)
    gap = first.share - second.share
    below = sqrt((first.share - low) ** 2 + (other_high - second.share) ** 2)
    above = sqrt((high - first.share) ** 2 + (second.share - other_low) ** 2)
    return gap, gap - below, gap + above


def needed(reference: Share, gain: float = 0.05) -> int | None:
    """Return how many targets, and as many of the reference, show an advantage of ``gain``.

    Four times in five, at 95 %. None where the reference is always right or was never tried.

    Examples
    --------
    >>> needed(Share(200, 400)), needed(Share(0, 400))
    (5966, 150)
    """
    if reference.share is None or reference.count == reference.of:
        return None
    rate = reference.share
    attack = rate + gain * (1 - rate)
    variance = (attack * (1 - attack) + (1 - gain) ** 2 * rate * (1 - rate)) / (1 - rate) ** 2
    return ceil(variance * (POWER / gain) ** 2)


def detectable(of: int, reference: Share) -> float | None:
    """Return the smallest advantage that ``of`` guesses could have shown over ``reference``.

    That of the fewest right guesses whose interval lies above 0; None when even an attack that
    is always right would not have been seen.

    Examples
    --------
    >>> round(detectable(400, Share(200, 400)), 3)
    0.14
    >>> detectable(2, Share(1, 2)) is None
    True
    """
    if not of or reference.share is None or reference.count == reference.of:
        return None

    def found(count: int) -> Advantage:
        return advantage(Share(count, of), reference, "baseline")

    fewest = bisect_left(range(of + 1), True, key=lambda count: (found(count).low or 0.0) > 0)
    return found(fewest).value if fewest <= of else None
