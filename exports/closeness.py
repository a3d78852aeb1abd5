"""How far the sensitive values of a class are from those of everybody: t-closeness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exports.combinations import Ints
from exports.diversity import Cells, Floats

if TYPE_CHECKING:
    import pyarrow as pa


def t_equal(cells: Cells, reference: Floats | None = None) -> Floats:
    """Return the variational distance of each class from the reference.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    reference : array of float64, optional
        Share of each code (0 is missing); the whole table's by default.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes import classes_of
    >>> from exports.diversity import cells_of
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "illness": ["flu", "flu", "cold", "flu"]})
    >>> t_equal(cells_of(classes_of(table, ["zip"], ["illness"]), "illness"))
    array([0.25, 0.25])
    """
    if not len(cells.of):
        return np.zeros(0)
    reference = cells.distribution() if reference is None else reference
    excess = np.maximum(cells.shares() - reference[cells.codes], 0.0)
    return np.add.reduceat(excess, cells.starts)


def t_ordered(cells: Cells, order: Ints, reference: Floats | None = None) -> Floats:
    """Return the earth mover's distance of each class when values lie on a line at equal steps.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    order : array of int64
        Position of each code on the line, 0 to m - 1.
    reference : array of float64, optional
        Share of each code; the whole table's by default.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.
    """
    steps = int(order.max(initial=0))
    if not len(cells.of) or steps == 0:
        return np.zeros(len(cells.starts))
    reference = cells.distribution() if reference is None else reference
    below = np.cumsum(np.bincount(order, reference, minlength=steps + 1))
    area = np.concatenate([[0.0], np.cumsum(below)])
    arranged = np.lexsort((order[cells.codes], cells.of))
    place = order[cells.codes][arranged]
    end = np.append(place[1:], 0)
    end[np.append(cells.starts[1:], len(place)) - 1] = steps + 1
    running = np.cumsum(cells.weights[arranged])
    earlier = np.append(0, running)[cells.starts]
    held = (running - earlier[cells.of]) / cells.totals[cells.of]
    split = np.clip(np.searchsorted(below, held), place, end)
    left_of_split = held * (split - place) - (area[split] - area[place])
    right_of_split = (area[end] - area[split]) - held * (end - split)
    within = np.add.reduceat(left_of_split + right_of_split, cells.starts)
    return (area[place[cells.starts]] + within) / steps


def t_hierarchical(cells: Cells, levels: Sequence[Ints], reference: Floats | None = None) -> Floats:
    """Return the earth mover's distance when values are leaves of a tree.

    The distance of two values is the height of their lowest common ancestor over the height of
    the tree; then the distance of two distributions is the mean, over the levels below the
    root, of their variational distance when values are generalised to that level.

    Parameters
    ----------
    cells : Cells
        Counts of the sensitive column.
    levels : sequence of array of int64
        Group of each code at each level, from the values themselves up to just below the root.
    reference : array of float64, optional
        Share of each code; the whole table's by default.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856.
    """
    reference = cells.distribution() if reference is None else reference
    total = np.zeros(len(cells.starts))
    shares = cells.shares()
    for groups in levels:
        radix = int(groups.max(initial=0)) + 1
        keys, cell = np.unique(cells.of * radix + groups[cells.codes], return_inverse=True)
        excess = np.bincount(cell, shares) - np.bincount(groups, reference, minlength=radix)[keys % radix]
        total += np.bincount(keys // radix, np.maximum(excess, 0.0), minlength=len(total))
    return total / max(len(levels), 1)


def line_of(values: pa.Array, order: Sequence[str] | None = None, *, missing: bool = False) -> Ints | None:
    """Return the position of each code on a line, or None when the values have no order.

    Numbers, dates, texts that are all numbers, and at most two values have one by themselves;
    others take ``order``. A missing value, where one occurs, lies below all others.

    Parameters
    ----------
    values : pyarrow.Array
        The different values.
    order : sequence of str, optional
        Values from low to high.
    missing : bool
        Whether missing values occur.

    Raises
    ------
    LabError
        When a value of the column is not in ``order``.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from exports.errors import LabError

    if order is not None:
        places = pc.index_in(values.cast(pa.string()), value_set=pa.array(order, pa.string()))
        if places.null_count:
            raise LabError(
                f"The declared order lacks {places.null_count} value(s) of the column: "
                "list every value from low to high."
            )
        return np.concatenate([[0], places.to_numpy() + missing]).astype(np.int64)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        try:
            values = values.cast(pa.float64())
        except pa.ArrowInvalid:
            if len(values) > 2:
                return None
    ranked = pc.rank(values, tiebreaker="dense").to_numpy().astype(np.int64)
    return np.concatenate([[0], ranked - 1 + missing])
