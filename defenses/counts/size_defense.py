"""The one number that a platform tells about an audience, for one or for many, exact or with noise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
from exports.coding import as_text
from exports.domain import Domain, is_listed, one_value
from exports.errors import LabError
from exports.queries import Condition, CountQuery, Counts, exact_counts
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


def _require_known(query: CountQuery, known: Collection[str | None]) -> None:
    """Check a question against the schema alone: what depends on rows is inside the noisy answer."""
    for name in query.columns:
        if name not in known:
            raise LabError(f"The query names {name!r}, which the schema does not: correct the name.")


def spelled_out(export: Export) -> Ask:
    """Return the oracle of sizes that refuses no question for what stands in the rows.

    A value is compared as the schema declares the column, else as text; the type in which a reader
    stored the column, which one cell can change, decides nothing.
    """
    import pyarrow as pa

    table, schema = export.table, export.schema
    declared = {
        name: Domain.of(schema, [name])
        for name, column in schema.columns.items()
        if column.domain is not None or (column.bounds is not None and is_listed(column))
    }
    columns = {name: _as_spelled(table[name], declared.get(name)) for name in table.column_names}
    counts = Counts.of(pa.table(columns), schema)

    def ask(query: CountQuery) -> int:
        return counts.answer(CountQuery(tuple(_respelled(one, declared) for one in query.conditions)))

    return ask


def _as_spelled(column: pa.ChunkedArray, domain: Domain | None) -> pa.Array:
    """Return a column as texts: of declared values as declared, of others as they are written."""
    import pyarrow as pa
    import pyarrow.compute as pc

    written = as_text(column)
    if domain is None:
        return written
    code = domain.encode(pa.table([column], names=list(domain.columns)))[0]
    declared = pa.array([value or None for value in domain.values[0]], pa.string())
    return pc.if_else(pa.array(code >= 0), declared.take(pa.array(np.maximum(code, 0))), written)


def _respelled(condition: Condition, declared: Mapping[str, Domain]) -> Condition:
    import pyarrow as pa

    domain = declared.get(condition.column)
    texts: set[str | None] = set()
    for value in condition.values:
        column = one_value(value)
        texts.add(_as_spelled(pa.chunked_array([column]), domain)[0].as_py())
    return Condition(condition.column, texts, condition.negated)


def _order(value: Any) -> tuple[bool, Any]:
    return (value is None, "" if value is None else value)


def noisy_oracle(
    defense: Any, export: Export, ask: Ask, sensitivity: int = 1, covered: int | None = None
) -> Release:
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
    covered : int or None
        Rows of a person that the promise covers; None for all of them.
    """
    epsilon = exact(defense.epsilon)
    noise = Laplace(sensitivity / epsilon)
    known = {*export.schema.columns, export.schema.person, export.schema.household}
    curator = Curator.of(
        export,
        neighbours=defense.neighbours,
        ledger=defense.ledger,
        budget=defense.budget,
        seed=defense.seed,
        dataset=defense.dataset,
    )

    def noisy(queries: Sequence[CountQuery]) -> list[int]:
        for query in queries:
            _require_known(query, known)
        keys = [query.key() for query in queries]
        described = {"defence": defense.name, "queries": keys, "noise": str(noise)}
        found: list[int] = curator.answer(
            described,
            Cost.pure(epsilon * len(queries), losses=noise.losses(sensitivity, len(queries))),
            lambda stream: add_noise(np.array([ask(query) for query in queries]), noise, stream).tolist(),
        )
        return found

    table = None
    if defense.by is not None:
        names = chosen(export.schema, defense.by)
        domain = Domain.of(export.schema, names)
        codes = np.unravel_index(np.arange(prod(domain.sizes)), domain.sizes)
        every = domain.decode([code.astype(np.int32) for code in codes])
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
        curator.guarantee(total, covered),
        table=table,
        ask=lambda query: noisy([query])[0],
        private=defense.seed is None,
        manifest={"defense": defense.name, "parameters": stated(defense), "noise": str(noise)},
    )
