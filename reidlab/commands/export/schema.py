"""The command that proposes the roles of the columns of an export."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    file: Annotated[str, typer.Argument(help="CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Propose a schema.toml: the role of each column and the evidence for it, never a value."""
    from exports.columns.proposal import propose, toml_of
    from exports.engines.duckdb_engine import DuckDBEngine
    from exports.reading.read import read
    from reidlab.output import print_json

    source = read(file, encoding=encoding)
    with DuckDBEngine() as engine:
        guesses = propose(source, engine)
    if as_json:
        found = {
            name: {"role": guess.role.value, "evidence": guess.evidence, "kind": guess.kind}
            for name, guess in guesses.items()
        }
        print_json("schema", {"columns": found})
        return
    typer.echo(toml_of(guesses), nl=False)
