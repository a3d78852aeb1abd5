"""Risk of sample uniques under a log-linear model of the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exports.classes.combinations import Combinations
from exports.coding import Floats
from exports.keys import packed_codings


@dataclass(frozen=True, slots=True)
class LoglinearRisk:
    """Global risks of the rows that are alone in the sample.

    Parameters
    ----------
    gr1 : float
        Expected number of them that are alone in the population as well.
    gr2 : float
        Expected number that a match with the population links rightly.
    uniques, rows : int
        Rows alone in the sample, and all of them.

    References
    ----------
    Skinner and Shlomo (2008), doi:10.1198/016214507000001328.
    """

    gr1: float
    gr2: float
    uniques: int
    rows: int


def loglinear_risk(
    combinations: Combinations,
    quasi_identifiers: Sequence[str],
    sampled: float | Floats,
    *,
    interactions: bool = False,
) -> LoglinearRisk:
    """Return the risks when class sizes are Poisson with a log-linear mean.

    Parameters
    ----------
    combinations : Combinations
        Of the sample.
    quasi_identifiers : sequence of str
        What the adversary knows.
    sampled : float or array of float64
        Share of the population that was sampled, for all or for each combination.
    interactions : bool, default False
        Fit all two-way interactions by iterative proportional fitting over the full table of
        the quasi-identifiers, instead of main effects only.

    Raises
    ------
    ValueError
        When the full table has more than ten million cells.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.combinations import combinations_of
    >>> table = pa.table({"zip": ["1", "1", "2"], "sex": ["f", "m", "f"]})
    >>> found = loglinear_risk(combinations_of(table, ["zip", "sex"]), ["zip", "sex"], 0.5)
    >>> found.uniques, round(found.gr1, 3), round(found.gr2, 3)
    (3, 1.29, 2.012)
    """
    table = combinations.over(quasi_identifiers)
    fitted = _two_way(table) if interactions else independent_sizes(table)
    alone = table.counts == 1
    share = np.broadcast_to(np.asarray(sampled, np.float64), len(table))[alone]
    unseen = fitted[alone] * (1 - share) / share
    found = np.divide(-np.expm1(-unseen), unseen, out=np.ones(len(unseen)), where=unseen > 0)
    return LoglinearRisk(float(np.exp(-unseen).sum()), float(found.sum()), int(alone.sum()), table.rows)


def independent_sizes(table: Combinations) -> Floats:
    """Return the fitted size of each combination when the columns are independent."""
    fitted = np.full(len(table), float(table.rows))
    for column in table.columns.values():
        fitted *= np.bincount(column.codes, table.counts)[column.codes] / table.rows
    return fitted


def _two_way(table: Combinations, *, tolerance: float = 1e-8, rounds: int = 500) -> Floats:
    """Return the fitted size of each combination with all two-way interactions."""
    columns = list(table.columns.values())
    shape = [column.radix for column in columns]
    cells = int(np.prod([float(radix) for radix in shape]))
    if cells > 10_000_000:
        raise ValueError(f"the full table has {cells:,} cells, more than ten million")
    observed = np.zeros(shape)
    observed.ravel()[packed_codings(columns, len(table))] = table.counts
    pairs = [(i, j) for i in range(len(shape)) for j in range(i + 1, len(shape))] or [(0, 0)]
    others = [tuple(k for k in range(len(shape)) if k not in pair) for pair in pairs]
    fitted = np.full(shape, table.rows / cells)
    for _ in range(rounds):
        change = 0.0
        for axes in others:
            wanted, have = (part.sum(axes, keepdims=True) for part in (observed, fitted))
            factor = np.divide(wanted, have, out=np.zeros_like(wanted), where=have > 0)
            change = max(change, float(np.abs(wanted - have).max()))
            fitted *= factor
        if change < tolerance * table.rows:
            break
    found: Floats = fitted.ravel()[packed_codings(columns, len(table))]
    return found
