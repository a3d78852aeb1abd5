"""The one number that a platform tells about an audience, for one or for many, exact or with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.columns import Columns, chosen
from defenses.contributions import require_no_weight
from defenses.defense import Defense
from defenses.dp.budget import Cost, exact
from defenses.dp.curator import Curator
from defenses.dp.noise import Laplace, add_noise
from defenses.released import stated
from exports.domain import Domain
from exports.errors import LabError
from exports.queries import Condition, CountQuery, exact_counts
from exports.release import Export, Guarantee, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa

MOST_AUDIENCES = 10_000

Ask = Callable[[CountQuery], int]


class SizeDefense(Defense):
    """A platform's answer to "how large is this audience?", changed before it leaves."""

    produces: ClassVar[Kind] = "counts"
    by: Columns = None

    def around(self, ask: Ask) -> Ask:
        """Return the oracle that changes each answer of ``ask``; several go around one another.

        Examples
        --------
        >>> from defenses import MinimumSize, RoundedSize
        >>> shown = RoundedSize(2).around(MinimumSize(1000).around(lambda query: query))
        >>> [shown(size) for size in (999, 1000, 4_129_312)]
        [0, 1000, 4100000]
        """
        return ask

    def transform(self, export: Export) -> Release:
        """Return the oracle of sizes over the export's people."""
        ask = exact_counts(export).ask
        assert ask is not None
        return self._oracle(export, self.around(ask), Guarantee())

    def _oracle(self, export: Export, ask: Ask, guarantee: Guarantee) -> Release:
        require_no_weight(export, self)
        table = None
        if self.by is not None:
            table, audiences = audiences_by(export, self.by)
            table = table.append_column("count", [[ask(query) for query in audiences]])
        return Release(
            "counts",
            export.schema,
            guarantee,
            table=table,
            ask=ask,
            manifest={"defense": self.name, "parameters": stated(self)},
        )


def audiences_by(export: Export, by: Columns) -> tuple[pa.Table, list[CountQuery]]:
    """Return the values of some columns in all combinations, and the audience that each one is.

    Raises
    ------
    LabError
        When a column is not declared or there are too many combinations.
    """
    import pyarrow as pa

    names = chosen(export.schema, by)
    values = [sorted(set(export.table[name].to_pylist()), key=_order) for name in names]
    if prod(map(len, values)) > MOST_AUDIENCES:
        raise LabError(
            f"{', '.join(names)} have {prod(map(len, values)):,} combinations, more than "
            f"{MOST_AUDIENCES:,}: name fewer columns in by."
        )
    combinations = list(product(*values))
    table = pa.table(
        {
            name: pa.array([one[place] for one in combinations], export.table[name].type)
            for place, name in enumerate(names)
        }
    )
    asked = [
        CountQuery(tuple(Condition(name, [value]) for name, value in zip(names, one, strict=True)))
        for one in combinations
    ]
    return table, asked


def _order(value: Any) -> tuple[bool, Any]:
    return (value is None, "" if value is None else value)


def noisy_oracle(defense: Any, export: Export, ask: Ask, sensitivity: int = 1) -> Release:
    """Return an oracle that adds Laplace noise to ``ask``, within the defence's budget.

    Parameters
    ----------
    defense : NoisySize or PsiSize
        Its epsilon is the cost of one answer.
    export : Export
        The input.
    ask : callable
        The exact oracle.
    sensitivity : int, default 1
        How much one person changes an answer.
    """
    epsilon = exact(defense.epsilon)
    noise = Laplace(sensitivity / epsilon)
    curator = Curator.of(
        export,
        neighbours=defense.neighbours,
        ledger=defense.ledger,
        budget=defense.budget,
        seed=defense.seed,
    )

    def noisy(queries: Sequence[CountQuery]) -> list[int]:
        keys = [query.key() for query in queries]
        described = {"defence": defense.name, "queries": keys, "noise": str(noise)}
        found: list[int] = curator.answer(
            described,
            Cost.pure(epsilon * len(queries)),
            lambda stream: add_noise(np.array([ask(query) for query in queries]), noise, stream).tolist(),
        )
        return found

    table = None
    if defense.by is not None:
        names = chosen(export.schema, defense.by)
        domain = Domain.of(export.schema, names)
        codes = np.unravel_index(np.arange(prod(domain.sizes)), domain.sizes)
        every = domain.decode([code.astype(np.int32) for code in codes], export.table.schema)
        cells = [
            CountQuery(tuple(Condition(name, [value]) for name, value in row.items()))
            for row in every.to_pylist()
        ]
        table = every.append_column("count", [noisy(cells)])
    assert curator.budget is not None
    total: dict[str, float] = {curator.budget.currency: float(curator.budget.total)}
    return Release(
        "counts",
        export.schema,
        curator.guarantee(total, sensitivity),
        table=table,
        ask=lambda query: noisy([query])[0],
        private=defense.seed is None,
        manifest={"defense": defense.name, "parameters": stated(defense), "noise": str(noise)},
    )
