"""Microaggregation: groups of at least k similar rows, each replaced by its means (MDAV)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from defenses.columns import chosen, numeric, weights_of
from defenses.conditions.requirements import size_of
from defenses.defense import Defense
from defenses.released import changed_release
from exports.coding import Floats, Ints
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.release import Export, Guarantee, Kind, Release
from exports.schema import Role


class Microaggregation(Defense):
    """Replace numbers by the mean of at least k similar rows, so that k rows share each combination.

    An adversary who knows the numbers finds at least k candidates, as long as these columns are
    all that they know; with other quasi-identifiers left as they are nothing is promised. With
    a person column persons are grouped, each at the mean of their rows, and all rows of a
    person get the mean over the rows of their group.

    Parameters
    ----------
    k : int, default 3
        Rows per group; with a person column, persons.
    columns : sequence of str, str or None
        Numeric columns that are grouped together; default every quasi-identifier.

    References
    ----------
    Domingo-Ferrer and Mateo-Sanz (2002), doi:10.1109/69.979982; Domingo-Ferrer and Torra (2005),
    doi:10.1007/s10618-005-0007-5.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"income": [10, 11, 12, 90, 91, 95]})
    >>> export = Export(table, Schema.of(quasi_identifier=["income"]))
    >>> release = Microaggregation(k=3).fit_transform(export)
    >>> release.rows["income"].to_pylist(), release.guarantee
    ([11.0, 11.0, 11.0, 92.0, 92.0, 92.0], k=3)
    """

    name: ClassVar[str] = "microaggregation"
    produces: ClassVar[Kind] = "records"

    def __init__(self, k: int = 3, columns: Sequence[str] | str | None = None) -> None:
        self.k = k
        self.columns = columns

    def transform(self, export: Export) -> Release:
        """Return all rows with group means; weights, where declared, weigh the means."""
        import pyarrow as pa

        names = chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER)
        rows, person = export.table.num_rows, export.schema.person
        size, unit = size_of(export)
        if not 1 <= self.k <= size:
            raise LabError(f"k is {self.k:,} but must be from 1 to the table's {size:,} {unit}.")
        values = np.stack([numeric(export.table, name) for name in names], axis=1)
        missing = np.isnan(values).any(axis=1)
        if missing.any():
            raise LabError(f"{missing.sum():,} of {rows:,} rows lack a number: fill or drop them first.")
        if person is None:
            group = mdav(values, self.k)
        else:
            of = labels_and_codes(export.table[person])[1]
            times = np.bincount(of)
            points = [np.bincount(of, column) / times for column in values.T]
            group = mdav(np.stack(points, axis=1), self.k)[of]
        weight = weights_of(export)
        if weight is None:
            weight = np.ones(rows)
        total = np.bincount(group, weight)
        if not total.all():
            raise LabError(
                f"{np.count_nonzero(total == 0):,} of {len(total):,} groups weigh nothing and have no mean: "
                "leave out the rows whose weight is 0."
            )
        means = {
            name: pa.array((np.bincount(group, weight * column) / total)[group])
            for name, column in zip(names, values.T, strict=True)
        }
        covered = set(export.schema.quasi_identifiers) <= {*names, *export.schema.naming}
        whose: Literal["record", "person"] = "record" if person is None else "person"
        promise = Guarantee({"k": self.k}, whose) if covered and self.k > 1 else None
        return changed_release(
            self, export, means, guarantee=promise, recoded=False, groups=int(group.max()) + 1
        )


def mdav(values: Floats, k: int) -> Ints:
    """Return the group of each row by maximum distance to the average vector.

    Distances are between columns divided by their standard deviation. As long as 3k rows are
    left, the row farthest from their mean and the row farthest from that one each take their
    k - 1 nearest; then at most one more group of k is taken, and the rest is one group.

    Parameters
    ----------
    values : array of float, shape (rows, columns)
        Numbers without NaN.
    k : int
        Least rows of a group.

    Examples
    --------
    >>> mdav(np.array([[1.0], [9.0], [2.0], [8.0]]), 2).tolist()
    [0, 1, 0, 1]
    """
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.ones(values.shape[1])
    left = ((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)).T.copy()
    row = np.arange(len(values))
    group = np.full(len(values), -1)
    total = left.sum(axis=1)
    number = 0

    def distances(start: Floats) -> Floats:
        found = np.zeros(left.shape[1])
        for column, at in zip(left, start, strict=True):
            found += (column - at) ** 2
        return found

    def take(distance: Floats) -> None:
        """Group the nearest rows, and move the last rows to their places."""
        nonlocal left, row, total, number
        nearest = np.argpartition(distance, k - 1)[:k]
        group[row[nearest]] = number
        number += 1
        total = total - left[:, nearest].sum(axis=1)
        rest = len(row) - k
        stay = np.setdiff1d(np.arange(rest, len(row)), nearest, assume_unique=True)
        gaps = nearest[nearest < rest]
        left[:, gaps], row[gaps] = left[:, stay], row[stay]
        left, row = left[:, :rest], row[:rest]

    while len(row) >= 3 * k:
        first = left[:, distances(total / len(row)).argmax()].copy()
        from_first = distances(first)
        second = left[:, from_first.argmax()].copy()
        take(from_first)
        take(distances(second))
    if len(row) >= 2 * k:
        take(distances(left[:, distances(total / len(row)).argmax()].copy()))
    group[row] = number
    return group
