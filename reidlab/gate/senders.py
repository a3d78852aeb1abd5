"""Rules on a list of people that leaves as a table: who sends it, and what being on it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exports.beacons.lexicon import topic_of
from exports.schema import Role
from reidlab.gate.answer import Answer, Verdict
from reidlab.gate.policy import Policy


def of_list(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    """Yield the verdicts on a table as a list of people; nothing where no rule on senders is asked."""
    columns = found["columns"]
    keys = [name for name, one in columns.items() if one["role"] in (Role.IDENTIFIER, Role.TOKEN)]
    people = found.get("persons") or found.get("rows") or 0
    if policy.sender == "health":
        telling = people if keys else 0
        yield Verdict(
            "sender", 0, telling, Answer.BREAKS if telling else Answer.HOLDS,
            "people of whom the list says that they sought health services" if telling else "",
        )  # fmt: skip
    elif policy.sender == "ordinary":
        protected = [
            name
            for name, one in columns.items()
            if one["role"] == Role.SENSITIVE or topic_of(name) is not None
        ]
        breaks = bool(keys and protected)
        yield Verdict(
            "sender", 0, people if breaks else 0, Answer.BREAKS if breaks else Answer.HOLDS,
            f"people told of by {', '.join(map(repr, protected[:3]))}" if breaks else "",
        )  # fmt: skip
    if policy.most_keys is not None:
        yield Verdict(
            "most_keys", policy.most_keys, len(keys),
            Answer.HOLDS if len(keys) <= policy.most_keys else Answer.BREAKS,
            "identifiers of one person in a row", "send one identifier of each person",
        )  # fmt: skip
    if policy.consent_signals:
        yield from _consent(policy, found)


def _consent(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    without = (found.get("consent") or {}).get("without")
    if without is not None:
        answer = Answer.HOLDS if without == 0 else Answer.BREAKS
        yield Verdict("consent_signals", 0, without, answer, "rows without consent")
    elif policy.declared_consent:
        note = f"declared by the curator and not checked: {policy.declared_consent}"
        yield Verdict("consent_signals", 0, "declared", Answer.HOLDS, note)
    else:
        yield Verdict(
            "consent_signals", 0, None, Answer.NOT_SHOWN, "nothing shows that anybody consented",
            "name the column of consent in the schema: consent = COLUMN",
        )  # fmt: skip
