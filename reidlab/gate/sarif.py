"""Verdicts as SARIF 2.1.0, so that code hosts show beside a data file why it may not leave."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from reidlab.gate.answer import Answer, Decision, Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MARK = b'"name": "reidlab"'
"""What tells such a file of ours from another."""

LEVELS = {Answer.BREAKS: "error", Answer.NOT_SHOWN: "warning"}


def sarif_of(decision: Decision, file: str) -> str:
    """Return the rules that were asked and a result for each that was not shown to hold.

    References
    ----------
    OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0 Plus Errata 01 (2023).

    Examples
    --------
    >>> from reidlab.gate.answer import Answer, Verdict
    >>> found = json.loads(sarif_of(Decision("ours", (Verdict("k", 5, 1, Answer.BREAKS),)), "a.csv"))
    >>> found["version"], found["runs"][0]["results"][0]["ruleId"], found["runs"][0]["results"][0]["level"]
    ('2.1.0', 'k', 'error')
    """
    from importlib.metadata import version

    rules = list(dict.fromkeys(_rule(verdict) for verdict in decision.verdicts))
    driver = {
        "name": "reidlab",
        "semanticVersion": version("reidlab"),
        "rules": [
            {"id": rule, "shortDescription": {"text": f"{rule} of {decision.policy}"}} for rule in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(verdict, rules, file) for verdict in decision.failed],
        "properties": {"policy": decision.policy, "headline": decision.headline},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def _rule(verdict: Verdict) -> str:
    return verdict.rule.partition(".")[0]


def _result(verdict: Verdict, rules: list[str], file: str) -> dict[str, Any]:
    path = PurePath(file)
    uri = quote(path.as_posix().lstrip("/") if not path.is_absolute() else path.name)
    location = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    return {
        "ruleId": _rule(verdict),
        "ruleIndex": rules.index(_rule(verdict)),
        "level": LEVELS[verdict.answer],
        "message": {"text": repr(verdict)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"rule/v1": verdict.rule},
    }
