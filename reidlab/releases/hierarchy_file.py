"""A first proposal for the hierarchy of a column, written in ARX's format to be edited."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of, labels_and_codes
from exports.hierarchies.levels import ANY, Label, Rows
from exports.reading.loading import loaded
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

OTHER = "other"
"""The group of rare values, and of those that a taxonomy does not list."""

RARE = 0.05
"""Share of the rows below which a category is rare."""

VALUE_AND_TOP = 2
"""Levels of a hierarchy that says nothing between the value and the star."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A hierarchy, and what it rests on."""

    hierarchy: Hierarchy
    ground: str


def proposed_hierarchy(file: str, column: str, schema: Schema, *, taxonomy: Path | None = None) -> Proposal:
    """Return a hierarchy of the values of one column of a file.

    Numbers get round bounds; dates month, quarter, year and decade; codes their structure; other
    categories the groups of a taxonomy, or else the rare ones together.

    Parameters
    ----------
    file : str
        As for ``exports.reading.read.read``.
    column : str
        One of its columns.
    schema : Schema
        What is declared of it, if anything is.
    taxonomy : Path, optional
        A file in the format of a hierarchy that may list more values than the column has.

    Raises
    ------
    LabError
        When there is no such column, or it has no values.
    """
    found = loaded(file, schema)
    if column not in found.table.column_names:
        raise LabError(
            f"{file} has no column {column[:80]!r}: give one of its {found.table.num_columns} columns."
        )
    cells = found.table[column]
    if cells.null_count == len(cells):
        raise LabError(f"The column {column!r} has no value: there is nothing to generalise.")
    if taxonomy is not None:
        return _by_taxonomy(cells, taxonomy, column)
    declared = schema.with_orders(found.orders).columns.get(column)
    proposed = hierarchy_of(cells, column, declared)
    if proposed.height == 4 and all(
        label is None or label == ANY or label.endswith("0s") for label in proposed.labels[3]
    ):
        return Proposal(_with_quarters(proposed, column), "dates to month, quarter, year and decade")
    if proposed.height >= VALUE_AND_TOP:
        return Proposal(proposed, _ground(proposed))
    return Proposal(
        _by_frequency(cells, column), f"categories, those of less than {RARE:.0%} of the rows together"
    )


def write_hierarchy(hierarchy: Hierarchy, path: Path | None = None) -> str:
    """Return a hierarchy in ARX's format, and write it where a path is given.

    Raises
    ------
    LabError
        When it cannot be written.
    """
    text = io.StringIO()
    rows = zip(*(hierarchy.label(level) for level in range(hierarchy.height + 1)), strict=True)
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(
        [cell or "" for cell in row] for row in rows
    )
    if path is not None:
        try:
            path.write_text(text.getvalue(), encoding="utf-8")
        except OSError as error:
            raise LabError(f"{path} cannot be written ({error.strerror}): choose another place.") from None
    return text.getvalue()


def _ground(hierarchy: Hierarchy) -> str:
    first = next((label for label in hierarchy.labels[1] if label is not None), "")
    if first.startswith("["):
        return "numbers by round bounds"
    return "ranges in the declared order" if ".." in first else "codes or groups by their structure"


def _by_taxonomy(cells: pa.ChunkedArray, taxonomy: Path, name: str) -> Proposal:
    """Return the lines of a taxonomy for the values that occur; others become a group of their own."""
    known = Hierarchy.from_csv(taxonomy, name)
    lines = {
        value: [known.label(level)[at] for level in range(known.height + 1)]
        for at, value in enumerate(known.labels[0])
    }
    ends = len(known.labels[-1]) == 1
    distinct, _ = labels_and_codes(cells)
    unlisted: list[Label] = [OTHER] * known.height
    if ends:
        unlisted[-1:] = [known.labels[-1][0]]
    rows: Rows = [list(lines[value]) if value in lines else [value, *unlisted] for value in distinct]
    rows = rows if ends else [[*row, ANY] for row in rows]
    strange = sum(value not in lines for value in distinct)
    return Proposal(
        Hierarchy.from_rows(rows, name),
        f"the taxonomy {taxonomy.name}; it lacks {strange} of {len(distinct)} values, which become {OTHER!r}",
    )


def _by_frequency(cells: pa.ChunkedArray, name: str) -> Hierarchy:
    distinct, codes = labels_and_codes(cells)
    shares = np.bincount(codes, minlength=len(distinct)) / max(len(codes), 1)
    order = np.argsort(-shares, kind="stable")
    rows: Rows = []
    for at in order:
        value = distinct[at]
        rows.append([value, None if value is None else value if shares[at] >= RARE else OTHER, ANY])
    return Hierarchy.from_rows(rows, name)


def _with_quarters(hierarchy: Hierarchy, name: str) -> Hierarchy:
    """Return a hierarchy of dates with quarters between months and years."""
    levels = [hierarchy.label(level) for level in range(hierarchy.height + 1)]
    quarters: list[Label] = [
        None if month is None else f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}" for month in levels[1]
    ]
    return Hierarchy.from_rows(zip(*levels[:2], quarters, *levels[2:], strict=True), name)
