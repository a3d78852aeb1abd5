"""The classes of any node of a lattice, rolled up from the smallest classes already at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.lattice import LARGEST_KEY, Floats, Ints, Lattice, Node, grouped, packed


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
    listed : tuple of array of int or None
        Label of each class per axis; None when the classes are all combinations, in order.
    """

    node: Node
    counts: NDArray[Any]
    shape: tuple[int, ...]
    listed: tuple[Ints, ...] | None

    def occurring(self) -> Classes:
        """Return the classes that have any row."""
        if self.listed is not None:
            return self
        used = np.flatnonzero(self.counts.any(axis=1) if self.counts.shape[1] > 1 else self.counts[:, 0])
        listed = np.unravel_index(used, self.shape)
        return Classes(self.node, self.counts[used].astype(np.float64), self.shape, listed)

    def labels(self, axis: int) -> Ints:
        """Return the label of each listed class at this node's level of one axis."""
        assert self.listed is not None
        return self.listed[axis]


class RollUp:
    """Counts the classes of nodes, each from the smallest more special node counted before.

    A node with few combinations of labels is kept as a dense cube, whose axes are merged by
    products with 0/1 matrices: exact, since all sums are integers that the type holds. Other
    nodes are counted from the distinct rows by sorting.

    Parameters
    ----------
    lattice : Lattice
        What is counted.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        distinct, self._measures = lattice.counts.shape
        self._sizes = [axis.sizes for axis in lattice.axes]
        whole = bool((lattice.counts == np.rint(lattice.counts)).all())
        exact = whole and float(lattice.counts.sum(axis=0).max(initial=0)) < 2**24
        self._type = np.float32 if exact else np.float64
        self._most_cells = max(1 << 14, 2 * distinct)
        self._groups = _groups([sizes[0] for sizes in self._sizes])
        self._codes = [
            packed([lattice.codes[axis] for axis in group], [self._sizes[axis][0] for axis in group])
            for group in self._groups
        ]
        self._cubes: list[NDArray[Any]] = []
        self._nodes = np.zeros((64, len(lattice.axes)), np.int8)
        self._cells = np.zeros(64, np.int64)
        self._merges: dict[tuple[int, int, int], NDArray[Any]] = {}

    def at(self, node: Node) -> Classes:
        """Return the classes of a node."""
        shape = tuple(sizes[level] for sizes, level in zip(self._sizes, node, strict=True))
        cells = prod(shape)
        if cells > LARGEST_KEY or cells > 8 * self._most_cells:
            return self._sorted(node, shape, cells)
        stored = len(self._cubes)
        below = np.flatnonzero((self._nodes[:stored] <= node).all(axis=1))
        if below.size:
            source = below[self._cells[below].argmin()]
            cube = self._merged(self._cubes[source], self._nodes[source], node)
        else:
            cube = self._counted(node, shape, cells)
        if cells <= self._most_cells:
            self._store(node, cube)
        return Classes(node, cube.reshape(-1, self._measures), shape, None)

    def _counted(self, node: Node, shape: tuple[int, ...], cells: int) -> NDArray[Any]:
        """Count the cube of a node from the distinct rows."""
        key = self._keys(node, shape)
        cube = np.empty((cells, self._measures), self._type)
        for measure in range(self._measures):
            cube[:, measure] = np.bincount(key, self._lattice.counts[:, measure], cells)
        return cube.reshape(*shape, self._measures)

    def _keys(self, node: Node, shape: tuple[int, ...]) -> Ints:
        """Return the number of each distinct row's class among all combinations of labels."""
        strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        key: Ints | None = None
        for group, codes in zip(self._groups, self._codes, strict=True):
            tables = [self._lattice.axes[axis].labels[node[axis]] * strides[axis] for axis in group]
            part = reduce(np.add.outer, tables).ravel()[codes]
            key = part if key is None else np.add(key, part, out=key)
        assert key is not None
        return key

    def _merged(self, cube: NDArray[Any], special: NDArray[np.int8], node: Node) -> NDArray[Any]:
        for axis, (low, high) in enumerate(zip(special.tolist(), node, strict=True)):
            if low == high:
                continue
            if self._sizes[axis][high] == 1:
                cube = cube.sum(axis=axis, keepdims=True)
                continue
            shape = cube.shape
            merged = self._merge(axis, low, high) @ cube.reshape(prod(shape[:axis]), shape[axis], -1)
            cube = merged.reshape(*shape[:axis], -1, *shape[axis + 1 :])
        return cube

    def _merge(self, axis: int, low: int, high: int) -> NDArray[Any]:
        """Return the 0/1 matrix that sums labels of one level into those of a higher one."""
        if (axis, low, high) not in self._merges:
            one = self._lattice.axes[axis]
            parents = one.labels[high][one.first(low)]
            matrix = np.zeros((self._sizes[axis][high], len(parents)), self._type)
            matrix[parents, np.arange(len(parents))] = 1
            self._merges[axis, low, high] = matrix
        return self._merges[axis, low, high]

    def _store(self, node: Node, cube: NDArray[Any]) -> None:
        stored = len(self._cubes)
        if stored == len(self._cells):
            self._nodes = np.concatenate([self._nodes, np.zeros_like(self._nodes)])
            self._cells = np.concatenate([self._cells, np.zeros_like(self._cells)])
        self._cubes.append(cube)
        self._nodes[stored] = node
        self._cells[stored] = cube.size

    def _sorted(self, node: Node, shape: tuple[int, ...], cells: int) -> Classes:
        columns = [
            axis.labels[level][codes]
            for axis, level, codes in zip(self._lattice.axes, node, self._lattice.codes, strict=True)
        ]
        order, starts = grouped(packed(columns, shape))
        counts: Floats = np.add.reduceat(self._lattice.counts[order], starts, axis=0)
        first = order[starts]
        return Classes(node, counts, shape, tuple(column[first] for column in columns))


def _groups(sizes: list[int]) -> list[list[int]]:
    """Return neighbouring axes in groups of at most 4,096 combinations, so that one look-up codes several."""
    groups: list[list[int]] = []
    product = 0
    for axis, size in enumerate(sizes):
        if groups and product * size <= 4096:
            groups[-1].append(axis)
            product *= size
        else:
            groups.append([axis])
            product = size
    return groups
