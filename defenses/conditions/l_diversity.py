"""l-diversity and its kin: every class has enough sensitive values, none of them too common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from defenses.conditions.condition import Tally
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
