"""The people whose membership is asked about, and those whom the adversary knows to be outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.targets import group_labels, one_row_each, stacked, strangers
from exports.randomness import Stream
from exports.release import Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Candidates:
    """Members and others to be told apart, and a reference of people like them.

    Parameters
    ----------
    table : pyarrow.Table
        Their whole records, members first.
    rows : array of int64
        Row of the original of each member.
    reference : pyarrow.Table
        Records of others, none of whom is a candidate.
    groups : pair of arrays or None
        Group of each member, and of each of the others.
    notes : tuple of str
        What was left out, and why.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    reference: pa.Table
    groups: tuple[NDArray[Any], NDArray[Any]] | None
    notes: tuple[str, ...]

    @classmethod
    def draw(
        cls,
        release: Release,
        truth: Truth,
        stream: Stream,
        *,
        members: int,
        others: int,
        population: pa.Table | None,
        by: str | None,
        halve: bool = True,
    ) -> Candidates:
        """Return at most so many members and others, one row each.

        Where no population is given, half of the control is the reference and the other half is
        asked about; with ``halve=False`` all of it is asked about and there is no reference.

        Raises
        ------
        LabError
            When the control holds nobody but people of the original, or there is no column ``by``.
        """
        assert truth.control is not None
        person = release.schema.person
        control, notes = strangers(truth.control, truth.original, person)
        order = stream.at(name="control").permutation(control.num_rows)
        if population is not None:
            reference, more = strangers(population, truth.original, person)
            notes += more
        else:
            half = len(order) // 2 if halve else 0
            reference, order = control.take(order[:half]), order[half:]
        asked = order[one_row_each(control.take(order), person, others, stream.at(name="others"))]
        rows = one_row_each(truth.original, person, members, stream.at(name="targets"))
        names = [name for name in truth.original.column_names if name in control.column_names]
        parts = [truth.original.select(names).take(rows), control.select(names).take(asked)]
        table = stacked(parts)
        labels = None if by is None else group_labels(table, by)
        groups = None if labels is None else (labels[: len(rows)], labels[len(rows) :])
        return cls(table, rows, reference, groups, notes)
