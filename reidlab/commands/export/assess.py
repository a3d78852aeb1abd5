"""The command that measures what an export gives away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reidlab.commands.export.assessed import (
    Written,
    audit,
    changes,
    require_signing,
    say,
    write_record,
    write_sarif,
)
from reidlab.commands.export.recorded import record as print_record

if TYPE_CHECKING:
    from reidlab.assessment.with_attacks import Frontier


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
    sarif: Annotated[
        Path | None, typer.Option(help="Write the findings as SARIF 2.1.0 to this file.")
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(help="Sign the record of the verdict with this Ed25519 key in PEM.")
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Where the signed record is written.")] = None,
    diff: Annotated[
        str | None, typer.Option(help="The same before a change: say what leaves now that did not.")
    ] = None,
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

    A HAR file or a log of requests or events is audited instead: whom it tells of, and what. Exits
    with 1 when the export does not keep the policy.
    """
    from exports.beacons.traffic import is_event_log, is_har
    from exports.reading.read import read
    from reidlab.assessment.judgement import judge
    from reidlab.output import print_json
    from reidlab.platform.record import is_record
    from simulate.execution.memory import bytes_of

    read_files = {"FILE": file, "--schema": schema, "--policy": policy, "--population": population}
    read_files |= {"--reference": reference, "--dictionary": dictionary, "--sign": sign, "--diff": diff}
    _require_apart({"--html": html, "--sarif": sarif, "--record": record}, read_files, beside or [])
    require_signing(sign, record, policy)
    if is_record(Path(file)):
        given = {"--schema": schema, "--population": population, "--html": html, "--beside": beside}
        print_record(file, policy, [name for name, value in given.items() if value], memory, as_json=as_json)
        return
    if is_har(Path(file)) or (schema is None and is_event_log(Path(file))):
        others = {"--population": population, "--beside": beside, "--dictionary": dictionary}
        unfit = [option for option, value in {**others, "--with-attacks": with_attacks}.items() if value]
        audit(file, policy, unfit, Written(html, sarif, sign, record, diff), as_json=as_json)
        return
    attacked = _frontier(file, schema, defend, dp) if with_attacks or defend or dp else None
    found = judge(
        read(file, encoding=encoding) if encoding else file,
        schema,
        policy,
        attacks=None if attacked is None else attacked.of_export,
        stood_on={"population": population, "reference": reference, "dictionary": dictionary, "input": file},
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
    if attacked is not None:
        found.result.update(frontier=attacked.rows, strongest_attack=attacked.strongest)
    if diff is not None:
        found.result["diff"] = [one.to_json() for one in changes(diff, schema, found.result)]
    if html is not None:
        from reidlab.assessment.report import render, save

        drawn = [] if attacked is None else attacked.figures
        page = render(
            found.found.name, found.result, policy=found.policy, decision=found.decision, frontier=drawn
        )
        save(page, html)
    if sarif is not None:
        write_sarif(found.decision, file, sarif)
    if sign is not None and record is not None:
        write_record(found.result, sign, record)
    if as_json:
        print_json("assess", found.result)
    else:
        say(found)
    if not found.passed or found.result.get("diff"):
        raise typer.Exit(1)


def _require_apart(
    written: Mapping[str, Path | None], read_files: Mapping[str, Path | str | None], beside: Sequence[str]
) -> None:
    """Check before anything is measured that what is written is no file that is read, nor somebody else's."""
    from reidlab.writing.own_files import require_apart, require_own_report

    named = [(name, value) for name, value in read_files.items() if value is not None]
    named += [("--beside", one) for one in beside]
    for option, path in written.items():
        if path is not None:
            require_apart([path], named, "The report", option)
    if written["--html"] is not None:
        require_own_report(written["--html"])


def _frontier(file: str, schema: Path | None, defend: str | None, dp: str | None) -> Frontier:
    from exports.errors import LabError
    from reidlab.assessment.with_attacks import experiment, frontier, numbers_of

    if schema is None:
        raise LabError("--with-attacks needs --schema: write one with reidlab schema FILE > schema.toml.")
    ks = [int(k) for k in numbers_of(defend, "--defend")]
    return frontier(experiment(Path(file), schema, ks=ks, epsilons=numbers_of(dp, "--dp")))
