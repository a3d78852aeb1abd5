"""The equivalence classes of a table at chosen levels: their sizes, and the labels that each has."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints, Passes

Node = tuple[int, ...]
"""A level of each quasi-identifier."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The equivalence classes of one node.

    Parameters
    ----------
    node : tuple of int
        Level of each axis.
    counts : array of float, shape (classes, measures)
        Sums of the lattice's measures; a class of a dense node can be empty.
    shape : tuple of int
        Number of labels of each axis.
    numbers : array of int or None
        Number of each class among all combinations of labels; None when every combination is a
        class, in order.
    listed : tuple of array of int or None
        Label of each class per axis, where there are too many combinations for numbers.
    first : array of int or None
        First row of each class.
    """

    node: Node
    counts: NDArray[Any]
    shape: tuple[int, ...]
    numbers: Ints | None = None
    listed: tuple[Ints, ...] | None = None
    first: Ints | None = None

    def at(self, places: Ints) -> Classes:
        """Return some of the classes."""
        counts = self.counts[places].astype(np.float64)
        first = None if self.first is None else self.first[places]
        if self.listed is not None:
            listed = tuple(labels[places] for labels in self.listed)
            return Classes(self.node, counts, self.shape, None, listed, first)
        numbers = places if self.numbers is None else self.numbers[places]
        return Classes(self.node, counts, self.shape, numbers, None, first)

    def used(self) -> Classes:
        """Return the classes with a row."""
        return self.at(np.flatnonzero(self.counts[:, 0] > 0))

    def labels(self, axis: int, where: Passes | None = None) -> Ints:
        """Return the label of each class at this node's level of one axis, or of those ``where``."""
        if self.listed is not None:
            return self.listed[axis] if where is None else self.listed[axis][where]
        numbers = np.arange(len(self.counts)) if self.numbers is None else self.numbers
        if where is not None:
            numbers = numbers[where]
        return numbers // prod(self.shape[axis + 1 :]) % self.shape[axis]
