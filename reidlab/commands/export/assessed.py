"""What is printed of an assessment: the answer first, then the measures, then what was not measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from exports.beacons import BeaconAudit
    from exports.schema import Schema
    from reidlab.assessment.judgement import Judgement
    from reidlab.gate.answer import Decision
    from reidlab.gate.difference import Change


def say(judged: Judgement) -> None:
    """Print an assessment, the decision on its first line."""
    found, result, decision = judged.found, judged.result, judged.decision
    if decision is not None:
        typer.echo(decision.headline)
    typer.echo(repr(found))
    if found.linked_k is not None:
        typer.echo(
            f"linked k = {found.linked_k}: persons who share all rows of a person with the fewest others"
        )
    _say_doubtful(result)
    _say_measures(found)
    _say_parts(result)
    if decision is not None:
        say_decision(decision, judged.policy.note if judged.policy else "")
        _say_stood_on(result["stood_on"])
    say_changes(result)
    for name, remark in found.notes.items():
        typer.echo(f"  {name}: {remark}", err=True)
    _say_unmeasured(found.reasons)


def say_decision(decision: Decision, note: str) -> None:
    """Print every verdict, those that fail first, and what was not asked."""
    typer.echo("\nPolicy")
    passed = [verdict for verdict in decision.verdicts if verdict.passed]
    for verdict in (*decision.failed, *passed):
        typer.echo(f"  {verdict!r}")
    if decision.not_looked_at:
        typer.echo(f"  never looked at: {'; '.join(decision.not_looked_at)}")
    if decision.not_asked:
        typer.echo(f"  rules not asked: {', '.join(decision.not_asked)}")
    if note:
        typer.echo(f"  {note}")


def _say_stood_on(stood: Mapping[str, Any]) -> None:
    for name, digest in stood["sha256"].items():
        typer.echo(f"  SHA-256 of the {name}: {digest}")
    for name, one in stood["by_hand"].items():
        typer.echo(f"  declared by hand: {name} is {one['declared']}, proposed was {one['proposed']}")


def _say_doubtful(result: Mapping[str, Any]) -> None:
    doubtful = {name: one for name, one in result["columns"].items() if one["role"] == "unassessed"}
    if doubtful:
        typer.echo("\nNot assessed: read these and give each a role, or no policy passes")
    for name, column in doubtful.items():
        typer.echo(f"  {name:<24} {column['evidence']}")


def _say_measures(found: Any) -> None:
    for title, measures in (
        ("Risk", found.risk),
        ("Share of the population that is unique, estimated", found.population_uniques),
        ("Fewest different values in a class", found.l_distinct),
        ("Largest distance of a class from the reference", found.t_equal),
        ("Persons by the size of their class", found.class_sizes),
    ):
        there = {name: value for name, value in measures.items() if value is not None}
        if there:
            typer.echo(f"\n{title}")
        for name, value in there.items():
            typer.echo(f"  {name:<24} {_shown(value)}")


def _say_parts(result: Mapping[str, Any]) -> None:
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


def _say_unmeasured(reasons: Mapping[str, str]) -> None:
    """Print what was not measured, all that lacks the same thing in one line."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    if by_reason:
        typer.echo("\nNot measured", err=True)
    for reason, names in by_reason.items():
        typer.echo(f"  {', '.join(names)}: {reason}", err=True)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a command writes beside its output, and what it signs and compares."""

    html: Path | None
    sarif: Path | None
    sign: Path | None
    record: Path | None
    diff: str | None


def audit(file: str, policy: str | None, unfit: list[str], written: Written, *, as_json: bool) -> None:
    """Print whom a recording of requests or events tells of, and what; exit with 1 where it may not."""
    from exports.errors import LabError
    from reidlab.assessment.recordings import judge_recording
    from reidlab.output import print_json

    if unfit:
        raise LabError(f"{unfit[0]} is for tables, and {file} holds requests or events: leave it out.")
    found, result, decision, note = judge_recording(Path(file), policy)
    if written.diff is not None:
        from reidlab.gate.difference import of_recordings

        _, before, _, _ = judge_recording(Path(written.diff), policy)
        changed = of_recordings(before["beacons"], result["beacons"])
        result["diff"] = [one.to_json() for one in changed]
    if written.html is not None:
        from reidlab.assessment.recordings import page_of
        from reidlab.assessment.report import save

        save(page_of(result, decision, note), written.html)
    if written.sarif is not None:
        write_sarif(decision, file, written.sarif)
    if written.sign is not None and written.record is not None:
        write_record(result, written.sign, written.record)
    if as_json:
        print_json("assess", result)
    else:
        _say_audit(found, decision, note)
        say_changes(result)
    if (decision is not None and not decision.passed) or result.get("diff"):
        raise typer.Exit(1)


def changes(before: str, schema: Path | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what of a table leaves now that did not before."""
    from exports.reading.read import read
    from exports.schema import Schema
    from reidlab.assessment.assess import assess
    from reidlab.gate.difference import of_tables

    old = read(before)
    roles = None
    if schema is not None:
        declared = Schema.load(schema)
        roles = declared.without(_absent(declared, old.columns))
        undeclared = [
            name for name in old.columns if name not in declared.columns and name not in declared.parts
        ]
        roles = None if undeclared else roles
    return of_tables(assess(old, roles, labels=True).to_json(), after)


