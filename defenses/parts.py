"""Rows cut into parts, every part large and diverse enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.k_anonymity import Condition, Tally
from defenses.conditions.requirements import Requirements, SensitiveColumn
from defenses.lattice.problem import sensitive_columns
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


def parts(ranks: Sequence[NDArray[np.int32]], people: People, k: int, *, strict: bool) -> Ints:
    """Return the class of each row: all parts are cut at once, round by round, without recursion.

    Parameters
    ----------
    ranks : sequence of array of int32, shape (rows,)
        Each column's value as a rank.
    people : People
        What every part must satisfy.
    k : int
        Least rows of a part.
    strict : bool
        Whether equal ranks stay together.
    """
    rows = len(ranks[0])
    spans = np.array([max(int(column.max(initial=0)), 1) for column in ranks], np.float64)
    final = np.zeros(rows, np.int64)
    classes = 0
    order = np.arange(rows)
    starts = np.zeros(1, np.int64)
    failed = np.zeros((1, len(ranks)), bool)
    columns = [column.copy() for column in ranks]
    while len(order):
        sizes = np.diff(starts, append=len(order))
        width = np.stack(
            [
                (np.maximum.reduceat(column, starts) - np.minimum.reduceat(column, starts)) / span
                for column, span in zip(columns, spans, strict=True)
            ],
            axis=1,
        )
        width[failed] = -1
        axis = width.argmax(axis=1)
        best = width[np.arange(len(starts)), axis]
        active = (sizes >= 2 * k) & ((best > 0) if strict else (best >= 0))
        done = np.repeat(~active, sizes)
        number = np.cumsum(~active) - 1 + classes
        final[order[done]] = np.repeat(number, sizes)[done]
        classes += int(np.count_nonzero(~active))
        if not active.any():
            break
        keep = ~done
        order, columns = order[keep], [column[keep] for column in columns]
        sizes, axis, failed = sizes[active], axis[active], failed[active]
        starts = np.cumsum(sizes) - sizes
        segment = np.repeat(np.arange(len(starts)), sizes)
        value = np.empty(len(order), np.int64)
        for number_of_axis, column in enumerate(columns):
            here = np.repeat(axis == number_of_axis, sizes)
            value[here] = column[here]
        arranged = np.argsort((segment << 32) | value, kind="stable" if not strict else None)
        order, columns, value = order[arranged], [column[arranged] for column in columns], value[arranged]
        cut = _cuts(value, segment, starts, sizes, k) if strict else starts + sizes // 2
        possible = (cut - starts >= k) & (starts + sizes - cut >= k)
        cut = np.where(possible, cut, starts)
        right = np.arange(len(order)) >= np.repeat(cut, sizes)
        if not people.sizes_only:
            halves = people.passes(2 * segment + right, order, 2 * len(starts)).reshape(-1, 2)
            possible &= halves.all(axis=1)
        failed[np.arange(len(axis)), axis] |= ~possible
        cuts = cut[possible]
        failed = np.repeat(failed, 1 + possible, axis=0)
        starts = np.sort(np.concatenate([starts, cuts]))
    return final


def _cuts(value: Ints, segment: Ints, starts: Ints, sizes: Ints, k: int) -> Ints:
    """Return where each part is cut: at the change of value nearest to its middle, k rows on both sides."""
    change = np.flatnonzero((value[1:] != value[:-1]) & (segment[1:] == segment[:-1])) + 1
    middle = starts + sizes // 2
    after = np.searchsorted(change, middle)
    later = np.append(change, len(value))[after]
    earlier = np.append(-1, change)[after]
    ends = starts + sizes
    ok_later = (later >= starts + k) & (later <= ends - k)
    ok_earlier = (earlier >= starts + k) & (earlier <= ends - k)
    nearer = later - middle < middle - earlier
    return np.where(ok_later & (nearer | ~ok_earlier), later, np.where(ok_earlier, earlier, starts))
