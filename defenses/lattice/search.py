"""The cheapest node of a lattice whose classes satisfy every condition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from defenses.conditions.classes import Node
from defenses.lattice.forecasts import Forecast, Reach, diversity
from defenses.lattice.lattice import Lattice
from defenses.lattice.losses import Loss
from defenses.lattice.suppression import Judge, Verdict
from exports.coding import Floats
from exports.errors import LabError

MOST_NODES = 50_000_000
MOST_WORK = 4
"""Extra work of counting a node with many combinations of labels, by sorting, beside one with few."""
LEAST_GAIN = 0.3
"""Share of the largest expected gain with which a node is visited before the gains are worked out anew."""


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
        Rows (persons) left out.
    """

    node: Node
    loss: float
    suppressed: float


def optimum(lattice: Lattice, judge: Judge, loss: Loss) -> Optimum | None:
    """Return the node of least loss that satisfies the conditions, or None when there is none.

    A node that fails an absorbing condition tags every node below it, any other every node above
    it; what is tagged is skipped, and so is what costs more by its lower bound than the best node
    found (predictive tagging, as in Flash: Kohlmayer et al. 2012,
    doi:10.1109/SocialCom-PASSAT.2012.52). The order of the visits is learned while searching:
    it decides how long the search takes, not what it finds.

    Raises
    ------
    LabError
        When the lattice is too large to search.
    """
    if lattice.nodes > MOST_NODES:
        raise LabError(
            f"The lattice of {len(lattice.axes)} quasi-identifiers has {lattice.nodes:,} nodes and at most "
            f"{MOST_NODES:,} can be searched: give fewer quasi-identifiers or levels, or take mondrian."
        )
    return Search(lattice, judge, loss).run()


class Search:
    """One search; ``counted`` tells how many nodes had their classes counted.

    Parameters
    ----------
    lattice : Lattice
        Where to search.
    judge : Judge
        What a node suppresses.
    loss : Loss
        What to minimise.
    """

    def __init__(self, lattice: Lattice, judge: Judge, loss: Loss) -> None:
        self._lattice, self._judge, self._loss = lattice, judge, loss
        self._bounds = loss.bounds(lattice)
        self._shape = self._bounds.shape
        self._open = np.ones(self._shape, bool)
        self._passed = np.zeros(self._shape, bool)
        self._best: Optimum | None = None
        self._most = np.inf
        self.counted = 0

    def run(self) -> Optimum | None:
        """Return the best node."""
        self._settle()
        bounds, opened = self._bounds.ravel(), self._open.ravel()
        rest = np.flatnonzero(self._passed.ravel() & opened & (bounds < self._most))
        for index in rest[np.argsort(bounds[rest], kind="stable")].tolist():
            if opened[index] and bounds[index] < self._most:
                self._visit(index)
        return None if self._best is None else self._lowered(self._best)

    def _settle(self) -> None:
        """Visit nodes until every node that could be the best fails or is known to be worth a visit.

        Next come the nodes expected to settle most others: those below if it fails, those above
        if it does not or shows that they cost too much.
        """
        lattice, reach = self._lattice, Reach(self._shape)
        cells = np.exp(diversity(lattice, 0))
        work = (1 + np.minimum(cells / (2 * len(lattice.counts)), MOST_WORK)).astype(np.float32).ravel()
        fails = Forecast(diversity(lattice, 0.3), float(np.log1p(lattice.rows / 5)))
        costs = None if self._loss.floor is None else Forecast(-diversity(lattice, 2), np.inf)
        opened, passed, bounds = self._open.ravel(), self._passed.ravel(), self._bounds.ravel()
        while (unsettled := self._open & ~self._passed & (self._bounds < self._most)).any():
            failing = fails.chances()
            settling = 1 - failing if costs is None else np.maximum(1 - failing, costs.chances())
            gains = failing * reach.below(unsettled).ravel() + settling * reach.above(unsettled).ravel()
            gains = np.where(opened & ~passed, gains / work, np.float32(0))
            for index in self._apart(gains, min(1 + self.counted // 4, 64)):
                if opened[index] and not passed[index]:
                    self._visit(index)
                    fails.learn(index, happened=not passed[index])
                    if costs is not None and self._best is not None:
                        if costs.middle == np.inf:
                            costs.start(index)
                        costs.learn(index, happened=bool(bounds[index] >= self._most))

    def _apart(self, gains: Floats, most: int) -> list[int]:
        """Return the nodes of most gain, without those that would settle much the same nodes."""
        if most == 1:
            return [int(gains.argmax())]
        nodes = np.argpartition(-gains, min(4 * most, len(gains) - 1))[: 4 * most]
        gains, levels = gains[nodes], 1.0 + np.stack(np.unravel_index(nodes, self._shape))
        least = LEAST_GAIN * gains.max()
        found: list[int] = []
        while len(found) < most and gains[chosen := int(gains.argmax())] >= least:
            found.append(int(nodes[chosen]))
            gains *= 1 - (np.minimum(levels, levels[:, [chosen]]) / levels).prod(axis=0)
        return found

    def _lowered(self, best: Optimum) -> Optimum:
        """Return a node of the same loss from which no level can be taken: nothing is lost for nothing."""
        for axis in np.flatnonzero(best.node):
            levels = list(best.node)
            levels[axis] -= 1
            node = tuple(levels)
            if self._bounds[node] < self._most:
                continue
            verdict = self._judge.at(node)
            if verdict.suppressed <= verdict.limit:
                value = self._value(node, verdict)
                if value <= best.loss * (1 + 1e-12):
                    return self._lowered(Optimum(node, value, verdict.suppressed))
        return best

    def _visit(self, index: int) -> None:
        """Count a node's classes, tag what follows from them, and keep the node if it is the best."""
        node = tuple([int(level) for level in np.unravel_index(index, self._shape)])
        above = tuple([slice(level, None) for level in node])
        self.counted += 1
        verdict = self._judge.at(node)
        if self._loss.floor is not None:
            floor = self._loss.floor(self._lattice, verdict.classes, verdict.least)
            np.maximum(self._bounds[above], floor, out=self._bounds[above])
        if verdict.hopeless:
            self._open[tuple([slice(level + 1) for level in node])] = False
            return
        self._passed[above] = True
        self._open[node] = False
        if verdict.suppressed > verdict.limit or self._bounds[node] >= self._most:
            return
        value = self._value(node, verdict)
        if value < self._most:
            self._best = Optimum(node, value, verdict.suppressed)
            self._most = value - 1e-12 * abs(value)

    def _value(self, node: Node, verdict: Verdict) -> float:
        if self._loss.monotone:
            return float(self._bounds[node])
        return self._loss.value(self._lattice, *self._judge.kept(verdict))
