"""A table of counts over some columns: what a dashboard shows before it is protected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from defenses.columns import weights_of
from defenses.defense import Defense
from defenses.released import stated
from exports.coding import Ints, Passes, encode
from exports.errors import LabError
from exports.queries import CountQuery
from exports.release import Export, Release

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Contingency:
    """Counts of every combination of values, in the order in which values are published.

    Parameters
    ----------
    names : tuple of str
        Columns.
    values : tuple of pyarrow.Array
        Values along each axis, a missing one last where it occurs.
    counts : array of int64, one axis per column
        Rows per cell; with a person column, distinct persons per cell.
    amounts : array of int64, one axis per column
        The same weighted, to the nearest whole number; without a weight the counts.
    rows : array of int
        The rows that were counted: the first of each person in each cell.
    cell : array of int
        Cell of each counted row.
    """

    names: tuple[str, ...]
    values: tuple[pa.Array, ...]
    counts: NDArray[np.int64]
    amounts: NDArray[np.int64]
    rows: Ints
    cell: Ints

    @classmethod
    def of(cls, export: Export, names: Sequence[str]) -> Contingency:
        """Count an export.

        Raises
        ------
        LabError
            When there are too many cells to publish.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        values, codes = [], []
        for name in names:
            coding = encode(export.table[name], name)
            order = pc.sort_indices(coding.values).to_numpy().astype(np.intp)
            sorted_values = coding.values.take(pa.array(order))
            missing = bool((coding.codes == 0).any())
            place = np.empty(coding.radix, np.intp)
            place[order + 1] = np.arange(len(order))
            place[0] = len(order)
            codes.append(place[coding.codes])
            if missing:
                sorted_values = pa.concat_arrays([sorted_values, pa.nulls(1, coding.values.type)])
            values.append(sorted_values)
        shape = tuple(len(axis) for axis in values)
        cells = float(np.prod([float(size) for size in shape]))
        if cells > MOST_CELLS:
            raise LabError(f"The table has {cells:,.0f} cells, more than {MOST_CELLS:,}: take fewer columns.")
        cell = np.ravel_multi_index(codes, shape) if export.table.num_rows else np.zeros(0, np.intp)
        rows = np.arange(len(cell))
        if export.schema.person is not None:
            person = encode(export.table[export.schema.person], export.schema.person)
            _, rows = np.unique(cell * person.radix + person.codes, return_index=True)
            cell = cell[rows]
        counts = np.bincount(cell, minlength=int(cells)).reshape(shape).astype(np.int64)
        weight, amounts = weights_of(export), counts
        if weight is not None:
            weighed = np.bincount(cell, weight[rows], int(cells)).reshape(shape)
            amounts = np.rint(weighed).astype(np.int64)
        return cls(tuple(names), tuple(values), counts, amounts, rows, cell)

    def selected(self, query: CountQuery) -> list[Passes]:
        """Return, per axis, the values that a query accepts.

        Raises
        ------
        LabError
            When the query reads a column that is not in the table.
        """
        found = [np.ones(size, bool) for size in self.counts.shape]
        for condition in query.conditions:
            if condition.column not in self.names:
                raise LabError(
                    f"The query reads {condition.column!r}, but only {', '.join(self.names)} are counted."
                )
            axis = self.names.index(condition.column)
            accepted = np.array([value in condition.values for value in self.values[axis].to_pylist()])
            found[axis] &= accepted != condition.negated
        return found

    def release(
        self,
        defense: Defense,
        export: Export,
        shown: NDArray[np.int64],
        ask: Callable[[CountQuery], int],
        more: pa.Table | None = None,
        **found: Any,
    ) -> Release:
        """Return the table with counts as shown, -1 being withheld, and its oracle."""
        import pyarrow as pa

        places = np.unravel_index(np.arange(shown.size), shown.shape)
        columns = {
            name: axis.take(pa.array(place))
            for name, axis, place in zip(self.names, self.values, places, strict=True)
        }
        flat = shown.ravel()
        columns["count"] = pa.array(flat, mask=flat < 0)
        published = pa.table(columns)
        if more is not None:
            published = published.cast(more.schema)
        return Release(
            "counts",
            export.schema,
            table=published if more is None else pa.concat_tables([published, more]),
            ask=ask,
            manifest={"defense": defense.name, "parameters": stated(defense), **found},
        )
