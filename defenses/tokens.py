"""Replace the identifiers of an export by tokens, one SQL expression over whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from exports.release import Export
from exports.schema import Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa


def identifier_columns(schema: Schema, wanted: Sequence[str] | str | None) -> list[str]:
    """Return the columns to replace: those wanted, else every identifier and token.

    Raises
    ------
    LabError
        When a wanted column is undeclared or there is none.
    """
    names = wanted.split(",") if isinstance(wanted, str) else wanted
    columns = list(names) if names else list(schema.names(Role.IDENTIFIER, Role.TOKEN))
    unknown = [name for name in columns if name not in schema.columns]
    if unknown:
        raise LabError(f"The schema does not declare {unknown[0]!r}: correct the name or add it.")
    if not columns:
        raise LabError("The schema declares no identifier and no token: give columns=NAME.")
    return columns


def replaced(export: Export, columns: Sequence[str], expression: str, **values: Any) -> pa.Table:
    """Return the table with ``expression`` of ``value`` in place of each of ``columns``.

    Missing values stay missing. ``values`` are bound as parameters and never become text of the query.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = Schema.of(identifier=["mail"])
    >>> export = Export(pa.table({"mail": ["ann@mail.example", None]}), schema)
    >>> replaced(export, ["mail"], "$salt || value", salt="x")["mail"].to_pylist()
    ['xann@mail.example', None]
    """
    import duckdb
    import pyarrow as pa

    table = export.table
    with duckdb.connect(config={"preserve_insertion_order": True}) as con:
        for name in columns:
            con.register("source", pa.table({"value": table[name].cast(pa.string())}))
            tokens = con.sql(
                f"SELECT {expression} AS token FROM source", params=values or None
            ).to_arrow_table()
            con.unregister("source")
            table = table.set_column(table.column_names.index(name), name, tokens["token"])
    return table


def with_role(schema: Schema, columns: Sequence[str], role: Role) -> Schema:
    """Return the schema with another role for some columns."""
    changed: Mapping[str, Any] = {
        name: replace(column, role=role) if name in columns else column
        for name, column in schema.columns.items()
    }
    return replace(schema, columns=MappingProxyType(changed))
