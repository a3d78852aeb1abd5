"""The command that sets the simulation beside forty published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulate.calibration.card import Card


def command(
    people: Annotated[int, typer.Option(help="Residents, and visitors, to simulate.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print each published figure, the simulated one and whether they agree; exit 1 when one is off."""
    from reidlab.case.run_folder import residents_aged_13_and_over, within_bounds
    from reidlab.output import print_json
    from reidlab.progress import stages
    from simulate.calibration.computed_card import FEWEST, compute_card

    most = residents_aged_13_and_over()
    within_bounds("--people", people, FEWEST, most, "fewer leave a figure without anybody to count")
    with stages() as progress:
        card = compute_card(people, seed=seed, progress=progress)
    if as_json:
        print_json("calibration", card)
    else:
        _print(card)
    if card.off:
        raise typer.Exit(1)


def _print(card: Card) -> None:
    line = "{:<24}{:>11}{:>11}{:>11}{:>11}  {:<4}{}"
    typer.echo(
        line.format("figure", "published", "simulated", "difference", "tolerance", "", "source, status")
    )
    for verdict in card.verdicts:
        figure = verdict.figure
        typer.echo(
            line.format(
                figure.id,
                f"{figure.published:.4g}",
                f"{verdict.simulated:.4g}",
                f"{verdict.difference:+.2g}",
                f"{figure.tolerance:.2g}",
                "ok" if verdict.passed else "OFF",
                f"{figure.source} ({figure.year}), {figure.status}",
            )
        )
    typer.echo(repr(card))
