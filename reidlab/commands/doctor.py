"""The command that tells whether this installation is whole."""

from __future__ import annotations

import os
import platform
from typing import Annotated

import typer

from exports.errors import how_to_install


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Report versions, shadowed packages, optional extras and memory."""
    from reidlab.installation import installed_extras, memory_bytes, package_folders, versions
    from reidlab.output import print_json

    memory = memory_bytes()
    found = {
        "python": platform.python_version(),
        "versions": versions(),
        "packages": {name: str(folder) for name, folder in package_folders().items()},
        "extras": installed_extras(),
        "memory_gb": None if memory is None else round(memory / 1e9, 1),
        "cores": os.cpu_count(),
    }
    if as_json:
        print_json("doctor", found)
        return
    typer.echo(f"Python {found['python']}, {found['cores']} cores, {found['memory_gb']} GB of memory")
    for name, version in versions().items():
        typer.echo(f"  {name:<14} {version}")
    for extra, present in installed_extras().items():
        note = "installed" if present else f"absent: {how_to_install(extra)}"
        typer.echo(f"  extra {extra:<10} {note}")
