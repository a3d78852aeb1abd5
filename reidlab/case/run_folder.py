"""The folder of a run: unfinished work aside, whole results published with a ``run.json`` that comes last."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exports.errors import LabError
from reidlab.installation import package_folders, versions
from reidlab.writing.own_folder import OwnFolder, own_folder
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


@contextmanager
def run_folder(out: Path, people: int, bytes_per_person: int) -> Iterator[OwnFolder]:
    """Hold the folder of a run, after a check that it can be written and is the lab's own.

    Raises
    ------
    LabError
        When it cannot be, holds something else, is in use, or the disk has not the room that so many
        people need.
    """
    try:
        with own_folder(out) as folder:
            probe = folder.partial / "probe"
            probe.write_bytes(b"0" * 4096)
            probe.unlink()
            _require_room(out, people, bytes_per_person)
            yield folder
    except OSError as error:
        raise LabError(cannot_write(out, error)) from None


def _require_room(out: Path, people: int, bytes_per_person: int) -> None:
    free = shutil.disk_usage(out).free
    needed = 10_000_000 + bytes_per_person * people
    if free < needed:
        raise LabError(
            f"--out {out} has {free / 1e6:,.0f} MB free but {people:,} people need about "
            f"{needed / 1e6:,.0f} MB: free space there or choose another --out."
        )


def settings_key(settings: dict[str, Any]) -> str:
    """Return a name for all that decides about the tables: settings, source and versions."""
    digest = hashlib.sha256(json.dumps([settings, versions()], default=str, sort_keys=True).encode())
    for package in ("exports", "simulate", "reidlab"):
        for file in sorted(package_folders()[package].rglob("*")):
            if file.suffix in (".py", ".toml", ".parquet"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def publish(folder: OwnFolder, aside: Path, parts: Iterable[str], manifest: dict[str, Any]) -> None:
    """Move what is finished to the folder; ``run.json`` goes first of the old and comes last of the new."""
    text = json.dumps(manifest, default=_plain, indent=1, ensure_ascii=False)
    (aside / "run.json").write_text(text + "\n", encoding="utf-8")
    folder.publish(aside, parts, "run.json")


def _plain(value: Any) -> Any:
    return value.to_json() if hasattr(value, "to_json") else str(value)
