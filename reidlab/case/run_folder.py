"""The folder of a run: unfinished work aside, whole results published with a ``run.json`` that comes last."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exports.errors import LabError
from reidlab.installation import package_folders, versions
from simulate.execution.blocks import cannot_write
from simulate.world import load_world


def within_bounds(option: str, value: int, low: int, high: int, why: str) -> None:
    """Raise a LabError when a number lies outside its bounds."""
    if not low <= value <= high:
        raise LabError(f"{option} is {value:,} but must lie between {low:,} and {high:,}: {why}.")


def residents_aged_13_and_over() -> int:
    """Return how many people could visit or have an account."""
    residents = load_world().residents
    return sum(residents.men.values()) + sum(residents.women.values())


def prepared(out: Path, people: int, bytes_per_person: int) -> Path:
    """Return the folder for unfinished work below ``out``, after a check that it can be written.

    Raises
    ------
    LabError
        When it cannot be, or the disk has not the room that so many people need.
    """
    partial = out / ".partial"
    try:
        partial.mkdir(parents=True, exist_ok=True)
        probe = partial / "probe"
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(partial).free
    except OSError as error:
        raise LabError(cannot_write(out, error)) from None
    needed = 10_000_000 + bytes_per_person * people
    if free < needed:
        raise LabError(
            f"--out {out} has {free / 1e6:,.0f} MB free but {people:,} people need about "
            f"{needed / 1e6:,.0f} MB: free space there or choose another --out."
        )
    return partial


def settings_key(settings: dict[str, Any]) -> str:
    """Return a name for all that decides about the tables: settings, source and versions."""
    digest = hashlib.sha256(json.dumps([settings, versions()], default=str, sort_keys=True).encode())
    for package in ("exports", "simulate", "reidlab"):
        for file in sorted(package_folders()[package].rglob("*")):
            if file.suffix in (".py", ".toml", ".parquet"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def publish(
    aside: Path, out: Path, tables: Iterable[str], manifest: dict[str, Any], files: Iterable[str] = ()
) -> None:
    """Move what is finished to ``out``; ``run.json`` goes first of the old and comes last of the new."""
    (out / "run.json").unlink(missing_ok=True)
    for name in tables:
        shutil.rmtree(out / name, ignore_errors=True)
        (aside / name).rename(out / name)
    for file in files:
        (aside / file).replace(out / file)
    text = json.dumps(manifest, default=_plain, indent=1, ensure_ascii=False)
    (aside / "run.json").write_text(text + "\n", encoding="utf-8")
    (aside / "run.json").replace(out / "run.json")
    shutil.rmtree(out / ".partial", ignore_errors=True)


def _plain(value: Any) -> Any:
    return value.to_json() if hasattr(value, "to_json") else str(value)
