"""The command that measures what an export gives away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reidlab.assessment.findings import Assessment
    from reidlab.assessment.with_attacks import Frontier
    from reidlab.gate.policy import Verdict


def command(
    file: Annotated[str, typer.Argument(help="CSV, JSON lines, Parquet, DATABASE::TABLE, or HAR.")],
    schema: Annotated[Path | None, typer.Option(help="Roles of the columns, in TOML.")] = None,
    policy: Annotated[str | None, typer.Option(help="Limits to keep: a TOML file or a preset.")] = None,
    population: Annotated[str | None, typer.Option(help="Table of the population.")] = None,
    reference: Annotated[str | None, typer.Option(help="Table that says what is usual.")] = None,
    beside: Annotated[
        list[str] | None, typer.Option(help="Another export of the same sender: which tokens it shares.")
    ] = None,
    dictionary: Annotated[
        str | None, typer.Option(help="Texts that tokens may be made of, one per row.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Measure the groups of this column too.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Add what takes longer.")] = False,
    memory: Annotated[str | None, typer.Option(help="Memory that the run may use, as in 2GB.")] = None,
    engine: Annotated[str, typer.Option(help="Where queries run: duckdb or spark.")] = "duckdb",
    missing: Annotated[
        list[str] | None, typer.Option(help="Text that stands for a missing value; repeatable.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    with_attacks: Annotated[
        bool, typer.Option("--with-attacks", help="Attack it too; needs --schema.")
    ] = False,
    defend: Annotated[
        str | None, typer.Option(help="With attacks: k-anonymise it too, as in k=5,10.")
    ] = None,
    dp: Annotated[
        str | None, typer.Option(help="With attacks: synthesise it too, at these epsilons.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure who in an export can be singled out, and what that gives away.

    A HAR file or a log of events is audited instead: what it tells, and whom. Exits with 1 when
    the export does not keep the policy.
    """
    from exports.beacons.traffic import is_event_log, is_har
    from exports.reading.read import read
    from exports.schema import Schema
    from reidlab.assessment.assess import assess
    from reidlab.gate.policy import check, load, passed
    from reidlab.output import print_json
    from reidlab.platform.record import is_record
    from simulate.execution.memory import bytes_of

    if is_record(Path(file)):
        unfit = {"--schema": schema, "--population": population, "--html": html, "--beside": beside}
        _record(file, policy, [name for name, value in unfit.items() if value], memory, as_json)
        return
    if is_har(Path(file)) or (schema is None and is_event_log(Path(file))):
        given = {
            "--policy": policy,
            "--html": html,
            "--population": population,
            "--beside": beside,
            "--dictionary": dictionary,
            "--with-attacks": with_attacks,
        }
        _audit(file, [option for option, value in given.items() if value], as_json)
        return
    if html is not None:
        from reidlab.writing.own_files import require_own_report

        require_own_report(html)
    limits = None if policy is None else load(policy)
    found = assess(
        read(file, encoding=encoding),
        None if schema is None else Schema.load(schema),
        population=population,
        reference=reference,
        beside=beside or (),
        dictionary=dictionary,
        by=by or (),
        in_full=full,
        missing=missing or (),
        memory=None if memory is None else bytes_of(memory),
        engine=engine,
    )
    result = found.to_json()
    verdicts = () if limits is None else check(limits, result, declared=schema is not None)
    result["policy"] = [verdict.to_json() for verdict in verdicts]
    drawn: list[str] = []
    if with_attacks or defend or dp:
        attacked = _frontier(file, schema, defend, dp)
        result |= {"frontier": attacked.rows, "strongest_attack": attacked.strongest}
        drawn = attacked.figures
    if html is not None:
        from reidlab.assessment.report import render, save

        save(render(found.name, result, policy=limits, verdicts=verdicts, frontier=drawn), html)
    if as_json:
        print_json("assess", result)
    else:
        _print(found, verdicts, result)
    if not passed(verdicts):
        raise typer.Exit(1)


def _frontier(file: str, schema: Path | None, defend: str | None, dp: str | None) -> Frontier:
    from exports.errors import LabError
    from reidlab.assessment.with_attacks import experiment, frontier, numbers_of

    if schema is None:
        raise LabError("--with-attacks needs --schema: write one with reidlab schema FILE > schema.toml.")
    ks = [int(k) for k in numbers_of(defend, "--defend")]
    return frontier(experiment(Path(file), schema, ks=ks, epsilons=numbers_of(dp, "--dp")))


