"""What a private synthesiser learns of the data: noisy tables, and which pairs of columns to take."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.dp.consistent_margins import Clique
from defenses.dp.noise import Gaussian
from defenses.dp.selection import noisy_max
from defenses.synthetic.graphical_model import Measurement, on_simplex
from defenses.synthetic.private_synthesis import rational_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


def measure(
    data: Coded, cliques: Sequence[Clique], rho: Fraction, distance: int, stream: Stream | None
) -> list[dict[str, Any]]:
    """Return noisy tables over several sets of columns that cost ``rho`` together, as JSON values."""
    noise = Gaussian.of(rho, len(cliques) * data.limit * distance)
    name = "/".join(["measure", *map(",".join, cliques)])
    noisy = data.noisy(cliques, noise, None if stream is None else stream.at(name=name))
    return [
        {"columns": list(clique), "counts": counts, "sigma": str(noise.sigma)}
        for clique, counts in zip(cliques, noisy, strict=True)
    ]


def read(measured: dict[str, Any], sizes: dict[str, int]) -> Measurement:
    """Return a measurement from its JSON values."""
    counts = np.array(measured["counts"], dtype=np.float64)
    shape = [sizes[name] for name in measured["columns"]]
    return Measurement(tuple(measured["columns"]), counts.reshape(shape), float(Fraction(measured["sigma"])))


def independent(ones: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
    """Return noisy one-way counts made non-negative and of one total, the best average of theirs."""
    weights = np.array([1 / len(counts) for counts in ones])
    total = float(np.array([sum(counts) for counts in ones]) @ weights / weights.sum())
    return [on_simplex(np.array(counts, dtype=np.float64), max(total, 1.0)) for counts in ones]


def private_tree(
    data: Coded, margins: Sequence[NDArray[np.float64]], rho: Fraction, distance: int, stream: Stream | None
) -> list[Clique]:
    """Return a spanning tree of pairs that are far from independent, chosen at a cost of ``rho``.

    The score of a pair is the l1 distance between its exact counts and the rounded product of
    noisy margins: whole numbers, which one row changes by 1.
    """
    names = data.domain.columns
    scores = {}
    for one, other in combinations(range(len(names)), 2):
        product = np.rint(np.outer(margins[one], margins[other]) / margins[one].sum()).astype(np.int64)
        scores[one, other] = int(np.abs(data.counts((names[one], names[other])) - product).sum())
    epsilon = rational_root(8 * rho / (len(names) - 1))
    part = list(range(len(names)))
    tree: list[Clique] = []
    while len(tree) < len(names) - 1:
        apart = [pair for pair in scores if part[pair[0]] != part[pair[1]]]
        now = None if stream is None else stream.at(name=f"edge {len(tree)}")
        one, other = apart[noisy_max(np.array([scores[pair] for pair in apart]), epsilon, now, distance)]
        part = [part[one] if label == part[other] else label for label in part]
        tree.append((names[one], names[other]))
    return tree
