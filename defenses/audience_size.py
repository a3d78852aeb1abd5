"""Audience sizes: what a platform can do to the one number that it tells an advertiser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor, log10
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from defenses.budget import Cost, Neighbours, exact
from defenses.curator import Curator
from defenses.defense import Defense
from defenses.noise import Laplace, add_noise
from exports.errors import LabError
from exports.queries import CountQuery, count, exact_counts
from exports.release import Export, Guarantee, Kind, Release

Ask = Callable[[CountQuery], int]


class SizeDefense(Defense):
    """A platform's answer to "how large is this audience?", changed before it leaves."""

    produces: ClassVar[Kind] = "counts"

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

    def _oracle(self, export: Export, ask: Ask, guarantee: Guarantee, private: bool = False) -> Release:
        manifest = {"defense": self.name, "parameters": self.get_params()}
        return Release("counts", export.schema, guarantee, ask=ask, private=private, manifest=manifest)


class MinimumSize(SizeDefense):
    """Tell 0 for an audience below a least size.

    An advertiser who adds one person at a time to an audience just above the size still sees the
    step, so that one person's membership leaks. It promises nothing.

    Parameters
    ----------
    least : int, default 1000
        Smallest size that is told.
    """

    name: ClassVar[str] = "minimum-size"

    def __init__(self, least: int = 1000) -> None:
        self.least = least

    def around(self, ask: Ask) -> Ask:
        """Return the oracle that hides sizes below the least."""

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
    """

    name: ClassVar[str] = "rounded-size"

    def __init__(self, digits: int = 2) -> None:
        self.digits = digits

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

    References
    ----------
    Venkatadri, Andreou, Liu, Mislove, Gummadi, Loiseau and Goga (2018), doi:10.1109/SP.2018.00014.
    """

    name: ClassVar[str] = "undeduplicated-size"

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
        seed: int | None = None,
    ) -> None:
        self.epsilon = epsilon
        self.budget = budget
        self.neighbours = neighbours
        self.ledger = ledger
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the oracle of noisy sizes."""
        ask = exact_counts(export).ask
        assert ask is not None
        return noisy_oracle(self, export, ask)


def noisy_oracle(defense: Any, export: Export, ask: Ask) -> Release:
    """Return an oracle that adds Laplace noise of sensitivity 1 to ``ask``, within the defence's budget."""
    epsilon = exact(defense.epsilon)
    cost = Cost.pure(epsilon)
    curator = Curator.of(
        export,
        neighbours=defense.neighbours,
        ledger=defense.ledger,
        budget=defense.budget,
        seed=defense.seed,
    )

    def noisy(query: CountQuery) -> int:
        described = {"defence": defense.name, "query": query.key(), "epsilon": str(epsilon)}
        return int(
            curator.answer(
                described,
                cost,
                lambda stream: int(add_noise(np.array([ask(query)]), Laplace(1 / epsilon), stream)[0]),
            )
        )

    assert curator.budget is not None
    total: dict[str, float] = {curator.budget.currency: float(curator.budget.total)}
    return Release(
        "counts",
        export.schema,
        curator.guarantee(total, 1),
        ask=noisy,
        private=defense.seed is None,
        manifest={"defense": defense.name, "parameters": defense.get_params()},
    )
