"""What a generalisation costs: the loss measures that the search can minimise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.classes import Classes
from defenses.lattice.lattice import Axis, Lattice
from exports.coding import Floats, Passes
from exports.keys import grouped, packed


@dataclass(frozen=True, slots=True)
class Loss:
    """A measure of what is lost, and what the search may conclude without counting classes.

    Parameters
    ----------
    name : str
        How the command line calls it.
    value : callable
        ``value(lattice, classes, kept)``, the loss of a node when only ``kept`` classes leave.
    bounds : callable
        ``bounds(lattice)``, per node a number that the loss does not fall below.
    floor : callable or None
        ``floor(lattice, classes, least)``, a number that neither this node nor any above falls
        below when a class with fewer than ``least`` rows cannot leave.
    monotone : bool
        Whether the loss ignores suppression and never falls from a node to one above it.
    """

    name: str
    value: Callable[[Lattice, Classes, Passes], float]
    bounds: Callable[[Lattice], Floats]
    floor: Callable[[Lattice, Classes, float], float] | None = None
    monotone: bool = False


def _information(counts: NDArray[Any]) -> float:
    """Return the sum of count x log2(count)."""
    used = counts[counts > 0]
    return float((used * np.log2(used)).sum())


def _entropy_terms(lattice: Lattice) -> list[list[float]]:
    return [
        [
            _information(axis.label_rows[level]) - _information(axis.rows)
            for level in range(axis.hierarchy.height + 1)
        ]
        for axis in lattice.axes
    ]


def _entropy(lattice: Lattice, classes: Classes, kept: Passes) -> float:  # noqa: ARG001
    return sum(terms[level] for terms, level in zip(_entropy_terms(lattice), classes.node, strict=True))


def _entropy_of_rest(lattice: Lattice, classes: Classes, kept: Passes) -> float:
    total = _entropy(lattice, classes, kept)
    rows = classes.counts[~kept, 0]
    for axis in range(len(lattice.axes)):
        suppressed = np.bincount(classes.labels(axis, ~kept), rows)
        total += rows.sum() * np.log2(max(rows.sum(), 1)) - _information(suppressed)
    return float(total)


def _share(axis: Axis, level: int) -> float:
    """Return the mean share of the domain that a row's label covers, 0 at level 0 and 1 at ``*``."""
    values = len(axis.hierarchy.labels[0])
    if values == 1:
        return 0.0
    mean = float(axis.shares[level] @ axis.label_rows[level]) / float(axis.rows.sum())
    return max(mean - 1 / values, 0.0) / (1 - 1 / values)


def _shares(lattice: Lattice, classes: Classes, kept: Passes) -> list[float]:
    """Return the mean share per axis when every suppressed cell counts 1."""
    rows = classes.counts[~kept, 0]
    shares = []
    for number, (axis, level) in enumerate(zip(lattice.axes, classes.node, strict=True)):
        values = len(axis.hierarchy.labels[0])
        excess = float((1 - axis.shares[level][classes.labels(number, ~kept)]) @ rows) / lattice.rows
        shares.append(_share(axis, level) + (excess / (1 - 1 / values) if values > 1 else 0.0))
    return shares


def _levels(function: Callable[[Axis, int], float], lattice: Lattice) -> list[list[float]]:
    return [[function(axis, level) for level in range(axis.hierarchy.height + 1)] for axis in lattice.axes]


def _arithmetic(lattice: Lattice, classes: Classes, kept: Passes) -> float:
    return float(np.mean(_shares(lattice, classes, kept)))


def _geometric(lattice: Lattice, classes: Classes, kept: Passes) -> float:
    return float(np.expm1(np.mean(np.log1p(_shares(lattice, classes, kept)))))


def _height(axis: Axis, level: int) -> float:
    return level / max(axis.hierarchy.height, 1)


def _precision(lattice: Lattice, classes: Classes, kept: Passes) -> float:
    suppressed = float(classes.counts[~kept, 0].sum()) / lattice.rows
    heights = [_height(axis, level) for axis, level in zip(lattice.axes, classes.node, strict=True)]
    return float(np.mean(heights)) * (1 - suppressed) + suppressed


def _squares(lattice: Lattice, classes: Classes, least: float = 0) -> float:  # noqa: ARG001
    """Return the sum of squared class sizes; classes split by who leaves count as one."""
    sizes = classes.counts[:, 0].astype(np.float64)
    if classes.listed is not None and len(classes.listed) > len(lattice.axes):
        order, starts = grouped(packed(classes.listed[:-1], len(sizes), classes.shape[:-1]))
        sizes = np.add.reduceat(sizes[order], starts)
    return float(np.square(sizes).sum())


def _combinations(lattice: Lattice) -> Floats:
    """Return, per node, a number that its classes do not exceed."""
    labels = np.exp(lattice.summed([[float(np.log(size)) for size in axis.sizes] for axis in lattice.axes]))
    return np.minimum(labels * (1 + 1e-9), lattice.rows)


def _least_mean_size(lattice: Lattice, classes: Classes, least: float) -> float:  # noqa: ARG001
    """Return a bound: a large class further up holds a large one from here or enough rows of small ones."""
    sizes = classes.counts[:, 0]
    small = float(sizes[sizes < least].sum())
    large = np.count_nonzero(sizes >= max(least, 1))
    return float(sizes.sum()) / (large + small // max(least, 1) + bool(small))


def _mean_size(lattice: Lattice, classes: Classes, kept: Passes) -> float:
    sizes = classes.counts[:, 0]
    groups = np.count_nonzero(sizes[kept]) + bool(sizes[~kept].any())
    return lattice.rows / groups


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("entropy", _entropy, lambda lattice: lattice.summed(_entropy_terms(lattice)), monotone=True),
        Loss("entropy_of_rest", _entropy_of_rest, lambda lattice: lattice.summed(_entropy_terms(lattice))),
        Loss(
            "loss",
            _arithmetic,
            lambda lattice: lattice.summed(_levels(_share, lattice)) / len(lattice.axes),
        ),
        Loss(
            "loss_geometric",
            _geometric,
            lambda lattice: np.expm1(
                lattice.summed([list(np.log1p(terms)) for terms in _levels(_share, lattice)])
                / len(lattice.axes)
            ),
        ),
        Loss(
            "precision",
            _precision,
            lambda lattice: lattice.summed(_levels(_height, lattice)) / len(lattice.axes),
        ),
        Loss(
            "discernibility",
            lambda lattice, classes, kept: _squares(lattice, classes),  # noqa: ARG005
            lambda lattice: np.maximum(lattice.rows, lattice.rows**2 / _combinations(lattice)),
            _squares,
            monotone=True,
        ),
        Loss(
            "average_class_size",
            _mean_size,
            lambda lattice: lattice.rows / _combinations(lattice),
            _least_mean_size,
        ),
    )
}
"""Every loss measure by name."""
