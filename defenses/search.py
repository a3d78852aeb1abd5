"""The cheapest node of a lattice whose classes satisfy every condition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from defenses.judges import Judge, Verdict
from defenses.lattice import Lattice, Node
from defenses.losses import LOSSES, Loss


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
    """Return the node of least loss that satisfies the policy, or None when there is none.

    A node that fails an absorbing condition tags every node below it, one that satisfies a
    monotone policy every node above it when the loss is monotone too; what is left is visited
    along chains, by bisection, as long as its lower bound is below the best loss found
    (after Flash: Kohlmayer et al. 2012, doi:10.1109/SocialCom-PASSAT.2012.52).
    """
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
        guided = self._loss.floor is not None
        volume = self._lattice.summed([list(np.log1p(np.arange(n))) for n in self._shape]).ravel()
        upwards = self._chains()
        bounds, opened, passed = self._bounds.ravel(), self._open.ravel(), self._passed.ravel()
        if guided:
            volume = -volume
            if guess := optimum(self._lattice, self._judge, LOSSES["entropy"]):
                self._visit(int(np.ravel_multi_index(guess.node, self._shape)))
        for start in np.argsort(-volume, kind="stable").tolist():
            while opened[start] and not passed[start] and bounds[start] < self._most:
                chain = [start]
                while (above := int(upwards[chain[-1]])) >= 0 and opened[above] and not passed[above]:
                    if guided and bounds[above] >= self._most:
                        break
                    chain.append(above)
                self._visit(chain[len(chain) // 2])
        rest = np.flatnonzero(opened & passed)
        for index in rest[np.argsort(bounds[rest], kind="stable")].tolist():
            if opened[index] and bounds[index] < self._most:
                self._visit(index)
        return None if self._best is None else self._lowered(self._best)

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

    def _visit(self, index: int) -> None:
        """Count a node's classes, tag what follows from them, and keep the node if it is the best."""
        node = tuple(int(level) for level in np.unravel_index(index, self._shape))
        above = tuple(slice(level, None) for level in node)
        self.counted += 1
        verdict = self._judge.at(node)
        if self._loss.floor is not None:
            floor = self._loss.floor(self._lattice, verdict.classes, verdict.least)
            np.maximum(self._bounds[above], floor, out=self._bounds[above])
        if verdict.hopeless:
            self._open[tuple(slice(None, level + 1) for level in node)] = False
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
