"""PrivBayes: synthetic rows from a privately chosen Bayesian network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from itertools import combinations
from math import prod, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.dp.consistent_margins import Clique
from defenses.dp.selection import noisy_max
from defenses.synthetic.graphical_model import drawn_column
from defenses.synthetic.noisy_margins import independent, measure, read
from defenses.synthetic.private_synthesis import Synthesis, rational_root
from exports.errors import LabError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


@dataclass(eq=False, repr=False)
class PrivBayes(Synthesis):
    """Publish rows drawn column by column, each given a few columns that it privately depends on.

    Against the same reader as MST, with the same promise. Three tenths of the budget choose the
    parents of each column, the rest measures each column with its parents.

    Parameters
    ----------
    epsilon, delta : float or str
        Of the whole release.
    parents : int, default 2
        Most parents of a column.
    usefulness : float, default 4.0
        A table is considered only if its rows per cell would be this many times the noise.
    columns, max_contributions, neighbours, ledger, dataset, budget, seed
        As for MST.

    Notes
    -----
    The paper scores parents by distance from independence on shares of a known number of rows.
    Here the score is the l1 distance of counts from a product of noisy margins, whole numbers
    that one row changes by 1, so that it holds for adding and removing a person as well; noise
    is Gaussian where the paper's is Laplace.

    References
    ----------
    Zhang, Cormode, Procopiuc, Srivastava and Xiao (2017), PrivBayes, doi:10.1145/3134428.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Export, Role, Schema
    >>> yes_no = {name: Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for name in "ab"}
    >>> table = pa.table({"a": ["yes"] * 300 + ["no"] * 100, "b": ["yes"] * 300 + ["no"] * 100})
    >>> release = PrivBayes(epsilon=5, delta=1e-9, seed=1).transform(Export(table, Schema(yes_no)))
    >>> sum(a == b for a, b in zip(*release.rows.to_pydict().values(), strict=True)) > 360
    True
    """

    name: ClassVar[str] = "privbayes"

    _: KW_ONLY
    parents: int = 2
    usefulness: float = 4.0

    def measured(self, data: Coded, rho: Fraction, distance: int, stream: Stream | None) -> Any:
        """Return noisy tables of each column with its parents, in the order of the network."""
        if self.parents < 0 or not self.usefulness > 0:
            raise LabError(
                f"parents is {self.parents} and usefulness {self.usefulness}: parents must be at least 0 and "
                "usefulness above 0."
            )
        names = data.domain.columns
        ones = measure(data, [(name,) for name in names], rho / 10, distance, stream)
        margins = dict(zip(names, independent([one["counts"] for one in ones]), strict=True))
        total = float(margins[names[0]].sum())
        sigma = sqrt(data.limit * distance * len(names) / (2 * 0.7 * float(rho)))
        cells = max(total / (self.usefulness * sigma), 1.0)
        placed = [names[0]]
        tables: list[Clique] = [(names[0],)]
        epsilon = rational_root(8 * rho / 5 / max(1, len(names) - 1))
        while len(placed) < len(names):
            options = [
                (*chosen, name)
                for name in names
                if name not in placed
                for chosen in self._parent_sets(placed, data.sizes, cells / data.sizes[name])
            ]
            scores = [_dependence(data, option, margins, total) for option in options]
            now = None if stream is None else stream.at(name=f"column {len(placed)}")
            table = options[noisy_max(np.array(scores), epsilon, now, distance)]
            placed.append(table[-1])
            tables.append(table)
        return measure(data, tables, rho * Fraction(7, 10), distance, stream)

    def _parent_sets(self, placed: Sequence[str], sizes: dict[str, int], cells: float) -> list[Clique]:
        """Return the largest sets of placed columns with few enough cells; the empty set when none has."""
        for count in range(min(self.parents, len(placed)), 0, -1):
            sets = [one for one in combinations(placed, count) if prod(sizes[name] for name in one) <= cells]
            if sets:
                return sets
        return [()]

    def drawn(self, measurements: Any, sizes: dict[str, int], stream: Stream) -> list[NDArray[np.int32]]:
        """Return each column given its parents."""
        tables = [read(one, sizes) for one in measurements]
        rows = max(0, round(float(tables[0].counts.sum())))
        codes: dict[str, NDArray[np.int32]] = {}
        for table in tables:
            *parents, name = table.columns
            codes[name] = drawn_column(
                [codes[parent] for parent in parents], table.counts, rows, stream.at(name=name)
            )
        return [codes[name] for name in sizes]


def _dependence(data: Coded, option: Clique, margins: dict[str, NDArray[np.float64]], total: float) -> int:
    """Return the l1 distance of a table from the rounded product of its columns' noisy margins."""
    product = margins[option[0]]
    for name in option[1:]:
        product = np.multiply.outer(product, margins[name] / total)
    return int(np.abs(data.counts(option) - np.rint(product).astype(np.int64)).sum())
