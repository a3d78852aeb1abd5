"""Tables of DuckDB, SQLite and PostgreSQL databases; a password is in no name and no message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from exports.engines.canonical_sql import duckdb_leaves
from exports.engines.dialect import DUCKDB
from exports.errors import LabError, MissingExtraError
from exports.filesystem.named_files import shown
from exports.sources.origins import REAL, ArrowStream, DuckDBTable, Source
from exports.sources.tables_only import opened_duckdb, require_duckdb_table, require_sqlite_table

FORM = "FILE.duckdb::TABLE, FILE.sqlite::TABLE or postgresql://USER@HOST/DATABASE::TABLE"

quoted = DUCKDB.identifier
"""All three quote identifiers as the standard says."""


def database_source(place: str) -> Source:
    """Open ``DATABASE::TABLE``, reading no more than the names of its columns.

    Raises
    ------
    LabError
        When there is no such database or table, or the driver is not installed.
    """
    database, _, table = place.rpartition("::")
    if database.startswith(("postgresql://", "postgres://")):
        return _streamed("adbc_driver_postgresql.dbapi", "PostgreSQL", database, _server(database), table)
    path = Path(database)
    if not path.is_file():
        raise LabError(f"{_harmless(database)} is no database file: give {FORM}.")
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3"):
        require_sqlite_table(path, table)
        address = (
            f"file:{path.resolve().as_posix().replace('%', '%25').replace('?', '%3f').replace('#', '%23')}"
        )
        return _streamed("adbc_driver_sqlite.dbapi", "SQLite", f"{address}?mode=ro", database, table)
    return _duckdb(path, table)


def _duckdb(path: Path, table: str) -> Source:
    import duckdb

    try:
        with opened_duckdb(path) as connection:
            found = connection.sql(
                "select table_schema, table_name, column_name from information_schema.columns "
                "where table_schema || '.' || table_name in ($table, 'main.' || $table) "
                "order by table_schema, ordinal_position",
                params={"table": table},
            ).fetchall()
    except duckdb.Error:
        raise LabError(f"{path} is no database that can be read: give {FORM}.") from None
    if not found:
        raise LabError(f"{path} has no table {table[:80]!r}: give one that it has.")
    schema, name = found[0][:2]
    with opened_duckdb(path) as connection:
        require_duckdb_table(connection, path, schema, name)
        rows = connection.sql(f"select * from {quoted(schema)}.{quoted(name)} limit 0")
        columns = tuple(leaf for leaf, _ in duckdb_leaves(rows.columns, rows.types))
        kinds: dict[str, Any] = dict(zip(rows.columns, rows.types, strict=True))
        orders = {name: tuple(kind.children[0][1]) for name, kind in kinds.items() if kind.id == "enum"}
    return Source(f"{path}::{table}", columns, DuckDBTable(path, schema, name), MappingProxyType(orders))


def _streamed(module: str, kind: str, address: str, shown: str, table: str) -> Source:
    name = f"{shown}::{table}"
    try:
        driver = import_module(module)
    except ModuleNotFoundError:
        raise MissingExtraError(kind, "databases") from None
    parts = table.split(".", 1) if kind == "PostgreSQL" else [table]
    target = ".".join(map(quoted, parts))
    orders: dict[str, tuple[str, ...]] = {}
    with _stream(driver, address, name, f"select * from {target} where 1 = 0") as reader:
        columns = tuple(reader.schema.names)
    if kind == "SQLite":
        texts = [_sqlite_text(quoted(column)) for column in columns]
        spelt = dict.fromkeys(range(len(columns)), "real")
        heading = ", ".join("''" for _ in columns)
        sql = f"select {heading} union all select {', '.join(texts)} from {target}"
    else:
        kinds, orders = _postgres_kinds(driver, address, name, target)
        types = [kinds.get(column, "") for column in columns]
        texts = [_postgres_text(quoted(column), one) for column, one in zip(columns, types, strict=True)]
        spelt = {at: "json" for at, one in enumerate(types) if one in ("json", "jsonb")}
        sql = f"select {', '.join(texts)} from {target}"
    stream = partial(_stream, driver, address, name, sql, heading=kind == "SQLite")
    return Source(name, columns, ArrowStream(stream, MappingProxyType(spelt)), MappingProxyType(orders))


def _sqlite_text(x: str) -> str:
    """Return the text of a cell, whose type SQLite keeps cell by cell."""
    return (
        f"case typeof({x}) when 'blob' then lower(hex({x})) when 'real' then char({ord(REAL)}) || quote({x}) "
        f"else cast({x} as text) end as {x}"
    )


def _postgres_text(x: str, kind: str) -> str:
    """Return the text of a cell in the one spelling that its value has in every file."""
    cast = f"cast({x} as text)"
    if kind == "bytea":
        text = f"encode({x}, 'hex')"
    elif kind in ("inet", "cidr"):
        whole = f"masklen({x}) = case family({x}) when 4 then 32 else 128 end"
        text = f"case when {whole} then host({x}) else {cast} end"
    elif kind == "money":
        text = f"cast(cast({x} as numeric) as text)"
    elif kind in ("float4", "float8"):
        text = f"case when {x} = 0 then '0' else nullif({cast}, 'NaN') end"
    elif kind == "numeric":
        text = f"nullif({cast}, 'NaN')"
    elif kind == "interval":
        text = f"replace({cast}, 'mon', 'month')"
    elif kind == "timestamptz":
        text = f"cast({x} at time zone 'UTC' as text) || '+00:00'"
    elif kind.startswith("_") or kind == "record":
        text = f"cast(to_json({x}) as text)"
    else:
        text = cast
    return f"{text} as {x}"


def _postgres_kinds(
    driver: Any, address: str, name: str, target: str
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the name of each column's type, and the labels of enumerated ones in their order."""
    regclass = "'" + target.replace("'", "''") + "'::regclass"
    sql = (
        "select a.attname, coalesce(b.typname, t.typname), "
        "(select array_to_json(array_agg(e.enumlabel order by e.enumsortorder))::text from pg_enum e "
        "where e.enumtypid = t.oid) from pg_attribute a join pg_type t on t.oid = a.atttypid "
        "left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd' "
        f"where a.attrelid = {regclass} and a.attnum > 0 and not a.attisdropped"
    )
    with _stream(driver, address, name, sql) as reader:
        rows = list(zip(*(column.to_pylist() for column in reader.read_all().columns), strict=True))
    orders = {column: tuple(json.loads(labels)) for column, _, labels in rows if labels}
    return {column: kind for column, kind, _ in rows}, orders


