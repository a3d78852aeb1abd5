"""Noisy tables of overlapping columns, brought to agree wherever they overlap."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


Clique = tuple[str, ...]
"""Columns that are counted together."""


def consistent(
    tables: Mapping[Clique, NDArray[np.float64]], variances: Mapping[Clique, float] | None = None
) -> dict[Clique, NDArray[np.float64]]:
    """Return tables whose common margins agree: each is the average by variance of what all say.

    Parameters
    ----------
    tables : mapping of tuple of str to array
        One axis per column.
    variances : mapping of tuple of str to float, optional
        Of the noise on the cells of each table; default the same for all.

    Examples
    --------
    >>> first, second = np.array([[4.0, 0.0], [0.0, 4.0]]), np.array([[2.0, 4.0], [6.0, 0.0]])
    >>> tables = {("a", "b"): first, ("b", "c"): second}
    >>> agreed = consistent(tables)
    >>> agreed["a", "b"].sum(axis=0), agreed["b", "c"].sum(axis=1)
    (array([5., 5.]), array([5., 5.]))
    """
    agreed = {clique: table.copy() for clique, table in tables.items()}
    shared = {tuple(name for name in one if name in other) for one, other in combinations(agreed, 2)}
    while True:
        more = {
            tuple(name for name in one if name in other) for one, other in combinations(shared, 2)
        } - shared
        if not more:
            break
        shared |= more
    for common in sorted(shared, key=len):
        members = [clique for clique in agreed if set(common) <= set(clique)]
        if len(members) < 2:
            continue
        said = [_margin(agreed[clique], clique, common) for clique in members]
        weights = np.array(
            [
                margin.size / agreed[clique].size / (1.0 if variances is None else variances[clique])
                for clique, margin in zip(members, said, strict=True)
            ]
        )
        average = np.tensordot(weights / weights.sum(), np.array(said), axes=1)
        for clique, margin in zip(members, said, strict=True):
            step = (average - margin) * (margin.size / agreed[clique].size)
            shape = [agreed[clique].shape[clique.index(name)] if name in common else 1 for name in clique]
            order = sorted(common, key=clique.index)
            agreed[clique] += np.transpose(step, [common.index(name) for name in order]).reshape(shape)
    return agreed


def _margin(table: NDArray[np.float64], clique: Clique, onto: Clique) -> NDArray[np.float64]:
    """Return the sums of a table over the columns that are not in ``onto``, in the order of ``onto``."""
    dropped = tuple(axis for axis, name in enumerate(clique) if name not in onto)
    kept = [name for name in clique if name in onto]
    margin: NDArray[np.float64] = np.transpose(table.sum(axis=dropped), [kept.index(name) for name in onto])
    return margin
