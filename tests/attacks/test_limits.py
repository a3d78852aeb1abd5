"""Each attack refuses, in a sentence, what is above the limit that it states."""

import pytest

import attacks
from attacks import targets as records
from attacks.conformance import example_case
from attacks.events import sparse_history
from attacks.records import linkage
from attacks.tokens import account_match, cross_list
from exports.errors import LabError

PEOPLE = example_case("records")[1].original
FEW = 50


@pytest.mark.parametrize(
    ("name", "kind", "knowledge"),
    [
        ("account-match", "tokens", {"accounts": PEOPLE}),
        ("composition", "records", {"other": PEOPLE}),
        ("copies", "records", {}),
        ("cross-list", "tokens", {"lists": PEOPLE}),
        ("inference", "records", {}),
        ("linkability", "records", {}),
        ("linkage", "records", {"register": PEOPLE}),
        ("singling-out", "records", {}),
        ("sparse-history", "events", {}),
        ("uniqueness", "records", {}),
    ],
)
def test_more_rows_than_can_be_held_are_refused_with_the_limit(monkeypatch, name, kind, knowledge):
    release, truth = example_case(kind)
    attack = attacks.find(name)(**knowledge)
    assert attack.why_not(release, truth) is None
    for module in (account_match, cross_list, linkage, records, sparse_history):
        monkeypatch.setattr(module, "LIMIT", FEW)
    with pytest.raises(LabError, match=rf"at most {FEW} .*\.$"):
        attack.run(release, truth, seed=1)


@pytest.mark.parametrize(
    ("name", "setting", "limit"),
    [
        ("audience-size", {"targets": 5_001}, "5,000"),
        ("averaging", {"repeats": 20_001}, "1,000,000"),
        ("differencing", {"targets": 20_001}, "20,000"),
        ("hash-reversal", {"budget": 10_000_000_001, "dictionary": PEOPLE}, "10,000,000,000"),
        ("reconstruction", {"people": 513}, "512"),
        ("reconstruction", {"questions": 10_000_000}, "questions"),
    ],
)
def test_more_work_than_an_attack_does_is_refused_with_the_limit(name, setting, limit):
    found = attacks.find(name)
    release, truth = example_case("tokens" if "tokens" in found.accepts else "counts")
    with pytest.raises(LabError, match=limit):
        found(**setting).run(release, truth, seed=1)
