"""What is printed of a platform's record: its people, held against a policy, and what its requests tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from reidlab.commands.export.assessed import say

if TYPE_CHECKING:
    from reidlab.gate.answer import Decision
    from reidlab.gate.policy import Policy

OF_UPLOADS = ("understood", "sender", "consent_signals", "most_keys")
"""Rules of which the requests tell and not the table of their rows."""


def record(file: str, policy: str | None, unfit: list[str], memory: str | None, *, as_json: bool) -> None:
    """Assess the people in a platform's record, audit its requests, and hold both against a policy."""
    from dataclasses import replace

    from exports.errors import LabError
    from reidlab.assessment.judgement import judge
    from reidlab.output import print_json
    from reidlab.platform.record import export_of, read_rows, receivers
    from simulate.execution.memory import bytes_of

    if unfit:
        raise LabError(f"{unfit[0]} is for tables, and {file} is a platform's record: leave it out.")
    export = export_of(read_rows(Path(file)))
    limit = None if memory is None else bytes_of(memory)
    judged = judge(export.table, export.schema, policy, memory=limit)
    audit, decision = _with_uploads(Path(file), judged.policy, judged.decision)
    judged.result.update(receivers=receivers(export), beacons=audit)
    if decision is not None:
        judged.result["policy"] = [verdict.to_json() for verdict in decision.verdicts]
        judged.result["decision"] = decision.to_json()
    judged = replace(judged, decision=decision)
    if as_json:
        print_json("assess", judged.result)
    else:
        _say_receivers(judged.result)
        say(judged)
    if not judged.passed:
        raise typer.Exit(1)


def _with_uploads(
    folder: Path, policy: Policy | None, decision: Decision | None
) -> tuple[dict[str, Any], Decision | None]:
    """Return the audit of the requests, and the decision with what they tell in place of what rows do."""
    from dataclasses import replace

    from exports.beacons import audit_beacons
    from reidlab.gate.uploads import decide_upload
    from reidlab.platform.recorder import REQUESTS

    audit = audit_beacons(folder / REQUESTS, sender=None if policy is None else policy.sender)
    if policy is None or decision is None:
        return audit.to_json(), None
    told = [one for one in decide_upload(policy, audit).verdicts if one.rule in OF_UPLOADS]
    rows = [one for one in decision.verdicts if one.rule not in OF_UPLOADS]
    return audit.to_json(), replace(decision, verdicts=(*rows, *told))


def _say_receivers(result: dict[str, Any]) -> None:
    """Print how many people each platform was told of, by which key."""
    typer.echo("People in the record, by receiver and key")
    for row in result["receivers"]:
        typer.echo(f"  {row['platform']:<12}{row['key']:<28}{row['persons']:>12,}")
    typer.echo(f"{result['beacons']['messages']:,} requests\n")
