"""Private logistic regression: a look-alike model that does not remember who it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.columns import listed
from defenses.dp.budget import Cost, exact, exact_delta, rho_of_epsilon
from defenses.dp.coded_table import Coded, described
from defenses.dp.curator import Curated
from defenses.dp.noise import Gaussian, add_noise
from defenses.released import stated
from exports.domain import Domain
from exports.errors import LabError
from exports.release import Export, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exports.randomness import Stream

UNIT = 1024
"""Gradients are whole multiples of 1 / UNIT, so that noise on them is exact."""


@dataclass(eq=False, repr=False)
class DpLogistic(Curated):
    """Publish a logistic regression trained by noisy gradient descent.

    Whoever holds the model, with any knowledge of everybody else, learns of one training person
    no more than (epsilon, delta) allows. Gradients of unit-length features are summed as whole
    numbers and released with discrete Gaussian noise in every step.

    Parameters
    ----------
    target : str
        Column with a declared domain of two values; the model scores the second.
    epsilon, delta : float or str
        Of the whole training.
    columns : sequence of str, str or None
        Features with declared domains, intervals or bounds; default all that describe people.
        Columns with bounds enter as one number, the others as one indicator per value.
    steps : int, default 60
        Gradient steps.
    max_contributions, neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``; the budget is in rho.

    References
    ----------
    Bassily, Smith and Thakurta (2014), doi:10.1109/FOCS.2014.56; Kairouz, Liu and Steinke (2021),
    The Distributed Discrete Gaussian Mechanism, arXiv:2102.06387.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> yes_no = {name: Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for name in ("clicked", "client")}
    >>> table = pa.table({"clicked": ["yes", "no"] * 500, "client": ["yes", "no"] * 500})
    >>> release = DpLogistic("client", epsilon=2, delta=1e-6, seed=1).transform(Export(table, Schema(yes_no)))
    >>> release.score(pa.table({"clicked": ["no", "yes"]})).round(1)
    array([0., 1.])
    """

    name: ClassVar[str] = "dp-logistic"
    produces: ClassVar[Kind] = "model"

    target: str
    epsilon: float | str
    delta: float | str
    _: KW_ONLY
    columns: Sequence[str] | str | None = None
    steps: int = 60

    def transform(self, export: Export) -> Release:
        """Return the model: its scorer, and its coefficients as a table."""
        names = [name for name in listed(self.columns) or described(export) if name != self.target]
        if self.steps < 1 or not names:
            raise LabError(f"A model needs features and steps, not {len(names)} and {self.steps}.")
        data = Coded.of(export, [*names, self.target], self.max_contributions)
        if data.domain.sizes[-1] != 2:
            raise LabError(
                f"The domain of {self.target!r} has {data.domain.sizes[-1]} values but must have 2."
            )
        features = Features.of(export, names)
        distance = self.distance(data.limit)
        epsilon, delta = exact(self.epsilon), exact_delta(self.delta)
        rho = rho_of_epsilon(epsilon, delta)
        curator = self.curator(export)
        query = {
            "defence": self.name,
            "values": dict(zip(data.domain.columns, data.domain.values, strict=True)),
            "target": self.target,
            "rho": str(rho),
            "steps": self.steps,
            "rows per person": data.limit,
        }
        weights = np.array(
            curator.answer(
                query,
                Cost(None, rho),
                lambda stream: self._trained(data, features, rho, distance, stream),
                [data.domain.stated(), list(features.numeric)],
            )
        )
        promises = {"epsilon": float(epsilon), "delta": float(delta)}
        return Release(
            "model",
            export.schema,
            curator.guarantee(promises, data.limit),
            table=features.table(weights),
            score=lambda table: _sigmoid(features.linear(features.domain.encode(table), weights)),
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self)},
        )

    def _trained(
        self, data: Coded, features: Features, rho: Fraction, distance: int, stream: Stream | None
    ) -> list[float]:
        *codes, answer = data.codes
        counting, stepping = rho / 20, rho * Fraction(19, 20) / self.steps
        rows_noise = Gaussian.of(counting, distance**2)
        rows = max(1, int(add_noise(np.array([len(answer)]), rows_noise, _at(stream, "rows"))[0]))
        longest = UNIT + len(codes) + 1
        noise = Gaussian.of(stepping, (longest * distance) ** 2)
        weights = np.zeros(features.size)
        total = np.zeros(features.size)
        for step in range(self.steps):
            residual = _sigmoid(features.linear(codes, weights)) - answer
            gradient = features.gradient(codes, residual)
            noisy = add_noise(gradient, noise, _at(stream, f"step {step}"))
            weights = weights - 4 * noisy / (UNIT * rows)
            if step >= self.steps // 2:
                total += weights
        averaged: list[float] = (total / (self.steps - self.steps // 2)).tolist()
        return averaged


@dataclass(frozen=True, slots=True)
class Features:
    """How coded columns become a vector of length at most one.

    Parameters
    ----------
    domain : Domain
        Columns and values.
    numeric : tuple of bool
        Whether a column enters as one number from -1 to 1.
    """

    domain: Domain
    numeric: tuple[bool, ...]

    @classmethod
    def of(cls, export: Export, names: Sequence[str]) -> Features:
        """Return the features that the schema declares."""
        columns = [export.schema.columns[name] for name in names]
        numeric = tuple(one.domain is None and one.intervals is None for one in columns)
        return cls(Domain.of(export.schema, names), numeric)

    @property
    def widths(self) -> list[int]:
        """Number of coefficients by column."""
        return [1 if plain else size for plain, size in zip(self.numeric, self.domain.sizes, strict=True)]

    @property
    def size(self) -> int:
        """Number of coefficients, the constant first."""
        return 1 + sum(self.widths)

    @property
    def scale(self) -> float:
        """Length of one feature, so that the whole vector is at most one long."""
        return float((len(self.numeric) + 1) ** -0.5)

    def linear(self, codes: Sequence[NDArray[np.int32]], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted sum of each row's features; a value outside the domain adds nothing."""
        found = np.full(len(codes[0]), weights[0])
        for code, part, plain, size in self._parts(codes, weights):
            value = part[0] * (2 * code / max(size - 1, 1) - 1) if plain else part[code]
            found += np.where(code >= 0, value, 0.0)
        return found * self.scale

    def gradient(
        self, codes: Sequence[NDArray[np.int32]], residual: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Return the sum over rows of residual times features, each term a whole multiple of 1 / UNIT."""
        unit = np.rint(residual * (self.scale * UNIT))
        sums = [np.array([unit.sum()])]
        for code, _, plain, size in self._parts(codes, np.zeros(self.size)):
            if plain:
                place = 2 * code / max(size - 1, 1) - 1
                sums.append(np.array([np.rint(residual * place * (self.scale * UNIT)).sum()]))
            else:
                sums.append(np.bincount(code, weights=unit, minlength=size))
        return np.concatenate(sums).astype(np.int64)

    def _parts(self, codes: Sequence[NDArray[np.int32]], weights: NDArray[np.float64]) -> Any:
        ends = np.cumsum(self.widths)[:-1]
        return zip(codes, np.split(weights[1:], ends), self.numeric, self.domain.sizes, strict=True)

    def table(self, weights: NDArray[np.float64]) -> pa.Table:
        """Return one row per coefficient."""
        import pyarrow as pa

        names = ["(constant)"]
        for name, plain, values in zip(self.domain.columns, self.numeric, self.domain.values, strict=True):
            names += [name] if plain else [f"{name}={value}" for value in values]
        return pa.table({"feature": names, "coefficient": weights * self.scale})


def _sigmoid(value: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import expit

    found: NDArray[np.float64] = expit(value)
    return found


def _at(stream: Stream | None, name: str) -> Stream | None:
    return None if stream is None else stream.at(name=name)
