"""The command that writes a case's people, with everything there is about them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    case: Annotated[str, typer.Argument(help="Name of a case, or the path of one's own case.toml.")],
    people: Annotated[int, typer.Option(help="Visitors collected by the date of the list.")],
    out: Annotated[Path, typer.Option(help="Folder for the tables.")],
    residents: Annotated[int, typer.Option(help="Residents in their households, in addition.")] = 0,
    seed: Annotated[int, typer.Option(help="Same seed, same people, whatever the workers.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes; as many as there are cores.")] = 0,
    memory: Annotated[str, typer.Option(help="Memory that the run may use.")] = "4GB",
    locale: Annotated[str, typer.Option(help="Whose names, one of Faker's locales.")] = "en_US",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write simulated visitors of a site, and residents, as Parquet tables."""
    import os

    from reidlab.case.simulation import simulate_case
    from reidlab.output import print_json
    from reidlab.progress import stages
    from simulate.case import load_case
    from simulate.execution.memory import bytes_of

    with stages() as progress:
        done = simulate_case(
            load_case(case),
            out,
            people=people,
            residents=residents,
            seed=seed,
            workers=workers or len(os.sched_getaffinity(0)),
            memory=bytes_of(memory),
            locale=locale,
            progress=progress,
        )
    if as_json:
        print_json("simulate", done)
        return
    for name, table in done.tables.items():
        typer.echo(f"{name}: {table.rows:,} people in {done.folder / name}, content {table.sha256[:16]}")
