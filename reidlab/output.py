"""What commands hand out: the one envelope of their JSON, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from exports.errors import LabError

SCHEMA_VERSION = 1


def print_json(command: str, result: Any) -> None:
    """Print ``{"schema_version", "command", "result"}`` as one object on stdout.

    Examples
    --------
    >>> print_json("doctor", {"python": "3.11"})
    {"schema_version": 1, "command": "doctor", "result": {"python": "3.11"}}
    """
    envelope = {"schema_version": SCHEMA_VERSION, "command": command, "result": result}
    typer.echo(json.dumps(envelope, ensure_ascii=False, allow_nan=False, default=_plain))


def require_apart(written: Mapping[str, Path | None], read: Mapping[str, Any]) -> None:
    """Check that nothing that a command writes is a file that it reads, or written twice.

    Raises
    ------
    LabError
        Names both options; nothing was touched.
    """
    taken = {
        Path(str(value)).resolve(): name for name, value in read.items() if value is not None and str(value)
    }
    for option, path in written.items():
        if path is None:
            continue
        if path.resolve() in taken:
            raise LabError(
                f"{option} would overwrite {path}, which {taken[path.resolve()]} names: choose another file."
            )
        taken[path.resolve()] = option


def save_text(text: str, path: Path, option: str) -> None:
    """Write a text aside, under a drawn name that nobody could plant, and rename it.

    Raises
    ------
    LabError
        When it cannot be written there.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
                stream.write(text.encode())
            aside.replace(path)
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()
    except OSError as error:
        raise LabError(f"{path} cannot be written ({error.strerror}): choose another {option}.") from None


def _plain(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if hasattr(value, "item"):
        return value.item()
    return str(value)
