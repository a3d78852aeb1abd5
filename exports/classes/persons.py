"""Distinct persons: how many are in each class, and how exposed each of them is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Floats, Ints
from exports.keys import once_per_class


def persons_in(of: Ints, whose: Ints) -> Ints:
    """Return the number of distinct persons in each class.

    Parameters
    ----------
    of, whose : array of int, shape (rows,)
        Class and person of each row, from 0.

    Examples
    --------
    >>> persons_in(np.array([0, 0, 1, 1]), np.array([7, 7, 7, 8]))
    array([1, 2])
    """
    inside, _, _ = once_per_class(of, whose)
    return np.bincount(inside)


def best_of(whose: NDArray[Any], values: Floats) -> Floats:
    """Return the largest value among the rows of each person who has any, in the order of their codes.

    Examples
    --------
    >>> best_of(np.array([3, 3, 1]), np.array([0.5, 1.0, 0.25]))
    array([0.25, 1.  ])
    """
    most = np.full(int(whose.max()) + 1 if len(whose) else 0, -np.inf)
    np.maximum.at(most, whose, values)
    return most[most > -np.inf]
