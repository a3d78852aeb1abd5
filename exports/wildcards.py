"""Classes when a missing value is compatible with every value, so that they are no partition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exports.coding import MISSING, Coding
from exports.combinations import Combinations, packed, sums


def compatible_rows(
    combinations: Combinations,
    quasi_identifiers: Sequence[str],
    wildcards: Sequence[str],
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return, for each combination, the rows that could be the same person's: fk of sdcMicro.

    Two rows are compatible when they agree on every quasi-identifier that neither lacks.

    Parameters
    ----------
    combinations : Combinations
        With all quasi-identifiers.
    quasi_identifiers, wildcards : sequence of str
        What the adversary knows; the part of it in which a missing value matches everything.
    weights : array of float64, optional
        What a combination counts for instead of its rows, such as sampling weights.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.combinations import combinations_of
    >>> table = pa.table({"zip": ["1", "1", "2"], "sex": ["f", None, "f"]})
    >>> compatible_rows(combinations_of(table, ["zip", "sex"]), ["zip", "sex"], ["sex"])
    array([2., 2., 1.])
    """
    weights = combinations.counts.astype(np.float64) if weights is None else weights
    open_ = [name for name in quasi_identifiers if name in wildcards]
    lacks = np.zeros(len(combinations), np.int64)
    for bit, name in enumerate(open_):
        lacks |= (combinations.columns[name].codes == MISSING).astype(np.int64) << bit
    patterns = [(int(pattern), np.flatnonzero(lacks == pattern)) for pattern in np.unique(lacks)]
    total = np.zeros(len(combinations))
    keys: dict[int, NDArray[np.int64]] = {}
    for pattern, rows in patterns:
        for other, candidates in patterns:
            ignored = pattern | other
            if ignored not in keys:
                keys[ignored] = _keys(combinations, quasi_identifiers, open_, ignored)
            known, found = sums(keys[ignored][candidates], weights[candidates])
            wanted = keys[ignored][rows]
            at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            total[rows] += np.where(known[at] == wanted, found[at], 0.0)
    return total


def _keys(
    combinations: Combinations, quasi_identifiers: Sequence[str], open_: Sequence[str], ignored: int
) -> NDArray[np.int64]:
    """Return one integer per combination over the columns that are not ignored."""
    columns: list[Coding] = [
        combinations.columns[name]
        for name in quasi_identifiers
        if name not in open_ or not ignored >> open_.index(name) & 1
    ]
    return packed(columns, len(combinations))
