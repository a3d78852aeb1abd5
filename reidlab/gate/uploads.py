"""Rules on a recording of requests or events: whom it tells of, held against a policy."""

from __future__ import annotations

from collections.abc import Iterator

from exports.beacons import BeaconAudit
from exports.schema import Role
from reidlab.gate.answer import Answer, Decision, Verdict
from reidlab.gate.decision import concluded
from reidlab.gate.policy import Policy

STATE = 'say in the policy who sends it: sender = "health" or sender = "ordinary"'
FOR_TABLES = frozenset(
    {
        "k",
        "l",
        "linked_k",
        "t",
        "uniqueness",
        "prosecutor",
        "journalist",
        "marketer",
        "singling_out",
        "linkability",
    }
    | {
        "inference",
        "required_consent",
        "zip_digits",
        "small_areas",
        "oldest_age",
        "finest_date",
        "other_codes",
    }
)
"""Rules that speak of the rows of a table, and so are not shown to hold by a recording."""


def decide_upload(policy: Policy, found: BeaconAudit) -> Decision:
    """Hold what a recording tells, and of whom, against a policy.

    Parameters
    ----------
    policy : Policy
        The limits.
    found : BeaconAudit
        The audit, made with the policy's sender.
    """
    verdicts = (
        *_understood(found),
        *_sender(policy, found),
        *_consent(policy, found),
        *_keys(policy, found),
        *_fields(policy, found),
        *_of_tables(policy),
    )
    return concluded(policy, verdicts)


def _understood(found: BeaconAudit) -> Iterator[Verdict]:
    if found.unread:
        yield Verdict(
            "understood", 0, found.unread, Answer.NOT_SHOWN, "messages not understood to their end",
            "record them before they are encrypted, and whole",
        )  # fmt: skip
    else:
        yield Verdict("understood", 0, 0, Answer.HOLDS)


def _sender(policy: Policy, found: BeaconAudit) -> Iterator[Verdict]:
    if policy.sender is None:
        if found.persons:
            why = f"{found.persons:,} people are told of, and who sends it makes that a health fact or not"
            yield Verdict("sender", 0, None, Answer.NOT_SHOWN, why, STATE)
        return
    health = policy.sender == "health"
    told = found.persons if health else found.told
    why = "people known to have sought health services" if health else "people told of with a protected fact"
    yield Verdict("sender", 0, told, Answer.BREAKS if told else Answer.HOLDS, why if told else "")


def _consent(policy: Policy, found: BeaconAudit) -> Iterator[Verdict]:
    if not policy.consent_signals:
        return
    if found.denied:
        yield Verdict(
            "consent_signals", 0, found.denied, Answer.BREAKS, "people who did not consent by a signal"
        )
    elif not found.without_consent:
        yield Verdict("consent_signals", 0, 0, Answer.HOLDS)
    elif policy.declared_consent:
        note = f"declared by the curator and not checked: {policy.declared_consent}"
        yield Verdict("consent_signals", 0, "declared", Answer.HOLDS, note)
    else:
        yield Verdict(
            "consent_signals", 0, None, Answer.NOT_SHOWN,
            f"no signal says that {found.without_consent:,} people consented",
            "send the signal with the rows, or declare how consent was had: declared_consent = TEXT",
        )  # fmt: skip


def _keys(policy: Policy, found: BeaconAudit) -> Iterator[Verdict]:
    if policy.most_keys is not None:
        answer = Answer.HOLDS if found.most_keys <= policy.most_keys else Answer.BREAKS
        yield Verdict(
            "most_keys", policy.most_keys, found.most_keys, answer,
            "identifiers of one person in a row" if answer is Answer.BREAKS else "",
            "send one key of each person",
        )  # fmt: skip


def _fields(policy: Policy, found: BeaconAudit) -> Iterator[Verdict]:
    """Yield the verdicts of rules on kinds and roles, by what fields carry."""
    tokens = [one for one in found.findings if one.carries == "token"]
    plain = [one for one in found.findings if one.carries == "identifier"]
    asked = policy.asked
    if "forbidden_kinds" in asked:
        kinds = sorted({one.what for one in plain if one.what in policy.forbidden_kinds})
        answer = Answer.BREAKS if kinds else Answer.HOLDS
        yield Verdict("forbidden_kinds", "none of them", ", ".join(kinds) or "none", answer)
    if "forbidden_tokens" in asked:
        yield Verdict("forbidden_tokens", "none", len(tokens), Answer.BREAKS if tokens else Answer.HOLDS)
    for rule in ("keyed_tokens", "opening_tokens"):
        if rule in asked:
            why = "nothing in a recording shows what a digest was keyed with"
            answer = Answer.NOT_SHOWN if tokens else Answer.HOLDS
            yield Verdict(
                rule, "keyed or random", None if tokens else "no token", answer, why if tokens else ""
            )
    if policy.allowed_roles is not None:
        roles = [(Role.TOKEN, tokens), (Role.IDENTIFIER, plain)]
        there = [role.value for role, fields in roles if fields and role not in policy.allowed_roles]
        yield Verdict(
            "allowed_roles", ", ".join(policy.allowed_roles), ", ".join(there) or "none other",
            Answer.BREAKS if there else Answer.HOLDS,
        )  # fmt: skip


def _of_tables(policy: Policy) -> Iterator[Verdict]:
    for rule in policy.asked:
        if rule in FOR_TABLES:
            why = "it speaks of the rows of a table, and this is a recording of messages"
            yield Verdict(
                rule,
                getattr(policy, rule),
                None,
                Answer.NOT_SHOWN,
                why,
                "ask it of the table that the list came from",
            )
