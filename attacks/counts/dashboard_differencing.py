"""Dashboard differencing: small counts that are withheld come back from the totals around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions
from attacks.counts.table_cells import ask_line, cells, codebook, group_of, margins, size
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from exports.errors import LabError
from exports.queries import Condition, CountQuery, Counts
from exports.release import Kind, Release, Truth

CELLS = 20_000
"""Cells of a dashboard above which the attack is refused."""

WITHHELD = 400
"""Withheld cells above which it is refused: each takes two linear programs."""


@dataclass(frozen=True, slots=True)
class DashboardDifferencing:
    """A reader of a dashboard computes the counts that it withholds because they are small.

    She takes every published cell and every total of a row or column. A single withheld cell of a
    row is the total less the others; several are narrowed to a range by linear programming.
    Success is the withheld count itself. Withholding further cells, well chosen, leaves ranges.

    Parameters
    ----------
    columns : tuple of str, optional
        Columns of the dashboard; by default the schema's first two quasi-identifiers.
    by : str, optional
        One of these columns: cells are reported by their value of it.

    Notes
    -----
    A withheld cell is a target, not a person; there is no control. ``attack``: cells whose count
    is guessed right, as the middle of its range; ``baseline``: 1, the commonest small count, for
    each. ``series["determined"]``: cells whose range is a single number.

    References
    ----------
    Cox (1980), Suppression methodology and statistical disclosure control,
    doi:10.1080/01621459.1980.10477481.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema, Withheld
    >>> people = pa.table({"town": ["a"] * 9 + ["b"] * 7, "sick": ["no"] * 8 + ["yes"] + ["no"] * 7})
    >>> roles = Schema.of(quasi_identifier=["town", "sick"])
    >>> exact = Counts.of(people, roles)
    >>> def ask(query):
    ...     if 0 < exact.answer(query) < 5 and len(query.conditions) == 2:
    ...         raise Withheld("small")
    ...     return exact.answer(query)
    >>> DashboardDifferencing().run(Release("counts", roles, ask=ask), Truth(people), seed=1).attack
    100.0 % [20.7, 100.0] (1 of 1)
    """

    name: ClassVar[str] = "dashboard-differencing"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle"})

    columns: tuple[str, ...] | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why this release is no dashboard."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        columns = self._columns(release)
        absent = [name for name in columns if name not in truth.original.column_names]
        if len(columns) < 2 or absent:
            return f"{self.name} needs two columns of the original, and lacks {absent or 'one'}"
        if self.by not in (None, *columns):
            return f"{self.name} reports by a column of the dashboard, not by {self.by!r}"
        asked = size(codebook(truth.original, columns))
        if asked > CELLS:
            return f"{self.name} reads at most {CELLS:,} cells, not {asked:,}: take coarser columns"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Read the dashboard and solve for what is missing.

        Raises
        ------
        LabError
            When the columns do not fit, or too many cells are withheld.
        """
        require(self, release, truth)
        assert release.ask is not None
        columns = self._columns(release)
        values = codebook(truth.original, columns)
        ask, places = Questions(release.ask), cells(values)
        shown = [ask_line(ask, columns, values, dict(enumerate(place))) for place in places]
        hidden = np.array([at for at, count in enumerate(shown) if count is None], dtype=np.int64)
        if len(hidden) > WITHHELD:
            raise LabError(
                f"{len(hidden):,} of {len(places):,} cells are withheld and at most {WITHHELD} can be solved "
                "for: take coarser columns."
            )
        sums, totals = margins(ask, columns, values, len(columns) - 1)
        known = np.array([count or 0 for count in shown], dtype=float)
        low, high = ranges(sums[:, hidden], totals - sums @ known)
        exact = Counts.of(truth.original, release.schema, columns)
        withheld = [_conditions(columns, values, places[at]) for at in hidden]
        truly = np.array([exact.answer(CountQuery(cell)) for cell in withheld])
        groups = np.array([group_of(cell, self.by or "") for cell in withheld], dtype=str)
        made = np.isfinite(high)
        guess = np.floor((low + np.where(made, high, low)) / 2 + 0.5)
        return scored(
            self.name,
            Guesses((guess == truly)[made], groups=None if self.by is None else groups[made]),
            baseline=(truly == 1)[made],
            asked=len(hidden),
            seed=seed,
            series={
                "cells": len(places),
                "withheld": len(hidden),
                "determined": int(np.count_nonzero(low == high)),
                "questions": {"asked": ask.asked, "withheld": ask.withheld},
            },
        )

    def _columns(self, release: Release) -> tuple[str, ...]:
        return release.schema.quasi_identifiers[:2] if self.columns is None else self.columns


def _conditions(
    columns: tuple[str, ...], values: list[list[object]], place: tuple[int, ...]
) -> tuple[Condition, ...]:
    return tuple(Condition(columns[axis], [values[axis][at]]) for axis, at in enumerate(place))


def ranges(
    sums: NDArray[np.float64], totals: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the greatest count that each unknown cell can have.

    Parameters
    ----------
    sums : array of float, shape (n_totals, n_unknown)
        1 where an unknown cell is part of a total.
    totals : array of float, shape (n_totals,)
        The totals less the known cells. Noise can make them contradict one another: then nothing
        is known, from 0 to infinity.

    Examples
    --------
    >>> low, high = ranges(np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([7.0, 3.0]))
    >>> low.tolist(), high.tolist()
    ([3.0, 4.0], [3.0, 4.0])
    """
    from scipy.optimize import linprog

    unknown = sums.shape[1]
    low, high = np.zeros(unknown), np.full(unknown, np.inf)
    telling = sums.any(axis=1)
    if not telling.any():
        return low, high
    for cell in range(unknown):
        for sign, bound in ((1.0, low), (-1.0, high)):
            goal = np.zeros(unknown)
            goal[cell] = sign
            found = linprog(goal, A_eq=sums[telling], b_eq=totals[telling], bounds=(0, None), method="highs")
            if found.status == 0 and found.fun is not None:
                edge = sign * float(found.fun)
                bound[cell] = np.ceil(edge - 1e-6) if sign > 0 else np.floor(edge + 1e-6)
    return low, high
