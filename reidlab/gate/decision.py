"""The decision on one export: every rule that a policy asks, held against what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reidlab.gate.answer import Answer, Decision, Verdict
from reidlab.gate.columns import of_columns
from reidlab.gate.limits import of_measures
from reidlab.gate.policy import Policy
from reidlab.gate.senders import of_list


def decide(policy: Policy, found: Mapping[str, Any], *, declared: bool) -> Decision:
    """Hold the assessment of a table against a policy.

    Parameters
    ----------
    policy : Policy
        The limits.
    found : mapping
        The JSON of an assessment.
    declared : bool
        Whether the roles came from a schema. Proposed roles cannot pass a policy, since the
        data would decide what is looked at.

    Returns
    -------
    Decision
        At least one verdict per rule that is asked; a rule that nothing was said of is not shown.
    """
    way = "" if declared else "write the roles down: reidlab schema FILE > schema.toml"
    schema = Verdict(
        "schema",
        "declared",
        "declared" if declared else "proposed",
        Answer.HOLDS if declared else Answer.NOT_SHOWN,
        "" if declared else "roles that the data proposed for itself pass nothing",
        way,
    )
    columns = found["columns"]
    verdicts = (
        schema,
        *of_measures(policy, found),
        *of_columns(policy, columns),
        *_consent(policy, found),
        *of_list(policy, found),
        *_attacks(policy, found),
    )
    return concluded(policy, verdicts)


def concluded(policy: Policy, verdicts: tuple[Verdict, ...]) -> Decision:
    """Return the decision; a rule that was asked and that nobody answered is not shown to hold."""
    spoken = {verdict.rule.partition(".")[0] for verdict in verdicts}
    unanswered = tuple(
        Verdict(
            rule, getattr(policy, rule), None, Answer.NOT_SHOWN, "nothing here was held against this rule"
        )
        for rule in policy.asked
        if rule not in spoken
    )
    cited = tuple(_citing(policy, one) for one in (*verdicts, *unanswered))
    return Decision(policy.name, cited, policy.not_asked, policy.not_looked_at)


def _citing(policy: Policy, verdict: Verdict) -> Verdict:
    paragraph = policy.cited(verdict.rule)
    if not paragraph:
        return verdict
    return replace(verdict, note="; ".join(filter(None, (verdict.note, paragraph))))


def _consent(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    if policy.required_consent is None:
        return
    rule = f"required_consent.{policy.required_consent}"
    consent = found.get("consent") or {}
    if consent.get("column") != policy.required_consent:
        yield Verdict(
            rule, 0, None, Answer.NOT_SHOWN, "no such column was declared as the schema's consent",
            f"name it at the top of the schema: consent = {policy.required_consent!r}",
        )  # fmt: skip
        return
    missing = consent.get("without")
    answer = Answer.HOLDS if missing == 0 else Answer.NOT_SHOWN if missing is None else Answer.BREAKS
    yield Verdict(rule, 0, missing, answer, policy.purpose or "", "drop the rows without consent")


def _attacks(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    """Yield what the attacks on the export showed, by the upper end of their intervals."""
    attacks = found.get("attacks") or {}
    for rule in ("singling_out", "linkability", "inference"):
        limit = getattr(policy, rule)
        if limit is None:
            continue
        way = "run the attacks on it too: assess --with-attacks --schema FILE"
        attack = attacks.get(rule)
        if attack is None:
            yield Verdict(rule, limit, None, Answer.NOT_SHOWN, "no such attack was run on this export", way)
        elif not attack.get("made"):
            why = attack.get("why") or "the attack could make no guess, so that it showed nothing"
            yield Verdict(rule, limit, None, Answer.NOT_SHOWN, why, way)
        else:
            high = attack["high"]
            yield Verdict(
                rule, limit, high, Answer.HOLDS if high <= limit else Answer.BREAKS,
                f"the upper end of the interval over {attack['made']:,} guesses; {attack['knew']}",
            )  # fmt: skip
