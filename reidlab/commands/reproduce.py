"""The command that reproduces published results."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    name: Annotated[str | None, typer.Argument(help="One published result.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every one of them.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same numbers.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Reproduce published results; exit 1 when one of ours differs."""
    from exports.errors import LabError
    from exports.plugins import load
    from reidlab.output import print_json
    from reidlab.reproductions import BUILT_IN

    if (name is None) != everything:
        raise LabError(f"Name one result or give --all, not both or neither: {', '.join(BUILT_IN)}.")
    findings = {
        one: load(one, BUILT_IN, "published result")(seed) for one in (BUILT_IN if name is None else [name])
    }
    if as_json:
        print_json("reproduce", {one: [f.to_json() for f in found] for one, found in findings.items()})
    else:
        for one, found in findings.items():
            typer.echo(one)
            for finding in found:
                typer.echo(f"  {finding!r}")
                typer.echo(f"    {finding.source}" + (f"; {finding.note}" if finding.note else ""))
    if not all(finding.agrees for found in findings.values() for finding in found):
        raise typer.Exit(1)
