"""The generalisation lattice of a table: its distinct rows and what each level makes of their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError
from exports.hierarchies import Hierarchy

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Passes = NDArray[np.bool_]
Node = tuple[int, ...]

MOST_NODES = 50_000_000
LARGEST_KEY = 2**62


@dataclass(frozen=True, slots=True)
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

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of labels that occur, per level."""
        return tuple(int(labels[-1]) + 1 for labels in self.labels)

    def first(self, level: int) -> Ints:
        """Return the first leaf of each label of a level."""
        return np.flatnonzero(np.diff(self.labels[level], prepend=-1))

    def shares(self, level: int) -> Floats:
        """Return, per label of a level, the share of the hierarchy's values that it covers."""
        covered = np.bincount(self.hierarchy.codes[level]) / len(self.hierarchy.labels[0])
        shares: Floats = covered[self.hierarchy.codes[level][self.leaves[self.first(level)]]]
        return shares

    def label_rows(self, level: int) -> Floats:
        """Return the rows of each label of a level."""
        return np.bincount(self.labels[level], self.rows).astype(np.float64)


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
    >>> lattice = lattice_of(table, {"age": age})
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
        return int(np.prod([height + 1 for height in self.heights], dtype=np.int64))

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


def lattice_of(table: pa.Table, hierarchies: Mapping[str, Hierarchy]) -> Lattice:
    """Return the lattice of a table over the columns of ``hierarchies``.

    Raises
    ------
    LabError
        When a hierarchy misses a value, or the lattice is too large to search.
    """
    return lattice_from(
        {name: one.encode(table[name], name) for name, one in hierarchies.items()}, hierarchies
    )


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
    nodes = float(np.prod([hierarchy.height + 1.0 for hierarchy in hierarchies.values()]))
    if nodes > MOST_NODES:
        raise LabError(
            f"The lattice of {len(coded)} quasi-identifiers has {nodes:,.0f} nodes and at most "
            f"{MOST_NODES:,} can be searched: give fewer quasi-identifiers or levels."
        )
    axes, leaves = [], []
    for name, hierarchy in hierarchies.items():
        axis, position = _axis(name, hierarchy, coded[name], weights[0] if weights else None)
        axes.append(axis)
        leaves.append(position[coded[name]])
    order, starts = grouped(packed(leaves, [axis.sizes[0] for axis in axes]))
    times = np.diff(starts, append=len(order))
    of = np.empty(len(order), np.intp)
    of[order] = np.repeat(np.arange(len(starts)), times)
    counts = [np.bincount(of, weight, len(starts))[:, None] for weight in weights] or [times[:, None]]
    for codes, size in values:
        counted = codes >= 0
        cells = np.bincount(of[counted] * size + codes[counted], minlength=len(starts) * size)
        counts.append(cells.reshape(-1, size))
    first = np.minimum.reduceat(order, starts) if len(order) else order
    return Lattice(
        tuple(axes),
        tuple(column[first] for column in leaves),
        np.concatenate(counts, axis=1).astype(np.float64),
        of,
        first,
    )


def _axis(name: str, hierarchy: Hierarchy, codes: NDArray[Any], counted: Floats | None) -> tuple[Axis, Ints]:
    occurring = np.bincount(codes, minlength=len(hierarchy.labels[0]))
    rows = occurring if counted is None else np.bincount(codes, counted, len(occurring))
    arranged = np.lexsort(hierarchy.codes)
    leaves = arranged[occurring[arranged] > 0]
    labels = tuple(
        np.cumsum(np.diff(level[leaves], prepend=level[leaves[:1]]) != 0) for level in hierarchy.codes
    )
    position = np.zeros(len(occurring), np.intp)
    position[leaves] = np.arange(len(leaves))
    return Axis(name, hierarchy, leaves, labels, rows[leaves].astype(np.float64)), position


def packed(columns: Sequence[Ints], sizes: Sequence[int]) -> Ints:
    """Return one integer per entry, equal when all columns are equal; ordered from left to right.

    Examples
    --------
    >>> packed([np.array([0, 1]), np.array([2, 0])], [2, 3]).tolist()
    [2, 3]
    """
    key, domain = columns[0], sizes[0]
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        if domain > LARGEST_KEY // size:
            distinct, key = np.unique(key, return_inverse=True)
            domain = len(distinct)
        key = key * size + column
        domain *= size
    return key


def grouped(key: Ints) -> tuple[Ints, Ints]:
    """Return the order that brings equal keys together, and where each group starts in it.

    Examples
    --------
    >>> [part.tolist() for part in grouped(np.array([7, 3, 7]))][1]
    [0, 1]
    """
    order = np.argsort(key)
    arranged = key[order]
    return order, np.flatnonzero(np.concatenate([[True], arranged[1:] != arranged[:-1]])[: len(key)])
