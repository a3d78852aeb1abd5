"""The command that applies a defence to a file and writes what may leave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    name: Annotated[str, typer.Argument(help="Registered name, such as mondrian; several joined by +.")],
    file: Annotated[str, typer.Argument(help="The export: CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    out: Annotated[Path, typer.Option(help="The release: a .csv or .parquet file.")],
    schema: Annotated[Path | None, typer.Option(help="Roles of the columns, in TOML.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; repeatable.")
    ] = None,
    keep_order: Annotated[
        bool, typer.Option("--keep-order", help="Do not shuffle rows; the order joins them to the export.")
    ] = False,
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Apply a defence, and write the release with its schema and a manifest of what was done."""
    from reidlab.output import print_json
    from reidlab.releases.defend import defend_file, readable_by_others, what_leaves
    from reidlab.releases.row_order import TELLS

    done = defend_file(
        name,
        file,
        out,
        schema=schema,
        settings=settings or [],
        missing=missing or (),
        keep_order=keep_order,
    )
    for path in readable_by_others(settings or []):
        typer.echo(f"reidlab: warning: the key in {path} can be read by other users: chmod 600 it.", err=True)
    for warning in done["warnings"]:
        typer.echo(f"reidlab: warning: {warning}", err=True)
    if as_json:
        print_json("defend", done)
        return
    promised = ", ".join(f"{key}={value}" for key, value in done["guarantee"].items() if value is not None)
    typer.echo(what_leaves(name, done))
    for column in done["dropped"]:
        typer.echo(
            f"dropped: {column}, which nobody has assessed; give it another role once you have read it"
        )
    typer.echo(f"guarantee: {promised or 'none'}")
    for key, value in done["levels"].items():
        typer.echo(f"level of {key}: {value}")
    for key, value in done["loss"].items():
        typer.echo(f"{key}: {value:.6g}")
    if keep_order:
        typer.echo(f"order of rows: {TELLS}")
    for path in done["files"]:
        typer.echo(f"written: {path}")
