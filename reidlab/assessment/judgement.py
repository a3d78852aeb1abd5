"""An export held against a policy: what was found, the decision, and what both stood on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exports.schema import PARTS, Schema
from reidlab.assessment.assess import assess
from reidlab.assessment.findings import Assessment
from reidlab.gate.answer import Decision
from reidlab.gate.decision import decide
from reidlab.gate.policy import Policy, load, path_of
from reidlab.installation import versions
from reidlab.releases.manifest import digest_of, keyed_columns


@dataclass(frozen=True, slots=True)
class Judgement:
    """An assessment and the decision on it.

    Parameters
    ----------
    found : Assessment
        The measures.
    result : mapping
        Its JSON, with the verdicts under ``policy``, the decision and what it stood on.
    policy : Policy or None
        What it was held against.
    decision : Decision or None
        Whether it may leave; None where no policy was given.
    """

    found: Assessment
    result: dict[str, Any]
    policy: Policy | None = None
    decision: Decision | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing was asked, or every rule that was asked holds."""
        return self.decision is None or self.decision.passed


def judge(
    data: Any,
    schema: Schema | Path | str | None = None,
    policy: Path | str | None = None,
    *,
    attacks: Mapping[str, Any] | None = None,
    stood_on: Mapping[str, Path | str | None] | None = None,
    **options: Any,
) -> Judgement:
    """Assess an export and hold it against a policy; every gate of the lab asks this one function.

    Parameters
    ----------
    data : path, table or Source
        Whatever ``exports.reading.read.read`` takes.
    schema : Schema, Path or str, optional
        Roles of the columns; without one no policy passes.
    policy : Path or str, optional
        ``policy.toml``, or the name of a preset.
    attacks : mapping, optional
        What attacks showed, by the rule of the policy that asks of them.
    stood_on : mapping of str to path, optional
        Further files whose digests are told, such as the population.
    **options
        As `reidlab.assessment.assess.assess` takes them.

    Raises
    ------
    LabError
        When something cannot be read, or the policy asks nothing.
    """
    limits = None if policy is None else load(policy)
    roles = Schema.load(schema) if isinstance(schema, Path | str) else schema
    found = assess(data, roles, labels=limits is not None, **options)
    result = found.to_json()
    if isinstance(data, Path | str):
        for name, custody in keyed_columns(Path(data)).items():
            if name in result["columns"]:
                result["columns"][name]["keyed"] = custody
    if attacks:
        result["attacks"] = dict(attacks)
    decision = None if limits is None else decide(limits, result, declared=roles is not None)
    result["policy"] = [] if decision is None else [verdict.to_json() for verdict in decision.verdicts]
    if decision is not None:
        result["decision"] = decision.to_json()
    files = {
        "input": data,
        "schema": schema,
        "policy": None if policy is None else path_of(policy),
        **(stood_on or {}),
    }
    result["stood_on"] = stands_on(files, by_hand(roles, result["columns"]))
    return Judgement(found, result, limits, decision)


def stands_on(files: Mapping[str, Any], hands: Mapping[str, Any]) -> dict[str, Any]:
    """Return the digests of all files that were read, the versions, and the roles given by hand."""
    paths = {name: Path(one) for name, one in files.items() if isinstance(one, Path | str)}
    return {
        "sha256": {name: digest_of(path) for name, path in paths.items() if path.is_file()},
        "versions": versions(),
        "by_hand": dict(hands),
    }


def by_hand(schema: Schema | None, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the columns whose declared role differs from what the data proposes."""
    if schema is None:
        return {}
    return {
        name: {"declared": one["role"], "proposed": one["proposed"]}
        for name, one in columns.items()
        if one["role"] not in PARTS and one.get("proposed") not in (None, one["role"])
    }
