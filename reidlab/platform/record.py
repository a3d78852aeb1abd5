"""A record read again: the people in it as an export, and what its requests tell whom."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from exports.beacons import BeaconAudit, audit_beacons
from exports.errors import LabError
from exports.identifiers.kinds import canonical
from exports.release import Export
from exports.schema import Schema
from reidlab.platform.entries import IDENTIFYING
from reidlab.platform.recorder import REQUESTS, ROWS

LIST = ("platform", "audience_name")


def is_record(path: Path) -> bool:
    """Whether a folder holds what a platform recorded."""
    return path.is_dir() and (path / REQUESTS).is_file() and (path / ROWS).is_file()


def read_rows(folder: Path) -> pa.Table:
    """Return the rows of a record.

    Raises
    ------
    LabError
        When the platform was stopped by force before it finished the file.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(folder / ROWS) as file:
            return file.read()
    except (OSError, pa.ArrowInvalid):
        raise LabError(
            f"{folder / ROWS} is not complete: the platform writes it when it ends, by SIGTERM or Ctrl-C."
        ) from None


def export_of(rows: pa.Table) -> Export:
    """Return recorded rows as an export: one row per row of a list, a column per key, and whose it is.

    A person is known again by the first key that names one; rows that name nobody are each somebody.

    Raises
    ------
    LabError
        When nothing arrived.
    """
    import duckdb

    if not rows.num_rows:
        raise LabError("The record holds no rows: nothing was uploaded while it was made.")
    kinds = sorted(set(rows["kind"].to_pylist()))
    naming = sorted((kind for kind in kinds if canonical(kind) in IDENTIFYING), key=_by_weight)
    columns = ", ".join(f"min(token) filter (kind = {_text(kind)}) as {_name(kind)}" for kind in kinds)
    named = ", ".join([*(_name(kind) for kind in naming), "'row ' || place"])
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        table = connection.sql(
            f"select cast(dense_rank() over (order by coalesce({named})) as varchar) as person, "
            f"* exclude (place) from (select platform, audience_name, {columns}, "
            "platform || audience || operation || time || row as place from rows "
            "group by platform, audience, audience_name, operation, time, row)"
        ).to_arrow_table()
    schema = Schema.of(
        person="person",
        sensitive=["audience_name"],
        insensitive=["platform"],
        token=kinds,
    )
    return Export(table, schema)


def receivers(export: Export) -> list[dict[str, Any]]:
    """Return how many different people each platform was told of by each key."""
    import pyarrow.compute as pc

    rows = []
    for key in export.schema.columns:
        if key in LIST or key not in export.table.column_names:
            continue
        told = export.table.filter(pc.is_valid(export.table[key]))
        persons = told.group_by("platform").aggregate([("person", "count_distinct")])
        rows += [
            {"platform": row["platform"], "key": key, "persons": row["person_count_distinct"]}
            for row in persons.to_pylist()
        ]
    return sorted(rows, key=lambda row: (row["platform"], -row["persons"], row["key"]))


def audit_of(lines: Iterable[Mapping[str, Any]]) -> BeaconAudit | None:
    """Audit requests that are held in memory; None where there is none."""
    with tempfile.TemporaryDirectory(prefix="reidlab-requests-") as folder:
        path = Path(folder) / REQUESTS
        text = "".join(json.dumps(line) + "\n" for line in lines)
        path.write_text(text, encoding="ascii")
        return audit_beacons(path) if text else None


def _by_weight(kind: str) -> tuple[int, str]:
    return IDENTIFYING.index(canonical(kind)), kind


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
