"""What synthesisers without noise share: which rows and columns they imitate, and the ranks of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from defenses.columns import listed, require_nameless
from defenses.contributions import require_no_weight, within_bound
from defenses.defense import Defense
from defenses.dp.cell_counts import contribution_limit
from defenses.dp.coded_table import described
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def once_each(export: Export, defense: Defense) -> Export:
    """Return the first ``max_rows_per_person`` rows of each person, one without a bound in the schema.

    Raises
    ------
    LabError
        When the schema declares a weight.
    """
    require_no_weight(export, defense)
    if export.schema.person is None:
        return export
    kept = within_bound(export.table[export.schema.person], contribution_limit(export, None))
    return export if kept is None else Export(export.table.filter(kept), export.schema)


def synthesised_columns(export: Export, columns: Sequence[str] | str | None) -> list[str]:
    """Return the columns to imitate.

    Raises
    ------
    LabError
        When one is absent, none is left or the table is empty.
    """
    names = listed(columns) or described(export)
    absent = [name for name in names if name not in export.table.column_names]
    if absent:
        raise LabError(f"There is no column {absent[0]!r} to synthesise: correct the name.")
    require_nameless(export.schema, names)
    if not names or not export.table.num_rows:
        raise LabError("There is nothing to synthesise: the table has no rows or no describing columns.")
    return names


def wanted_rows(export: Export, rows: int | None) -> int:
    """Return how many rows to publish, by default as many as there are.

    Raises
    ------
    LabError
        When it is fewer than one.
    """
    if rows is not None and rows < 1:
        raise LabError(f"rows is {rows} but must be at least 1.")
    return export.table.num_rows if rows is None else rows


def ranks(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64], pa.Array]:
    """Return the rank of each row's value, how often each value occurs, and the values in order.

    A missing value counts as one above all others.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    whole = plain.combine_chunks()
    distinct = whole.unique()
    distinct = distinct.take(pc.array_sort_indices(distinct, null_placement="at_end"))
    rank = np.asarray(pc.index_in(whole, value_set=distinct), dtype=np.int64)
    return rank, np.bincount(rank, minlength=len(distinct)), distinct


def spread(rank: NDArray[np.int64], sizes: NDArray[np.int64], stream: Stream) -> NDArray[np.float64]:
    """Return a uniform number in (0, 1) for each row: equal values share their interval at random."""
    before = np.cumsum(sizes) - sizes
    inside = stream.uniforms(len(rank)) * (1 - 2**-20) + 2**-21
    uniform: NDArray[np.float64] = (before[rank] + inside * sizes[rank]) / sizes.sum()
    return uniform
