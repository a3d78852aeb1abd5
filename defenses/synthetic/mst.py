"""MST: synthetic rows from a private maximum spanning tree of the columns."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.dp.consistent_margins import Clique
from defenses.synthetic.graphical_model import fitted
from defenses.synthetic.noisy_margins import independent, measure, private_tree, read
from defenses.synthetic.private_synthesis import Synthesis

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
    max_contributions, neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``; the budget is in rho.

    References
    ----------
    McKenna, Miklau and Sheldon (2021), Winning the NIST Contest, arXiv:2108.04978.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Export, Role, Schema
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
