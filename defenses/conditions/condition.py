"""What a condition on the classes of a release is, and what it sees of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from exports.coding import Floats, Passes


@dataclass(frozen=True, slots=True)
class Tally:
    """What a condition sees of the classes.

    Parameters
    ----------
    rows : array of float, shape (classes,)
        Rows of the export in each class.
    population : array of float, shape (classes,)
        Members of the population in each class, those in the export included.
    histogram : array of float, shape (classes, values)
        Rows of each sensitive value in each class.
    reference : array of float, shape (values,)
        Share of each sensitive value in the input table.
    """

    rows: Floats
    population: Floats
    histogram: Floats
    reference: Floats

    def shares(self) -> Floats:
        """Return the share of each sensitive value in each class."""
        shares: Floats = self.histogram / np.maximum(self.rows, 1e-300)[:, None]
        return shares


class Condition(Protocol):
    """A condition on single classes; a class variable serves for each property."""

    @property
    def absorbing(self) -> bool:
        """Whether a class that passes still passes after any other class is merged into it."""

    @property
    def convex(self) -> bool:
        """Whether classes that pass still pass after being merged with one another."""

    @property
    def sensitive(self) -> str | None:
        """The sensitive column whose histogram the condition reads."""

    @property
    def least_rows(self) -> float:
        """A class with fewer rows is too small by what was asked."""

    def needed_rows(self, reference: Floats) -> float:
        """Return a number of rows that a class needs to pass, given the table's shares."""

    def passes(self, tally: Tally) -> Passes:
        """Return which classes pass."""
