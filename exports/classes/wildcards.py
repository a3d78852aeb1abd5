"""Classes when a missing value is compatible with every value, so that they are no partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exports.classes.combinations import Combinations
from exports.coding import MISSING, Coding, Ints
from exports.keys import packed_codings, sums

MOST_PAIRS = 10_000_000
"""Pairs of a row and a person who matches it that are held at once."""


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
    >>> from exports.classes.combinations import combinations_of
    >>> table = pa.table({"zip": ["1", "1", "2"], "sex": ["f", None, "f"]})
    >>> compatible_rows(combinations_of(table, ["zip", "sex"]), ["zip", "sex"], ["sex"])
    array([2., 2., 1.])
    """
    weights = combinations.counts.astype(np.float64) if weights is None else weights
    open_ = [name for name in quasi_identifiers if name in wildcards]
    patterns = _patterns(combinations, open_)
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


def compatible_persons(
    combinations: Combinations, quasi_identifiers: Sequence[str], wildcards: Sequence[str], person: str
) -> Ints:
    """Return, for each combination, how many persons have a row compatible with it, each counted once.

    Parameters
    ----------
    combinations : Combinations
        With all quasi-identifiers and the column of persons.
    quasi_identifiers, wildcards : sequence of str
        As for `compatible_rows`.
    person : str
        Column that tells whose row it is.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.combinations import combinations_of
    >>> table = pa.table({"sex": ["f", None, "f"], "who": ["a", "a", "b"]})
    >>> compatible_persons(combinations_of(table, ["sex", "who"]), ["sex"], ["sex"], "who")
    array([2, 2, 2])
    """
    open_ = [name for name in quasi_identifiers if name in wildcards]
    patterns = _patterns(combinations, open_)
    persons = combinations.columns[person].codes.astype(np.int64)
    found = np.zeros(len(combinations), np.int64)
    for pattern, rows in patterns:
        own = _keys(combinations, quasi_identifiers, open_, pattern)[rows]
        _, first, group = np.unique(own, return_index=True, return_inverse=True)
        matches = []
        for other, candidates in patterns:
            keys = _keys(combinations, quasi_identifiers, open_, pattern | other)
            matches.append(_Matches.of(keys[rows[first]], keys[candidates], persons[candidates]))
        found[rows] = _distinct(matches, combinations.columns[person].radix)[group]
    return found


@dataclass(frozen=True, slots=True)
class _Matches:
    """The persons whose key each of some rows has: a stretch of ``persons`` for each row."""

    persons: Ints
    starts: Ints
    lengths: Ints

    @classmethod
    def of(cls, wanted: Ints, keys: Ints, persons: Ints) -> _Matches:
        order = np.argsort(keys, kind="stable")
        arranged = keys[order]
        starts, ends = (np.searchsorted(arranged, wanted, side=side) for side in ("left", "right"))
        return cls(persons[order], starts, ends - starts)


def _distinct(matches: Sequence[_Matches], radix: int) -> Ints:
    """Count the different persons over all matches of each row, as many rows at a time as fit."""
    totals = np.sum([one.lengths for one in matches], axis=0)
    counts = np.zeros(len(totals), np.int64)
    blocks = np.cumsum(totals) // MOST_PAIRS
    for block in np.unique(blocks):
        at = np.flatnonzero(blocks == block)
        pairs = []
        for one in matches:
            lengths = one.lengths[at]
            skipped = np.cumsum(lengths) - lengths
            places = np.arange(lengths.sum()) + np.repeat(one.starts[at] - skipped, lengths)
            pairs.append(np.repeat(np.arange(len(at)), lengths) * radix + one.persons[places])
        counts[at] = np.bincount(np.unique(np.concatenate(pairs)) // radix, minlength=len(at))
    return counts


def _patterns(combinations: Combinations, open_: Sequence[str]) -> list[tuple[int, Ints]]:
    """Return each set of open columns that some combinations lack, as bits, and those combinations."""
    lacks = np.zeros(len(combinations), np.int64)
    for bit, name in enumerate(open_):
        lacks |= (combinations.columns[name].codes == MISSING).astype(np.int64) << bit
    return [(int(pattern), np.flatnonzero(lacks == pattern)) for pattern in np.unique(lacks)]


def _keys(
    combinations: Combinations, quasi_identifiers: Sequence[str], open_: Sequence[str], ignored: int
) -> NDArray[np.int64]:
    """Return one integer per combination over the columns that are not ignored."""
    columns: list[Coding] = [
        combinations.columns[name]
        for name in quasi_identifiers
        if name not in open_ or not ignored >> open_.index(name) & 1
    ]
    return packed_codings(columns, len(combinations))
