"""How a sensitive column is distributed among everybody: what a class is compared with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import MISSING, Floats, Ints, as_text, numbers
from exports.errors import LabError
from exports.hierarchies.hierarchy import hierarchy_of
from exports.schema import Column
from exports.values.order import order_of

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.classes.classes import Classes

TWO = 2
"""Values that are equally far from one another in either order."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Shares of the values of one column, and how far the values are from one another.

    Parameters
    ----------
    values : pyarrow.Array
        The different values.
    shares : array of float64
        Share of missing values, then of each of ``values``.
    line : array of int64 or None
        Position of each share on a line, when the values have an order.
    levels : tuple of array of int64
        Group of each share at each level of a hierarchy, from the values up to below the root.
    """

    values: pa.Array
    shares: Floats
    line: Ints | None = None
    levels: tuple[Ints, ...] = ()

    def codes(self, values: pa.Array) -> Ints:
        """Return the place in ``shares`` of a missing value, then of each of ``values``.

        Raises
        ------
        LabError
            When the reference lacks a value.
        """
        if values is self.values:
            return np.arange(len(values) + 1)
        at = places(values, self.values)
        if at.null_count:
            raise LabError(
                f"The reference lacks {at.null_count} of {len(values)} values: take one that has all."
            )
        return np.append(MISSING, numbers(at).astype(np.int64) + 1)


def reference_of(
    values: pa.Array, masses: Floats, declared: Column | None = None, *, also: pa.Array | None = None
) -> Reference:
    """Return the reference distribution of a column.

    Parameters
    ----------
    values : pyarrow.Array
        Different values.
    masses : array of float64
        Mass of missing values, then of each of ``values``; need not sum to one.
    declared : Column, optional
        Its order and hierarchy, where the values have them.
    also : pyarrow.Array, optional
        Further values that have to have a place, with no mass.

    Examples
    --------
    >>> import pyarrow as pa
    >>> reference_of(pa.array([40, 7]), np.array([0.0, 3.0, 1.0])).line
    array([0, 1, 0])
    """
    import pyarrow as pa

    if also is not None:
        absent = also.filter(places(also, values).is_null())
        values = pa.concat_arrays([values, absent.cast(values.type)])
        masses = np.append(masses, np.zeros(len(absent)))
    occurs = bool(masses[MISSING] > 0)
    return Reference(
        values=values,
        shares=masses / max(float(masses.sum()), 1e-300),
        line=line_of(values, declared, missing=occurs),
        levels=_levels(values, declared),
    )


def own_reference(classes: Classes, sensitive: str, declared: Column | None = None) -> Reference:
    """Return the distribution in the table itself; a person weighs one, however many rows."""
    column = classes.combinations.columns[sensitive]
    weights = classes.combinations.counts.astype(np.float64)
    if classes.person is not None:
        person = classes.combinations.columns[classes.person].codes
        weights /= np.bincount(person, weights)[person]
    masses = np.bincount(column.codes, weights, minlength=column.radix).astype(np.float64)
    return reference_of(column.values, masses, declared)


def places(values: pa.Array, among: pa.Array) -> pa.Array:
    """Return the index of each value among others, null where it is not; types may differ."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_temporal(values.type) and pa.types.is_temporal(among.type):
        with suppress(pa.ArrowException):
            values = values.cast(among.type)
    if values.type != among.type:
        values, among = as_text(values), as_text(among)
    return pc.index_in(values, value_set=among)


def line_of(values: pa.Array, declared: Column | None = None, *, missing: bool = False) -> Ints | None:
    """Return the position of a missing value, then of each value, on a line; None without an order.

    At most two values have one whatever they are; see ``exports.values.order.order_of`` for the
    others. A missing value, where one occurs, lies below all others.
    """
    found = order_of(values, declared)
    if found is not None:
        return np.append(0, found.ranks + missing)
    if len(values) + missing > TWO:
        return None
    return np.append(0, np.arange(len(values)) + missing)


def _levels(values: pa.Array, declared: Column | None) -> tuple[Ints, ...]:
    if declared is None or not (
        declared.hierarchy or declared.intervals or declared.prefix or declared.groups
    ):
        return ()
    import pyarrow as pa

    column = pa.chunked_array([values])
    hierarchy = hierarchy_of(column, "sensitive column", declared)
    codes = hierarchy.encode(column)
    below = hierarchy.height if len(hierarchy.labels[-1]) == 1 else hierarchy.height + 1
    return tuple(
        np.append(len(hierarchy.labels[level]), hierarchy.codes[level][codes].astype(np.int64))
        for level in range(below)
    )
