"""The generalisation lattice of a table: its distinct rows and what each level makes of their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.classes import Node
from exports.coding import Floats, Ints
from exports.hierarchies.hierarchy import Hierarchy
from exports.keys import grouped, packed


@dataclass(frozen=True)
class Axis:
    """One quasi-identifier: its values in an order in which every label of every level is one run.

    Parameters
    ----------
    name : str
        Column of the table.
    hierarchy : Hierarchy
        Generalisations of its values.
    leaves : array of int
        Code in the hierarchy of each value that occurs, in the order of the runs.
    labels : tuple of array of int, one per level
        Number of the label of each leaf, from 0, never decreasing.
    rows : array of float
        Rows of each leaf.
    """

    name: str
    hierarchy: Hierarchy
    leaves: Ints
    labels: tuple[Ints, ...]
    rows: Floats

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Number of labels that occur, per level."""
        return tuple(int(labels[-1]) + 1 for labels in self.labels)

    def first(self, level: int) -> Ints:
        """Return the first leaf of each label of a level."""
        return np.searchsorted(self.labels[level], np.arange(self.sizes[level]))

    @cached_property
    def shares(self) -> tuple[Floats, ...]:
        """Per level the share of the hierarchy's values that each label covers."""
        return tuple(
            np.bincount(codes)[codes[self.leaves[self.first(level)]]] / len(codes)
            for level, codes in enumerate(self.hierarchy.codes)
        )

    @cached_property
    def label_rows(self) -> tuple[Floats, ...]:
        """Per level the rows of each label."""
        return tuple(np.add.reduceat(self.rows, self.first(level)) for level in range(len(self.labels)))


@dataclass(frozen=True, slots=True)
class Lattice:
    """Every way to choose one level per quasi-identifier, over the distinct rows of one table.

    Parameters
    ----------
    axes : tuple of Axis
        The quasi-identifiers.
    codes : tuple of array of int, one per axis
        Leaf of each distinct row.
    counts : array of float, shape (distinct rows, measures)
        Rows in the first measure; further measures are further counts of the same rows.
    of : array of int, shape (rows,)
        Distinct row of each row.
    first : array of int, shape (distinct rows,)
        First row of each distinct row.

    Examples
    --------
    >>> import pyarrow as pa
    >>> age = Hierarchy.from_rows([["34", "30s", "*"], ["36", "30s", "*"], ["41", "40s", "*"]])
    >>> table = pa.table({"age": ["34", "36", "41", "34"]})
    >>> lattice = lattice_from({"age": age.encode(table["age"], "age")}, {"age": age})
    >>> lattice.nodes, lattice.shape((1,)), lattice.counts[:, 0].tolist()
    (3, (2,), [2.0, 1.0, 1.0])
    """

    axes: tuple[Axis, ...]
    codes: tuple[Ints, ...]
    counts: Floats
    of: Ints
    first: Ints

    @property
    def heights(self) -> Node:
        """The highest level of each axis."""
        return tuple(axis.hierarchy.height for axis in self.axes)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return prod(height + 1 for height in self.heights)

    @property
    def rows(self) -> float:
        """Rows that count: those of the first measure."""
        return float(self.counts[:, 0].sum())

    def shape(self, node: Node) -> tuple[int, ...]:
        """Return the number of labels of each axis at a node."""
        return tuple(axis.sizes[level] for axis, level in zip(self.axes, node, strict=True))

    def summed(self, terms: Sequence[Sequence[float]]) -> Floats:
        """Return, per node, the sum over the axes of one term per level."""
        return reduce(np.add.outer, [np.asarray(levels, np.float64) for levels in terms])


def lattice_from(
    coded: Mapping[str, NDArray[Any]],
    hierarchies: Mapping[str, Hierarchy],
    weights: Sequence[Floats] = (),
    values: Sequence[tuple[Ints, int]] = (),
) -> Lattice:
    """Return the lattice of rows given as codes of the hierarchies' values.

    Parameters
    ----------
    coded : mapping of str to array of int, shape (rows,)
        Code at level 0 of each row.
    hierarchies : mapping of str to Hierarchy
        One per column of ``coded``.
    weights : sequence of array of float, shape (rows,)
        The first measures, summed over the rows of a class; by default each row counts 1.
    values : sequence of array of int, shape (rows,), with the number of values
        Sensitive columns, each counted in as many further measures as it has values; -1 is not
        counted.
    """
    columns = list(coded.values())
    sizes = [len(hierarchy.labels[0]) for hierarchy in hierarchies.values()]
    order, starts = grouped(packed(columns, len(columns[0]), sizes))
    times = np.diff(starts, append=len(order))
    of = np.empty(len(order), np.intp)
    of[order] = np.repeat(np.arange(len(starts)), times)
    counts = [np.bincount(of, weight, len(starts))[:, None] for weight in weights] or [times[:, None]]
    for codes, size in values:
        counted = codes >= 0
        cells = np.bincount(of[counted] * size + codes[counted], minlength=len(starts) * size)
        counts.append(cells.reshape(-1, size))
    measured = np.concatenate(counts, axis=1).astype(np.float64)
    first = order[starts]
    axes, leaves = [], []
    for name, hierarchy in hierarchies.items():
        axis, leaf = _axis(name, hierarchy, coded[name][first], measured[:, 0])
        axes.append(axis)
        leaves.append(leaf)
    return Lattice(tuple(axes), tuple(leaves), measured, of, first)


def _axis(name: str, hierarchy: Hierarchy, codes: NDArray[Any], counted: Floats) -> tuple[Axis, Ints]:
    """Return the axis of some codes, and the leaf of each."""
    occurring = np.bincount(codes, minlength=len(hierarchy.labels[0]))
    arranged = np.lexsort(hierarchy.codes)
    leaves = arranged[occurring[arranged] > 0]
    runs = np.stack(hierarchy.codes)[:, leaves]
    labels = np.zeros(runs.shape, np.intp)
    np.cumsum(runs[:, 1:] != runs[:, :-1], axis=1, out=labels[:, 1:])
    position = np.zeros(len(occurring), np.intp)
    position[leaves] = np.arange(len(leaves))
    leaf = position[codes]
    rows = np.bincount(leaf, counted, len(leaves)).astype(np.float64)
    return Axis(name, hierarchy, leaves, tuple(labels), rows), leaf
