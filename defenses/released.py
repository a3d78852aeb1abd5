"""What leaves of a table of records: the release of changed columns, without what names somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from defenses.defense import Defense
from exports.classes.classes import classes_of
from exports.coding import encode
from exports.release import Export, Guarantee, Release
from exports.schema import Column, Schema

if TYPE_CHECKING:
    import pyarrow as pa


UNTOLD = frozenset({"seed", "salt"})
"""Parameters that undo a defence for whoever reads them, and so stand in no manifest."""


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
    leaving = released(table if rows is None else table.take(rows), export.schema)
    unlinked = guarantee is not None and guarantee.unit == "person" and not _keeps_linked(leaving, guarantee)
    if unlinked:
        leaving = _redrawn(leaving)
        found["person"] = "numbered anew in every class, so that nobody's rows of several classes are linked"
    return Release(
        "records",
        _relabelled(leaving.schema, list(columns) if recoded else []),
        guarantee or Guarantee(),
        table=leaving.table,
        manifest={
            "defense": defense.name,
            "parameters": stated(defense),
            "rows_in": export.table.num_rows,
            "suppressed": export.table.num_rows - len(owner),
            **found,
        },
        owner=owner,
    )


def _keeps_linked(leaving: Export, guarantee: Guarantee) -> bool:
    """Tell whether all rows of a person together are shared by as many persons as are promised per class."""
    person, k = leaving.schema.person, guarantee.promises.get("k")
    if person is None or person not in leaving.table.column_names or k is None:
        return True
    known = [name for name in leaving.schema.quasi_identifiers if name in leaving.table.column_names]
    linked = classes_of(leaving.table, known, person=person).linked_k
    return linked is not None and linked >= k


def _redrawn(leaving: Export) -> Export:
    """Return a release in which the number of a person is another one in every class."""
    import pyarrow as pa

    person = str(leaving.schema.person)
    known = [name for name in leaving.schema.quasi_identifiers if name in leaving.table.column_names]
    codes = np.stack([encode(leaving.table[name], name).codes for name in (*known, person)])
    _, drawn = np.unique(codes, axis=1, return_inverse=True)
    names = pa.array([f"{person} {number}" for number in drawn.ravel().tolist()])
    place = leaving.table.column_names.index(person)
    return Export(leaving.table.set_column(place, person, names), leaving.schema)


def released(table: pa.Table, schema: Schema) -> Export:
    """Return what may leave of a table of records, and its schema.

    Identifiers and tokens do not leave. The columns of persons and households are direct
    identifiers whatever role they are given, or none; they leave as numbers made anew.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = Schema.of(person="who", identifier=["mail"], insensitive=["who", "age"])
    >>> rows = pa.table({"mail": ["b@mail.example"] * 2, "who": ["bob", "bob"], "age": [31, 32]})
    >>> released(rows, schema).table.to_pydict()
    {'who': ['who 0', 'who 0'], 'age': [31, 32]}
    """
    units = {schema.person, schema.household}
    names = [name for name in table.column_names if name in units or name not in schema.naming]
    return unnamed(table.select(names), schema, units)


def unnamed(table: pa.Table, schema: Schema, units: Collection[str | None]) -> Export:
    """Return a table with numbers for the persons or households of some columns, which lose their role.

    They still tell which rows belong together, as sizes in persons need it, and name nobody. The
    dictionary of any other column forgets the values that no row has.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for position, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = _with_used_values(column)
        if name in units:
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            numbers = column.combine_chunks().dictionary_encode().indices.cast(pa.string())
            column = pc.binary_join_element_wise(name, numbers, " ")
        table = table.set_column(position, name, column)
    columns = {
        name: column
        for name, column in schema.columns.items()
        if name in table.column_names and name not in units
    }
    return Export(table, replace(schema, columns=MappingProxyType(columns)))


def _with_used_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary column whose dictionary holds no value of a row that is not there."""
    import pyarrow as pa

    chunks = column.unify_dictionaries().chunks
    used = np.zeros(len(chunks[0].dictionary) if chunks else 0, bool)
    for chunk in chunks:
        used[chunk.indices.drop_null().to_numpy()] = True
    if used.all():
        return column
    place = pa.array(np.maximum(np.cumsum(used) - 1, 0), column.type.index_type)
    values = chunks[0].dictionary.filter(pa.array(used))
    return pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(place.take(one.indices), values, ordered=column.type.ordered)
            for one in chunks
        ],
        column.type,
    )


def _relabelled(schema: Schema, names: Sequence[str]) -> Schema:
    """Return the schema without the hierarchies of some columns."""
    columns = {
        name: Column(column.role, column.nulls, kind=column.kind) if name in names else column
        for name, column in schema.columns.items()
    }
    return replace(schema, columns=MappingProxyType(columns))


def stated(defense: Defense) -> dict[str, Any]:
    """Return the parameters of a defence for the manifest: of a table its size, of a seed or salt nothing."""
    return {
        name: f"{value.num_rows} rows" if hasattr(value, "num_rows") else value
        for name, value in defense.get_params(deep=False).items()
        if value is not None and name not in UNTOLD
    }
