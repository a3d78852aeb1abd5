"""Parquet files: one, or the files of a folder whose names may tell further columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from exports.canonical import canonical_table, flat_names, is_canonical
from exports.errors import LabError
from exports.filesystem.named_files import require_regular
from exports.sources.origins import ParquetFiles, Source
from exports.values.order import category_order

if TYPE_CHECKING:
    import pyarrow as pa

NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""What the folder of rows without a value is called."""


def parquet_source(path: Path) -> Source:
    """Open a Parquet file, or a folder of them: names of folders such as ``country=AT`` are columns.

    Files that list the same columns in another order, or as wider or narrower numbers, are one table.

    Raises
    ------
    LabError
        When a file cannot be read, or two do not belong together.
    """
    whole = require_regular(path, folder=True).absolute()
    paths = tuple(map(require_regular, sorted(whole.rglob("*.parquet")))) if whole.is_dir() else (whole,)
    if not paths:
        raise LabError(f"The folder {path} holds no .parquet file: check the path.")
    schemas = [_schema(file) for file in paths]
    partitions = _partitions(whole, paths)
    first = schemas[0]
    for file, schema in zip(paths, schemas, strict=True):
        _require_alike(path, paths[0], first, file, schema)
    within = [name for name in partitions if name in first.names]
    if within:
        raise LabError(
            f"The folders of {path} are named after {within[0]!r}, which {paths[0].name} has as a column "
            "too: rename one of them."
        )
    alike = all(schema.names == first.names and schema.types == first.types for schema in schemas)
    plain = alike and not partitions and all(map(is_canonical, first.types))
    names = [leaf for field in first for leaf in flat_names(field.name, field.type)]
    orders = MappingProxyType(_orders(paths[0], first)) if alike and len(paths) == 1 else MappingProxyType({})
    return Source(str(path), (*names, *partitions), ParquetFiles(paths, partitions, plain), orders)


def parquet_table(origin: ParquetFiles) -> pa.Table:
    """Return all rows of Parquet files, in the order of their names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables: list[pa.Table] = []
    for path in origin.paths:
        try:
            with pq.ParquetFile(path) as file:
                table = canonical_table(file.read())
        except (pa.ArrowException, OSError):
            raise LabError(f"{path} cannot be read to its end: write it again.") from None
        told = _told(path.parts)
        for name in origin.partitions:
            column = pa.array([told[name]] * table.num_rows, pa.string())
            table = table.append_column(name, column)
        tables.append(table.select(tables[0].column_names) if tables else table)
    if len({tuple(table.schema.types) for table in tables}) > 1:
        tables = [_without_dictionaries(table) for table in tables]
    return pa.concat_tables(tables, promote_options="permissive")


def _without_dictionaries(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table.column(position).cast(field.type.value_type)
            table = table.set_column(position, field.name, plain)
    return table


def _schema(file: Path) -> pa.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError):
        raise LabError(f"{file} is no readable Parquet file: write it again.") from None


def _told(parts: Sequence[str]) -> dict[str, str | None]:
    """Return the columns that the names of folders tell, with their values.

    Examples
    --------
    >>> _told(["visits", "country=D%20E", "year=2020", "part-0.parquet"])
    {'country': 'D E', 'year': '2020'}
    """
    pairs = (part.partition("=") for part in parts[:-1] if "=" in part)
    return {unquote(name): None if value == NOTHING else unquote(value) for name, _, value in pairs if name}


def _partitions(path: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    if not path.is_dir():
        return ()
    first = tuple(_told(paths[0].relative_to(path).parts))
    for file in paths[1:]:
        if tuple(_told(file.relative_to(path).parts)) != first:
            raise LabError(
                f"The files of {path} disagree: {paths[0].relative_to(path)} and {file.relative_to(path)} "
                "lie in folders that name other columns; keep each kind in a folder of its own."
            )
    return first


def _require_alike(path: Path, one: Path, first: pa.Schema, other: Path, schema: pa.Schema) -> None:
    if set(first.names) != set(schema.names):
        apart = sorted(set(first.names) ^ set(schema.names))
        raise LabError(
            f"The files of {path} disagree: {one.name} and {other.name} differ in {len(apart)} column(s), "
            f"the first is {apart[0]!r}; write them with one schema."
        )
    for field in first:
        kinds = field.type, schema.field(field.name).type
        if not _reconcilable(*kinds):
            raise LabError(
                f"The files of {path} disagree: {field.name!r} is {kinds[0]} in {one.name} and {kinds[1]} in "
                f"{other.name}; write them with one schema."
            )


def _reconcilable(one: pa.DataType, other: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    if types.is_null(one) or types.is_null(other) or one == other:
        return True
    families = (
        lambda kind: types.is_integer(kind) or types.is_floating(kind),
        lambda kind: types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind),
        lambda kind: types.is_timestamp(kind) and kind.tz is None,
        types.is_decimal,
    )
    return any(family(one) and family(other) for family in families)


def _orders(path: Path, schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Return the orders of ordered categories, which a file keeps with its first rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    named = [field.name for field in schema if pa.types.is_dictionary(field.type) and field.type.ordered]
    if not named:
        return {}
    with pq.ParquetFile(path) as file:
        rows = file.read(columns=named)
    found = {name: category_order(rows[name]) for name in named}
    return {name: order for name, order in found.items() if order is not None}
