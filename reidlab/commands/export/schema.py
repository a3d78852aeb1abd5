"""The command that proposes the roles of the columns of an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from exports.columns.proposal import Guess
    from exports.engines.protocol import Engine
    from exports.sources.origins import Source

READ_WITHIN = 2_000_000_000
"""Bytes up to which all rows are looked at for what may be missing."""


def command(
    file: Annotated[str, typer.Argument(help="CSV, JSON lines, Parquet, or DATABASE::TABLE.")],
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Propose a schema.toml: the role of each column and the evidence for it, never a value."""
    from exports.columns.header import require_header
    from exports.columns.proposal import propose, toml_of
    from exports.engines.duckdb_engine import DuckDBEngine
    from exports.errors import LabError
    from exports.reading.read import read
    from exports.schema import Schema
    from reidlab.output import print_json

    declared = Schema(missing=tuple(missing or ()))
    source = read(file, encoding=encoding).lacking(declared.missing_in)
    require_header(source)
    with DuckDBEngine() as engine:
        if not engine.query(f"select 1 from {engine.scan(source)} limit 1").num_rows:
            raise LabError(f"{source.name} has a header and no rows: give at least one row.")
        guesses = with_doubts(propose(source, engine), source, engine)
    if as_json:
        found = {
            name: {
                "role": guess.role.value,
                "evidence": guess.evidence,
                "kind": guess.kind,
                "kinds": list(guess.kinds),
                "part": guess.part,
            }
            for name, guess in guesses.items()
        }
        print_json("schema", {"columns": found})
        return
    if declared.missing:
        typer.echo(declared.to_toml())
    typer.echo(toml_of(guesses), nl=False)


def with_doubts(guesses: Mapping[str, Guess], source: Source, engine: Engine) -> dict[str, Guess]:
    """Return guesses that say beside the evidence what a person should decide about the reading."""
    from exports.reading.distinct_rows import readings

    found = readings(source, engine, READ_WITHIN) or {}
    doubts = {name: reading.evidence for name, reading in found.items()}
    return {
        name: replace(guess, evidence=f"{guess.evidence}; {doubts[name]}") if doubts.get(name) else guess
        for name, guess in guesses.items()
    }
