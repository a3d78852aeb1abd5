"""Rows of a list whose token is on it already: who came twice, or gave an address that another gave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TABLE_BITS = 24
_SHIFT = np.uint64(64 - TABLE_BITS)


def later_rows(
    keys: NDArray[np.uint64],
    days: NDArray[np.int32],
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    own: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which rows repeat the token of another, so that a list counts each token once.

    The row that stands for a token is that of the person whose own account it meets, else that of
    the earliest day, else of the lowest number.

    Parameters
    ----------
    keys : array of uint64, shape (2, people)
        Keys of the tokens of first and second visits; equal tokens have equal keys.
    days : array of int32, shape (2, people)
        Days of the two visits.
    first, second : array of bool
        Whose first and second rows are on the list and valid.
    own : array of bool, shape (2, people)
        Which rows meet an account of their own person.

    Examples
    --------
    >>> keys = np.array([[7, 7, 9], [7, 0, 0]], np.uint64)
    >>> days = np.array([[5, 3, 4], [6, 0, 0]], np.int32)
    >>> once, nobodys = np.array([True, False, False]), np.zeros((2, 3), dtype=bool)
    >>> later_rows(keys, days, np.array([True] * 3), once, nobodys).tolist()
    [[True, False, False], [True, False, False]]
    """
    listed = np.stack([first, second])
    taken = np.sort(keys[listed])
    shared = np.zeros(1 << TABLE_BITS, dtype=bool)
    shared[taken[1:][taken[1:] == taken[:-1]] >> _SHIFT] = True
    # Most tokens stand once: only the others, and a few that look like them, are put in order.
    found = [np.flatnonzero(on & shared[key >> _SHIFT]) for on, key in zip(listed, keys, strict=True)]
    row, person = np.repeat([0, 1], [len(found[0]), len(found[1])]), np.concatenate(found)
    key = keys[row, person]
    order = np.lexsort((row, person, days[row, person], ~own[row, person], key))
    repeats = np.zeros(keys.shape, dtype=bool)
    same = np.flatnonzero(key[order][1:] == key[order][:-1]) + 1
    repeats[row[order[same]], person[order[same]]] = True
    return repeats
