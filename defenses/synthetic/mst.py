"""MST: synthetic rows from a private maximum spanning tree of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.dp.noise import Gaussian
from defenses.dp.selection import noisy_max
from defenses.synthetic.graphical_model import Clique, Measurement, fitted, on_simplex
from defenses.synthetic.private_synthesis import Synthesis, rational_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


class Mst(Synthesis):
    """Publish rows drawn from a tree of two-way tables that was measured with noise.

    Whoever reads the rows, with any knowledge of everybody else, learns of one person no more than
    (epsilon, delta) allows. Pairs of columns on the tree are kept well; others only as far as the
    tree implies them. A third of the budget each goes to one-way tables, the tree and its tables.

    Parameters
    ----------
    epsilon, delta : float or str
        Of the whole release.
    columns : sequence of str, str or None
        Columns with declared domains; default all but identifiers and tokens.
    max_contributions, neighbours, ledger, budget, seed
        As for ``dp-histogram``; the budget is in rho.

    References
    ----------
    McKenna, Miklau and Sheldon (2021), Winning the NIST Contest, arXiv:2108.04978.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.release import Export
    >>> from exports.schema import Column, Role, Schema
    >>> yes_no = {name: Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for name in "ab"}
    >>> table = pa.table({"a": ["yes"] * 300 + ["no"] * 100, "b": ["yes"] * 300 + ["no"] * 100})
    >>> release = Mst(epsilon=5, delta=1e-9, seed=1).transform(Export(table, Schema(yes_no)))
    >>> release.kind, release.rows.column_names, abs(release.rows.num_rows - 400) < 20
    ('synthetic', ['a', 'b'], True)
    """

    name: ClassVar[str] = "mst"

    def measured(self, data: Coded, rho: Fraction, distance: int, stream: Stream | None) -> Any:
        """Return noisy one-way tables and those of a privately chosen tree."""
        singles: list[Clique] = [(name,) for name in data.domain.columns]
        if len(singles) == 1:
            return measure(data, singles, rho, distance, stream)
        ones = measure(data, singles, rho / 3, distance, stream)
        margins = independent([one["counts"] for one in ones])
        tree = private_tree(data, margins, rho / 3, distance, stream)
        return ones + measure(data, tree, rho / 3, distance, stream)

    def drawn(self, measurements: Any, sizes: dict[str, int], stream: Stream) -> list[NDArray[np.int32]]:
        """Return rows of the model of maximum entropy nearest to the measurements."""
        model = fitted(sizes, [read(one, sizes) for one in measurements])
        return model.sample(max(0, round(model.total)), stream)


def measure(
    data: Coded, cliques: Sequence[Clique], rho: Fraction, distance: int, stream: Stream | None
) -> list[dict[str, Any]]:
    """Return noisy tables over several sets of columns that cost ``rho`` together, as JSON values."""
    noise = Gaussian.of(rho, len(cliques) * distance**2)
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
