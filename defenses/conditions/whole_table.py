"""Conditions on all classes together: mean risk, and how many are unique in sample or population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from defenses.conditions.classes import Classes
from exports.coding import Floats, Passes

Estimator = Literal["dankar", "pitman", "zayatz", "snb"]


class SampleCondition(Protocol):
    """A condition on the sizes of all classes that leave."""

    def holds(self, sizes: Floats) -> bool:
        """Return whether classes of these sizes may leave."""


@dataclass(frozen=True, slots=True)
class AverageRisk:
    """Classes per row: the mean chance of re-identifying a row is at most ``limit``.

    Examples
    --------
    >>> AverageRisk(0.5).holds(np.array([1.0, 3.0])), AverageRisk(0.4).holds(np.array([1.0, 3.0]))
    (True, False)
    """

    limit: float

    def holds(self, sizes: Floats) -> bool:
        """Return whether the mean risk is within the limit."""
        return len(sizes) <= self.limit * float(sizes.sum())


@dataclass(frozen=True, slots=True)
class SampleUniques:
    """At most a share ``limit`` of the rows is alone in its class."""

    limit: float

    def holds(self, sizes: Floats) -> bool:
        """Return whether few enough rows are unique."""
        return bool(np.count_nonzero(sizes == 1) <= self.limit * float(sizes.sum()))


@dataclass(frozen=True, slots=True)
class PopulationUniques:
    """At most a share ``limit`` of the population is estimated to be unique.

    An estimate that does not converge, or is zero, is believed only if no row is unique in the
    sample.

    References
    ----------
    Dankar, El Emam, Neisa and Roffey (2012), doi:10.1186/1472-6947-12-66.
    """

    limit: float
    population: int
    estimator: Estimator = "dankar"

    def holds(self, sizes: Floats) -> bool:
        """Return whether few enough people are estimated to be unique."""
        from exports.risk import population_uniques as uniqueness

        if not len(sizes):
            return True
        kinds, times = np.unique(sizes.astype(np.int64), return_counts=True)
        fraction = float(sizes.sum()) / self.population
        names: tuple[str, ...] = ("pitman", "zayatz", "snb") if fraction > 0.1 else ("pitman", "zayatz")
        if self.estimator != "dankar":
            names = (self.estimator,)
        found = {name: getattr(uniqueness, name)(kinds, times, self.population) for name in names}
        if self.estimator == "dankar":
            found = {"dankar": uniqueness.dankar(found, fraction)}
        share = found[self.estimator].share
        if not share:
            return int(kinds[0]) > 1
        return float(share) <= self.limit


def left_over(condition: SampleCondition, classes: Classes, kept: Passes, most: float) -> Passes:
    """Return which kept classes may stay when the smallest go until a condition holds.

    Classes of equal size go in the order of ``classes.first``. At most ``most`` rows go: if that
    is not enough, nothing may stay.
    """
    places = np.flatnonzero(kept & (classes.counts[:, 0] > 0))
    sizes = classes.counts[places, 0]
    assert classes.first is not None
    order = np.lexsort((classes.first[places], sizes))
    places, sizes = places[order], sizes[order]
    if condition.holds(sizes):
        return kept
    low, high = 1, int(np.searchsorted(np.cumsum(sizes), most, side="right"))
    if high < 1 or not condition.holds(sizes[high:]):
        return np.zeros(len(kept), bool)
    while low < high:
        middle = (low + high) // 2
        if condition.holds(sizes[middle:]):
            high = middle
        else:
            low = middle + 1
    found = kept.copy()
    found[places[:high]] = False
    return found
