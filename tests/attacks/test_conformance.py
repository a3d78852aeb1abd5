"""Every attack that is registered keeps the rules, and the test of them catches one that does not."""

from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

import attacks
from attacks.conformance import example_case
from attacks.dictionary.hashing import Hashing
from attacks.scoring import scored
from exports.queries import exact_counts
from exports.release import Export
from exports.schema import Schema

OWN = range(20, 90)
TOKENS = pa.table({"em": Hashing().digests(f"person{n}@mail.example" for n in OWN), "id": list(OWN)})


def _copy(table, _seed):
    return replace(example_case("synthetic", 400)[0], table=table)


PEOPLE = example_case("records")[1].original
ON_THE_REST = [
    ("account-match", {"accounts": TOKENS}),
    ("audience-size", {}),
    ("audience-size", {"question": "same-account"}),
    ("averaging", {}),
    ("cross-list", {"lists": TOKENS}),
    ("dashboard-differencing", {}),
    ("margin-reconstruction", {"columns": ("page", "diagnosis")}),
    ("differencing", {}),
    ("float-laplace", {}),
    ("hash-reversal", {"dictionary": pa.table({"word": [f"person{n}@mail.example" for n in range(30)]})}),
    ("reconstruction", {}),
    ("sparse-history", {}),
    ("event-decoding", {"code": "page", "meaning": "page", "testers": 20}),
    ("ip-household", {"sightings": PEOPLE.select(["id", "page", "on"]), "address": "page"}),
]
ON_RECORDS = [
    ("composition", {"other": PEOPLE}),
    ("copies", {}),
    ("downcoding", {}),
    ("inference", {}),
    ("linkability", {}),
    ("linkage", {"register": PEOPLE}),
    ("minimality", {"finer": PEOPLE, "l": 2, "positive": "anxiety"}),
    ("membership", {}),
    ("shadow-models", {"train": _copy, "models": 4, "targets": 20}),
    ("singling-out", {}),
    ("singling-out", {"mode": "univariate"}),
    ("uniqueness", {}),
]
ROWS = {"membership": 400, "shadow-models": 400}


def test_every_attack_is_tried_here():
    assert {name for name, _ in ON_THE_REST + ON_RECORDS} == set(attacks.BUILT_IN)


@pytest.mark.parametrize(("name", "knowledge"), ON_THE_REST)
def test_the_attacks_on_tokens_events_and_counts_keep_the_rules(name, knowledge):
    found = attacks.check_attack(attacks.find(name)(**knowledge))
    assert all(result.name == name for result in found)


@pytest.mark.parametrize(("name", "knowledge"), ON_RECORDS)
def test_the_attacks_on_records_keep_the_rules(name, knowledge):
    found = attacks.check_attack(attacks.find(name)(**knowledge), rows=ROWS.get(name, 60))
    assert all(result.name == name for result in found)


@pytest.mark.parametrize("name", sorted(attacks.BUILT_IN))
def test_every_attack_reports_groups_by_a_column(name):
    assert "by" in {field.name for field in fields(attacks.find(name))}


ODD = {
    "id": "group",
    "em": "e,m; --",
    "mail": "mail\nlist",
    'zip "code.5"': "zip",
    "age": "a 'b' [c].d",
    "page": 'select "x" from *',
    "on": "order",
    "diagnosis": "100 % {} \\",
}


def _renamed(known):
    """Return knowledge, a table or a schema in which every column has an odd name."""
    if isinstance(known, pa.Table):
        return known.rename_columns([ODD.get(name, name) for name in known.column_names])
    if isinstance(known, tuple):
        return tuple(map(_renamed, known))
    if isinstance(known, Schema):
        columns = {ODD.get(name, name): column for name, column in known.columns.items()}
        return replace(known, columns=columns, person=ODD["id"], time=ODD["on"])
    return ODD.get(known, known) if isinstance(known, str) else known


@pytest.mark.parametrize(
    ("name", "knowledge"), [one for one in ON_THE_REST + ON_RECORDS if one[0] not in ROWS]
)
def test_spaces_quotes_and_words_of_sql_in_column_names_change_no_result(name, knowledge):
    found = attacks.find(name)
    for kind in sorted(found.accepts):
        release, truth = example_case(kind)
        schema, original = _renamed(release.schema), _renamed(truth.original)
        if kind == "counts":
            odd = exact_counts(Export(original, schema))
        else:
            odd = replace(release, schema=schema, table=_renamed(release.rows))
        plain = found(**knowledge).run(release, truth, seed=1)
        attack = found(**{key: _renamed(value) for key, value in knowledge.items()})
        other = attack.run(odd, replace(truth, original=original, control=_renamed(truth.control)), seed=1)
        assert replace(other, series={}, notes=(), secret=None) == replace(
            plain, series={}, notes=(), secret=None
        )


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


class Endless(Guesser):
    """The same, with one fault."""

    def run(self, release, truth, *, seed):
        return replace(super().run(release, truth, seed=seed), series={"mean": float("nan")})


class Unmeasured(Guesser):
    """The same, with one fault."""

    def run(self, release, truth, *, seed):
        return replace(super().run(release, truth, seed=seed), needed=None)


@dataclass(frozen=True)
class Lumping(Guesser):
    """The same, with one fault."""

    by: str | None = None


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
        (Endless, "without NaN"),
        (Unmeasured, "needed"),
        (Lumping, "reports groups"),
    ],
)
def test_a_broken_rule_is_named(attack, rule):
    with pytest.raises(AssertionError, match=rule):
        attacks.check_attack(attack)


def test_a_case_of_ones_own_is_taken():
    release, truth = example_case("tokens", 8)
    (found,) = attacks.check_attack(Guesser, release, truth)
    assert found.attack.of == 8
