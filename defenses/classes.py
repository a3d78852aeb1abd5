"""The classes of any node of a lattice, rolled up from the smallest classes already at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.lattice import LARGEST_KEY, Ints, Lattice, Node, Passes, grouped, packed

MOST_KEPT = 1 << 26
"""Numbers that the cubes of one search may hold together."""


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
    first : array of int or None
        First row of each listed class.
    """

    node: Node
    counts: NDArray[Any]
    shape: tuple[int, ...]
    listed: tuple[Ints, ...] | None
    first: Ints | None = None

    def at(self, places: Ints) -> Classes:
        """Return some of the classes, listed."""
        if self.listed is None:
            listed = np.unravel_index(places, self.shape)
        else:
            listed = tuple(labels[places] for labels in self.listed)
        first = None if self.first is None else self.first[places]
        return Classes(self.node, self.counts[places].astype(np.float64), self.shape, listed, first)

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
        self._room = MOST_KEPT
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
            return members(self._lattice, node)[0]
        stored = len(self._cubes)
        below = np.flatnonzero((self._nodes[:stored] <= node).all(axis=1))
        if below.size:
            source = below[self._cells[below].argmin()]
            cube = self._merged(self._cubes[source], self._nodes[source], node)
        else:
            cube = self._counted(node, shape, cells)
        self._room -= cube.size
        if cells <= self._most_cells and self._room >= 0:
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


def members(lattice: Lattice, node: Node, kept: Passes | None = None) -> tuple[Classes, Any]:
    """Return the classes of one node, listed, and the class of each distinct row.

    With ``kept``, which says of each row of the table whether it leaves, classes are split into
    the rows that leave and those that do not, and which part is kept comes second.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from defenses.lattice import lattice_of
    >>> from exports.hierarchies import Hierarchy
    >>> age = Hierarchy.from_rows([["34", "30s", "*"], ["36", "30s", "*"], ["41", "40s", "*"]])
    >>> lattice = lattice_of(pa.table({"age": ["34", "36", "41", "34"]}), {"age": age})
    >>> classes, of = members(lattice, (1,))
    >>> classes.counts.ravel().tolist(), of.tolist()
    ([3.0, 1.0], [0, 0, 1])
    """
    columns = [
        axis.labels[level][codes]
        for axis, level, codes in zip(lattice.axes, node, lattice.codes, strict=True)
    ]
    shape = lattice.shape(node)
    counts = lattice.counts
    if kept is not None:
        leaving = np.bincount(lattice.of, kept, len(counts))
        staying = np.bincount(lattice.of, ~kept, len(counts))
        columns = [np.tile(column, 2) for column in columns]
        columns.append(np.repeat([1, 0], len(counts)))
        counts = np.concatenate([leaving, staying])[:, None]
        used = counts[:, 0] > 0
        columns, counts, shape = [column[used] for column in columns], counts[used], (*shape, 2)
    order, starts = grouped(packed(columns, shape))
    first = order[starts]
    listed = tuple(column[first] for column in columns)
    summed = np.add.reduceat(counts[order], starts, axis=0)
    if kept is not None:
        return Classes(node, summed, shape, listed), listed[-1] == 1
    classes = Classes(node, summed, shape, listed, np.minimum.reduceat(lattice.first[order], starts))
    of = np.empty(len(order), np.intp)
    of[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    return classes, of


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
