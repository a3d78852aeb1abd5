"""Every attack that is registered keeps the rules, and the test of them catches one that does not."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

import attacks
from attacks.conformance import example_case
from attacks.digests import Hashing
from attacks.scoring import scored

OWN = range(20, 90)
TOKENS = pa.table({"em": Hashing().digests(f"person{n}@mail.example" for n in OWN), "id": list(OWN)})
SIGHTINGS = example_case("events")[1].original.select(["id", "page", "on"])
KNOWLEDGE = {
    "event-decoding": {"code": "page", "meaning": "page", "testers": 20},
    "ip-household": {"sightings": SIGHTINGS, "address": "page"},
    "margin-reconstruction": {"columns": ("page", "diagnosis")},
    "account-match": {"accounts": TOKENS},
    "cross-list": {"lists": TOKENS},
    "hash-reversal": {"dictionary": pa.table({"word": [f"person{n}@mail.example" for n in range(30)]})},
}


@pytest.mark.parametrize(
    "name",
    [
        "account-match",
        "audience-size",
        "averaging",
        "cross-list",
        "dashboard-differencing",
        "margin-reconstruction",
        "differencing",
        "float-laplace",
        "hash-reversal",
        "reconstruction",
        "sparse-history",
        "event-decoding",
        "ip-household",
    ],
)
def test_the_attacks_on_tokens_events_and_counts_keep_the_rules(name):
    attack = attacks.find(name)(**KNOWLEDGE.get(name, {}))
    found = attacks.check_attack(attack)
    assert all(result.name == name for result in found)


def _copy(table, _seed):
    return replace(example_case("synthetic", 400)[0], table=table)


@pytest.mark.parametrize(
    ("name", "knowledge"),
    [
        ("composition", {"other": example_case("records")[1].original}),
        ("copies", {}),
        ("downcoding", {}),
        ("inference", {}),
        ("linkability", {}),
        ("linkage", {"register": example_case("records")[1].original}),
        ("minimality", {"finer": example_case("records")[1].original, "l": 2, "positive": "anxiety"}),
        ("membership", {}),
        ("shadow-models", {"train": _copy, "models": 4, "targets": 20}),
        ("singling-out", {}),
        ("singling-out", {"mode": "univariate"}),
        ("uniqueness", {}),
    ],
)
def test_the_attacks_on_records_keep_the_rules(name, knowledge):
    attack = attacks.find(name)(**knowledge)
    if name in ("membership", "shadow-models"):
        found = attacks.check_attack(attack, *example_case("synthetic", 400))
    else:
        found = attacks.check_attack(attack)
    assert all(result.name == name for result in found)


@dataclass(frozen=True)
class Guesser:
    """Somebody guesses blindly; success is a right guess."""

    name: ClassVar[str] = "guesser"
    accepts: ClassVar[frozenset] = frozenset({"tokens"})
    needs: ClassVar[frozenset] = frozenset()

    def why_not(self, release, truth):
        return attacks.attack.inapplicable(self, release, truth)

    def run(self, release, truth, *, seed):
        attacks.attack.require(self, release, truth)
        right = np.arange(release.rows.num_rows) % 2 == 0
        return scored(self.name, right, baseline=right[::-1].copy(), seed=seed)


class Loud(Guesser):
    """The same, with one fault."""

    name = "Not Kebab"


class Careless(Guesser):
    """The same, with one fault."""

    def why_not(self, release, truth):  # noqa: ARG002 - that it ignores them is the fault
        return None


class Clipped(Guesser):
    """The same, with one fault."""

    def run(self, release, truth, *, seed):
        found = super().run(release, truth, seed=seed)
        return replace(found, advantage=replace(found.advantage, value=0.7))


class Wavering(Guesser):
    """The same, with one fault."""

    drawn: ClassVar[list] = []

    def run(self, release, truth, *, seed):
        self.drawn.append(None)
        return super().run(release, truth, seed=seed + len(self.drawn))


class Fragile(Guesser):
    """The same, with one fault."""

    def run(self, release, truth, *, seed):
        attacks.attack.require(self, release, truth)
        return super().run(release, truth, seed=seed // min(2, release.rows.num_rows))


class Trusting(Guesser):
    """The same, with one fault."""

    def run(self, release, truth, *, seed):
        attacks.attack.require(self, release, truth)
        right = np.arange(release.rows.num_rows) % 2 == 0
        control = None if truth.control is None else np.arange(truth.control.num_rows) % 2 == 0
        return scored(self.name, right, baseline=right[::-1].copy(), control=control, seed=seed)


def test_a_third_party_attack_that_keeps_the_rules_passes():
    (found,) = attacks.check_attack(Guesser)
    assert found.attack.of == 60


@pytest.mark.parametrize(
    ("attack", "rule"),
    [
        (Loud, "kebab"),
        (Careless, "refuses"),
        (Clipped, "unclipped"),
        (Wavering, "same seed"),
        (Fragile, "no people"),
        (Trusting, "people of the data"),
    ],
)
def test_a_broken_rule_is_named(attack, rule):
    with pytest.raises(AssertionError, match=rule):
        attacks.check_attack(attack)


def test_a_case_of_ones_own_is_taken():
    release, truth = example_case("tokens", 8)
    (found,) = attacks.check_attack(Guesser, release, truth)
    assert found.attack.of == 8
