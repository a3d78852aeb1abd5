"""The command that runs experiments: defences x attacks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Experiment TOML files.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every shipped experiment, small.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Use the sizes of the table [full].")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables, figures and pages.")] = Path("benchmark"),
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; the numbers do not depend on it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run defences against attacks and draw the frontier; the same --out resumes a killed run."""
    from exports.errors import LabError
    from reidlab.bench.report import report
    from reidlab.bench.shipped import located, shipped
    from reidlab.bench.workers import Workers
    from reidlab.output import print_json

    paths = located(files or [])
    if everything or (full and not paths):
        paths += shipped()
    if not paths:
        raise LabError("No experiment was named: give a TOML file, or --all for the shipped ones.")
    with Workers(workers) as processes:
        result = [report(path, out, full=full, workers=processes) for path in paths]
    if as_json:
        merged = {
            "cells": [cell for one in result for cell in one.cells],
            "tables": {one.name: one.table for one in result},
            "summary": {one.name: one.summary for one in result},
            "dominated": {one.name: one.dominated for one in result},
        }
        print_json("benchmark", merged)
        return
    for one in result:
        typer.echo(one.text)
