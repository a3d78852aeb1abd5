"""What defences take of a table: the columns that are wanted, numbers, weights, and a stream to draw from."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from defenses.defense import Defense
from exports.coding import Floats
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Sequence[str] | str | None
"""Names of columns: a sequence, or one text that separates several by commas."""


def listed(names: Columns) -> list[str]:
    """Return names that are given as a sequence or as one text between commas; None is no name.

    Blanks around a name are no part of it, and one that holds a comma stands in double quotes, as in
    CSV and on the command line.

    Raises
    ------
    LabError
        When a text holds no name, or none can be read from it.

    Examples
    --------
    >>> listed('age, zip,"a, b"'), listed(("age", "zip")), listed(None)
    (['age', 'zip', 'a, b'], ['age', 'zip'], [])
    """
    if not isinstance(names, str):
        return list(names or ())
    try:
        words = next(csv.reader([names], skipinitialspace=True), [])
    except csv.Error:
        words = []
    found = [word.strip() for word in words if word.strip()]
    if not found:
        raise LabError(f"{names!r} names nothing: write names between commas, or leave the option out.")
    return found


def stream_of(defense: Defense, seed: int | None) -> Stream:
    """Return the stream of a defence: of its seed, or of the operating system's randomness."""
    return Stream(secrets.randbits(63) if seed is None else seed, "defence", defense.name)


def chosen(schema: Schema, wanted: Columns, *roles: Role) -> list[str]:
    """Return the wanted columns, else those with one of ``roles`` that name nobody.

    Raises
    ------
    LabError
        When a wanted column is not declared or names somebody, or there is none.
    """
    names = listed(wanted)
    strange = [name for name in names if name not in schema.columns]
    if strange:
        raise LabError(f"The schema does not declare {strange[0]!r}: correct the name or add it.")
    require_nameless(schema, names)
    names = names or [name for name in schema.names(*roles) if name not in schema.naming]
    if not names:
        raise LabError(f"The schema declares no {' or '.join(roles)}: give columns=NAME.")
    return names


def require_nameless(schema: Schema, names: Sequence[str]) -> None:
    """Check that no column is one whose values name somebody.

    Raises
    ------
    LabError
        When one is.
    """
    naming = [name for name in names if name in schema.naming]
    if naming:
        raise LabError(f"{naming[0]!r} names people or households, and no name may leave: leave it out.")


def numeric(table: pa.Table, name: str) -> Floats:
    """Return a column as numbers, a missing value as NaN.

    Raises
    ------
    LabError
        When it holds anything else.
    """
    import pyarrow as pa

    try:
        # Whole numbers above 2**53 lose their last digits, which no mean and no noise would keep.
        exact = not pa.types.is_integer(table[name].type)
        values: Floats = table[name].cast(pa.float64(), safe=exact).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise LabError(
            f"The column {name!r} is {table[name].type} and not numeric: leave it out or convert it."
        ) from None
    return values


def weights_of(export: Export) -> Floats | None:
    """Return the weight of each row, or None when the schema declares none.

    Raises
    ------
    LabError
        When a weight is missing, negative or no number.
    """
    name = export.schema.weight
    if name is None:
        return None
    weight = numeric(export.table, name)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise LabError(f"The weight {name!r} is missing, negative or infinite in some rows: correct it.")
    return weight
