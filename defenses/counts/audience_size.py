"""Audience sizes: what a platform can do to the one number that it tells an advertiser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from math import floor, log10, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.columns import Columns, chosen, stated
from defenses.contributions import require_no_weight
from defenses.defense import Defense
from defenses.dp.budget import Cost, Neighbours, exact
from defenses.dp.curator import Curator
from defenses.dp.noise import Laplace, add_noise
from exports.domain import Domain
from exports.errors import LabError
from exports.queries import Condition, CountQuery, count, exact_counts
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


class MinimumSize(SizeDefense):
    """Tell 0 for an audience below a least size.

    An advertiser who adds one person at a time to an audience just above the size still sees the
    step, so that one person's membership leaks. It promises nothing.

    Parameters
    ----------
    least : int, default 1000
        Smallest size that is told.
    by : sequence of str, str or None
        Columns of which every combination of values is asked as an audience; the answers are the
        release's table.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> people = pa.table({"state": ["MA"] * 3 + ["NY"]})
    >>> export = Export(people, Schema.of(quasi_identifier=["state"]))
    >>> MinimumSize(2, by="state").transform(export).table["count"].to_pylist()
    [3, 0]
    """

    name: ClassVar[str] = "minimum-size"

    def __init__(self, least: int = 1000, by: Sequence[str] | str | None = None) -> None:
        self.least = least
        self.by = by

    def around(self, ask: Ask) -> Ask:
        """Return the oracle that hides sizes below the least."""
        if self.least < 1:
            raise LabError(f"least is {self.least} but must be at least 1.")

        def shown(query: CountQuery) -> int:
            size = ask(query)
            return size if size >= self.least else 0

        return shown


class RoundedSize(SizeDefense):
    """Tell sizes to so many significant digits.

    An advertiser who pads an audience up to a rounding step sees one person move the answer; many
    audiences average the rounding out. It promises nothing.

    Parameters
    ----------
    digits : int, default 2
        Significant digits.
    by : sequence of str, str or None
        As for a minimum size.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> export = Export(pa.table({"mail": ["a"] * 1234}), Schema.of(token=["mail"]))
    >>> RoundedSize(2).transform(export).ask(CountQuery())
    1200
    """

    name: ClassVar[str] = "rounded-size"

    def __init__(self, digits: int = 2, by: Sequence[str] | str | None = None) -> None:
        self.digits = digits
        self.by = by

    def around(self, ask: Ask) -> Ask:
        """Return the oracle that rounds halves away from zero."""
        if self.digits < 1:
            raise LabError(f"digits is {self.digits} but must be at least 1.")

        def shown(query: CountQuery) -> int:
            size = ask(query)
            step: int = 10 ** max(0, floor(log10(max(size, 1))) + 1 - self.digits)
            return (size + step // 2) // step * step

        return shown


class UndeduplicatedSize(SizeDefense):
    """Count uploaded rows that match and not the people behind them.

    With people counted, an advertiser who uploads two identifiers sees from a size of 1 or 2
    whether they are one person's; counting rows hides that. It promises nothing else.

    Parameters
    ----------
    by : sequence of str, str or None
        As for a minimum size.

    References
    ----------
    Venkatadri, Andreou, Liu, Mislove, Gummadi, Loiseau and Goga (2018), doi:10.1109/SP.2018.00014.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> export = Export(pa.table({"id": [1, 1]}), Schema.of(person="id", token=["id"]))
    >>> UndeduplicatedSize().transform(export).ask(CountQuery())
    2
    """

    name: ClassVar[str] = "undeduplicated-size"

    def __init__(self, by: Sequence[str] | str | None = None) -> None:
        self.by = by

    def transform(self, export: Export) -> Release:
        """Return the oracle that counts rows."""
        rows = replace(export.schema, person=None)
        return self._oracle(export, lambda query: count(query, export.table, rows), Guarantee())


class NoisySize(SizeDefense):
    """Add exact integer noise to each size, within a total budget; then refuse.

    Whoever asks, however cleverly, gains at most a factor ``exp(budget)`` on one person over
    all answers. The same question gets the same answer and costs nothing again.

    Parameters
    ----------
    epsilon : float or str
        Cost of one answer.
    budget : float or str
        Total over all answers.
    neighbours : {"add-remove", "replace"}
        Both change a size by at most 1 person.
    ledger : path or None
        File that keeps answers and charges; without it they live as long as the release.
    by : sequence of str, str or None
        Columns with declared domains, every combination of whose values is asked at once, at
        ``epsilon`` each; the answers are the release's table.
    seed : int or None
        None draws in earnest through OpenDP; a seed simulates.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> export = Export(pa.table({"mail": ["a", "b"]}), Schema.of(token=["mail"]))
    >>> release = NoisySize(epsilon=1, budget=1, seed=2).transform(export)
    >>> release.ask(CountQuery()) == release.ask(CountQuery()), release.guarantee
    (True, epsilon=1.0)
    """

    name: ClassVar[str] = "noisy-size"

    def __init__(
        self,
        epsilon: float | str,
        budget: float | str,
        *,
        neighbours: Neighbours = "add-remove",
        ledger: str | Path | None = None,
        by: Sequence[str] | str | None = None,
        seed: int | None = None,
    ) -> None:
        self.epsilon = epsilon
        self.budget = budget
        self.neighbours = neighbours
        self.ledger = ledger
        self.by = by
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the oracle of noisy sizes."""
        ask = exact_counts(export).ask
        assert ask is not None
        return noisy_oracle(self, export, ask)


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
