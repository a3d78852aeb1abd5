"""The columns of an engine's table in SQL: structures flattened, and one spelling per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exports.coding import EXACT
from exports.engines.dialect import DUCKDB, SPARK
from exports.sources.origins import REAL

_AS_IS = {
    "boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint",
    "decimal", "hugeint", "date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns",
    "timestamp with time zone", "enum", "null",
}  # fmt: skip
_NESTED = {"list", "array", "map", "union", "struct"}


def duckdb_leaves(names: Sequence[str], types: Sequence[Any], raw: str = "p") -> Iterator[tuple[str, str]]:
    """Yield the name and the expression of each column of a table of DuckDB.

    Parameters
    ----------
    names : sequence of str
        Of the columns.
    types : sequence of DuckDBPyType
        Their types.
    raw : str
        Letter of the names by position under which the expressions find them.

    Examples
    --------
    >>> import duckdb
    >>> with duckdb.connect() as connection:
    ...     found = connection.sql("select {'mail': 'a', 'key': 'b'::blob} as who")
    ...     list(duckdb_leaves(found.columns, found.types))
    [('who.mail', "nullif(p0['mail'], '')"), ('who.key', "nullif(lower(hex(p0['key'])), '')")]
    """
    for position, (name, kind) in enumerate(zip(names, types, strict=True)):
        yield from _duckdb_leaf(name, kind, f"{raw}{position}")


def _duckdb_leaf(name: str, kind: Any, x: str) -> Iterator[tuple[str, str]]:
    if kind.id == "struct":
        for child, inner in kind.children:
            yield from _duckdb_leaf(f"{name}.{child}", inner, f"{x}[{DUCKDB.texts.literal(child)}]")
    else:
        yield name, _duckdb_spelt(kind, x)


def _duckdb_spelt(kind: Any, x: str) -> str:
    if kind.id in _AS_IS:
        return x
    if kind.id == "double":
        return f"case when {x} = 0 then 0::double else {x} end"
    if kind.id == "float":
        # The shortest text of a short float is what its writer meant: 0.1 and not 0.10000000149.
        return f"cast(cast({x} as varchar) as double)"
    if kind.id == "blob":
        text = f"lower(hex({x}))"
    elif kind.id in _NESTED:
        text = f"cast(to_json({x}) as varchar)"
    elif str(kind) == "JSON":
        text = f"cast(json({x}) as varchar)"
    else:
        text = x if kind.id == "varchar" else f"cast({x} as varchar)"
    return f"nullif({text}, '')"


def stream_spelt(x: str, spelt: str | None) -> str:
    """Return the expression of a text that a database gave, spelt as everywhere else."""
    if spelt == "json":
        return f"nullif(coalesce(cast(try(json({x})) as varchar), {x}), '')"
    if spelt == "real":
        number = f"try_cast({x}[2:] as double)"
        whole = f"{number} = trunc({number}) and abs({number}) < {EXACT}"
        digits = f"cast(cast({number} as bigint) as varchar)"
        text = f"case when {whole} then {digits} else cast({number} as varchar) end"
        return f"case when starts_with({x}, chr({ord(REAL)})) then {text} else nullif({x}, '') end"
    return f"nullif({x}, '')"


def lacking(x: str, words: Sequence[str], *, spark: bool = False) -> str:
    """Return an expression without the texts that stand for a missing value.

    Examples
    --------
    >>> lacking("c0", ["NA"])
    "case when trim(cast(c0 as varchar)) in ('NA') then null else c0 end"
    """
    if not words:
        return x
    texts = (SPARK if spark else DUCKDB).texts
    listed = ", ".join(texts.literal(word.strip()) for word in words)
    text = f"trim(cast({x} as {'string' if spark else 'varchar'}))"
    return f"case when {text} in ({listed}) then null else {x} end"


def spark_leaves(schema: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the expression of each column of a Spark table, as ``duckdb_leaves`` does."""
    for field in schema.fields:
        x = f"{above}{SPARK.identifier(field.name)}"
        kind = field.dataType.typeName()
        if kind == "struct":
            for name, leaf in spark_leaves(field.dataType, f"{x}."):
                yield f"{field.name}.{name}", leaf
        else:
            yield field.name, _spark_spelt(kind, x)


def _spark_spelt(kind: str, x: str) -> str:
    if kind in ("array", "map", "variant"):
        return f"to_json({x})"
    if kind == "binary":
        return f"nullif(lower(hex({x})), '')"
    if kind == "double":
        return f"case when {x} = 0 then 0.0D else {x} end"
    if kind == "float":
        return f"cast(cast({x} as string) as double)"
    return f"nullif({x}, '')" if kind in ("string", "varchar", "char") else x
