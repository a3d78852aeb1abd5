"""Beta-likeness and its kin: no sensitive value's share may grow, or move, by too large a factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from defenses.conditions.condition import Tally
from exports.coding import Floats, Passes


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
