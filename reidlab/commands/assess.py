"""The command that measures what an export gives away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[str, typer.Argument(help="CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    schema: Annotated[Path, typer.Option(help="Roles of the columns, in TOML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure who in an export can be singled out, and what that gives away."""
    from exports.schema import Schema
    from reidlab.assessment import assess
    from reidlab.output import print_json

    found = assess(file, Schema.load(schema))
    if as_json:
        print_json("assess", found)
        return
    typer.echo(repr(found))
