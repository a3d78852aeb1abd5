"""Conditions on the sensitive values of every class: diversity, closeness and likeness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.k_anonymity import Tally
from exports.coding import Floats, Passes


@dataclass(frozen=True, slots=True)
class DistinctDiversity:
    """At least ``l`` different sensitive values.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.
    """

    sensitive: str
    l: float  # noqa: E741 - the literature's name
    absorbing: ClassVar[bool] = True
    convex: ClassVar[bool] = True

    @property
    def least_rows(self) -> float:
        """A class with fewer rows is too small by what was asked."""
        return self.l

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return which classes have l values."""
        passes: Passes = (tally.histogram > 0).sum(axis=1) >= self.l
        return passes


@dataclass(frozen=True, slots=True)
class EntropyDiversity:
    """Entropy of the sensitive values of at least log(l).

    ``grassberger`` corrects the entropy of small classes.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302; Grassberger (2003),
    arXiv:physics/0307138.
    """

    sensitive: str
    l: float  # noqa: E741 - the literature's name
    grassberger: bool = False
    absorbing: ClassVar[bool] = False

    @property
    def convex(self) -> bool:
        """Only Shannon's entropy is concave."""
        return not self.grassberger

    @property
    def least_rows(self) -> float:
        """A class with fewer rows is too small by what was asked."""
        return 1 if self.grassberger else self.l

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs: one per value."""
        return math.ceil(self.l)

    def passes(self, tally: Tally) -> Passes:
        """Return which classes have the entropy of l equally frequent values."""
        term = _grassberger if self.grassberger else np.log
        # A person spread over several values adds less than one to each; Grassberger's estimate needs counts.
        counts = tally.histogram
        used = np.maximum(counts, 1) if self.grassberger else np.where(counts > 0, counts, 1)
        logs = counts * term(used)
        budget = tally.rows * (term(np.maximum(tally.rows, 1)) - np.log(self.l))
        enough = (tally.histogram > 0).sum(axis=1) >= np.ceil(self.l)
        passes: Passes = enough & (logs.sum(axis=1) <= budget + 1e-9 * tally.rows)
        return passes


def _grassberger(counts: Floats) -> Floats:
    """Return Grassberger's G(n), the stand-in for log(n) that corrects the bias of small counts."""
    from scipy.special import digamma

    half = digamma((counts + 1) / 2) - digamma(counts / 2)
    corrected: Floats = digamma(counts) + 0.5 * np.where(counts % 2 == 0, 1, -1) * half
    return corrected


