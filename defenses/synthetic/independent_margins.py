"""Independent margins: every column drawn by itself."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.synthetic.graphical_model import drawn_column
from defenses.synthetic.noisy_margins import independent, measure
from defenses.synthetic.private_synthesis import Synthesis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


class IndependentMargins(Synthesis):
    """Publish rows whose columns are drawn separately from noisy one-way counts.

    Against the same reader as MST, with the same promise; all relations between columns are lost.
    It is the floor that any other synthesiser must beat.

    Parameters
    ----------
    epsilon, delta : float or str
        Of the whole release.
    columns, max_contributions, neighbours, ledger, dataset, budget, seed
        As for MST.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Export, Role, Schema
    >>> schema = Schema({"sex": Column(Role.QUASI_IDENTIFIER, domain=("f", "m"))})
    >>> export = Export(pa.table({"sex": ["f"] * 300 + ["m"] * 100}), schema)
    >>> release = IndependentMargins(epsilon=5, delta=1e-9, seed=1).transform(export)
    >>> abs(release.rows["sex"].to_pylist().count("f") - 300) < 20
    True
    """

    name: ClassVar[str] = "independent-margins"

    def measured(self, data: Coded, rho: Fraction, distance: int, stream: Stream | None) -> Any:
        """Return noisy one-way tables."""
        return measure(data, [(name,) for name in data.domain.columns], rho, distance, stream)

    def drawn(self, measurements: Any, sizes: dict[str, int], stream: Stream) -> list[NDArray[np.int32]]:
        """Return each column in proportion to its counts."""
        margins = independent([one["counts"] for one in measurements])
        rows = round(float(margins[0].sum()))
        return [
            drawn_column([], margin, rows, stream.at(name=name))
            for name, margin in zip(sizes, margins, strict=True)
        ]
