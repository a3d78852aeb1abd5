"""What defences of records share: numeric columns, drawing, and the release of changed columns."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from defenses.defense import Defense
from defenses.lattice import Floats
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee, Release
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Sequence[str] | str | None
"""Names of columns: a sequence, or one text that separates several by commas."""


def stream_of(defense: Defense, seed: int | None) -> Stream:
    """Return the stream of a defence: of its seed, or of the operating system's randomness."""
    return Stream(secrets.randbits(63) if seed is None else seed, "defence", defense.name)


def chosen(schema: Schema, wanted: Columns, *roles: Role) -> list[str]:
    """Return the wanted columns, else those with one of ``roles``.

    Raises
    ------
    LabError
        When a wanted column is not declared, or there is none.
    """
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted or ())
    strange = [name for name in names if name not in schema.columns]
    if strange:
        raise LabError(f"The schema does not declare {strange[0]!r}: correct the name or add it.")
    names = names or list(schema.names(*roles))
    if not names:
        raise LabError(f"The schema declares no {' or '.join(roles)}: give columns=NAME.")
    return names


def numeric(table: pa.Table, name: str) -> Floats:
    """Return a column as numbers, a missing value as NaN.

    Raises
    ------
    LabError
        When it holds anything else.
    """
    import pyarrow as pa

    try:
        values: Floats = table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
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


def changed_release(
    defense: Defense,
    export: Export,
    columns: Mapping[str, pa.Array],
    *,
    rows: NDArray[Any] | None = None,
    guarantee: Guarantee | None = None,
    recoded: bool = True,
    **found: Any,
) -> Release:
    """Return the release of an export with some columns replaced.

    Parameters
    ----------
    defense : Defense
        Who made it.
    export : Export
        The input.
    columns : mapping of str to pyarrow.Array
        New columns, one value per row of the input.
    rows : array of int, optional
        Rows that leave; all by default.
    guarantee : Guarantee, optional
        None promises nothing.
    recoded : bool, default True
        Whether the new values are labels, to which a declared hierarchy no longer applies.
    **found
        Further entries of the manifest.
    """
    table = export.table
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    owner = np.arange(table.num_rows) if rows is None else rows
    table = table.select(released_columns(export.schema))
    return Release(
        "records",
        released_schema(export.schema, list(columns) if recoded else []),
        guarantee or Guarantee(),
        table=unnamed(table if rows is None else table.take(rows), export.schema),
        manifest={
            "defense": defense.name,
            "parameters": stated(defense),
            "rows_in": export.table.num_rows,
            "suppressed": export.table.num_rows - len(owner),
            **found,
        },
        owner=owner,
    )


def released_columns(schema: Schema) -> list[str]:
    """Return the columns that leave: all but direct identifiers and tokens that tell no unit."""
    special = (schema.person, schema.weight, schema.household, schema.time, schema.consent)
    names = [*schema.columns, *(name for name in special if name and name not in schema.columns)]
    hidden = set(schema.names(Role.IDENTIFIER, Role.TOKEN)) - {schema.person, schema.household}
    return [name for name in names if name not in hidden]


def released_schema(schema: Schema, recoded: Sequence[str]) -> Schema:
    """Return the schema of the released columns; what is recoded has no hierarchy any more."""
    columns = {
        name: Column(column.role, column.nulls) if name in recoded else column
        for name, column in schema.columns.items()
        if column.role not in {Role.IDENTIFIER, Role.TOKEN}
    }
    return replace(schema, columns=MappingProxyType(columns))


def unnamed(table: pa.Table, schema: Schema) -> pa.Table:
    """Return a table whose persons and households are numbers, where their role is identifier or token.

    They still tell which rows belong together, as sizes in persons need it, and name nobody.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = Schema.of(person="who", identifier=["who"])
    >>> unnamed(pa.table({"who": ["bob", "ann", "bob"]}), schema)["who"].to_pylist()
    ['who 0', 'who 1', 'who 0']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in {schema.person, schema.household} & set(schema.names(Role.IDENTIFIER, Role.TOKEN)):
        units = table[name]
        if pa.types.is_dictionary(units.type):
            units = units.cast(units.type.value_type)
        numbers = units.combine_chunks().dictionary_encode().indices.cast(pa.string())
        labels = pc.binary_join_element_wise(name, numbers, " ")
        table = table.set_column(table.column_names.index(name), name, labels)
    return table


def stated(defense: Defense) -> dict[str, Any]:
    """Return the parameters of a defence for the manifest: of a table its size, of a seed nothing."""
    return {
        name: f"{value.num_rows} rows" if hasattr(value, "num_rows") else value
        for name, value in defense.get_params(deep=False).items()
        if value is not None and name != "seed"
    }
