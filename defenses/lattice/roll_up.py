"""The classes of any node of a lattice, rolled up from the smallest classes already at hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.classes import Classes, Node
from defenses.lattice.lattice import Lattice
from exports.coding import Ints, Passes
from exports.keys import LARGEST_KEY, grouped, packed

MOST_KEPT = 1 << 26
"""Numbers that the cubes of one search may hold together."""


class Tallies:
    """Counts the classes of nodes from the distinct rows.

    Which labels a row has is kept per group of axes and their levels, so that the number of its
    class takes few operations.

    Parameters
    ----------
    lattice : Lattice
        What is counted.
    measures : int, optional
        How many of the lattice's measures are counted; by default all.
    """

    def __init__(self, lattice: Lattice, measures: int | None = None) -> None:
        self._lattice = lattice
        self._counts = np.ascontiguousarray(lattice.counts[:, :measures].T)
        self._sizes = [axis.sizes for axis in lattice.axes]
        self._most_cells = max(1 << 14, 8 * len(lattice.counts))
        self._room = MOST_KEPT
        self._groups = blocks([sizes[0] for sizes in self._sizes], 4096)
        self._codes = [
            packed(
                [lattice.codes[axis] for axis in group],
                len(lattice.counts),
                [self._sizes[axis][0] for axis in group],
            )
            for group in self._groups
        ]
        self._parts: dict[tuple[int, Node], NDArray[Any]] = {}

    def at(self, node: Node) -> Classes:
        """Return the classes of a node."""
        shape = tuple([sizes[level] for sizes, level in zip(self._sizes, node, strict=True)])
        cells = prod(shape)
        if cells > LARGEST_KEY:
            return members(self._lattice, node)[0]
        key = self._keys(node, shape)
        if cells > self._most_cells:
            order, starts = grouped(key)
            counts = np.add.reduceat(self._counts[:, order], starts, axis=1)
            return Classes(node, counts.T, shape, key[order[starts]])
        key = key.astype(np.intp)
        sums = [np.bincount(key, counted, cells) for counted in self._counts]
        counts = sums[0][None] if len(sums) == 1 else np.stack(sums)
        return Classes(node, counts.T, shape)

    def _keys(self, node: Node, shape: tuple[int, ...]) -> Ints:
        """Return the number of each distinct row's class among all combinations of labels."""
        key: Ints | None = None
        for number, group in enumerate(self._groups):
            size = prod([shape[axis] for axis in group])
            if size == 1:
                continue
            part = self._part(number, tuple([node[axis] for axis in group]))
            if key is None:
                key = part.astype(np.min_scalar_type(-prod(shape)))
            else:
                key *= size
                key += part
        return np.zeros(len(self._lattice.counts), np.intp) if key is None else key

    def _part(self, number: int, levels: Node) -> NDArray[Any]:
        """Return the number of each distinct row's labels among those of one group of axes."""
        if (part := self._parts.get((number, levels))) is not None:
            return part
        group = self._groups[number]
        shape = [self._sizes[axis][level] for axis, level in zip(group, levels, strict=True)]
        tables = [
            self._lattice.axes[axis].labels[level] * prod(shape[place + 1 :])
            for place, (axis, level) in enumerate(zip(group, levels, strict=True))
        ]
        kind = np.min_scalar_type(-prod(shape))
        part = reduce(np.add.outer, tables).ravel().astype(kind)[self._codes[number]]
        self._room -= len(part)
        if self._room >= 0:
            self._parts[number, levels] = part
        return part


class RollUp:
    """Counts the classes of nodes, each from the smallest more special node counted before.

    A node with few combinations of labels is kept as a dense cube, whose axes are merged by
    products with 0/1 matrices: exact, since all sums are integers that the type holds. Other
    nodes are counted from the distinct rows.

    Parameters
    ----------
    lattice : Lattice
        What is counted.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._tallies = Tallies(lattice)
        self._measures = lattice.counts.shape[1]
        self._sizes = [axis.sizes for axis in lattice.axes]
        whole = bool((lattice.counts == np.rint(lattice.counts)).all())
        exact = whole and float(lattice.counts.sum(axis=0).max(initial=0)) < 2**24
        self._type = np.float32 if exact else np.float64
        self._most_cells = max(1 << 14, 2 * len(lattice.counts))
        self._room = MOST_KEPT
        self._cubes: list[NDArray[Any]] = []
        self._nodes = np.zeros((64, len(lattice.axes)), np.int8)
        self._cells = np.zeros(64, np.int64)
        self._merges: dict[tuple[int, int, int], NDArray[Any]] = {}

    def at(self, node: Node) -> Classes:
        """Return the classes of a node."""
        stored = len(self._cubes)
        below = np.flatnonzero((self._nodes[:stored] <= node).all(axis=1))
        if below.size:
            source = below[self._cells[below].argmin()]
            cube = self._merged(self._cubes[source], self._nodes[source], node)
        else:
            classes = self._tallies.at(node)
            if classes.listed is not None or classes.numbers is not None:
                return classes
            cube = np.ascontiguousarray(classes.counts, self._type).reshape(*classes.shape, -1)
        cells = cube.size // self._measures
        self._room -= cube.size
        if cells <= self._most_cells and self._room >= 0:
            self._store(node, cube)
        return Classes(node, cube.reshape(cells, self._measures), cube.shape[:-1])

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
    >>> from defenses.lattice.lattice import lattice_from
    >>> from exports import Hierarchy
    >>> age = Hierarchy.from_rows([["34", "30s", "*"], ["36", "30s", "*"], ["41", "40s", "*"]])
    >>> codes = age.encode(pa.chunked_array([["34", "36", "41", "34"]]), "age")
    >>> lattice = lattice_from({"age": codes}, {"age": age})
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
        of_rows = lattice.of[: len(kept)]
        leaving = np.bincount(of_rows, kept, len(counts))
        staying = np.bincount(of_rows, ~kept, len(counts))
        columns = [np.tile(column, 2) for column in columns]
        columns.append(np.repeat([1, 0], len(counts)))
        counts = np.concatenate([leaving, staying])[:, None]
        used = counts[:, 0] > 0
        columns, counts, shape = [column[used] for column in columns], counts[used], (*shape, 2)
    order, starts = grouped(packed(columns, len(counts), shape))
    first = order[starts]
    listed = tuple(column[first] for column in columns)
    summed = np.add.reduceat(counts[order], starts, axis=0)
    if kept is not None:
        return Classes(node, summed, shape, listed=listed), listed[-1] == 1
    classes = Classes(
        node, summed, shape, listed=listed, first=np.minimum.reduceat(lattice.first[order], starts)
    )
    of = np.empty(len(order), np.intp)
    of[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    return classes, of


def blocks(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Return neighbouring axes in groups of at most ``most`` combinations, where one axis is not more.

    Examples
    --------
    >>> blocks([2, 3, 4, 5], 12)
    [[0, 1], [2], [3]]
    """
    groups: list[list[int]] = []
    product = 0
    for axis, size in enumerate(sizes):
        if groups and product * size <= most:
            groups[-1].append(axis)
            product *= size
        else:
            groups.append([axis])
            product = size
    return groups
