"""Audience sizes: what a platform can do to the one number that it tells an advertiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import floor, log10
from pathlib import Path
from typing import ClassVar

from defenses.counts.size_defense import Ask, SizeDefense, noisy_oracle, spelled_out
from defenses.dp.budget import Neighbours
from exports.errors import LabError
from exports.queries import CountQuery, count
from exports.release import Export, Guarantee, Release


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
    >>> from exports import Schema
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
    >>> from exports import Schema
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
    >>> from exports import Schema
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

    Whoever asks, however cleverly, gains at most a factor ``exp(budget)`` on whether one person is
    there over all answers, ``exp(2 * budget)`` on what is said of them. The same question gets the
    same answer and costs nothing again.

    Parameters
    ----------
    epsilon : float or str
        Cost of one answer.
    budget : float or str
        Total over all answers.
    neighbours : {"add-remove", "replace"}
        Both change a size by at most 1 person.
    ledger, dataset : path and str, or None
        File that keeps answers and charges, and the curator's name of the data set in it; without
        them they live as long as the release.
    by : sequence of str, str or None
        Columns with declared domains, every combination of whose values is asked at once, at
        ``epsilon`` each; the answers are the release's table.
    seed : int or None
        None draws in earnest through OpenDP; a seed simulates.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
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
        dataset: str | None = None,
    ) -> None:
        self.epsilon = epsilon
        self.budget = budget
        self.neighbours = neighbours
        self.ledger = ledger
        self.by = by
        self.seed = seed
        self.dataset = dataset

    def transform(self, export: Export) -> Release:
        """Return the oracle of noisy sizes."""
        return noisy_oracle(self, export, spelled_out(export))
