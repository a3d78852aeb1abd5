"""Global recoding: every value of a column is replaced by its label at one level."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from defenses.columns import changed_release
from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.lattice.losses import LOSSES
from defenses.lattice.problem import Problem, hierarchies_of, problem_of
from exports.coding import Passes
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy
from exports.release import Export, Guarantee, Kind, Release


class GlobalRecoding(Defense):
    """Generalise each quasi-identifier to a level of its hierarchy, and leave small classes out.

    An adversary who knows the quasi-identifiers finds at least k candidates for every row that
    leaves. Direct identifiers and tokens do not leave at all; persons and households leave as
    numbers made anew.

    Parameters
    ----------
    levels : mapping of str to int, or str
        Level of each quasi-identifier, 0 where none is given; as text ``age:2,zip:3``, in which a name
        that holds a comma stands in double quotes with its level.
    k : int, default 1
        Rows per class; with a person column, persons.
    suppression : float, default 0
        Largest share of rows (persons) that may be left out.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["02139", "02138", "10001"]}), schema)
    >>> release = GlobalRecoding({"zip": 1}, k=2, suppression=0.4).fit_transform(export)
    >>> release.rows["zip"].to_pylist(), release.guarantee
    (['0213*', '0213*'], k=2)
    """

    name: ClassVar[str] = "global-recoding"
    produces: ClassVar[Kind] = "records"

    def __init__(self, levels: Mapping[str, int] | str = "", k: int = 1, suppression: float = 0.0) -> None:
        self.levels = levels
        self.k = k
        self.suppression = suppression

    def fit(self, export: Export) -> Self:
        """Build the hierarchies of the columns."""
        self.hierarchies_ = hierarchies_of(export)
        wanted = _levels(self.levels)
        for name, level in wanted.items():
            if name not in self.hierarchies_:
                raise LabError(f"levels names {name!r}, which is no quasi-identifier: correct the name.")
            height = self.hierarchies_[name].height
            if not 0 <= level <= height:
                raise LabError(f"The level of {name!r} is {level} but must be from 0 to {height}.")
        self.levels_ = {name: wanted.get(name, 0) for name in self.hierarchies_}
        return self

    def transform(self, export: Export) -> Release:
        """Return the generalised rows, without those whose class is too small."""
        return recoded(
            self,
            export,
            Requirements(k=self.k, suppression=self.suppression),
            self.hierarchies_,
            self.levels_,
        )


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
    gone, limit = total - left, int(problem.policy.limit(total))
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


def _levels(given: Mapping[str, int] | str) -> dict[str, int]:
    if not isinstance(given, str):
        return dict(given)
    found = {}
    for pair in filter(None, next(csv.reader([given], skipinitialspace=True), [])):
        name, _, level = pair.rpartition(":")
        if not name or not level.strip().isdigit():
            raise LabError(f"levels holds {pair!r} but must be like age:2,zip:3: correct it.")
        found[name.strip()] = int(level)
    return found
