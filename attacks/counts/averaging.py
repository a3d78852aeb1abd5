"""Averaging: a count that is noisy afresh at each asking is no secret after enough askings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import ClassVar

import numpy as np

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions
from attacks.counts.table_cells import group_of
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from exports.queries import Condition, CountQuery, Counts
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

LIMIT = 1_000_000
"""Questions above which the attack is refused."""


@dataclass(frozen=True, slots=True)
class Averaging:
    """An analyst asks for the same count again and again and takes the mean.

    Each answer carries new noise, which falls with the root of the number of askings, until the
    mean rounds to the true count. A release that keeps its answers, or a budget that counts them,
    gives nothing more at the second asking.

    Parameters
    ----------
    repeats : int, default 200
        Askings of each count.
    columns : tuple of str, optional
        Columns whose cells are counted, singly and in pairs; by default quasi-identifiers and
        sensitive ones.
    targets : int, default 50
        Cells asked for.
    by : str, optional
        One of these columns: cells are reported by the value of it that they count.

    Notes
    -----
    ``attack``: cells whose mean rounds to the true count. ``baseline``: those whose first answer
    does. A cell is a target here, not a person; there is no control. ``series["mean_error"]``
    is the mean distance from the truth after 1, 2, 4, ... askings.

    References
    ----------
    Denning (1980), Secure statistical databases with random sample queries,
    doi:10.1145/320613.320616.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"sex": ["f"] * 30 + ["m"] * 20})
    >>> noise = iter([9, -9] * 100)
    >>> roles, oracle = Schema.of(quasi_identifier=["sex"]), Counts.of(people, Schema())
    >>> release = Release("counts", roles, ask=lambda query: oracle.answer(query) + next(noise))
    >>> Averaging(repeats=10).run(release, Truth(people), seed=1).attack
    100.0 % [34.2, 100.0] (2 of 2)
    """

    name: ClassVar[str] = "averaging"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle"})

    repeats: int = 200
    columns: tuple[str, ...] | None = None
    targets: int = 50
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no count can be asked for again."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        columns = self._columns(release)
        absent = [name for name in columns if name not in truth.original.column_names]
        faults = (
            (not columns, "needs a column to count by"),
            (bool(absent), f"needs the column {absent[:1]} in the original"),
            (self.by not in (None, *columns), f"reports by a column that it counts by, not by {self.by!r}"),
            (min(self.repeats, self.targets) < 1, "needs at least 1 repeat and 1 target"),
            (self.repeats * self.targets > LIMIT, f"asks at most {LIMIT:,} questions: lower repeats"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Ask for each cell again and again.

        Raises
        ------
        LabError
            When the release lacks a column, or the oracle cannot answer.
        """
        require(self, release, truth)
        assert release.ask is not None
        ask, exact = Questions(release.ask), Counts.of(truth.original, release.schema)
        cells = self._cells(release, truth)
        rows = Stream(seed, "attack", f"{self.name}/cells").sample(len(cells), self.targets)
        answers, truly, groups = [], [], []
        for row in rows:
            told = [answer for _ in range(self.repeats) if (answer := ask.again(*cells[row])) is not None]
            if told:
                answers.append(np.resize(np.cumsum(told) / np.arange(1, len(told) + 1), self.repeats))
                answers[-1][len(told) :] = np.mean(told)
                truly.append(exact.answer(CountQuery(cells[row])))
                groups.append(group_of(cells[row], self.by or ""))
        means = np.array(answers, dtype=float).reshape(len(truly), self.repeats)
        error = np.abs(means - np.array(truly, dtype=float)[:, None])
        steps = [2**power for power in range(self.repeats.bit_length()) if 2**power <= self.repeats]
        curve = [float(error[:, step - 1].mean()) for step in steps] if truly else []
        return scored(
            self.name,
            Guesses(
                np.rint(means[:, -1]) == truly if truly else np.zeros(0, dtype=bool),
                groups=None if self.by is None else np.array(groups, dtype=str),
            ),
            baseline=np.rint(means[:, 0]) == truly if truly else np.zeros(0, dtype=bool),
            asked=len(rows),
            seed=seed,
            series={
                "mean_error": {"askings": steps if truly else [], "error": curve},
                "questions": {"asked": ask.asked, "withheld": ask.withheld},
            },
        )

    def _columns(self, release: Release) -> tuple[str, ...]:
        schema = release.schema
        return schema.quasi_identifiers + schema.sensitive if self.columns is None else self.columns

    def _cells(self, release: Release, truth: Truth) -> list[tuple[Condition, ...]]:
        """Return cells of single columns and of pairs, as the public codebook has them."""
        codebook = {
            name: sorted(truth.original[name].unique().to_pylist(), key=repr)
            for name in self._columns(release)
        }
        single = [(Condition(name, [value]),) for name, values in codebook.items() for value in values]
        pairs = (
            (Condition(one, [a]), Condition(other, [b]))
            for one, other in combinations(codebook, 2)
            for a, b in product(codebook[one], codebook[other])
        )
        return [*single[: 20 * self.targets], *islice(pairs, 20 * self.targets)]
