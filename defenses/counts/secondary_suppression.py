"""Secondary suppression: which further numbers to withhold so that totals do not tell the small ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Floats, Ints, Passes
from exports.errors import LabError

MOST_WITHHELD = 20_000
"""Numbers that may be withheld: every small one is checked by linear programming."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """The values of one column and the sums of them that are published too.

    Parameters
    ----------
    leaves : int
        Values; they are the first nodes.
    sums : tuple of (tuple of int)
        Nodes that each further node is the sum of; the last node is the total.

    Examples
    --------
    >>> Dimension(3, ((0, 1), (2, 3))).members.astype(int)
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 0, 1],
           [1, 1, 0],
           [1, 1, 1]])
    """

    leaves: int
    sums: tuple[tuple[int, ...], ...]

    @classmethod
    def plain(cls, leaves: int) -> Dimension:
        """Return the axis of a column of which only the total is published."""
        return cls(leaves, (tuple(range(leaves)),))

    @property
    def size(self) -> int:
        """Number of nodes."""
        return self.leaves + len(self.sums)

    @property
    def members(self) -> Passes:
        """Which values each node sums, shape (nodes, leaves)."""
        found = np.zeros((self.size, self.leaves), bool)
        found[np.arange(self.leaves), np.arange(self.leaves)] = True
        for number, parts in enumerate(self.sums):
            found[self.leaves + number] = found[list(parts)].any(axis=0)
        return found


def extended(counts: NDArray[Any], axes: Sequence[Dimension]) -> NDArray[np.int64]:
    """Return a table with all its sums: one entry per node of every axis.

    Examples
    --------
    >>> extended(np.array([[1, 2], [3, 4]]), [Dimension.plain(2), Dimension.plain(2)])
    array([[ 1,  2,  3],
           [ 3,  4,  7],
           [ 4,  6, 10]])
    """
    whole = counts
    for place, axis in enumerate(axes):
        whole = np.moveaxis(np.tensordot(axis.members.astype(np.int64), whole, (1, place)), 0, place)
    return whole.astype(np.int64)


def withheld_numbers(
    values: NDArray[np.int64], people: NDArray[np.int64], axes: Sequence[Dimension], threshold: int
) -> Passes:
    """Return which numbers of an extended table to withhold.

    First every number made up of 1 to ``threshold - 1`` people, then others, cheapest first,
    until each relation between a sum and its parts has none or at least two withheld, and until
    the numbers that are shown say no more of a small one than that it is small: they leave it
    possible that it is 0, and that it has ``threshold - 1`` people.

    Parameters
    ----------
    values, people : array of int64, shape (nodes of each axis)
        What is published, and how many people it is made up of.
    axes : sequence of Dimension
        Of the table.
    threshold : int
        Fewer people are small.

    Raises
    ------
    LabError
        When more would have to be withheld than can be checked.

    Examples
    --------
    >>> table = extended(np.array([[1, 9, 20], [8, 7, 30], [40, 50, 60]]), [Dimension.plain(3)] * 2)
    >>> withheld_numbers(table, table, [Dimension.plain(3)] * 2, 3).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 0, 0],
           [0, 0, 0, 0],
           [0, 0, 0, 0]])
    """
    withheld = (people > 0) & (people < threshold)
    unsure = withheld.copy()
    while True:
        _no_single_one(values, withheld, axes)
        if int(withheld.sum()) > MOST_WITHHELD:
            raise LabError(
                f"More than {MOST_WITHHELD:,} numbers would have to be withheld, too many to check what they "
                "still tell: take fewer columns or coarser ones."
            )
        told = exposed(values, people, withheld, axes, threshold, unsure)
        if not told:
            return withheld
        # Withholding more only widens ranges: what is hidden stays hidden.
        unsure[...] = False
        for number in told:
            unsure[number] = True
            _withhold_around(number, values, withheld, axes)


def relations(axes: Sequence[Dimension], shape: Sequence[int]) -> Iterator[tuple[int, Ints]]:
    """Yield every relation as the axis it lies along and its nodes there, the parts and then their sum."""
    for place, axis in enumerate(axes):
        assert shape[place] == axis.size
        for number, parts in enumerate(axis.sums):
            yield place, np.array([*parts, axis.leaves + number])


def _no_single_one(values: NDArray[np.int64], withheld: Passes, axes: Sequence[Dimension]) -> None:
    """Withhold a second number wherever a relation has a single one, until none has."""
    before = -1
    while before < (before := int(withheld.sum())):
        for place, nodes in relations(axes, values.shape):
            alone = withheld.take(nodes, axis=place).sum(axis=place) == 1
            for line in np.argwhere(alone).tolist():
                _withhold_in(line, place, nodes, values, withheld)


def _withhold_in(
    line: Sequence[int], place: int, nodes: Ints, values: NDArray[np.int64], withheld: Passes
) -> bool:
    """Withhold the least number of a relation that is still shown, a zero only if there is nothing else."""
    at: tuple[Any, ...] = (*line[:place], nodes, *line[place:])
    cost = values[at].astype(np.float64)
    cost[cost == 0] = values.max() + 1.0
    cost[withheld[at]] = np.inf
    if not np.isfinite(cost).any():
        return False
    withheld[(*line[:place], int(nodes[cost.argmin()]), *line[place:])] = True
    return True


def _withhold_around(
    number: tuple[int, ...], values: NDArray[np.int64], withheld: Passes, axes: Sequence[Dimension]
) -> None:
    """Withhold one more number in every relation of one, or where none is left, of its neighbours."""
    seen, wave = {number}, [number]
    while wave:
        found, following = False, []
        for one in wave:
            for place, nodes in relations(axes, values.shape):
                if one[place] not in nodes:
                    continue
                line = [*one[:place], *one[place + 1 :]]
                found |= _withhold_in(line, place, nodes, values, withheld)
                following += [(*line[:place], int(node), *line[place:]) for node in nodes]
        if found:
            return
        wave = [one for one in dict.fromkeys(following) if one not in seen]
        seen.update(wave)


def exposed(
    values: NDArray[np.int64],
    people: NDArray[np.int64],
    withheld: Passes,
    axes: Sequence[Dimension],
    threshold: int,
    asked: Passes | None = None,
) -> list[tuple[int, ...]]:
    """Return the small numbers, of those asked about, of which the shown ones tell more than that.

    Whoever reads the table knows every relation and that no number is negative; what a withheld
    number can be is the range of a linear programme.

    Examples
    --------
    >>> table = extended(np.array([[1, 9], [9, 9]]), [Dimension.plain(2)] * 2)
    >>> hide = lambda *cells: np.isin(np.arange(9).reshape(3, 3), cells)
    >>> axes = [Dimension.plain(2)] * 2
    >>> [exposed(table, table, hidden, axes, 3) for hidden in (hide(0, 1, 3, 4), hide(0, 1))]
    [[], [(0, 0)]]
    """
    numbers = np.argwhere(withheld)
    place_of = np.full(values.shape, -1)
    place_of[withheld] = np.arange(len(numbers))
    rows, columns, signs, totals = _equations(values, withheld, place_of, axes)
    at = tuple(numbers.T)
    counted, true = people[at], values[at].astype(np.float64)
    small = (counted > 0) & (counted < threshold)
    if asked is not None:
        small &= asked[at]
    each = true / np.maximum(counted, 1)
    told = []
    for group in _components(len(numbers), rows, columns):
        if not small[group].any():
            continue
        local = np.full(len(numbers), -1)
        local[group] = np.arange(len(group))
        here = local[columns] >= 0
        used, row = np.unique(rows[here], return_inverse=True)
        bound = _Range(len(group), row, local[columns[here]], signs[here], totals[used])
        unsure = bound.narrower(small[group], (threshold - 1) * each[group], true[group])
        told += [tuple(numbers[group[one]].tolist()) for one in unsure]
    return told


def _equations(
    values: NDArray[np.int64], withheld: Passes, place_of: Ints, axes: Sequence[Dimension]
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return what the relations say of the withheld numbers, as entries of a matrix and its right side."""
    parts: list[tuple[Ints, Ints, Floats]] = []
    totals: list[Floats] = []
    before = 0
    for place, nodes in relations(axes, values.shape):
        sign = np.append(np.ones(len(nodes) - 1), -1.0)
        hidden = np.moveaxis(place_of.take(nodes, axis=place), place, -1).reshape(-1, len(nodes))
        shown = np.moveaxis((values * ~withheld).take(nodes, axis=place), place, -1).reshape(-1, len(nodes))
        used = np.flatnonzero((hidden >= 0).any(axis=1))
        line, node = np.nonzero(hidden[used] >= 0)
        parts.append((before + line, hidden[used][line, node], sign[node]))
        totals.append(-(shown[used] @ sign))
        before += len(used)
    rows, columns, signs = (np.concatenate([part[one] for part in parts]) for one in range(3))
    return rows, columns, signs, np.concatenate(totals)


