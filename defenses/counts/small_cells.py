"""Small-cell suppression: counts below a threshold are withheld, and others that would tell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from defenses.columns import chosen, listed
from defenses.counts.contingency import Contingency
from defenses.counts.secondary_suppression import Dimension, extended, withheld_numbers
from defenses.defense import Defense
from exports.coding import Passes
from exports.errors import LabError
from exports.hierarchies.hierarchy import hierarchy_of
from exports.hierarchies.levels import ANY, Label
from exports.queries import CountQuery, Withheld
from exports.release import Export, Kind, Release
from exports.schema import Column, Role

if TYPE_CHECKING:
    import pyarrow as pa

MOST_NUMBERS = 2_000_000


class SmallCells(Defense):
    """Withhold counts below a threshold, and as many others as keep them from being computed.

    Whoever reads the table knows its totals too, so that one withheld cell in a line would be the
    total less the others. Small totals are withheld as well, and further numbers until those that
    are shown leave it possible that a small one is 0 and that it is ``threshold - 1``, which is
    checked for each by linear programming. Two tables together may still give it away, so that it
    promises nothing.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns of the table; default every quasi-identifier.
    threshold : int, default 5
        Counts from 1 to one less are withheld; zeros are published. With a person column persons
        are counted. With a weight the numbers are sums of weights to the nearest whole one, and
        the threshold is on the rows or persons behind them.
    subtotals : sequence of str, str or None
        Columns for which the sums at every level of their hierarchy are published too.
    totals : bool, default False
        Whether totals and subtotals are rows of the table; the oracle tells them in any case.

    References
    ----------
    Cox (1980), doi:10.1080/01621459.1980.10477481; Hundepool et al. (2012),
    doi:10.1002/9781118348239.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"town": ["a"] * 9 + ["b"] * 9 + ["c"] * 2})
    >>> export = Export(table, Schema.of(quasi_identifier=["town"]))
    >>> SmallCells("town", threshold=3).transform(export).table["count"].to_pylist()
    [None, 9, None]
    """

    name: ClassVar[str] = "small-cells"
    produces: ClassVar[Kind] = "counts"
    remembers: ClassVar[bool] = False

    def __init__(
        self,
        columns: Sequence[str] | str | None = None,
        threshold: int = 5,
        subtotals: Sequence[str] | str | None = None,
        totals: bool = False,
    ) -> None:
        self.columns = columns
        self.threshold = threshold
        self.subtotals = subtotals
        self.totals = totals

    def transform(self, export: Export) -> Release:
        """Return the counts, withheld ones missing, and an oracle for cells, totals and subtotals."""
        if self.threshold < 2:
            raise LabError(f"threshold is {self.threshold} but must be at least 2.")
        table = Contingency.of(export, chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER))
        axes, labels = self._axes(export, table)
        numbers = int(np.prod([float(axis.size) for axis in axes]))
        if numbers > MOST_NUMBERS:
            raise LabError(
                f"The table has {numbers:,} cells and totals, more than {MOST_NUMBERS:,}: take fewer columns."
            )
        people, values = (extended(part, axes) for part in (table.counts, table.amounts))
        withheld = withheld_numbers(values, people, axes, self.threshold)
        inner = tuple(slice(axis.leaves) for axis in axes)
        if withheld[inner].any() and withheld[inner][table.counts > 0].all():
            raise LabError(
                f"All {np.count_nonzero(table.counts):,} cells with anybody in them would be withheld at "
                f"threshold {self.threshold}: take fewer columns or coarser ones."
            )
        nodes = [{one.tobytes(): node for node, one in enumerate(axis.members)} for axis in axes]

        def ask(query: CountQuery) -> int:
            accepted = table.selected(query)
            named = [node.get(one.tobytes(), -1) for node, one in zip(nodes, accepted, strict=True)]
            if min(named) >= 0:
                hidden, answer = bool(withheld[tuple(named)]), int(values[tuple(named)])
            else:
                region = np.ix_(*accepted)
                hidden, answer = bool(withheld[inner][region].any()), int(table.amounts[region].sum())
            if hidden:
                raise Withheld(
                    "The answer would tell a count that is withheld: ask for a published cell or line."
                )
            return answer

        shown = np.where(withheld, -1, values)
        more = _sums(table, labels, shown, axes) if self.totals else None
        return table.release(self, export, shown[inner], ask, more, withheld=int(withheld.sum()))

    def _axes(self, export: Export, table: Contingency) -> tuple[list[Dimension], list[list[Label]]]:
        """Return the axes with the sums that are published, and the label of each node."""
        wanted = listed(self.subtotals)
        strange = [name for name in wanted if name not in table.names]
        if strange:
            raise LabError(f"subtotals names {strange[0]!r}, which is no column of the table: correct it.")
        axes, labels = [], []
        for name, values in zip(table.names, table.values, strict=True):
            axis, own = Dimension.plain(len(values)), [*values.cast("string").to_pylist(), ANY]
            if name in wanted:
                axis, own = _levels(values, name, export.schema.columns[name])
            axes.append(axis)
            labels.append(own)
        return axes, labels


def _levels(values: pa.Array, name: str, declared: Column) -> tuple[Dimension, list[Label]]:
    """Return the axis of a column with the sums at each level of its hierarchy, and their labels."""
    import pyarrow as pa

    column = pa.chunked_array([values])
    hierarchy = hierarchy_of(column, name, declared)
    codes = hierarchy.encode(column, name)
    labels: list[Label] = values.cast(pa.string()).to_pylist()
    node_of = np.arange(len(values))
    sums: list[tuple[int, ...]] = []
    top = np.zeros(len(values), np.int32)
    for level in range(1, hierarchy.height + 2):
        group = hierarchy.codes[level][codes] if level <= hierarchy.height else top
        for code in np.unique(group):
            parts = np.unique(node_of[group == code])
            if len(parts) > 1:
                sums.append(tuple(parts.tolist()))
                labels.append(hierarchy.labels[level][code] if level <= hierarchy.height else ANY)
                node_of[group == code] = len(labels) - 1
    if not sums:
        sums, labels = [tuple(range(len(values)))], [*labels, ANY]
    labels[-1] = ANY
    return Dimension(len(values), tuple(sums)), labels


def _sums(
    table: Contingency, labels: Sequence[Sequence[Label]], shown: NDArray[np.int64], axes: Sequence[Dimension]
) -> pa.Table:
    """Return one row per total and subtotal."""
    import pyarrow as pa

    places = np.indices(shown.shape).reshape(shown.ndim, -1)
    summed: Passes = np.any([place >= axis.leaves for place, axis in zip(places, axes, strict=True)], axis=0)
    columns = {
        name: pa.array(own, pa.string()).take(pa.array(place[summed]))
        for name, own, place in zip(table.names, labels, places, strict=True)
    }
    flat = shown.reshape(-1)[summed]
    return pa.table({**columns, "count": pa.array(flat, mask=flat < 0)})
