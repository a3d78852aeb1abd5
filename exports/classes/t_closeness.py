"""How far the sensitive values of a class are from those of everybody: t-closeness."""

from __future__ import annotations

import numpy as np

from exports.classes.l_diversity import Cells
from exports.classes.reference import Reference
from exports.coding import Floats


def t_equal(cells: Cells, reference: Reference) -> Floats:
    """Return the variational distance of each class from the reference.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    reference : Reference
        Its distribution among everybody.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> from exports.classes.l_diversity import cells_of
    >>> from exports.classes.reference import own_reference
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "illness": ["flu", "flu", "cold", "flu"]})
    >>> classes = classes_of(table, ["zip"], ["illness"])
    >>> t_equal(cells_of(classes, "illness"), own_reference(classes, "illness"))
    array([0.25, 0.25])
    """
    expected = reference.shares[reference.codes(cells.values)[cells.codes]]
    return cells.summed(np.maximum(cells.shares() - expected, 0.0))


def t_ordered(cells: Cells, reference: Reference) -> Floats | None:
    """Return the earth mover's distance of each class when values lie on a line at equal steps.

    None when the values have no order. Between two values of a class its cumulative share is
    constant, so each such stretch is summed at once from the sums of the reference.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    reference : Reference
        Its distribution among everybody.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.
    """
    if reference.line is None:
        return None
    steps = int(reference.line.max())
    if steps == 0 or not len(cells.of):
        return np.zeros(len(cells.starts))
    below = np.cumsum(np.bincount(reference.line, reference.shares, minlength=steps + 1))
    area = np.append(0.0, np.cumsum(below))
    place = reference.line[reference.codes(cells.values)[cells.codes]]
    arranged = np.lexsort((place, cells.of))
    place = place[arranged]
    end = np.append(place[1:], 0)
    end[np.append(cells.starts[1:], len(place)) - 1] = steps + 1
    running = np.cumsum(cells.weights[arranged])
    held = (running - np.append(0, running)[cells.starts][cells.of]) / cells.totals[cells.of]
    split = np.clip(np.searchsorted(below, held), place, end)
    left_of_split = held * (split - place) - (area[split] - area[place])
    right_of_split = (area[end] - area[split]) - held * (end - split)
    return (area[place[cells.starts]] + cells.summed(left_of_split + right_of_split)) / steps


def t_hierarchical(cells: Cells, reference: Reference) -> Floats | None:
    """Return the earth mover's distance when values are leaves of a tree.

    The distance of two values is the height of their lowest common ancestor over the height of
    the tree; then the distance of two distributions is the mean, over the levels below the
    root, of their variational distance when values are generalised to that level.
    None when the values have no hierarchy.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    reference : Reference
        Its distribution among everybody.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.
    """
    if not reference.levels:
        return None
    codes = reference.codes(cells.values)[cells.codes]
    shares = cells.shares()
    total = np.zeros(len(cells.starts))
    for groups in reference.levels:
        radix = int(groups.max()) + 1
        expected = np.bincount(groups, reference.shares, minlength=radix)
        keys, cell = np.unique(cells.of * radix + groups[codes], return_inverse=True)
        excess = np.bincount(cell, shares) - expected[keys % radix]
        total += np.bincount(keys // radix, np.maximum(excess, 0.0), minlength=len(total))
    return total / len(reference.levels)