def _components(size: int, rows: Ints, columns: Ints) -> list[Ints]:
    """Return the withheld numbers in groups that no relation links."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    lines = int(rows.max(initial=-1)) + 1
    links = coo_array((np.ones(len(rows)), (size + rows, columns)), (size + lines, size + lines))
    count, label = connected_components(links, directed=False)
    order = np.argsort(label[:size], kind="stable")
    ends = np.cumsum(np.bincount(label[:size], minlength=count))[:-1]
    return [group for group in np.split(order, ends) if len(group)]


class _Range:
    """What a group of withheld numbers can be together."""

    def __init__(self, size: int, rows: Ints, columns: Ints, signs: Floats, totals: Floats) -> None:
        from scipy.sparse import csr_array

        # linprog takes it sparse, which its published types do not say.
        self._matrix: Any = csr_array((signs, (rows, columns)), (len(totals), size))
        self._totals = totals

    def narrower(self, small: Passes, high: Floats, true: Floats) -> list[int]:
        """Return the small numbers that cannot be 0 or cannot be as high as ``high``."""
        failed: set[int] = set()
        for sign, limit in ((1.0, high), (-1.0, 0 * high)):
            open_ = set(np.flatnonzero(small & (sign * true < sign * limit - 1e-6)).tolist())
            while open_:
                # One solution shows for many numbers at once how far they can go.
                point = self._extreme(sign, sorted(open_), high)
                reached = {one for one in open_ if sign * point[one] >= sign * limit[one] - 1e-6}
                if not reached:
                    one = open_.pop()
                    point = self._extreme(sign, [one], high)
                    if sign * point[one] < sign * limit[one] - 1e-6:
                        failed.add(one)
                open_ -= reached
        return sorted(failed)

    def _extreme(self, sign: float, numbers: Sequence[int], high: Floats) -> Floats:
        from scipy.optimize import linprog

        goal = np.zeros(self._matrix.shape[1])
        goal[list(numbers)] = -sign
        # Beyond what has to be shown possible nothing is gained, and the programme stays bounded.
        most = np.full(len(goal), np.inf)
        if sign > 0:
            most[list(numbers)] = np.maximum(high[list(numbers)], 1.0)
        bounds = [(0.0, top) for top in most.tolist()]
        found = linprog(goal, A_eq=self._matrix, b_eq=self._totals, bounds=bounds, method="highs")
        if found.x is None:
            return np.full(len(goal), -sign * np.inf)
        point: Floats = found.x
        return point
