"""The command that proposes a hierarchy for one column, as a file to be edited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[str, typer.Argument(help="CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    column: Annotated[str, typer.Argument(help="The column whose values are to be generalised.")],
    schema: Annotated[Path | None, typer.Option(help="Roles of the columns, in TOML.")] = None,
    taxonomy: Annotated[
        Path | None, typer.Option(help="A file value;group;... of more values than the column has.")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Propose what each value of a column becomes at each level: a line value;level1;...;* to be edited.

    It lists the column's values, so it stays in the house as the export does.
    """
    from exports.schema import Schema
    from reidlab.output import print_json
    from reidlab.releases.hierarchy_file import proposed_hierarchy, write_hierarchy

    declared = (Schema() if schema is None else Schema.load(schema)).lacking(missing or ())
    found = proposed_hierarchy(file, column, declared, taxonomy=taxonomy)
    if as_json:
        levels = [len(labels) for labels in found.hierarchy.labels]
        print_json("hierarchy", {"column": column, "ground": found.ground, "labels_per_level": levels})
    if out is not None:
        write_hierarchy(found.hierarchy, out)
        typer.echo(f'{found.ground}; declare hierarchy = "{out.name}" for it', err=True)
    elif not as_json:
        typer.echo(f"{column}: {found.ground}", err=True)
        typer.echo(write_hierarchy(found.hierarchy), nl=False)
