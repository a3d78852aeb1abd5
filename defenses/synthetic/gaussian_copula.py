"""Gaussian copula: each column keeps its values, all together keep their correlations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from defenses.defense import Defense
from defenses.synthetic.plain_synthesis import once_each, ranks, spread, synthesised_columns, wanted_rows
from defenses.synthetic.private_synthesis import synthetic
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release


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
    >>> from exports import Schema
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
