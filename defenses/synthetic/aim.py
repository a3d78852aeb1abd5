"""AIM: synthetic rows from the two-way tables that a private search finds most in need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from itertools import combinations
from math import pi, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.dp.coded_table import Coded
from defenses.dp.consistent_margins import Clique, consistent
from defenses.dp.noise import Gaussian
from defenses.dp.selection import noisy_max
from defenses.synthetic.graphical_model import (
    Measurement,
    Model,
    fitted,
    largest_table,
    on_simplex,
    proportional,
)
from defenses.synthetic.noisy_margins import measure, read
from defenses.synthetic.private_synthesis import Synthesis, rational_root
from exports.errors import LabError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


@dataclass(eq=False, repr=False)
class Aim(Synthesis):
    """Publish rows of a model that measures, round by round, the table it is most wrong about.

    Against the same reader as MST, with the same promise. It may measure more pairs than a tree
    has, as many as budget and model size allow, and spends more on each once little is left to
    gain; between rounds it works with a quick fit.

    Parameters
    ----------
    epsilon, delta : float or str
        Of the whole release; a tenth goes to choosing, the rest to measuring.
    rounds : int or None
        Rounds that the budget is planned for, default twice the number of columns.
    max_cells : int, default 200,000
        Largest table that the model may need inside.
    columns, max_contributions, neighbours, ledger, dataset, budget, seed
        As for MST.

    References
    ----------
    McKenna, Mullins, Sheldon and Miklau (2022), AIM, arXiv:2201.12677.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Export, Role, Schema
    >>> yes_no = {name: Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for name in "ab"}
    >>> table = pa.table({"a": ["yes"] * 300 + ["no"] * 100, "b": ["yes"] * 300 + ["no"] * 100})
    >>> release = Aim(epsilon=5, delta=1e-9, rounds=2, seed=1).transform(Export(table, Schema(yes_no)))
    >>> release.guarantee
    epsilon=5.0, delta=1e-09
    """

    name: ClassVar[str] = "aim"

    _: KW_ONLY
    rounds: int | None = None
    max_cells: int = 200_000

    def measured(self, data: Coded, rho: Fraction, distance: int, stream: Stream | None) -> Any:
        """Return all one-way tables and the tables of every round."""
        if self.max_cells < 1 or (self.rounds is not None and self.rounds < 1):
            raise LabError(
                f"rounds is {self.rounds} and max_cells {self.max_cells:,}, but both must be at least 1."
            )
        names = data.domain.columns
        plan = len(names) + (self.rounds or 2 * len(names))
        per_table = rho * Fraction(9, 10) / plan
        found = measure(data, [(name,) for name in names], per_table * len(names), distance, stream)
        left = rho - per_table * len(names)
        choosing = rho / 10 / (plan - len(names))
        model = _quick_model([read(one, data.sizes) for one in found], data.sizes)
        while left > 0:
            if left < 2 * (per_table + choosing):
                choosing, per_table = left / 10, left * Fraction(9, 10)
            left -= choosing + per_table
            noise = expected_noise(per_table, data.limit * distance)
            kept = [tuple(one["columns"]) for one in found]
            fitting = [pair for pair in combinations(names, 2) if self._fits(data.sizes, kept, pair)]
            if not fitting:
                break
            now = None if stream is None else stream.at(name=f"round {len(found)}")
            pair = _worst(data, model, fitting, noise, rational_root(8 * choosing), distance, now)
            before = model.margin(pair)
            found += measure(data, [pair], per_table, distance, now)
            model = _quick_model([read(one, data.sizes) for one in found], data.sizes)
            if np.abs(model.margin(pair) - before).sum() <= noise * before.size:
                per_table, choosing = 4 * per_table, 4 * choosing
        return found

    def drawn(self, measurements: Any, sizes: dict[str, int], stream: Stream) -> list[NDArray[np.int32]]:
        """Return rows of the last model."""
        model = fitted(sizes, [read(one, sizes) for one in measurements])
        return model.sample(max(0, round(model.total)), stream)

    def _fits(self, sizes: dict[str, int], kept: Sequence[Clique], pair: Clique) -> bool:
        return largest_table(sizes, [*kept, pair]) <= self.max_cells


def expected_noise(rho: Fraction, squared: int) -> float:
    """Return the mean absolute noise on one count of a table that costs ``rho``, for this squared l2."""
    return sqrt(2 / pi) * float(Gaussian.of(rho, squared).sigma)


def _worst(
    data: Coded,
    model: Model,
    pairs: Sequence[Clique],
    noise: float,
    epsilon: Fraction,
    distance: int,
    stream: Stream | None,
) -> Clique:
    """Return a pair that the model is privately found to be wrong about, less what noise would add."""
    scores = []
    for pair in pairs:
        expected = np.rint(model.margin(pair)).astype(np.int64)
        scores.append(int(np.abs(data.counts(pair) - expected).sum()) - round(noise * expected.size))
    return pairs[noisy_max(np.array(scores), epsilon, stream, distance)]


def _quick_model(measurements: Sequence[Measurement], sizes: dict[str, int]) -> Model:
    """Return a model near the measurements, good enough to tell where it is wrong."""
    seen: dict[Clique, Measurement] = {}
    for one in measurements:
        earlier = seen.get(one.columns)
        seen[one.columns] = one if earlier is None else _averaged(earlier, one)
    agreed = consistent(
        {clique: one.counts for clique, one in seen.items()},
        {clique: one.sigma**2 for clique, one in seen.items()},
    )
    total = max(1.0, float(next(iter(agreed.values())).sum()))
    targets = {
        clique: on_simplex(table.reshape(-1), total).reshape(table.shape) for clique, table in agreed.items()
    }
    return proportional(sizes, targets)


def _averaged(one: Measurement, other: Measurement) -> Measurement:
    weights = np.array([one.sigma**-2, other.sigma**-2])
    counts = (weights[0] * one.counts + weights[1] * other.counts) / weights.sum()
    return Measurement(one.columns, counts, float(weights.sum() ** -0.5))
