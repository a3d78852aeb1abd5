"""How much a class raises the adversary's belief in a value: beta-likeness, delta-disclosure."""

from __future__ import annotations

import numpy as np

from exports.classes.l_diversity import Cells
from exports.classes.reference import Reference
from exports.coding import Floats


def basic_beta(cells: Cells, reference: Reference) -> Floats:
    """Return, per class, the largest relative gain (q - p) / p of a value over its share p.

    A table has basic beta-likeness when this is at most beta in every class.

    References
    ----------
    Cao and Karras (2012), doi:10.14778/2350229.2350255.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> from exports.classes.l_diversity import cells_of
    >>> from exports.classes.reference import own_reference
    >>> table = pa.table({"ward": [1, 1, 2, 2], "illness": ["flu", "flu", "cold", "flu"]})
    >>> classes = classes_of(table, ["ward"], ["illness"])
    >>> basic_beta(cells_of(classes, "illness"), own_reference(classes, "illness")).round(3)
    array([0.333, 1.   ])
    """
    return cells.greatest(_gains(cells, reference))


def enhanced_beta(cells: Cells, reference: Reference) -> Floats:
    """Return, per class, the smallest beta that bounds every gain by min(beta, -ln p).

    Infinity where a gain exceeds -ln p, which no beta allows.

    References
    ----------
    Cao and Karras (2012), doi:10.14778/2350229.2350255.
    """
    gains = _gains(cells, reference)
    expected = _expected(cells, reference)
    bound = -np.log(expected, where=expected > 0, out=np.full(len(expected), -np.inf))
    return cells.greatest(np.where(gains > np.maximum(bound, 0.0), np.inf, gains))


def delta(cells: Cells, reference: Reference) -> Floats:
    """Return, per class, the largest absolute log2(q / p) over the values that occur in it.

    A value that does not occur would make it infinite; like the tools in use, it is left out.

    References
    ----------
    Brickell and Shmatikov (2008), doi:10.1145/1401890.1401904.
    """
    expected = _expected(cells, reference)
    ratio = np.divide(cells.shares(), expected, out=np.full(len(expected), np.inf), where=expected > 0)
    return cells.greatest(np.abs(np.log2(ratio)))


def _expected(cells: Cells, reference: Reference) -> Floats:
    expected: Floats = reference.shares[reference.codes(cells.values)[cells.codes]]
    return expected


def _gains(cells: Cells, reference: Reference) -> Floats:
    expected = _expected(cells, reference)
    excess = np.maximum(cells.shares() - expected, 0.0)
    gains: Floats = np.divide(excess, expected, out=np.full(len(expected), np.inf), where=expected > 0)
    return gains
