"""Which columns to leave out or coarsen first, found by searching over sets of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from exports.classes.combinations import Combinations
from exports.classes.persons import best_of, persons_in
from exports.coding import Ints
from exports.hierarchies.hierarchy import Hierarchy
from exports.keys import packed, ranks
from exports.risk.suda import MinimalUniques


@dataclass(frozen=True, slots=True)
class Drop:
    """The best set of so many columns to leave out.

    Parameters
    ----------
    columns : tuple of str
        Left out.
    risk : float
        Mean prosecutor risk that remains.
    uniques : int
        People who remain alone in a class.
    """

    columns: tuple[str, ...]
    risk: float
    uniques: int


@dataclass(frozen=True, slots=True)
class Coarsening:
    """The best state that so many steps of coarsening lead to.

    Parameters
    ----------
    levels : mapping of str to int
        Level of each column in its hierarchy.
    risk : float
        Mean prosecutor risk that remains.
    uniques : int
        Rows that remain alone in a class.
    """

    levels: Mapping[str, int]
    risk: float
    uniques: int


def best_drops(found: MinimalUniques) -> tuple[Drop, ...]:
    """Return, for each number of columns, the set of that size that leaves the least risk.

    Parameters
    ----------
    found : MinimalUniques
        A complete search.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.combinations import combinations_of
    >>> from exports.risk.suda import minimal_uniques
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "id": ["a", "b", "c", "d"]})
    >>> best_drops(minimal_uniques(combinations_of(table, ["zip", "id"]), ["zip", "id"]))
    (Drop(columns=('id',), risk=0.5, uniques=0), Drop(columns=('zip', 'id'), risk=0.25, uniques=0))
    """
    people = found.people
    best: dict[int, Drop] = {}
    kept = zip(found.sets, found.risk.tolist(), found.unique.tolist(), strict=True)
    for left, risk, uniques in [((), 1 / people, int(people == 1)), *kept]:
        columns = tuple(name for name in found.columns if name not in left)
        candidate = Drop(columns, risk, uniques)
        current = best.get(len(columns))
        if columns and (
            current is None or (candidate.risk, candidate.uniques) < (current.risk, current.uniques)
        ):
            best[len(columns)] = candidate
    return tuple(best[size] for size in sorted(best))


def contributions(found: MinimalUniques) -> dict[str, float]:
    """Return the mean prosecutor risk that each column adds, averaged over all orders of adding them.

    The contributions (Shapley values) and the risk without any column sum to the whole risk.

    Parameters
    ----------
    found : MinimalUniques
        A complete search.

    References
    ----------
    Shapley (1953), doi:10.1515/9781400881970-018.
    """
    m = len(found.columns)
    risk = {frozenset(names): mean for names, mean in zip(found.sets, found.risk.tolist(), strict=True)}
    risk[frozenset()] = 1 / found.people
    weights = [factorial(size) * factorial(m - size - 1) / factorial(m) for size in range(m)]
    return {
        name: sum(
            weights[len(known)] * (risk[known | {name}] - value)
            for known, value in risk.items()
            if name not in known
        )
        for name in found.columns
    }


def best_coarsenings(
    combinations: Combinations,
    hierarchies: Mapping[str, Hierarchy],
    *,
    whose: Ints | None = None,
    steps: int = 8,
    width: int = 4,
) -> tuple[Coarsening, ...]:
    """Return the best state after one, two, ... steps, each raising one column by one level.

    The ``width`` best states of each number of steps are taken on (a beam search), so that two
    columns which only help together are found as well.

    Parameters
    ----------
    combinations : Combinations
        Of the columns that have a hierarchy, and possibly more.
    hierarchies : mapping of str to Hierarchy
        Of the columns that may be coarsened; all columns of ``combinations`` count as known.
    whose : array of int64, optional
        Person of each combination, where persons have several.
    steps : int, default 8
        Most steps.
    width : int, default 4
        States taken on.
    """
    names = [name for name in combinations.columns if whose is None or name in hierarchies]
    levels = {name: _levels(combinations, name, hierarchies.get(name)) for name in names}
    states: list[tuple[int, ...]] = [tuple(0 for _ in names)]
    best: list[Coarsening] = []
    seen: dict[tuple[int, ...], tuple[float, int]] = {}
    for _ in range(steps):
        for state in states:
            for position, name in enumerate(names):
                raised = (*state[:position], state[position] + 1, *state[position + 1 :])
                if raised[position] < len(levels[name]) and raised not in seen:
                    codes = [levels[column][level] for column, level in zip(names, raised, strict=True)]
                    seen[raised] = _risk(codes, combinations.counts, whose)
        reached = sorted((risk, state) for state, risk in seen.items() if sum(state) == len(best) + 1)
        if not reached:
            break
        states = [state for _, state in reached[:width]]
        (risk, uniques), state = reached[0]
        best.append(Coarsening(dict(zip(names, state, strict=True)), risk, uniques))
    return tuple(best)


def _levels(combinations: Combinations, name: str, hierarchy: Hierarchy | None) -> list[Ints]:
    """Return the codes of a column at each level, a missing value staying one of its own."""
    import pyarrow as pa

    column = combinations.columns[name]
    own = column.codes.astype(np.int64)
    if hierarchy is None:
        return [own]
    base = hierarchy.encode(pa.chunked_array([column.values]))
    return [own] + [
        np.append(0, hierarchy.codes[level][base].astype(np.int64) + 1)[own]
        if len(hierarchy.labels[level]) > 1
        else np.zeros(len(own), np.int64)
        for level in range(1, hierarchy.height + 1)
    ]


def _risk(codes: Sequence[Ints], counts: Ints, whose: Ints | None) -> tuple[float, int]:
    of = ranks(packed(codes, len(counts)))
    if whose is not None:
        best = best_of(whose, 1.0 / persons_in(of, whose)[of])
        return float(best.mean()), int((best == 1).sum())
    sizes = np.bincount(of, counts)
    return len(sizes) / float(counts.sum()), int((sizes == 1).sum())
