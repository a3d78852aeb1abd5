"""Graphical models of a table: fitted to noisy counts, asked for margins, sampled from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses.dp.consistent_margins import Clique
from exports.errors import LabError, MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


MOST_COLUMNS = 50
"""``numpy.einsum`` names axes by letters."""
LEAST_IMPROVEMENT = 1e-5
"""Relative gain of 50 steps, twice in turn, below which a fit stops."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Noisy counts over some columns.

    Parameters
    ----------
    columns : tuple of str
        One axis each.
    counts : array of float, shape (sizes of the columns)
        What was measured.
    sigma : float
        Standard deviation of the noise on each count.
    """

    columns: Clique
    counts: NDArray[np.float64]
    sigma: float


@dataclass(frozen=True, slots=True)
class Model:
    """A distribution over a table as a product of factors.

    Parameters
    ----------
    sizes : mapping of str to int
        Values of each column.
    factors : sequence of (tuple of str, array)
        Non-negative weights over a few columns each.
    total : float
        Estimated number of rows.

    Examples
    --------
    >>> model = Model({"a": 2, "b": 2}, [(("a", "b"), np.array([[3.0, 1.0], [0.0, 4.0]]))], total=8)
    >>> model.margin(("b",))
    array([3., 5.])
    """

    sizes: Mapping[str, int]
    factors: Sequence[tuple[Clique, NDArray[np.float64]]]
    total: float

    def margin(self, columns: Clique) -> NDArray[np.float64]:
        """Return the expected counts over ``columns``."""
        axis = {name: number for number, name in enumerate(self.sizes)}
        operands: list[Any] = []
        for clique, weights in self.factors:
            operands += [weights, [axis[name] for name in clique]]
        weights = np.einsum(*operands, [axis[name] for name in columns], optimize="greedy")
        whole = weights.sum()
        if not whole > 0:
            # All measured counts were noise below zero: nothing is known of any cell.
            return np.full(weights.shape, self.total / weights.size)
        expected: NDArray[np.float64] = weights * (self.total / whole)
        return expected

    def sample(self, rows: int, stream: Stream) -> list[NDArray[np.int32]]:
        """Return the codes of so many rows, column by column given those that it depends on."""
        codes: dict[str, NDArray[np.int32]] = {}
        for column, parents in reversed(elimination(self.sizes, [clique for clique, _ in self.factors])):
            table = self.margin((*parents, column))
            codes[column] = drawn_column(
                [codes[name] for name in parents], table, rows, stream.at(name=column)
            )
        return [codes[name] for name in self.sizes]


def fitted(sizes: Mapping[str, int], measurements: Sequence[Measurement], iterations: int = 1000) -> Model:
    """Return the model of maximum entropy that is nearest to the measurements.

    Parameters
    ----------
    sizes : mapping of str to int
        Values of each column; every column is measured at least once.
    measurements : sequence of Measurement
        Noisy counts, weighted by their variance.
    iterations : int, default 1000
        Most steps of mirror descent; it stops when the fit no longer improves.

    Raises
    ------
    MissingExtraError
        Without the extra ``synth``.

    References
    ----------
    McKenna, Sheldon and Miklau (2019), Graphical-model based estimation and inference for
    differential privacy, arXiv:1901.09136.
    """
    if len(sizes) > MOST_COLUMNS:
        raise LabError(f"The model has {len(sizes)} columns, more than {MOST_COLUMNS}: take fewer.")
    try:
        from jax import config

        config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]  # jax leaves it untyped
        config.update("jax_enable_compilation_cache", False)  # type: ignore[no-untyped-call]  # jax leaves it untyped
        import mbi
        from mbi.estimation import MirrorDescent
    except ImportError:
        raise MissingExtraError("Synthesis by graphical models", "synth") from None
    observed = [
        mbi.LinearMeasurement(one.counts.reshape(-1), one.columns, stddev=one.sigma) for one in measurements
    ]
    model = MirrorDescent().estimate(
        mbi.Domain(tuple(sizes), tuple(sizes.values())), observed, iters=iterations, tol=LEAST_IMPROVEMENT
    )
    factors = []
    for clique in model.cliques:
        logs = np.asarray(model.potentials[clique].values, dtype=np.float64)
        factors.append((tuple(clique), np.exp(logs - logs.max())))
    return Model(dict(sizes), factors, float(model.total))


def proportional(
    sizes: Mapping[str, int], targets: Mapping[Clique, NDArray[np.float64]], passes: int = 10
) -> Model:
    """Return the model of maximum entropy with the given margins, by iterative proportional fitting.

    Quick where ``fitted`` is slow, and exact only for margins that agree with one another.

    References
    ----------
    Deming and Stephan (1940), doi:10.1214/aoms/1177731829.

    Examples
    --------
    >>> table = np.array([[30.0, 10.0], [0.0, 60.0]])
    >>> proportional({"a": 2, "b": 2}, {("a", "b"): table}).margin(("a",))
    array([40., 60.])
    """
    factors = {clique: np.ones(target.shape) for clique, target in targets.items()}
    total = float(next(iter(targets.values())).sum())
    for clique, target in list(targets.items()) * passes:
        now = Model(sizes, tuple(factors.items()), total).margin(clique)
        factors[clique] *= np.divide(target, now, out=np.zeros_like(now), where=now > 0)
        factors[clique] /= max(float(factors[clique].max()), 1e-300)
    return Model(sizes, tuple(factors.items()), total)


def elimination(sizes: Mapping[str, int], cliques: Sequence[Clique]) -> list[tuple[str, Clique]]:
    """Return an order in which to sum columns out, each with the columns it is then linked to.

    The column that makes the smallest table goes first.

    Examples
    --------
    >>> elimination({"a": 2, "b": 9, "c": 2}, [("a", "b"), ("b", "c")])
    [('a', ('b',)), ('b', ('c',)), ('c', ())]
    """
    linked: dict[str, set[str]] = {name: set() for name in sizes}
    for clique in cliques:
        for name in clique:
            linked[name] |= set(clique) - {name}
    order = []
    while linked:
        name = min(linked, key=lambda one: sizes[one] * prod(sizes[other] for other in linked[one]))
        others = linked.pop(name)
        for other in others:
            linked[other] = (linked[other] | others) - {other, name}
        order.append((name, tuple(other for other in sizes if other in others)))
    return order


def largest_table(sizes: Mapping[str, int], cliques: Sequence[Clique]) -> int:
    """Return the cells of the largest table that a model over these cliques needs."""
    return max(
        sizes[name] * prod(sizes[other] for other in others) for name, others in elimination(sizes, cliques)
    )


def drawn_column(
    parents: Sequence[NDArray[np.int32]], table: NDArray[np.float64], rows: int, stream: Stream
) -> NDArray[np.int32]:
    """Return one column given others, so that its counts follow the table as nearly as whole rows can.

    Rows with the same parents are ranked at random and share the values out in proportion
    (systematic sampling); two columns with the same parents stay independent given them.

    Parameters
    ----------
    parents : sequence of array of int32, shape (rows,)
        Columns drawn already, in the order of the table's first axes.
    table : array of float, shape (sizes of the parents, values)
        Weights; a combination without weight takes the values' overall ones.
    rows : int
        Rows to draw.
    stream : Stream
        Source of the ranks.
    """
    values = table.shape[-1]
    weights = np.maximum(table.reshape(-1, values), 0.0)
    overall = weights.sum(axis=0) if weights.sum() > 0 else np.ones(values)
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, overall)
    steps = np.cumsum(weights, axis=1)
    steps /= steps[:, -1:]
    group = np.zeros(rows, dtype=np.int64)
    if parents:
        group = np.ravel_multi_index(tuple(parents), table.shape[:-1]).astype(np.int64)
    shuffled = stream.permutation(rows)
    order = shuffled[np.argsort(group[shuffled], kind="stable")]
    sizes = np.bincount(group, minlength=len(weights))
    starts = np.cumsum(sizes) - sizes
    at = group[order]
    offset = stream.at(name="offset").uniforms(len(weights))
    place = (np.arange(rows) - starts[at] + offset[at]) / sizes[at]
    drawn = np.searchsorted((steps + np.arange(len(steps))[:, None]).reshape(-1), place + at, side="right")
    codes = np.empty(rows, dtype=np.int32)
    codes[order] = np.clip(drawn - at * values, 0, values - 1)
    return codes


def on_simplex(values: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    """Return the nearest non-negative values that sum to ``total``.

    References
    ----------
    Duchi, Shalev-Shwartz, Singer and Chandra (2008), doi:10.1145/1390156.1390191.

    Examples
    --------
    >>> on_simplex(np.array([5.0, -1.0, 2.0]), 6.0)
    array([4.5, 0. , 1.5])
    """
    down = np.sort(values)[::-1]
    excess = (np.cumsum(down) - total) / np.arange(1, len(values) + 1)
    shift = excess[np.flatnonzero(down > excess)[-1]]
    nearest: NDArray[np.float64] = np.maximum(values - shift, 0.0)
    return nearest
