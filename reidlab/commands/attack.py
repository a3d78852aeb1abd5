"""The command that runs one attack on one released file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    name: Annotated[str, typer.Argument(help="Registered name, such as hash-reversal.")],
    file: Annotated[str, typer.Argument(help="The release: CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    original: Annotated[str | None, typer.Option(help="The people whose data it is, for scoring.")] = None,
    control: Annotated[str | None, typer.Option(help="People like them who are not in the release.")] = None,
    population: Annotated[
        str | None, typer.Option(help="What the adversary holds: register, accounts or dictionary.")
    ] = None,
    schema: Annotated[Path | None, typer.Option(help="Roles of the columns, in TOML.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="What else it knows; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run one attack and hold it against a control and a baseline."""
    from reidlab.attacking import attack_file
    from reidlab.output import print_json

    found = attack_file(
        name,
        file,
        original=original,
        control=control,
        population=population,
        schema=schema,
        settings=settings or [],
        seed=seed,
    )
    if as_json:
        print_json("attack", found)
        return
    typer.echo(repr(found))
    for line in found.notes:
        typer.echo(f"note: {line}")