def _record(file: str, policy: str | None, unfit: list[str], memory: str | None, as_json: bool) -> None:
    """Assess the people in a platform's record, and audit its requests."""
    from exports.beacons import audit_beacons
    from exports.errors import LabError
    from exports.reading.read import read
    from reidlab.assessment.assess import assess
    from reidlab.gate.policy import check, load, passed
    from reidlab.output import print_json
    from reidlab.platform.record import export_of, read_rows, receivers
    from reidlab.platform.recorder import REQUESTS
    from simulate.execution.memory import bytes_of

    if unfit:
        raise LabError(f"{unfit[0]} is for tables, and {file} is a platform's record: leave it out.")
    export = export_of(read_rows(Path(file)))
    found = assess(read(export.table), export.schema, memory=None if memory is None else bytes_of(memory))
    audit = audit_beacons(Path(file) / REQUESTS)
    recorded = {"receivers": receivers(export), "beacons": audit.to_json()}
    verdicts = () if policy is None else check(load(policy), found.to_json(), declared=True)
    result = found.to_json() | recorded | {"policy": [verdict.to_json() for verdict in verdicts]}
    if as_json:
        print_json("assess", result)
    else:
        _print_receivers(recorded)
        _print(found, verdicts, result)
    if not passed(verdicts):
        raise typer.Exit(1)


def _print_receivers(recorded: dict[str, Any]) -> None:
    """Print how many people each platform was told of, by which key."""
    typer.echo("People in the record, by receiver and key")
    for row in recorded["receivers"]:
        typer.echo(f"  {row['platform']:<12}{row['key']:<28}{row['persons']:>12,}")
    typer.echo(f"{recorded['beacons']['messages']:,} requests\n")


def _audit(file: str, unfit: list[str], as_json: bool) -> None:
    """Print what a HAR file or a log of events tells, and whom."""
    from exports.beacons import audit_beacons
    from exports.errors import LabError
    from reidlab.output import print_json

    if unfit:
        raise LabError(f"{unfit[0]} is for tables, and {file} holds requests or events: leave it out.")
    found = audit_beacons(file)
    if as_json:
        print_json("assess", {"beacons": found.to_json()})
        return
    typer.echo(repr(found))
    for title, rows in (("Receivers", found.receivers), ("Fields", found.findings)):
        typer.echo(f"\n{title}")
        for row in rows:
            typer.echo(f"  {row!r}")


def _print(found: Assessment, verdicts: tuple[Verdict, ...], result: dict[str, Any]) -> None:
    typer.echo(repr(found))
    _print_doubtful(result)
    for title, measures in (
        ("Risk", found.risk),
        ("Share of the population that is unique, estimated", found.population_uniques),
        ("Fewest different values in a class", found.l_distinct),
        ("Largest distance of a class from the reference", found.t_equal),
    ):
        typer.echo(f"\n{title}")
        for name, value in measures.items():
            typer.echo(f"  {name:<24} {_shown(value)}")
    if found.class_sizes:
        typer.echo("\nPersons by the size of their class")
        for size, persons in found.class_sizes.items():
            typer.echo(f"  {size:<24} {persons:,}")
    for title, key in (
        ("Tokens", "tokens"),
        ("Tokens shared with other exports", "shared_tokens"),
        ("Leave out or coarsen first", "drops"),
        ("Groups", "groups"),
        ("Attacks after each defence", "frontier"),
        ("The strongest attack after each defence", "strongest_attack"),
    ):
        if result.get(key):
            typer.echo(f"\n{title}")
            for row in result[key]:
                typer.echo("  " + ", ".join(f"{name} {_shown(value)}" for name, value in row.items()))
    if verdicts:
        typer.echo("\nPolicy")
        for verdict in verdicts:
            typer.echo(f"  {verdict!r}")
    for title, remarks in (("To know beside", found.notes), ("Not measured", found.reasons)):
        if remarks:
            typer.echo(f"\n{title}", err=True)
        for name, remark in remarks.items():
            typer.echo(f"  {name}: {remark}", err=True)


def _print_doubtful(result: dict[str, Any]) -> None:
    doubtful = {name: one for name, one in result["columns"].items() if one["role"] == "unassessed"}
    if doubtful:
        typer.echo("\nNot assessed: read these and give each a role, or no policy passes")
    for name, column in doubtful.items():
        typer.echo(f"  {name:<24} {column['evidence']}")


def _shown(value: Any) -> str:
    if value is None:
        return "not measured"
    return (
        f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
