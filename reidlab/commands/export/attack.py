"""The command that runs one attack on one released file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from attacks.result import AttackResult
    from exports.release import Kind


def command(
    name: Annotated[str, typer.Argument(help="Registered name, such as hash-reversal.")],
    file: Annotated[str, typer.Argument(help="The release: CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    original: Annotated[str | None, typer.Option(help="The people whose data it is, for scoring.")] = None,
    control: Annotated[str | None, typer.Option(help="People like them who are not in the release.")] = None,
    population: Annotated[
        str | None, typer.Option(help="What the adversary holds: register, accounts or dictionary.")
    ] = None,
    schema: Annotated[Path | None, typer.Option(help="Roles of the columns, in TOML.")] = None,
    behind: Annotated[
        str | None,
        typer.Option(
            metavar="DEFENCE",
            help="Defence that FILE passes first, several joined by +; FILE is the original.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="What else it knows, DEFENCE.KEY=VALUE for a setting of the defence; repeatable.",
        ),
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    kind: Annotated[
        str | None, typer.Option(help="Kind of the release: records, or synthetic where rows are invented.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run one attack and hold it against a control and a baseline."""
    from exports.errors import LabError
    from reidlab.output import print_json
    from reidlab.releases.attack import attack_file

    found = attack_file(
        name,
        file,
        original=original,
        control=control,
        population=population,
        schema=schema,
        behind=behind,
        settings=settings or [],
        missing=missing or (),
        seed=seed,
        kind=cast("Kind | None", kind),
    )
    if not found.made and not found.attack.of:
        raise LabError(f"{name} could not attack: {_why(found)}, so that nothing was shown.")
    if as_json:
        print_json("attack", found)
        return
    typer.echo(repr(found))
    for line in _beside(found):
        typer.echo(line)


def _why(found: AttackResult) -> str:
    return found.notes[0] if found.notes else "it could make no guess about anybody"


def _beside(found: AttackResult) -> Iterator[str]:
    """Yield what the attack is held against, how many guesses there were, and how many would be needed."""
    if found.control is not None:
        yield f"control: {found.control}"
    yield f"baseline: {found.baseline}"
    enough = "" if found.needed is None else f"; {found.needed:,} would show an advantage of 0.05"
    yield f"guesses: {found.made:,} made, {found.asked:,} asked for{enough}"
    if found.worst_group is not None:
        yield f"worst group, {found.worst_group}: {found.groups[found.worst_group]!r}"
    for worst in found.series.get("values", [])[:1]:
        if worst["lift_low"] > 1:
            yield (
                f"worst value of {found.secret!r}, {worst['value']}: named {worst['guessed']:,} times, right "
                f"{100 * worst['precision']:.1f} %, {worst['lift']:.3g} times as often as it occurs"
            )
    for note in found.notes:
        yield f"note: {note}"
