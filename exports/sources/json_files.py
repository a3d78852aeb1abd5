"""JSON: one object per line, or one table; objects within objects become columns such as ``user.zip``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from exports.errors import LabError
from exports.filesystem.named_files import pattern
from exports.sources.files import is_packed, start_of
from exports.sources.origins import InMemory, JsonLines, Source, json_pointer

LARGEST_TABLE = 1 << 30
"""Bytes of a JSON table, which is read whole; more rows belong on lines of their own."""

MOST_OBJECTS = 200
"""Keys with objects under them: each takes a look at the whole file."""

DEEPEST = 32
"""Objects within one another that are flattened."""


def json_source(path: Path) -> Source:
    """Open JSON lines or a JSON table: the columns are the keys in order of appearance.

    Raises
    ------
    LabError
        When the file holds neither.
    """
    start = start_of(path)
    if not start.strip():
        raise LabError(f"{path} is empty: give one JSON object per line.")
    if not _has_lines(start):
        found = _table(path)
        if found is not None:
            return found
    keys = _keys(path)
    if not keys:
        raise LabError(
            f"{path} holds no JSON object with a key: give one object per line, or a list of them."
        )
    return Source(str(path), tuple(".".join(one) for one in keys), JsonLines(path, keys))


def _keys(path: Path) -> tuple[tuple[str, ...], ...]:
    """Return where each column is, level by level."""
    import duckdb

    with duckdb.connect() as connection:
        try:
            levels = _levels(connection, path)
        except duckdb.Error as error:
            if "maximum_object_size" in str(error):
                raise LabError(f"{path} has a line longer than 16 MB: leave such cells out.") from None
            raise LabError(f"{path} is not one JSON object per line: check its lines.") from None
    return tuple(_flattened((), levels))


def _levels(connection: Any, path: Path) -> dict[tuple[str, ...], list[tuple[str, bool, bool]]]:
    """Return the keys within each object: each with whether it holds objects, and whether other values."""
    found: dict[tuple[str, ...], list[tuple[str, bool, bool]]] = {}
    above: list[tuple[str, ...]] = [()]
    while above:
        below = []
        for keys in above:
            place = "json" if not keys else "json_extract(json, $pointer)"
            sql = (
                "select key, bool_or(kind = 'OBJECT'), bool_or(kind not in ('OBJECT', 'NULL')) from ("
                "select line, unnest(names) as key, unnest(range(len(names))) as place, json_type(inner_, "
                "'/' || replace(replace(unnest(names), '~', '~0'), '/', '~1')) as kind from ("
                "select line, inner_, json_keys(inner_) as names from ("
                f"select row_number() over () as line, {place} as inner_ from "
                "read_ndjson_objects($path, compression=$packed)) "
                "where json_type(inner_) = 'OBJECT')) group by key order by min((line, place))"
            )
            given = {"path": pattern(path), "packed": "gzip" if is_packed(path) else "none"} | (
                {"pointer": json_pointer(keys)} if keys else {}
            )
            found[keys] = connection.sql(sql, params=given).fetchall()
            below += [(*keys, key) for key, nested, _ in found[keys] if nested and len(keys) < DEEPEST]
        if len(found) + len(below) > MOST_OBJECTS:
            raise LabError(
                f"{path} holds objects under more than {MOST_OBJECTS} keys: where keys are data, write "
                "them as values."
            )
        above = below
    return found


def _flattened(
    keys: tuple[str, ...], levels: Mapping[tuple[str, ...], Sequence[tuple[str, bool, bool]]]
) -> list[tuple[str, ...]]:
    found = []
    for key, nested, plain in levels[keys]:
        inner = _flattened((*keys, key), levels) if (*keys, key) in levels else []
        if plain or not nested or not inner:
            found.append((*keys, key))
        found += inner
    return found


def _has_lines(start: bytes) -> bool:
    """Whether the first two lines are whole objects."""
    lines = [line for line in start.decode("utf-8", "replace").split("\n", 16)[:16] if line.strip()][:2]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False


def _table(path: Path) -> Source | None:
    """Return a file that is one JSON value as a table; None where it is no table."""
    import gzip

    if path.stat().st_size > LARGEST_TABLE:
        raise LabError(f"{path} is one JSON value of more than 1 GB: write one object per line instead.")
    opened = gzip.open if is_packed(path) else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as file:
            whole = json.load(file)
    except (ValueError, RecursionError):
        return None
    rows = _rows(whole)
    if rows is None:
        return None
    table = _columns(path, rows)
    return Source(str(path), tuple(table.column_names), InMemory(table))


def _rows(whole: Any) -> list[dict[str, Any]] | None:
    """Return the rows of the forms in which programs write a table as one JSON value."""
    if isinstance(whole, dict):
        if isinstance(whole.get("columns"), list) and isinstance(whole.get("data"), list):
            names = [str(name) for name in whole["columns"]]
            return [dict(zip(names, row, strict=False)) for row in whole["data"] if isinstance(row, list)]
        lists = [value for value in whole.values() if _are_objects(value)]
        if len(lists) == 1:
            return list(lists[0])
        listed = [value for value in whole.values() if isinstance(value, list)]
        return _by_place(listed[0]) if len(listed) == 1 and _are_lists(listed[0]) else _by_index(whole)
    return list(whole) if _are_objects(whole) else _by_place(whole) if _are_lists(whole) else None


def _by_place(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return rows that list their cells, with the places of the columns as their names."""
    return [{str(place): cell for place, cell in enumerate(row)} for row in rows]


def _by_index(whole: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of columns that list their values, or give them by index."""
    columns = list(whole.values())
    if columns and all(isinstance(column, list) for column in columns):
        if len({len(column) for column in columns}) == 1:
            return [dict(zip(whole, row, strict=True)) for row in zip(*columns, strict=True)]
        return None
    by_index = all(isinstance(column, dict) and list(column) == list(columns[0]) for column in columns)
    if columns and by_index and all(key.lstrip("-").isdigit() for key in columns[0]):
        return [{name: column[key] for name, column in whole.items()} for key in columns[0]]
    return None


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _are_lists(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, list) and row for row in value)


def _columns(path: Path, rows: Sequence[Mapping[str, Any]]) -> Any:
    import pyarrow as pa

    flat = [dict(_leaves("", row)) for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    if not names:
        raise LabError(
            f"{path} holds no JSON object with a key: give one object per line, or a list of them."
        )
    return pa.table({name: pa.array([row.get(name) for row in flat], pa.string()) for name in names})


def _leaves(above: str, row: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for key, value in row.items():
        if isinstance(value, dict) and value:
            found += _leaves(f"{above}{key}.", value)
        else:
            found.append((f"{above}{key}", json_text(value)))
    return found


def json_text(value: Any) -> str | None:
    """Return the text of a JSON value in a cell.

    Examples
    --------
    >>> json_text(True), json_text(1.5), json_text([1, "a"]), json_text(None)
    ('true', '1.5', '[1,"a"]', None)
    """
    if value is None or value in ("", {}):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return None if isnan(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
