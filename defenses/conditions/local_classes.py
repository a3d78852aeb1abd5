"""Classes cut out of a table piece by piece: whose rows they are, and what every class must satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.condition import Condition, Tally
from defenses.conditions.requirements import Requirements, SensitiveColumn, sensitive_columns
from exports.coding import Floats, Ints, Passes, encode
from exports.errors import LabError
from exports.keys import once_per_class
from exports.release import Export, Guarantee


@dataclass(frozen=True, slots=True)
class People:
    """Whose rows they are, and what is asked of every class of them."""

    asked: Requirements
    conditions: tuple[Condition, ...]
    values: Mapping[str, SensitiveColumn]
    person: Ints | None

    @classmethod
    def of(cls, export: Export, asked: Requirements) -> People:
        """Return what is asked of classes of an export's rows."""
        asked.require_size(export)
        person = export.schema.person
        persons = None if person is None else encode(export.table[person], person).codes.astype(np.intp)
        values = {}
        conditions = asked.of_rows(export)
        for name in sensitive_columns(export, asked) if asked.protects_values else ():
            values[name] = SensitiveColumn.of(export, name, persons)
            conditions += asked.of_values(name, values[name])
        return cls(asked, tuple(conditions), values, persons)

    @property
    def guarantee(self) -> Guarantee:
        """What a release promises when every class satisfies what is asked."""
        return Guarantee(self.asked.promises, "record" if self.person is None else "person")

    @property
    def sizes_only(self) -> bool:
        """Whether a class passes as soon as it has k rows."""
        return self.person is None and not self.values

    def passes(self, part: Ints, rows: Ints | slice, count: int) -> Passes:
        """Return which of ``count`` parts of some rows satisfy everything."""
        sizes = np.bincount(part, minlength=count).astype(np.float64)
        weight: NDArray[Any] | None = None
        if self.person is not None:
            place, _, pair = once_per_class(part, self.person[rows])
            sizes = np.bincount(place, minlength=count).astype(np.float64)
            weight = 1 / np.bincount(pair)[pair]
        passes = np.ones(count, bool)
        for condition in self.conditions:
            histogram: NDArray[Any] = np.zeros((count, 0))
            reference: Floats = np.zeros(0)
            if condition.sensitive is not None:
                column = self.values[condition.sensitive]
                reference = column.reference.shares
                cells = part * column.size + column.codes[rows]
                histogram = np.bincount(cells, weight, count * column.size).reshape(count, column.size)
            passes &= condition.passes(Tally(sizes, sizes, histogram.astype(np.float64), reference))
        return passes

    def require(self, part: Ints) -> None:
        """Check that the parts of all rows satisfy everything.

        Raises
        ------
        LabError
            When they do not.
        """
        failing = int(np.count_nonzero(~self.passes(part, slice(None), int(part.max(initial=-1)) + 1)))
        if failing or not len(part):
            raise LabError(
                f"{failing:,} classes do not satisfy what is asked even with all {len(part):,} rows in one "
                "class: ask for less."
            )
