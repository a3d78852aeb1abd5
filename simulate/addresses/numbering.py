"""One pass over all drafted addresses that gives later owners of the same one the next free number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.addresses.pieces import append_number

TABLE_BITS = 24
_SHIFT = np.uint64(64 - TABLE_BITS)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers by position among all drafted addresses, for those that got one.

    Parameters
    ----------
    position : array of int64
        Increasing positions; blocks count on where the block before ended.
    number : array of int64
        Number to append at each of them.
    """

    position: NDArray[np.int64]
    number: NDArray[np.int64]

    def between(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the numbers of the addresses at these positions; 0 where none is appended."""
        numbers = np.zeros(stop - start, np.int64)
        low, high = np.searchsorted(self.position, (start, stop))
        numbers[self.position[low:high] - start] = self.number[low:high]
        return numbers


def number_owners(keys: NDArray[np.uint64]) -> Numbers:
    """Give a number to all but the first owner of each address, so that no two are equal.

    Parameters
    ----------
    keys : array of uint64
        Keys of all drafted addresses (``simulate.addresses.drafts.keys``) in the order of their owners.

    Examples
    --------
    >>> anna, anna2 = append_number(np.array([7, 7], np.uint64), np.array([0, 2]))
    >>> number_owners(np.array([anna, anna, anna2, anna], np.uint64)).between(0, 4)
    array([0, 4, 0, 3])
    """
    taken = np.sort(keys)
    shared = np.zeros(1 << TABLE_BITS, dtype=bool)
    shared[taken[1:][taken[1:] == taken[:-1]] >> _SHIFT] = True
    # Most addresses have one owner: only the others, and a few that look like them, are put in order.
    candidates = np.flatnonzero(shared[keys >> _SHIFT])
    order = candidates[np.argsort(keys[candidates], kind="stable")]
    in_order = keys[order]
    follows = np.flatnonzero(in_order[1:] == in_order[:-1]) + 1
    position, base = order[follows], in_order[follows]
    group = np.cumsum(np.diff(base, prepend=base[:1]) != 0)
    number = _rank(group) + 2
    ceiling = np.bincount(group) + 1
    settled = np.zeros(len(base), np.uint64)
    pending = np.arange(len(base))
    while len(pending):
        proposal = append_number(base[pending], number[pending])
        unused = ~_contains(taken, proposal)
        unused &= ~_contains(np.sort(settled), proposal)
        first = np.zeros(len(pending), dtype=bool)
        first[np.unique(proposal, return_index=True)[1]] = True
        accepted = unused & first
        settled[pending[accepted]] = proposal[accepted]
        pending = pending[~accepted]
        number[pending] = ceiling[group[pending]] + _rank(group[pending]) + 1
        ceiling += np.bincount(group[pending], minlength=len(ceiling))
    by_position = np.argsort(position)
    return Numbers(position[by_position], number[by_position])


def number_newcomers(keys: NDArray[np.uint64], taken: NDArray[np.uint64]) -> Numbers:
    """Give a number to every address that somebody has, so that it is nobody's.

    Parameters
    ----------
    keys : array of uint64
        Keys of drafted addresses; equal ones among them stay equal.
    taken : array of uint64
        Keys of the addresses that others have, in increasing order.

    Examples
    --------
    >>> anna, anna2, bob = append_number(np.array([7, 7, 9], np.uint64), np.array([0, 2, 0]))
    >>> number_newcomers(np.array([anna, bob]), np.sort([anna, anna2])).between(0, 2)
    array([3, 0])
    """
    position = np.flatnonzero(_contains(taken, keys))
    number = np.full(len(position), 2)
    pending = np.arange(len(position))
    while len(pending := pending[_contains(taken, append_number(keys[position[pending]], number[pending]))]):
        number[pending] = 2 * number[pending] - 1
    return Numbers(position, number)


def _rank(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each element within its run of equal groups."""
    if not len(group):
        return group
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    return np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))


def _contains(in_order: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    order = np.argsort(wanted)
    found = np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(in_order, wanted[order]), len(in_order) - 1)
    found[order] = in_order[at] == wanted[order] if len(in_order) else False
    return found
