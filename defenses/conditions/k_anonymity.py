"""k-anonymity and its kin: classes of at least so many rows, or members of the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from defenses.conditions.condition import Tally
from exports.coding import Floats, Passes


@dataclass(frozen=True, slots=True)
class KAnonymity:
    """At least ``k`` rows: an adversary who knows the quasi-identifiers finds k candidates.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193; Sweeney (2002), doi:10.1142/S0218488502001648.

    Examples
    --------
    >>> KAnonymity(2).passes(Tally(np.array([1.0, 3.0]), *[np.zeros(0)] * 3)).tolist()
    [False, True]
    """

    k: int
    absorbing: ClassVar[bool] = True
    convex: ClassVar[bool] = True
    sensitive: ClassVar[None] = None

    @property
    def least_rows(self) -> float:
        """A class with fewer rows is too small by what was asked."""
        return self.k

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return which classes have k rows."""
        return tally.rows >= self.k


@dataclass(frozen=True, slots=True)
class KMap:
    """At least ``k`` members of the population in every class with a row.

    References
    ----------
    Sweeney (2002), doi:10.1142/S0218488502001648.
    """

    k: int
    absorbing: ClassVar[bool] = True
    convex: ClassVar[bool] = True
    sensitive: ClassVar[None] = None
    least_rows: ClassVar[float] = 1

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return which classes have k members of the population."""
        return tally.population >= self.k


@dataclass(frozen=True, slots=True)
class DeltaPresence:
    """The share of a class's population that is in the export lies between two bounds.

    References
    ----------
    Nergiz, Atzori and Clifton (2007), doi:10.1145/1247480.1247554.
    """

    low: float
    high: float
    absorbing: ClassVar[bool] = False
    convex: ClassVar[bool] = True
    sensitive: ClassVar[None] = None
    least_rows: ClassVar[float] = 0

    def needed_rows(self, reference: Floats) -> float:  # noqa: ARG002 - a fixed need
        """Return the rows that a class needs."""
        return self.least_rows

    def passes(self, tally: Tally) -> Passes:
        """Return in which classes the share lies between the bounds."""
        share = tally.rows / np.maximum(tally.population, 1)
        return (share >= self.low) & (share <= self.high)
