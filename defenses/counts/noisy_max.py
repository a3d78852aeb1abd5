"""Report noisy max: which value is the commonest, and nothing about how common it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from defenses.dp.budget import exact
from defenses.dp.cell_counts import cell_counts, contribution_limit
from defenses.dp.curator import Curated
from defenses.dp.selection import noisy_max, selection_cost
from defenses.released import stated
from exports.domain import Domain
from exports.errors import LabError
from exports.queries import CountQuery
from exports.release import Export, Kind, Release


@dataclass(eq=False, repr=False)
class NoisyMax(Curated):
    """Publish which declared value most people have, chosen with noise, and no count at all.

    Whoever reads it, with any knowledge of everybody else, gains at most a factor
    ``exp(epsilon)`` on whether one person is in the table, and ``exp(2 * epsilon)`` on their
    answer. A value that is behind by many is hardly ever chosen; of two that are close either may
    be. The price does not grow with the number of values.

    Parameters
    ----------
    column : str
        Column with a declared domain.
    epsilon : float or str
        Of the choice.
    max_contributions, neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``; a person's rows change a count by as many at most.

    References
    ----------
    McSherry and Talwar (2007), doi:10.1109/FOCS.2007.66.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"from": Column(Role.QUASI_IDENTIFIER, domain=("search", "friend"))})
    >>> export = Export(pa.table({"from": ["search"] * 60 + ["friend"] * 20}), schema)
    >>> NoisyMax("from", epsilon=1, seed=1).transform(export).rows.to_pydict()
    {'from': ['search']}
    """

    name: ClassVar[str] = "noisy-max"
    produces: ClassVar[Kind] = "counts"

    column: str
    epsilon: float | str

    def transform(self, export: Export) -> Release:
        """Return the chosen value as a table; the oracle knows no counts."""
        epsilon = exact(self.epsilon)
        domain = Domain.of(export.schema, [self.column])
        limit = contribution_limit(export, self.max_contributions)
        curator = self.curator(export)
        query = {"defence": self.name, "values": domain.values, "column": self.column}
        place = curator.answer(
            {**query, "epsilon": str(epsilon), "rows per person": limit},
            selection_cost(epsilon),
            lambda stream: noisy_max(cell_counts(export, domain, limit), epsilon, stream, limit),
            domain.stated(),
        )
        chosen = domain.decode([np.array([place])])

        def ask(query: CountQuery) -> int:  # noqa: ARG001 - every question has this answer
            raise LabError(
                f"Only the commonest {self.column!r} was released and no count: take dp-histogram."
            )

        return Release(
            "counts",
            export.schema,
            curator.guarantee({"epsilon": float(epsilon)}, limit),
            table=chosen,
            ask=ask,
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self)},
        )