def _absent(declared: Schema, columns: Iterable[str]) -> list[str]:
    there = set(columns)
    return [name for name in (*declared.columns, *declared.parts) if name not in there]


def say_changes(result: Mapping[str, Any]) -> None:
    """Print what leaves now that did not before, where that was asked."""
    if "diff" not in result:
        return
    typer.echo("\nWhat leaves now that did not before")
    for one in result["diff"]:
        where = f" {one['where']}" if one["where"] else ""
        before = "nothing" if one["before"] is None else one["before"]
        typer.echo(f"  {one['what']}{where}: {before} before, {one['after']} after")
    if not result["diff"]:
        typer.echo("  nothing")


def require_signing(sign: Path | None, record: Path | None, policy: str | None) -> None:
    """Check that a record has both a key and a place, and a verdict to be of.

    Raises
    ------
    LabError
        Says which is missing.
    """
    from exports.errors import LabError

    if (sign is None) != (record is None):
        raise LabError("--sign and --record go together: give the key and the file of the signed record.")
    if sign is not None and policy is None:
        raise LabError("--sign signs the verdict on a policy: give --policy.")


def write_record(result: Mapping[str, Any], key: Path, path: Path) -> None:
    """Write the signed record of a verdict."""
    import json

    from reidlab.gate.signed_record import MARK as RECORD_MARK
    from reidlab.gate.signed_record import record_of, signed
    from reidlab.writing.own_files import put_own

    plain = json.loads(json.dumps(record_of(result), default=_plain))
    envelope = signed(plain, key)
    text = json.dumps(envelope, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    put_own(path, text, "--record", RECORD_MARK)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _say_audit(found: BeaconAudit, decision: Decision | None, note: str) -> None:
    if decision is not None:
        typer.echo(decision.headline)
    typer.echo(repr(found))
    for title, rows in (
        ("Receivers", found.receivers),
        ("Lists and events", found.lists),
        ("Fields", found.findings),
    ):
        if rows:
            typer.echo(f"\n{title}")
        for row in rows:
            typer.echo(f"  {row!r}")
    if decision is not None:
        say_decision(decision, note)


def write_sarif(decision: Decision | None, file: str, path: Path) -> None:
    """Write the verdicts that fail as SARIF.

    Raises
    ------
    LabError
        Where there is no policy, or the file cannot be written.
    """
    from exports.errors import LabError
    from reidlab.gate.sarif import MARK, sarif_of
    from reidlab.writing.own_files import put_own

    if decision is None:
        raise LabError("--sarif writes the verdicts on a policy: give --policy.")
    put_own(path, sarif_of(decision, file), "--sarif", MARK)


def _shown(value: Any) -> str:
    if value is None:
        return "not measured"
    return (
        f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
