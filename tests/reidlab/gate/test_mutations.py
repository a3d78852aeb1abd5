"""A policy that is changed by accident never opens a gate that the whole one keeps closed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.errors import LabError
from reidlab.gate.decision import decide
from reidlab.gate.policy import load

COLUMNS = {
    "zip": {
        "role": "quasi_identifier",
        "kinds": ["postal_code"],
        "zip_digits": 5,
        "small_areas": 0,
        "proposed": "x",
    },
    "admitted": {
        "role": "quasi_identifier",
        "kinds": ["date"],
        "finest_date": "day",
        "proposed": "quasi_identifier",
    },
    "mail": {"role": "token", "kind": "email", "kinds": ["email"], "opens": "sha256", "proposed": "token"},
    "age": {"role": "quasi_identifier", "kinds": ["age"], "oldest_age": 97, "proposed": "quasi_identifier"},
    "note": {"role": "unassessed", "kinds": ["free_text"], "evidence": "free text", "proposed": "unassessed"},
    "illness": {"role": "sensitive", "kinds": [], "proposed": "sensitive"},
}
FOUND = {
    "rows": 100, "persons": 100, "classes": 20, "k": 1, "linked_k": 1, "uniques": 9, "reasons": {}, "notes": {},
    "l_distinct": {"illness": 1}, "t_equal": {"illness": 0.9}, "columns": COLUMNS,
    "risk": {"prosecutor_max": 1.0, "journalist_max": 0.5, "marketer": 0.4}, "population": {"unmatched": 3},
}  # fmt: skip

RULES = [
    "k = 5", "l = 2", "t = 0.2", "linked_k = 5", "uniqueness = 0.0", "prosecutor = 0.2", "journalist = 0.09",
    "marketer = 0.05", 'forbidden_kinds = ["email", "date", "free_text"]', "forbidden_tokens = true",
    "opening_tokens = true", "keyed_tokens = true", "zip_digits = 3", "oldest_age = 89", 'finest_date = "year"',
    'allowed_roles = ["sensitive"]', 'sender = "health"', "consent_signals = true", "singling_out = 0.1",
    'required_consent = "ads"',
]  # fmt: skip
"""Each fails on ``FOUND``."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    path = tmp_path_factory.mktemp("policy") / "policy.toml"

    def opens(text):
        path.write_text(text, encoding="utf-8")
        try:
            return decide(load(path), FOUND, declared=True).passed
        except LabError:
            return False

    return opens


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_alone_keeps_the_gate_closed(opened, rule):
    assert not opened(rule + "\n")


MUTATIONS = ("cut", "drop", "swap", "double", "type", "case", "quote", "comment", "break")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=st.lists(st.sampled_from(RULES), min_size=1, max_size=4, unique=True),
    mutation=st.sampled_from(MUTATIONS),
    place=st.integers(0, 10_000),
)
def test_no_accident_opens_the_gate(opened, rules, mutation, place):
    text = "\n".join(rules) + "\n"
    at = place % len(text)
    changed = {
        "cut": text[:at],
        "drop": text[:at] + text[at + 1 :],
        "swap": text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        "double": text[:at] + text[at] + text[at:],
        "type": text.replace("= ", '= "', 1).replace("\n", '"\n', 1),
        "case": text[:at] + text[at].swapcase() + text[at + 1 :],
        "quote": text.replace('"', "'", 1),
        "comment": text[:at] + "#" + text[at:],
        "break": text[:at] + "\n" + text[at:],
    }[mutation]
    loosened = _numbers(changed) != _numbers(text) or "false" in changed
    assert not opened(changed) or loosened


def _numbers(text):
    """Return the limits that a reader of the policy sees by name, so that a changed one is a choice."""
    import re

    return sorted(re.findall(r"^(\w+) *= *([\d.]+)", text, re.MULTILINE))


EVIDENCE = [
    "k",
    "linked_k",
    "uniques",
    "persons",
    "l_distinct",
    "t_equal",
    "risk",
    "population",
    "consent",
    "attacks",
    "notes",
]
MEASURED = ["k = 1", "linked_k = 1", "uniqueness = 1.0", "l = 1", "t = 1.0", "prosecutor = 1.0", "journalist = 1.0",
            "singling_out = 1.0", 'required_consent = "ads"']  # fmt: skip
"""Each holds as long as its evidence is there."""
WHOLE = FOUND | {
    "columns": {"zip": COLUMNS["age"], "illness": COLUMNS["illness"]}, "population": {"unmatched": 0},
    "consent": {"column": "ads", "without": 0},
    "attacks": {"singling_out": {"made": 9, "high": 0.5, "knew": ""}},
}  # fmt: skip
NEEDS = {"uniqueness": ("uniques", "persons"), "l": ("l_distinct",), "t": ("t_equal",), "prosecutor": ("risk",),
         "journalist": ("risk",), "singling_out": ("attacks",), "required_consent": ("consent",)}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MEASURED), st.sampled_from(EVIDENCE), st.booleans())
def test_evidence_that_is_taken_away_is_never_a_pass(tmp_path_factory, rule, evidence, empty):
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(rule + "\n")
    limits, name = load(path), rule.partition(" ")[0]
    assert decide(limits, WHOLE, declared=True).passed
    gone = {key: value for key, value in WHOLE.items() if key != evidence}
    emptied = {"dict": {}, "int": None}.get(type(WHOLE[evidence]).__name__)
    left = WHOLE | {evidence: emptied} if empty else gone
    needed = evidence in NEEDS.get(name, (name,)) and name != "linked_k"
    assert not (needed and decide(limits, left, declared=True).passed)


def test_a_column_that_nobody_assessed_passes_no_policy_that_does_not_say_so(tmp_path):
    found = FOUND | {"columns": {"note": COLUMNS["note"]}}
    for text, answer in (("k = 1", False), ("k = 1\nunassessed = true", True)):
        (tmp_path / "policy.toml").write_text(text)
        assert decide(load(tmp_path / "policy.toml"), found, declared=True).passed is answer
