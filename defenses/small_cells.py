"""Small-cell suppression: counts below a threshold are withheld, and others that would tell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from defenses.contingency import Contingency
from defenses.defense import Defense
from defenses.lattice import Passes
from defenses.records import chosen
from exports.errors import LabError
from exports.queries import CountQuery, Withheld
from exports.release import Export, Kind, Release
from exports.schema import Role


class SmallCells(Defense):
    """Withhold counts below a threshold, and as many others as keep them from being computed.

    The totals of all lines of the table are known too, so that one withheld cell in a line would
    be the total less the others: every line with a withheld cell has at least two. It promises
    nothing: a range of each withheld count can still be computed, and two tables together may
    give it away.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns of the table; default every quasi-identifier.
    threshold : int, default 5
        Counts from 1 to one less are withheld; zeros are published.

    References
    ----------
    Cox (1980), doi:10.1080/01621459.1980.10477481; Hundepool et al. (2012),
    doi:10.1002/9781118348239.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> table = pa.table({"town": ["a"] * 9 + ["b"] * 9 + ["c"] * 2})
    >>> export = Export(table, Schema.of(quasi_identifier=["town"]))
    >>> SmallCells("town", threshold=3).transform(export).table["count"].to_pylist()
    [None, 9, None]
    """

    name: ClassVar[str] = "small-cells"
    produces: ClassVar[Kind] = "counts"

    def __init__(self, columns: Sequence[str] | str | None = None, threshold: int = 5) -> None:
        self.columns = columns
        self.threshold = threshold

    def transform(self, export: Export) -> Release:
        """Return the counts, withheld ones missing, and an oracle for cells and totals of lines."""
        if self.threshold < 2:
            raise LabError(f"threshold is {self.threshold} but must be at least 2.")
        table = Contingency.of(export, chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER))
        withheld = withheld_cells(table.counts, self.threshold)
        hidden = int(withheld.sum())
        if hidden and withheld[table.counts > 0].all():
            raise LabError(
                f"All {np.count_nonzero(table.counts):,} cells with anybody in them would be withheld at "
                f"threshold {self.threshold}: "
                "take fewer columns or coarser ones."
            )

        def ask(query: CountQuery) -> int:
            accepted = table.selected(query)
            region = np.ix_(*accepted)
            line = all(one.all() or one.sum() <= 1 for one in accepted)
            whole = any(one.all() and len(one) > 1 for one in accepted)
            if withheld[region].any() and not (line and whole):
                raise Withheld(
                    "The answer would tell a count that is withheld: ask for a published cell or line."
                )
            return int(table.counts[region].sum())

        shown = np.where(withheld, -1, table.counts)
        return table.release(self, export, shown, ask, withheld=hidden)


def withheld_cells(counts: NDArray[np.int64], threshold: int) -> Passes:
    """Return the cells to withhold: small ones, and the smallest others that hide them.

    Examples
    --------
    >>> withheld_cells(np.array([[1, 9, 20], [8, 7, 30], [40, 50, 60]]), 3).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 0]])
    """
    withheld = (counts > 0) & (counts < threshold)
    before = -1
    while before < (before := int(withheld.sum())):
        for axis in range(counts.ndim):
            for line in np.argwhere(withheld.sum(axis=axis) == 1).tolist():
                _withhold_in(line, axis, counts, withheld)
        if int(withheld.sum()) == before and counts.ndim > 1:
            for cell in exposed_cells(counts, withheld, threshold):
                for axis in range(counts.ndim):
                    _withhold_in([*cell[:axis], *cell[axis + 1 :]], axis, counts, withheld)
    return withheld


def _withhold_in(line: list[int], axis: int, counts: NDArray[np.int64], withheld: Passes) -> None:
    """Withhold the smallest count of a line that is still shown, a zero only if there is nothing else."""
    place: list[Any] = list(line)
    place.insert(axis, slice(None))
    cost = counts[tuple(place)].astype(np.float64)
    cost[cost == 0] = counts.sum() + 1.0
    cost[withheld[tuple(place)]] = np.inf
    if np.isfinite(cost).any():
        place[axis] = int(cost.argmin())
        withheld[tuple(place)] = True


def exposed_cells(counts: NDArray[np.int64], withheld: Passes, threshold: int) -> list[tuple[int, ...]]:
    """Return the small withheld cells that the published totals determine, by linear programming.

    Totals below the threshold are not published. With more than 300 withheld cells nothing is
    checked beyond there being two in every line.

    Examples
    --------
    >>> counts = np.array([[1, 9], [9, 9]])
    >>> exposed_cells(counts, counts > 0, 3), exposed_cells(counts, counts == 1, 3)
    ([], [(0, 0)])
    """
    from scipy.optimize import linprog

    cells = np.argwhere(withheld)
    if not 0 < len(cells) <= 300:
        return []
    lines, totals = [], []
    for axis in range(counts.ndim):
        others = np.delete(cells, axis, axis=1)
        for line in np.unique(others, axis=0):
            inside = (others == line).all(axis=1)
            place: list[Any] = line.tolist()
            place.insert(axis, slice(None))
            if counts[tuple(place)].sum() >= threshold:
                lines.append(inside.astype(float))
                totals.append(counts[tuple(cells[inside].T)].sum())
    exposed = []
    for number, cell in enumerate(map(tuple, cells.tolist())):
        if 0 < counts[cell] < threshold and lines:
            goal = np.zeros(len(cells))
            goal[number] = 1
            low, high = (linprog(sign * goal, A_eq=lines, b_eq=totals, bounds=(0, None)) for sign in (1, -1))
            if high.status == 0 and (high.fun or 0.0) + (low.fun or 0.0) > 1e-9 - 1:
                exposed.append(cell)
    return exposed
