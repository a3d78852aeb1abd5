"""Gaussian copula: each column keeps its values, all together keep their correlations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.columns import require_nameless
from defenses.contributions import require_no_weight, within_bound
from defenses.defense import Defense
from defenses.dp.cell_counts import contribution_limit
from defenses.dp.coded_table import described
from defenses.synthetic.private_synthesis import synthetic
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class GaussianCopula(Defense):
    """Publish rows whose columns have the original values and normal-score correlations.

    A reader finds no row of a person, but every value is some person's, extremes included, and
    what the margins and correlations give away they give away exactly. With a person column each
    person's first ``max_rows_per_person`` rows count (schema; default 1). It promises nothing.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns to synthesise; default all but identifiers and tokens.
    rows : int or None
        Rows to publish; default as many as there are.
    seed : int or None
        Of the draw.

    References
    ----------
    Patki, Wedge and Veeramachaneni (2016), doi:10.1109/DSAA.2016.49.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> age = np.arange(18, 90)
    >>> table = pa.table({"age": age, "visits": age // 3})
    >>> export = Export(table, Schema.of(quasi_identifier=["age", "visits"]))
    >>> release = GaussianCopula(seed=1).transform(export)
    >>> float(np.corrcoef(release.rows["age"], release.rows["visits"])[0, 1]) > 0.9
    True
    """

    name: ClassVar[str] = "gaussian-copula"
    produces: ClassVar[Kind] = "synthetic"

    def __init__(
        self, columns: Sequence[str] | str | None = None, rows: int | None = None, seed: int | None = None
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the synthetic rows."""
        import pyarrow as pa
        from scipy.special import ndtr, ndtri

        export = once_each(export, self)
        names = synthesised_columns(export, self.columns)
        rows = wanted_rows(export, self.rows)
        stream = Stream(self.seed or 0, "defence", self.name)
        ranked = [ranks(export.table[name]) for name in names]
        scores = [
            ndtri(spread(rank, sizes, stream.at(name=name)))
            for name, (rank, sizes, _) in zip(names, ranked, strict=True)
        ]
        correlation = np.eye(len(names))
        if export.table.num_rows > 1:
            correlation = np.atleast_2d(np.corrcoef(np.array(scores)))
        values, vectors = np.linalg.eigh(np.nan_to_num(correlation))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        normal = root @ np.array([stream.at(name=f"{name}/draw").normals(rows) for name in names])
        columns = []
        for one, (_, sizes, distinct) in zip(normal, ranked, strict=True):
            ends = np.cumsum(sizes) / sizes.sum()
            code = np.minimum(np.searchsorted(ends, ndtr(one), side="right"), len(sizes) - 1)
            columns.append(distinct.take(pa.array(code)))
        table = pa.table(columns, names=names)
        return synthetic(self, table, export.schema, Guarantee())


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
    names = columns.split(",") if isinstance(columns, str) else list(columns or described(export))
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