@dataclass(frozen=True, slots=True)
class RecursiveDiversity:
    """The commonest value is less than ``c`` times as frequent as the l-th and rarer ones together.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.
    """

    sensitive: str
    c: float
    l: float  # noqa: E741 - the literature's name
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = True

    @property
    def least_rows(self) -> float:
        """A class with fewer rows is too small by what was asked."""
        return self.l

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return in which classes the commonest value does not dominate."""
        ranked = -np.sort(-tally.histogram, axis=1)
        passes: Passes = ranked[:, 0] < self.c * ranked[:, math.ceil(self.l) - 1 :].sum(axis=1)
        return passes


@dataclass(frozen=True, slots=True)
class Closeness:
    """Earth mover's distance of at most ``t`` between a class and the table.

    Parameters
    ----------
    sensitive : str
        Sensitive column.
    t : float
        Largest distance.
    distance : {"equal", "ordered", "hierarchical"}
        Distance between two values: one; steps between them; height of their common ancestor.
    levels : tuple of array of int
        For ``ordered`` the rank of each value; for ``hierarchical`` the group of each value at
        each level, from the values themselves up to just below the root.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.
    """

    sensitive: str
    t: float
    distance: str = "equal"
    levels: tuple[NDArray[np.intp], ...] = ()
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = True
    least_rows: ClassVar[float] = 0

    def needed_rows(self, reference: Floats) -> float:
        """Return the rows that a class needs: n rows leave all but n values (groups) without any."""
        if self.distance == "ordered":
            return 1
        levels = self.levels or (np.arange(len(reference)),)
        missed = np.zeros(len(reference))
        for groups in levels:
            shares = np.sort(np.bincount(groups, reference, len(reference)))[::-1]
            missed += (1 - np.cumsum(shares)) / len(levels)
        return 1 + float(np.count_nonzero(missed > self.t + 1e-9))

    def passes(self, tally: Tally) -> Passes:
        """Return which classes are near enough to the table."""
        excess = tally.shares() - tally.reference
        if self.distance == "equal":
            far = np.maximum(excess, 0).sum(axis=1)
        elif self.distance == "ordered":
            running = np.cumsum(excess[:, np.argsort(self.levels[0])], axis=1)
            far = np.abs(running).sum(axis=1) / max(int(self.levels[0].max()), 1)
        else:
            far = np.zeros(len(excess))
            for groups in self.levels:
                merge = np.zeros((excess.shape[1], int(groups.max()) + 1))
                merge[np.arange(len(groups)), groups] = 1
                far += np.maximum(excess @ merge, 0).sum(axis=1) / len(self.levels)
        passes: Passes = far <= self.t + 1e-12
        return passes


@dataclass(frozen=True, slots=True)
class Likeness:
    """No value's share exceeds its share in the table by more than ``beta`` times the latter.

    ``enhanced`` also caps the excess at -ln of the share in the table.

    References
    ----------
    Cao and Karras (2012), doi:10.14778/2350229.2350255.
    """

    sensitive: str
    beta: float
    enhanced: bool = False
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = True
    least_rows: ClassVar[float] = 0

    def needed_rows(self, reference: Floats) -> float:
        """Return the rows that a class needs: no value may have more than its capped share."""
        most = np.sort(np.minimum((1 + self._gains(reference)) * reference, 1))[::-1]
        return 1 + float(np.count_nonzero(np.cumsum(most) < 1 - 1e-9))

    def passes(self, tally: Tally) -> Passes:
        """Return in which classes no value gains too much."""
        reference = np.maximum(tally.reference, 1e-300)
        gain = (tally.shares() - reference) / reference
        passes: Passes = ((gain <= self._gains(reference) + 1e-12) | (tally.histogram == 0)).all(axis=1)
        return passes

    def _gains(self, reference: Floats) -> Floats:
        """Return the largest relative gain of each value."""
        most = np.full(len(reference), self.beta)
        return np.minimum(most, -np.log(np.maximum(reference, 1e-300))) if self.enhanced else most


@dataclass(frozen=True, slots=True)
class DeltaDisclosure:
    """The share of a value that occurs differs from the table's by less than ``delta`` bits.

    References
    ----------
    Brickell and Shmatikov (2008), doi:10.1145/1401890.1401904.
    """

    sensitive: str
    delta: float
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = False
    least_rows: ClassVar[float] = 0

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return in which classes no value that occurs differs too much."""
        ratio = np.maximum(tally.shares(), 1e-300) / np.maximum(tally.reference, 1e-300)
        passes: Passes = ((np.abs(np.log2(ratio)) < self.delta) | (tally.histogram == 0)).all(axis=1)
        return passes


@dataclass(frozen=True, slots=True)
class AlphaShare:
    """No sensitive value has more than a share of ``alpha``, as in (alpha, k)-anonymity.

    References
    ----------
    Wong et al. (2006), doi:10.1145/1150402.1150499.
    """

    sensitive: str
    alpha: float
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = True
    least_rows: ClassVar[float] = 0

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs: one row of each of 1/alpha values."""
        return float(np.ceil(1 / self.alpha - 1e-9)) if self.alpha else np.inf

    def passes(self, tally: Tally) -> Passes:
        """Return in which classes no value is too common."""
        commonest: Floats = tally.histogram.max(axis=1, initial=0)
        return commonest <= self.alpha * tally.rows + 1e-9
