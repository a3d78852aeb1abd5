"""Whose each row is: the unit of every count, condition, tie and denominator is the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import packed, repeats, row_codes, small_codes
from exports.release import Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa

LEAST = 10
"""Different records from which on it is no chance that each stands there two times, three times, ..."""


def whose(table: pa.Table, person: str | None, place: str = "table") -> Ints | None:
    """Return the person of each row, from 0; None where every row is a person of its own.

    Without a column of persons, rows that are written again are those of one person: where every
    different record stands there twice, or three times and so on, so many equal rows are one.

    Parameters
    ----------
    table : pyarrow.Table
        Rows about people.
    person : str or None
        Column that tells whose row it is.
    place : str
        What the table is, for messages.

    Raises
    ------
    LabError
        When some rows do not say whose they are.

    Examples
    --------
    >>> import pyarrow as pa
    >>> whose(pa.table({"id": ["p", "p", "q"]}), "id")
    array([0, 0, 1])
    >>> whose(pa.table({"age": list(range(12)) * 2}), None)[[0, 1, 12, 13]]
    array([0, 1, 0, 1])
    """
    if person is not None and person in table.column_names:
        missing = table[person].null_count
        if missing:
            raise LabError(
                f"{missing:,} of {table.num_rows:,} rows of the {place} do not say whose they are (column "
                f"{person!r} is missing there): fill it, or leave `person` out of the schema."
            )
        _, codes = labels_and_codes(table[person])
        own = codes.astype(np.int64)
        return own if np.bincount(own).max(initial=0) > 1 else None
    if not table.num_columns:
        return None
    (records,) = row_codes(table)
    times = written(records)
    return None if times == 1 else _copies(records, times)


def whose_released(release: Release, truth: Truth) -> Ints | None:
    """Return the person of each released row, from 0; None where every row is a person of its own.

    The column of persons tells, else the truth's owner; an invented row is nobody else's.
    """
    person, rows = release.schema.person, release.rows
    if person is not None and person in rows.column_names:
        return whose(rows, person, "release")
    original = whose(truth.original, person, "original")
    if original is None:
        return None
    if truth.owner is not None:
        owner = np.asarray(truth.owner)
        known = owner >= 0
        found = np.arange(len(owner)) + int(original.max(initial=-1)) + 1
        found[known] = original[owner[known]]
        return small_codes(found)
    if person is not None or not rows.num_columns:
        return None
    (records,) = row_codes(rows)
    times = written(row_codes(truth.original)[0])
    return _copies(records, times) if written(records) % times == 0 else None


def written(records: Ints) -> int:
    """Return how often every record of a table is written at least, as whole copies: mostly once.

    Examples
    --------
    >>> written(np.repeat(np.arange(10), 4)), written(np.repeat([0, 1], 4))
    (4, 1)
    """
    times = np.bincount(records)
    times = times[times > 0]
    return int(np.gcd.reduce(times)) if len(times) >= LEAST else 1


def once_each(columns: Sequence[NDArray[Any]], people: Ints | None, rows: int) -> Ints:
    """Return the rows to look at when a person's equal rows count once, in increasing order.

    Parameters
    ----------
    columns : sequence of array of int, shape (rows,)
        What is looked at, as codes from 0.
    people : array of int64 or None
        Whose each row is.
    rows : int
        Number of rows.

    Examples
    --------
    >>> once_each([np.array([4, 4, 4])], np.array([0, 0, 1]), 3)
    array([0, 2])
    """
    if people is None:
        return np.arange(rows)
    _, first = np.unique(packed([*columns, people], rows), return_index=True)
    return np.sort(first)


def _copies(records: Ints, times: int) -> Ints:
    """Return one code for each so many equal records."""
    return small_codes(packed([records, repeats(records) // times], len(records)))
