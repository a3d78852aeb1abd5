"""All conditions of one release together: which classes may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from defenses.conditions.classes import Classes
from defenses.conditions.condition import Condition, Tally
from defenses.conditions.whole_table import SampleCondition, left_over
from exports.coding import Floats, Passes


@dataclass(frozen=True, slots=True)
class Conditions:
    """All conditions of one release, and where the lattice's measures have what they read.

    Parameters
    ----------
    each : sequence of Condition
        Each class that leaves satisfies all of them.
    suppression : float
        Largest share of the rows that may be left out.
    samples : sequence of SampleCondition
        Conditions on the classes that are left.
    population : int or None
        Measure with the members of the population.
    histograms : mapping of str to slice
        Measures with the rows of each value of a sensitive column.
    references : mapping of str to array
        Share of each value of a sensitive column in the input table.
    narrow_first : bool
        For ``samples``: whether, of classes of equal size, those whose labels cover less of the
        domain go first, and not those that come first in the table.
    """

    each: Sequence[Condition]
    suppression: float = 0.0
    samples: Sequence[SampleCondition] = ()
    population: int | None = None
    histograms: Mapping[str, slice] = field(default_factory=dict)
    references: Mapping[str, Floats] = field(default_factory=dict)
    narrow_first: bool = False

    @property
    def asks_size(self) -> bool:
        """Whether a size is asked for; then a class without a row of the export is no case for presence."""
        return any(condition.least_rows >= 1 for condition in self.each)

    @property
    def least_rows(self) -> float:
        """A class with fewer rows cannot satisfy the conditions."""
        shares = [self.references.get(condition.sensitive or "", np.zeros(0)) for condition in self.each]
        needed = [one.needed_rows(share) for one, share in zip(self.each, shares, strict=True)]
        return max(needed, default=0)

    def limit(self, rows: float) -> float:
        """Return how many of ``rows`` may be left out."""
        return float(np.floor(self.suppression * rows + 1e-9))

    def monotone(self, rows: float) -> bool:
        """Whether every node above one that satisfies the conditions satisfies it as well."""
        if self.samples:
            return False
        if self.limit(rows) < 1:
            return all(condition.absorbing or condition.convex for condition in self.each)
        return all(condition.absorbing for condition in self.each)

    def kept(self, classes: Classes, *, absorbing: bool | None = None, most: float = np.inf) -> Passes | None:
        """Return which classes may leave, or None when this cannot be mended by suppression.

        Parameters
        ----------
        classes : Classes
            Classes that occur.
        absorbing : bool, optional
            Only the conditions that are (True) or are not (False) absorbing.
        most : float
            Rows that may be left out for the conditions on all classes together.
        """
        rows = classes.counts[:, 0]
        kept = np.ones(len(rows), bool)
        for condition in self.each:
            if absorbing is None or condition.absorbing == absorbing:
                passes = condition.passes(self._tally(classes, condition))
                if not condition.absorbing and not self.asks_size and not passes[rows == 0].all():
                    return None
                kept &= passes
        if absorbing is not True:
            for sample in self.samples:
                kept = left_over(sample, classes, kept, most - float(rows[~kept].sum()))
        return kept

    def _tally(self, classes: Classes, condition: Condition) -> Tally:
        counts = classes.counts
        rows = counts[:, 0]
        population = rows if self.population is None else counts[:, self.population]
        if condition.sensitive is None:
            return Tally(rows, population, np.zeros((len(rows), 0)), np.zeros(0))
        histogram = counts[:, self.histograms[condition.sensitive]]
        return Tally(rows, population, histogram, self.references[condition.sensitive])
