"""The cheapest node of a lattice whose classes satisfy every condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from defenses.classes import Classes, RollUp
from defenses.constraints import Condition, Passes, Tally
from defenses.lattice import Floats, Lattice, Node
from defenses.losses import LOSSES, Loss


class SampleCondition(Protocol):
    """A condition on all classes together; the smallest are suppressed until it holds."""

    def enforced(self, rows: Floats, kept: Passes, classes: Classes) -> Passes:
        """Return which of the kept classes may stay."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All conditions of one release, and where the lattice's measures have what they read.

    Parameters
    ----------
    conditions : sequence of Condition
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
    """

    conditions: Sequence[Condition]
    suppression: float = 0.0
    samples: Sequence[SampleCondition] = ()
    population: int | None = None
    histograms: Mapping[str, slice] = field(default_factory=dict)
    references: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def least_rows(self) -> float:
        """A class with fewer rows satisfies no policy."""
        return max((condition.least_rows for condition in self.conditions), default=0)

    def limit(self, rows: float) -> float:
        """Return how many of ``rows`` may be left out."""
        return float(np.floor(self.suppression * rows + 1e-9))

    def monotone(self, rows: float) -> bool:
        """Whether every node above one that satisfies the policy satisfies it as well."""
        if self.samples:
            return False
        if self.limit(rows) < 1:
            return all(condition.absorbing or condition.convex for condition in self.conditions)
        return all(condition.absorbing for condition in self.conditions)

    def kept(self, classes: Classes, *, absorbing: bool | None = None) -> Passes | None:
        """Return which classes may leave, or None when this cannot be mended by suppression.

        Parameters
        ----------
        classes : Classes
            Classes that occur.
        absorbing : bool, optional
            Only the conditions that are (True) or are not (False) absorbing.
        """
        rows = classes.counts[:, 0]
        kept = np.ones(len(rows), bool)
        for condition in self.conditions:
            if absorbing is None or condition.absorbing == absorbing:
                passes = condition.passes(self._tally(classes, condition))
                if self.least_rows < 1 and not passes[rows == 0].all() and not condition.absorbing:
                    return None
                kept &= passes
        if absorbing is not True:
            for sample in self.samples:
                kept = sample.enforced(rows, kept, classes)
        return kept

    def _tally(self, classes: Classes, condition: Condition) -> Tally:
        counts = classes.counts
        rows = counts[:, 0]
        population = rows if self.population is None else counts[:, self.population]
        if condition.sensitive is None:
            return Tally(rows, population, np.zeros((len(rows), 0)), np.zeros(0))
        histogram = counts[:, self.histograms[condition.sensitive]]
        return Tally(rows, population, histogram, self.references[condition.sensitive])


@dataclass(frozen=True, slots=True)
class Optimum:
    """The node found.

    Parameters
    ----------
    node : tuple of int
        Level of each axis.
    loss : float
        Its loss.
    suppressed : float
        Rows left out.
    counted : int
        Nodes whose classes were counted.
    """

    node: Node
    loss: float
    suppressed: float
    counted: int


def optimum(lattice: Lattice, policy: Policy, loss: Loss) -> Optimum | None:
    """Return the node of least loss that satisfies the policy, or None when there is none.

    A node that fails an absorbing condition tags every node below it, one that satisfies a
    monotone policy every node above it when the loss is monotone too; what is left is visited
    along chains, by bisection, as long as its lower bound is below the best loss found
    (after Flash: Kohlmayer et al. 2012, doi:10.1109/SocialCom-PASSAT.2012.52).
    """
    return _Search(lattice, policy, loss).run()


class _Search:
    def __init__(self, lattice: Lattice, policy: Policy, loss: Loss, rollup: RollUp | None = None) -> None:
        self._lattice, self._policy, self._loss = lattice, policy, loss
        self._rollup = rollup or RollUp(lattice)
        self._guide = None if loss.floor is None else _Search(lattice, policy, LOSSES["entropy"], self._rollup)
        self._limit = policy.limit(lattice.rows)
        self._least = policy.least_rows
        self._sizes_only = not policy.samples and all(
            type(condition).__name__ == "KAnonymity" for condition in policy.conditions
        )
        self._monotone = policy.monotone(lattice.rows)
        self._bounds = loss.bounds(lattice)
        self._shape = self._bounds.shape
        self._open = np.ones(self._shape, bool)
        self._passed = np.zeros(self._shape, bool)
        self._best: Optimum | None = None
        self._most = np.inf
        self._counted = 0

    def run(self) -> Optimum | None:
        order = np.argsort(-self._lattice.summed([np.log1p(np.arange(n)) for n in self._shape]).ravel(), kind="stable")
        upwards = self._chains()
        bounds, opened, passed = self._bounds.ravel(), self._open.ravel(), self._passed.ravel()
        if self._guide is not None:
            order = order[::-1]
            if guess := self._guide.run():
                self._check(int(np.ravel_multi_index(guess.node, self._shape)))
        for start in order.tolist():
            while opened[start] and not passed[start] and bounds[start] < self._most:
                chain = [start]
                while (above := int(upwards[chain[-1]])) >= 0 and opened[above] and not passed[above]:
                    if self._guide is not None and bounds[above] >= self._most:
                        break
                    chain.append(above)
                self._check(chain[len(chain) // 2])
        rest = np.flatnonzero(opened & passed)
        for index in rest[np.argsort(bounds[rest], kind="stable")].tolist():
            if opened[index] and bounds[index] < self._most:
                self._check(index)
        return self._best

    def _chains(self) -> NDArray[np.intp]:
        """Return, per node, the node above it on its chain: the one that merges the fewest labels."""
        growth = np.full(self._shape, np.inf)
        above = np.full(self._shape, -1)
        index = np.arange(self._open.size).reshape(self._shape)
        for axis, one in enumerate(self._lattice.axes):
            ratio = np.array([low / high for low, high in zip(one.sizes, one.sizes[1:], strict=False)])
            rest = tuple(slice(0, -1) if other == axis else slice(None) for other in range(len(self._shape)))
            shape = [-1 if other == axis else 1 for other in range(len(self._shape))]
            better = ratio.reshape(shape) < growth[rest]
            stride = int(np.prod(self._shape[axis + 1 :]))
            growth[rest] = np.where(better, ratio.reshape(shape), growth[rest])
            above[rest] = np.where(better, index[rest] + stride, above[rest])
        return above.ravel()

    def _check(self, index: int) -> bool:
        """Count a node's classes, tag what follows, and return whether the absorbing conditions hold."""
        node = tuple(int(level) for level in np.unravel_index(index, self._shape))
        above = tuple(slice(level, None) for level in node)
        self._counted += 1
        classes = self._rollup.at(node)
        if self._loss.floor is not None:
            floor = self._loss.floor(self._lattice, classes, self._least)
            np.maximum(self._bounds[above], floor, out=self._bounds[above])
        suppressed = self._suppressed(classes)
        if suppressed is None:
            self._open[tuple(slice(None, level + 1) for level in node)] = False
            return False
        self._passed[above] = True
        self._open[node] = False
        if suppressed <= self._limit and self._bounds[node] < self._most:
            self._propose(node, classes, suppressed)
        return True

    def _suppressed(self, classes: Classes) -> float | None:
        """Return the rows that a node suppresses, None when no node below can satisfy the policy."""
        rows = classes.counts[:, 0]
        small = float(rows[rows < self._least].sum())
        if small > self._limit:
            return None
        if self._sizes_only:
            return small
        classes = classes.occurring()
        rows = classes.counts[:, 0]
        kept = self._policy.kept(classes)
        suppressed = np.inf if kept is None else float(rows[~kept].sum())
        if suppressed <= self._limit:
            return suppressed
        absorbed = self._policy.kept(classes, absorbing=True)
        if kept is None or self._monotone or rows[~absorbed].sum() > self._limit:
            return None
        return suppressed

    def _propose(self, node: Node, classes: Classes, suppressed: float) -> None:
        if self._loss.monotone:
            value = float(self._bounds[node])
        else:
            classes = classes.occurring()
            kept = self._policy.kept(classes)
            assert kept is not None
            value = self._loss.value(self._lattice, classes, kept)
        if value < self._most:
            self._best = Optimum(node, value, suppressed, self._counted)
            self._most = value - 1e-12 * abs(value)
