"""Counts over the cells of a domain: exact ones for the curator, the table and sums of the noisy ones."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from defenses.contributions import within_bound
from exports.domain import Domain
from exports.errors import LabError
from exports.release import Export

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exports.queries import CountQuery

LARGEST_HISTOGRAM = 10_000_000
"""Cells of one histogram."""
_ROWS = 2**18
"""Rows counted at once: few enough to stay in the processor's cache."""


def contribution_limit(export: Export, wanted: int | None) -> int:
    """Return how many rows one person may count with.

    Raises
    ------
    LabError
        When it is below 1, or above 1 without a person column to enforce it by.
    """
    limit = (export.schema.max_rows_per_person or 1) if wanted is None else wanted
    if limit < 1 or (export.schema.person is None and limit > 1):
        raise LabError(f"max_contributions is {limit} but must be at least 1, and 1 without a person column.")
    return limit


def cell_counts(export: Export, domain: Domain, limit: int) -> NDArray[np.int64]:
    """Return the exact number of rows in each cell, each person bounded to ``limit`` rows.

    Parameters
    ----------
    export : Export
        Its schema names the person column, if there is one.
    domain : Domain
        Columns and values; the last column varies fastest.
    limit : int
        Rows of one person that count.

    Returns
    -------
    array of int64, shape (product of the sizes,)

    Raises
    ------
    LabError
        When there are more than ``LARGEST_HISTOGRAM`` cells.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"age": Column(Role.QUASI_IDENTIFIER, bounds=(17, 19))})
    >>> export = Export(pa.table({"age": [18, 19, 19, 44]}), schema)
    >>> cell_counts(export, Domain.of(schema, ["age"]), 1)
    array([0, 1, 2])
    """
    cells = prod(domain.sizes)
    if cells > LARGEST_HISTOGRAM:
        raise LabError(
            f"The histogram has {cells:,} cells, more than {LARGEST_HISTOGRAM:,}: take fewer columns."
        )
    kept = None
    if export.schema.person is not None:
        kept = within_bound(export.table[export.schema.person], limit)
    if kept is None and len(domain.columns) == 1 and _is_coded(export.table[domain.columns[0]]):
        return _counts_of_codes(export.table[domain.columns[0]], domain)
    codes = domain.encode(export.table)
    cell = codes[0]
    if len(codes) > 1:
        inside = np.logical_and.reduce([code >= 0 for code in codes])
        cell = np.where(
            inside, np.ravel_multi_index([np.maximum(code, 0) for code in codes], domain.sizes), -1
        )
    return _counted((cell if kept is None else cell[kept]) + 1, cells + 1)[1:]


def _counted(codes: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Return how often each code occurs."""
    counts = np.zeros(size, dtype=np.int64)
    rows = max(_ROWS, size)
    for start in range(0, len(codes), rows):
        counts += np.bincount(codes[start : start + rows], minlength=size)
    return counts


def _is_coded(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.type))


def _counts_of_codes(column: pa.ChunkedArray, domain: Domain) -> NDArray[np.int64]:
    """Return the counts of a column that is stored as codes: its few values are looked up, not its rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counts = np.zeros(domain.sizes[0] + 1, dtype=np.int64)
    for chunk in column.chunks:
        values = pa.concat_arrays([chunk.dictionary, pa.nulls(1, chunk.dictionary.type)])
        place = domain.encode(pa.table([values], names=list(domain.columns)))[0]
        codes = pc.fill_null(chunk.indices, len(values) - 1) if chunk.null_count else chunk.indices
        np.add.at(counts, place + 1, _counted(codes.to_numpy(zero_copy_only=False), len(values)))
    return counts[1:]


def histogram_table(domain: Domain, counts: NDArray[np.int64]) -> pa.Table:
    """Return one row per cell: its values and its ``count``."""
    codes = np.unravel_index(np.arange(len(counts)), domain.sizes)
    return domain.decode([code.astype(np.int32) for code in codes]).append_column("count", [counts])


def sum_of_cells(query: CountQuery, domain: Domain, counts: NDArray[np.int64] | NDArray[np.float64]) -> int:
    """Return what the noisy cells say to a count query over their columns.

    Raises
    ------
    LabError
        When the query reads a column that was not counted.
    """
    chosen = [np.ones(len(values), dtype=bool) for values in domain.values]
    for condition in query.conditions:
        if condition.column not in domain.columns:
            raise LabError(
                f"The query reads {condition.column!r}, but only {', '.join(domain.columns)} are counted."
            )
        axis = domain.columns.index(condition.column)
        chosen[axis] &= domain.chosen(condition.column, condition.values) != condition.negated
    return round(float(counts.reshape(domain.sizes)[np.ix_(*chosen)].sum()))
