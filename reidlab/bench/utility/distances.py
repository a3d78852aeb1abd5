"""How far distributions are apart, of one column or of two together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def total_variation(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the distance of two distributions over the same values, between 0 and 1.

    Examples
    --------
    >>> total_variation(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    0.5
    """
    return float(np.abs(one - other).sum() / 2)


def joint_shares(
    one: NDArray[Any], other: NDArray[Any], width: int, cells: int, weight: NDArray[Any] | None = None
) -> NDArray[np.float64]:
    """Return the share of the rows in each of ``cells`` cells of two columns; the second has ``width`` codes.

    Examples
    --------
    >>> joint_shares(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), 2, 4).tolist()
    [0.25, 0.0, 0.25, 0.5]
    """
    total = len(one) if weight is None else weight.sum()
    shares: NDArray[np.float64] = np.bincount(one * width + other, weight, cells) / total
    return shares
