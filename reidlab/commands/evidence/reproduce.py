"""The command that reproduces published results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reidlab.reproductions.finding import Finding


def command(
    name: Annotated[str | None, typer.Argument(help="One published result.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every one of them.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="A table of persons, such as Adult, for those that take one.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same numbers.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Reproduce published results; exit 1 when one of ours differs.

    With --all a result whose extra or data is missing is skipped with a sentence.
    """
    from exports.errors import LabError
    from reidlab.output import print_json
    from reidlab.reproductions import BUILT_IN

    if (name is None) != everything:
        raise LabError(f"Name one result or give --all, not both or neither: {', '.join(BUILT_IN)}.")
    findings, skipped = {}, {}
    for one in BUILT_IN if name is None else [name]:
        try:
            findings[one] = _reproduced(one, seed, data)
        except LabError as error:
            if name is not None:
                raise
            skipped[one] = str(error)
        else:
            if not as_json:
                _print(one, findings[one])
    if as_json:
        found = {one: [finding.to_json() for finding in made] for one, made in findings.items()}
        print_json("reproduce", {**found, "skipped": skipped} if skipped else found)
    for one, why in skipped.items():
        typer.echo(f"{one} is skipped: {why}", err=True)
    if not all(finding.agrees for found in findings.values() for finding in found):
        raise typer.Exit(1)


def _reproduced(name: str, seed: int, data: Path | None) -> tuple[Finding, ...]:
    import inspect

    from exports.plugins import load
    from reidlab.reproductions import BUILT_IN

    function = load(name, BUILT_IN, "published result")
    more = {"data": data} if "data" in inspect.signature(function).parameters else {}
    found: tuple[Finding, ...] = function(seed, **more)
    return found


def _print(name: str, findings: tuple[Finding, ...]) -> None:
    typer.echo(name)
    for finding in findings:
        typer.echo(f"  {finding!r}")
        typer.echo(f"    {finding.source}" + (f"; {finding.note}" if finding.note else ""))