@contextmanager
def _stream(driver: Any, address: str, name: str, sql: str, *, heading: bool = False) -> Iterator[Any]:
    """Yield a reader of the answer; the drivers' own messages may hold a password and are dropped.

    The driver of SQLite takes the types of the first rows for those of all, so there the first
    row is a ``heading`` of texts, which is cut off again.
    """
    import pyarrow as pa
    from adbc_driver_manager import Error

    try:
        with driver.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            with cursor.fetch_record_batch() as reader:
                yield pa.RecordBatchReader.from_batches(reader.schema, _body(reader)) if heading else reader
    except (Error, pa.ArrowException, OSError):
        raise LabError(
            f"{name} cannot be read: check that the database is there, that user and password are right "
            "and that it has that table."
        ) from None


def _body(reader: Any) -> Iterator[Any]:
    skipped = False
    for batch in reader:
        yield batch if skipped or not batch.num_rows else batch.slice(1)
        skipped = skipped or batch.num_rows > 0


def _server(address: str) -> str:
    """Return host and database of an address, without user and password."""
    mend = "percent-encode user and password, as in postgresql://USER:PASS%40WORD@HOST/DATABASE::TABLE"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise LabError(f"The address of the PostgreSQL database is malformed: {mend}.") from None
    if parts.netloc.count("@") > 1 or not host or "@" in parts.path:
        raise LabError(f"The address of the PostgreSQL database is malformed: {mend}.")
    return f"postgresql://{host}{f':{port}' if port else ''}{parts.path}"


def _harmless(place: str) -> str:
    """Return a place as a message may quote it; whatever may hold a password is not."""
    address = re.search(r"@|://|=|\bpass(word|wd)?\b", place, re.IGNORECASE)
    return "This address" if address else shown(place)
