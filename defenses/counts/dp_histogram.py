"""A table of counts with exact noise, per person and within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal

import numpy as np

from defenses.columns import listed
from defenses.dp.budget import Cost, exact, exact_delta, rho_of_epsilon
from defenses.dp.cell_counts import cell_counts, contribution_limit, histogram_table, sum_of_cells
from defenses.dp.curator import Curated
from defenses.dp.noise import Gaussian, Laplace, Noise, add_noise
from defenses.released import stated
from exports.domain import Domain
from exports.errors import LabError
from exports.release import Export, Kind, Release


@dataclass(eq=False, repr=False)
class DpHistogram(Curated):
    """Publish how many people fall into each declared cell, each count with exact integer noise.

    Whoever reads the counts, with any knowledge of everybody else, gains at most a factor
    ``exp(epsilon)`` on whether one person is in the table, and ``exp(2 * epsilon)`` on what it says
    of them: to change an answer is to leave and come again (under ``replace`` it is ``exp(epsilon)``).
    The cells come from the schema; a person counts with at most ``max_contributions`` rows.

    Parameters
    ----------
    columns : sequence of str or str
        Columns whose cells are counted; one text may hold several, separated by commas.
    epsilon : float or str
        Exact: ``0.1`` is one tenth.
    delta : float or str, default 0
        For Gaussian noise.
    mechanism : {"laplace", "geometric", "gaussian"}
        On integers the first two are one mechanism.
    max_contributions : int or None
        Rows of one person that count, the first ones; default is the schema's
        ``max_rows_per_person``, else 1. Without a person column each row is a person.
    neighbours : {"add-remove", "replace"}
        What "one person more or less" means; replacing costs twice the Laplace noise, and ``sqrt(2)``
        times the Gaussian.
    ledger, dataset, budget : path, str and float or str, or None
        File that keeps every answer about this data set; the curator's name of it, the same for
        all its versions; the total that may be spent on it, such as ``1.5``,
        ``epsilon=1,delta=1e-6`` or ``rho=0.1``, needed the first time.
    seed : int or None
        None draws in earnest through OpenDP. A seed simulates: the release is not private.

    References
    ----------
    Dwork, McSherry, Nissim, Smith (2006), doi:10.1007/11681878_14; Canonne, Kamath, Steinke
    (2020), arXiv:2004.00010.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"sex": Column(Role.QUASI_IDENTIFIER, domain=("f", "m"))})
    >>> export = Export(pa.table({"sex": ["f"] * 60}), schema)
    >>> release = DpHistogram("sex", epsilon=1, seed=4).transform(export)
    >>> release.table.to_pydict(), release.guarantee, release.private
    ({'sex': ['f', 'm'], 'count': [60, 1]}, epsilon=1.0, False)
    """

    name: ClassVar[str] = "dp-histogram"
    produces: ClassVar[Kind] = "counts"
    remembers: ClassVar[bool] = False

    columns: Sequence[str] | str
    epsilon: float | str
    _: KW_ONLY
    delta: float | str = 0
    mechanism: Literal["laplace", "geometric", "gaussian"] = "laplace"

    def transform(self, export: Export) -> Release:
        """Return the counts as a table and as an oracle for sums of its cells."""
        columns = listed(self.columns)
        domain = Domain.of(export.schema, columns)
        limit = contribution_limit(export, self.max_contributions)
        noise, cost, promises = self._mechanism(limit)
        curator = self.curator(export)
        query = {"columns": columns, "values": domain.values, "noise": str(noise), "rows per person": limit}
        noisy = curator.answer(
            {"defence": self.name, **query},
            cost,
            lambda stream: add_noise(cell_counts(export, domain, limit), noise, stream).tolist(),
            domain.stated(),
        )
        counts = np.asarray(noisy, dtype=np.int64)
        return Release(
            "counts",
            export.schema,
            curator.guarantee(promises, limit),
            table=histogram_table(domain, counts),
            ask=lambda query: sum_of_cells(query, domain, counts),
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self), "noise": str(noise)},
        )

    def _mechanism(self, limit: int) -> tuple[Noise, Cost, dict[str, float]]:
        """Return noise, cost and promise when one person counts with at most ``limit`` rows."""
        distance, squared = self.distance(limit), self.squared(limit)
        epsilon, delta = exact(self.epsilon), exact_delta(self.delta)
        if self.mechanism in {"laplace", "geometric"}:
            noise: Noise = Laplace(distance / epsilon)
            return noise, Cost.pure(epsilon, losses=noise.losses(distance)), {"epsilon": float(epsilon)}
        if self.mechanism == "gaussian":
            noise = Gaussian.of(rho_of_epsilon(epsilon, delta), squared)
            rho = noise.rho(squared)
            promises = {"epsilon": float(epsilon), "delta": float(delta), "rho": float(rho)}
            return noise, Cost(None, rho, losses=noise.losses(squared)), promises
        raise LabError(f"mechanism is {self.mechanism!r} but must be 'laplace', 'geometric' or 'gaussian'.")
