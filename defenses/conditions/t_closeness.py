"""t-closeness: the sensitive values of every class are distributed almost as those of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.condition import Tally
from exports.coding import Floats, Passes


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
