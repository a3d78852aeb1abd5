"""Of a database file only its tables are read: a view or a macro can read any file, or never end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from exports.errors import LabError
from exports.filesystem.named_files import plain, require_regular, shown

LOCKED: dict[str, Any] = {
    "enable_external_access": False,
    "lock_configuration": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""Settings under which DuckDB opens a file of somebody else."""


def opened_duckdb(path: Path) -> Any:
    """Open a DuckDB file such that nothing in it reads another file or loads an extension.

    Raises
    ------
    LabError
        When the name is no regular file's.
    duckdb.Error
        When it is no such file.
    """
    import duckdb

    return duckdb.connect(plain(require_regular(path)), read_only=True, config=LOCKED)


def require_duckdb_table(connection: Any, path: Path, schema: str, name: str) -> None:
    """Check that a name is a table's, not a view's.

    Raises
    ------
    LabError
        When it is anything else.
    """
    found = connection.sql(
        "select 1 from duckdb_tables() where schema_name = $schema and table_name = $name and not temporary",
        params={"schema": schema, "name": name},
    ).fetchall()
    if not found:
        raise _no_table(path, name)


def require_sqlite_table(path: Path, name: str) -> None:
    """Check that a name in an SQLite file is an ordinary table's.

    Raises
    ------
    LabError
        When it is a view or a virtual table, or the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(
                "select type, sql from sqlite_master where lower(name) = lower(?) "
                "and type in ('table', 'view')",
                [name],
            ).fetchall()
    except sqlite3.Error:
        raise LabError(
            f"{shown(path)} is no SQLite database that can be read: check that it is whole."
        ) from None
    for kind, sql in found:
        if kind != "table" or str(sql).lstrip().lower().startswith("create virtual"):
            raise _no_table(path, name)


def _no_table(path: Path, name: str) -> LabError:
    return LabError(
        f"{name[:80]!r} in {shown(path)} is no table but a view or alike, which could read any file: make a "
        "table of it first."
    )
