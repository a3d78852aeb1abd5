"""What commands hand out: the one envelope of their JSON, and files that are written whole or not at all."""

from __future__ import annotations

import json
from typing import Any

import typer

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


def _plain(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if hasattr(value, "item"):
        return value.item()
    return str(value)
