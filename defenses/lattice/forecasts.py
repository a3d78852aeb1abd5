"""What a search expects of nodes that it has not counted: which fail, and how many others each settles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from defenses.lattice.lattice import Lattice
from defenses.lattice.roll_up import blocks
from exports.coding import Float32s, Floats


class Forecast:
    """The chance of an event that becomes likelier as a number rises, learned from single outcomes.

    Parameters
    ----------
    numbers : array of float
        One per node.
    middle : float
        Number at which the event is as likely as not, to begin with.

    Examples
    --------
    >>> forecast = Forecast(np.array([0.0, 1.0, 2.0]), 1.0)
    >>> for _ in range(9):
    ...     forecast.learn(1, happened=False)
    >>> forecast.chances().round(1).tolist()
    [0.0, 0.0, 1.0]
    """

    def __init__(self, numbers: Floats, middle: float) -> None:
        self._numbers = numbers.astype(np.float32).ravel()
        spread = float(self._numbers.std()) or 1.0
        self.middle, self._step, self._width = middle, 0.3 * spread, 0.1 * spread

    def chances(self) -> Float32s:
        """Return the chance of the event at each node."""
        exponents = np.clip((np.float32(self.middle) - self._numbers) / self._width, -50, 50)
        chances: Float32s = 1 / (1 + np.exp(exponents))
        return chances

    def start(self, index: int) -> None:
        """Take a node to be where the event is as likely as not."""
        self.middle = float(self._numbers[index])

    def learn(self, index: int, *, happened: bool) -> None:
        """Move the middle by less and less when a node near it, or on the wrong side, is known."""
        ahead = float(self._numbers[index]) - self.middle
        if happened and ahead < self._width:
            self.middle -= self._step
        elif not happened and ahead > -self._width:
            self.middle += self._step
        self._step = max(0.85 * self._step, 0.1 * self._width)


def diversity(lattice: Lattice, order: float) -> Floats:
    """Return, per node, the log of the effective number of classes if the columns were independent.

    Renyi's entropy of the labels: small orders weigh all labels alike, as what is suppressed
    does; order 2 weighs the common ones, as the squares of sizes do.
    """
    terms = []
    for axis in lattice.axes:
        powers = (np.concatenate(axis.label_rows) / max(lattice.rows, 1.0)) ** order
        sums = np.add.reduceat(powers, np.cumsum([0, *axis.sizes[:-1]]))
        terms.append((np.log(np.maximum(sums, 1e-300)) / (1 - order)).tolist())
    return lattice.summed(terms)


class Reach:
    """How many marked nodes lie below and above each node of a lattice, itself included.

    Parameters
    ----------
    shape : sequence of int
        Levels of each axis.

    Examples
    --------
    >>> reach = Reach([2, 2])
    >>> marks = np.array([[True, True], [False, True]])
    >>> reach.below(marks).tolist(), reach.above(marks).tolist()
    ([[1.0, 2.0], [1.0, 3.0]], [[3.0, 2.0], [1.0, 1.0]])
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)
        self._sums = []
        for block in blocks(shape, 128):
            levels = np.indices([shape[axis] for axis in block]).reshape(len(block), -1)
            under = reduce(np.logical_and, [one[:, None] >= one for one in levels])
            self._sums.append((under.astype(np.float32), prod(shape[block[-1] + 1 :])))

    def below(self, marks: NDArray[np.bool_]) -> Float32s:
        """Return the number of marked nodes from which each node can be reached upwards."""
        return self._summed(marks, [(matrix, after) for matrix, after in self._sums])

    def above(self, marks: NDArray[np.bool_]) -> Float32s:
        """Return the number of marked nodes that can be reached upwards from each node."""
        return self._summed(marks, [(matrix.T, after) for matrix, after in self._sums])

    def _summed(self, marks: NDArray[np.bool_], sums: list[tuple[Float32s, int]]) -> Float32s:
        found = marks.astype(np.float32)
        for matrix, after in sums:
            found = matrix @ found.reshape(-1, len(matrix), after)
        return found.reshape(self._shape)
