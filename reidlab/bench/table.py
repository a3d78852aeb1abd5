"""The tidy tables of a run, and the files they are written to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.fingerprint import content_sha256
from reidlab.installation import versions

if TYPE_CHECKING:
    import pyarrow as pa

    from reidlab.bench.runner import Run

COUNTS = (
    "is_difference",
    *(f"{share}_{key}" for share in ("attack", "control", "baseline") for key in ("count", "of")),
)
RATES = (
    *(f"{share}_{key}" for share in ("attack", "control", "baseline") for key in ("share", "low", "high")),
    "advantage",
    "advantage_low",
    "advantage_high",
    "utility",
)


def tidy(run: Run) -> pa.Table:
    """Return one row per defence x parameter x attack (or utility) x seed, in cell order."""
    import pyarrow as pa

    names = ("experiment", "defense", "family", "settings", "guarantee", "role", "probe", "probe_settings")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    columns |= {name: [] for name in ("seed", "status", "reason", "asked", "made", *COUNTS, *RATES)}
    once = Counter(part.family for part in run.experiment.attacks)
    for cell, outcome in run.outcomes:
        row = {
            "experiment": run.experiment.name,
            "defense": str(cell.defense),
            "family": cell.defense.family,
            "settings": json.dumps(dict(cell.defense.settings), sort_keys=True),
            "guarantee": outcome.guarantee,
            "role": cell.role,
            "probe": cell.probe.family if once[cell.probe.family] < 2 else str(cell.probe),
            "probe_settings": json.dumps(dict(cell.probe.settings), sort_keys=True),
            "seed": cell.seed,
            "status": outcome.status,
            "reason": outcome.reason,
        }
        for name, column in columns.items():
            column.append(row[name] if name in row else outcome.numbers.get(name))
    integers = {"seed", "asked", "made", *COUNTS}
    kinds = {
        name: pa.int64() if name in integers else pa.float64() if name in RATES else pa.string()
        for name in columns
    }
    return pa.table({name: pa.array(column, kinds[name]) for name, column in columns.items()})


def save(run: Run, table: pa.Table, folder: Path) -> None:
    """Write ``cells.parquet``, ``cells.csv`` and ``manifest.json``."""
    import pyarrow.csv
    import pyarrow.parquet

    manifest = {
        "experiment": asdict(run.experiment),
        "versions": versions(),
        "tables": {"cells": {"rows": table.num_rows, "sha256": content_sha256(table)}},
    }
    pyarrow.parquet.write_table(table, folder / "cells.parquet")
    pyarrow.csv.write_csv(table, folder / "cells.csv")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, default=str), encoding="utf-8")
