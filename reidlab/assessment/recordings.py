"""A recording of requests or events held against a policy, and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exports.beacons import BeaconAudit, audit_beacons
from exports.beacons.traffic import is_event_log, is_har
from reidlab.assessment.judgement import stands_on
from reidlab.gate.answer import Decision
from reidlab.gate.policy import load, path_of
from reidlab.gate.uploads import decide_upload


def is_recording(path: Path) -> bool:
    """Tell whether a file holds requests or events rather than the rows of a table."""
    return is_har(path) or is_event_log(path)


def judge_recording(
    file: Path, policy: Path | str | None = None
) -> tuple[BeaconAudit, dict[str, Any], Decision | None, str]:
    """Audit a recording by person and list, and hold it against a policy.

    Parameters
    ----------
    file : Path
        HAR, or JSON lines of requests or events.
    policy : Path or str, optional
        ``policy.toml``, or the name of a preset.

    Returns
    -------
    found, result, decision, note
        The audit, its JSON with the verdicts, the decision, and what the policy says of itself.
    """
    limits = None if policy is None else load(policy)
    found = audit_beacons(file, sender=None if limits is None else limits.sender)
    result: dict[str, Any] = {"beacons": found.to_json()}
    decision = None
    if limits is not None:
        decision = decide_upload(limits, found)
        result["policy"] = [verdict.to_json() for verdict in decision.verdicts]
        result["decision"] = decision.to_json()
    named = None if policy is None else path_of(policy)
    result["stood_on"] = stands_on({"input": file, "policy": named}, {})
    return found, result, decision, "" if limits is None else limits.note


def page_of(result: dict[str, Any], decision: Decision | None, note: str) -> str:
    """Return the audit of a recording as one HTML file, without a value of any message."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("reidlab"), autoescape=True)
    template = environment.get_template("recording.html.j2")
    found = result["beacons"]
    return template.render(
        found=found, decision=decision, note=note, stood_on=result["stood_on"], diff=result.get("diff")
    )
