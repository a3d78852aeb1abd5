"""The command that looks for what a differentially private mechanism leaks beyond its claim."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    name: Annotated[str | None, typer.Argument(help="One shipped mechanism.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every one of them.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulation.")] = 1,
    in_earnest: Annotated[
        bool, typer.Option("--in-earnest", help="Audit the release that takes no seed; needs the extra dp.")
    ] = False,
    level: Annotated[
        float, typer.Option(min=1e-12, max=0.5, help="Chance that a sound one is caught.")
    ] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Bound the epsilon of shipped mechanisms from below; exit 1 when a claim is contradicted."""
    from exports.errors import LabError
    from reidlab.audits.mechanisms import AUDITS, audit
    from reidlab.output import print_json

    if (name is None) != everything:
        raise LabError(f"Name one mechanism or give --all, not both or neither: {', '.join(AUDITS)}.")
    names = list(AUDITS) if name is None else [name]
    # Bonferroni: with --all the level is the chance that any sound mechanism is caught.
    found = [audit(one, None if in_earnest else seed, level / len(names)) for one in names]
    if as_json:
        print_json("audit", {one.mechanism: one.to_json() for one in found})
    else:
        for one in found:
            typer.echo(repr(one))
    if any(one.caught for one in found):
        raise typer.Exit(1)
