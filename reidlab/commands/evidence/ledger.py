"""The commands that open a ledger, show what was spent from it, and check that nobody changed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

command = typer.Typer(help="Open, show or verify the ledger of private answers.", no_args_is_help=True)

_FILE = Annotated[Path, typer.Argument(help="The ledger.")]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@command.command("open")
def _opened(
    file: _FILE,
    dataset: Annotated[str, typer.Option(help="Your name of the data set, for all its versions.")],
    budget: Annotated[str, typer.Option(help="Such as 1.5, epsilon=1,delta=1e-6 or rho=0.1.")],
    neighbours: Annotated[
        Literal["add-remove", "replace"], typer.Option(help="What one person more or less means.")
    ] = "add-remove",
    unit: Annotated[
        Literal["record", "person"] | None, typer.Option(help="Default: that of the first answer.")
    ] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="For seeded answers alone.")] = False,
    as_json: _JSON = False,
) -> None:
    """Set the budget of a data set, once and for all its versions."""
    from defenses.dp.budget import Budget
    from defenses.dp.ledger import Ledger
    from reidlab.output import print_json
    from reidlab.releases.accounts import accounts

    terms = Budget.read(budget, neighbours=neighbours, unit=unit, simulated=simulated)
    Ledger(file).open(dataset, terms)
    if as_json:
        print_json("ledger", accounts(file)["datasets"][dataset])
    else:
        typer.echo(f"{dataset}: {terms}")


@command.command("show")
def _shown(
    file: _FILE,
    delta: Annotated[str, typer.Option(help="At which totals by zCDP and PLD are told.")] = "1e-6",
    as_json: _JSON = False,
) -> None:
    """Show what was answered about each data set, what it cost together, and what is left."""
    from reidlab.output import print_json
    from reidlab.releases.accounts import accounts, sentences

    found = accounts(file, delta)
    if as_json:
        print_json("ledger", found)
    else:
        for line in sentences(found):
            typer.echo(line)


@command.command("verify")
def _verified(
    file: _FILE,
    against: Annotated[
        list[Path] | None, typer.Option(help="Manifest of a release that was charged to it; repeatable.")
    ] = None,
    as_json: _JSON = False,
) -> None:
    """Check that no entry was changed or taken out; exit 1 when a release's entry is not there."""
    from reidlab.output import print_json
    from reidlab.releases.accounts import absent

    entries, missing = absent(file, against or [])
    if as_json:
        print_json(
            "ledger", {"entries": entries, "whole": not missing, "absent": [str(one) for one in missing]}
        )
    else:
        typer.echo(f"{entries:,} entries, each holding the digest of the one before.")
        for path in missing:
            typer.echo(f"{path} was charged to an entry that is not there: the ledger is an older copy.")
    if missing:
        raise typer.Exit(1)
