"""The command that follows one simulated person through a case."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    person: Annotated[int, typer.Option(help="Number of the person, from 0.")],
    case: Annotated[
        str, typer.Option(help="Name of a case, or the path of one's own case.toml.")
    ] = "betterhelp",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same person.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Walk one simulated person from the intake page to the match, and back through each attack."""
    from reidlab.case.follow import follow
    from reidlab.output import print_json
    from simulate.case import load_case

    way = follow(load_case(case), person, seed=seed)
    if as_json:
        print_json("follow", way)
        return
    for line in way.lines():
        typer.echo(line)
