"""Rows recoded to given levels, every class checked on the very data that leaves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.lattice.losses import LOSSES
from defenses.lattice.problem import Problem, problem_of
from defenses.released import changed_release
from exports.coding import Passes
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy
from exports.release import Export, Guarantee, Release


def recoded(
    defense: Defense,
    export: Export,
    asked: Requirements,
    hierarchies: Mapping[str, Hierarchy],
    levels: Mapping[str, int],
    *,
    narrow_first: bool = False,
) -> Release:
    """Return an export at given levels, every class checked on this very data.

    Raises
    ------
    LabError
        When more rows than allowed would have to be left out, or all of them.
    """
    problem = problem_of(export, asked, hierarchies, narrow_first=narrow_first)
    lattice = problem.lattice()
    node = tuple(levels[name] for name in hierarchies)
    judge = problem.judge(lattice)
    kept = judge.rows(node)[: export.table.num_rows]
    rows = np.flatnonzero(kept)
    require_rows(problem, kept, asked.suppression)
    columns = {
        name: hierarchies[name].generalise(problem.coded[name][: len(kept)], level)
        for name, level in levels.items()
        if level
    }
    verdict = judge.at(node)
    classes = judge.kept(verdict)
    return changed_release(
        defense,
        export,
        columns,
        rows=rows,
        guarantee=Guarantee(asked.promises, "record" if problem.person is None else "person"),
        levels=dict(levels),
        loss={name: loss.value(lattice, *classes) for name, loss in LOSSES.items()},
        reference=reference(problem),
    )


def require_rows(problem: Problem, kept: Passes, suppression: float) -> None:
    """Check that enough rows (persons) are left.

    Raises
    ------
    LabError
        With the numbers, when they are not.
    """
    unit, total, left = "rows", len(kept), int(kept.sum())
    if problem.person is not None:
        unit = "persons"
        total, left = len(np.unique(problem.person)), len(np.unique(problem.person[kept]))
    gone, limit = total - left, int(problem.conditions.limit(total))
    if gone > limit:
        raise LabError(
            f"{gone:,} of {total:,} {unit} would have to be suppressed and at most {limit:,} may be "
            f"(suppression {suppression:g}): generalise more or allow more."
        )
    if not left:
        raise LabError(f"All {total:,} {unit} would be suppressed, so nothing would leave: generalise more.")


def reference(problem: Problem) -> dict[str, dict[str, float]]:
    """Return the share of each sensitive value in the input table, which l and t refer to."""
    return {
        name: dict(
            zip(
                ["", *column.reference.values.cast("string").to_pylist()],
                column.reference.shares.tolist(),
                strict=True,
            )
        )
        for name, column in problem.values.items()
    }
