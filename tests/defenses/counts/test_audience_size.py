from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from defenses.counts.audience_size import MinimumSize, NoisySize, RoundedSize, UndeduplicatedSize
from defenses.counts.psi_size import PsiSize
from exports.errors import LabError
from exports.queries import Condition, CountQuery
from exports.release import Export
from exports.schema import Column, Role, Schema

SCHEMA = Schema.of(person="account", token=["mail"])
ACCOUNTS = pa.table(
    {"account": np.repeat(np.arange(1500), 2), "mail": [f"m{number}" for number in range(3000)]}
)


@pytest.fixture
def export():
    return Export(ACCOUNTS, SCHEMA)


def audience(*numbers):
    return CountQuery((Condition("mail", [f"m{number}" for number in numbers]),))


def test_small_audiences_are_told_as_empty(export):
    release = MinimumSize(1000).transform(export)
    assert release.ask(audience(*range(1998))) == 0
    assert release.ask(audience(*range(2000))) == 1000
    assert release.ask(CountQuery()) == 1500


@pytest.mark.parametrize(
    ("size", "shown"), [(0, 0), (7, 7), (99, 99), (101, 100), (105, 110), (999, 1000), (4_129_312, 4_100_000)]
)
def test_sizes_are_rounded_to_two_digits(size, shown):
    assert RoundedSize(2).around(lambda _: size)(CountQuery()) == shown


def test_wrappers_go_around_one_another():
    around = RoundedSize(1).around(MinimumSize(100).around(lambda query: len(query.conditions[0].values)))
    assert [around(audience(*range(size))) for size in (99, 100, 149, 150)] == [0, 100, 100, 200]


def test_two_identifiers_of_one_person_count_as_one_unless_rows_are_counted(export):
    assert MinimumSize(1).transform(export).ask(audience(0, 1)) == 1
    assert UndeduplicatedSize().transform(export).ask(audience(0, 1)) == 2


def test_a_noisy_size_is_drawn_once_and_then_the_budget_ends(export):
    release = NoisySize(epsilon=0.5, budget=1, seed=1).transform(export)
    first = [release.ask(audience(*range(2000))) for _ in range(5)]
    assert len(set(first)) == 1
    release.ask(audience(1))
    with pytest.raises(LabError, match=r"needed epsilon 0\.5, left 0\."):
        release.ask(audience(2))
    assert [release.ask(audience(*range(2000)))] == first[:1]
    assert release.guarantee.promises == {"epsilon": 1.0}
    assert release.guarantee.unit == "person"
    assert not release.private


def test_a_ledger_holds_over_releases(export, tmp_path):
    ledger = tmp_path / "ledger.sqlite"
    first = NoisySize(epsilon=1, budget=1, ledger=ledger, dataset="intake", seed=1).transform(export)
    answer = first.ask(CountQuery())
    second = NoisySize(epsilon=1, budget=1, ledger=ledger, dataset="intake", seed=1).transform(export)
    assert second.ask(CountQuery()) == answer
    with pytest.raises(LabError, match="left 0"):
        second.ask(audience(1))


def test_digits_below_one_are_refused(export):
    with pytest.raises(LabError, match="digits is 0"):
        RoundedSize(0).transform(export)


@pytest.mark.extra("psi")
def test_an_intersection_tells_its_size_exactly_or_with_noise(export):
    exact = PsiSize().transform(export)
    assert exact.ask(audience(*range(2990, 3010))) == 10
    assert exact.ask(audience()) == 0
    two = Export(ACCOUNTS, replace(SCHEMA, max_rows_per_person=2))
    noisy = PsiSize(epsilon=1000, budget=1000, seed=1).transform(two)
    assert noisy.manifest["noise"] == "Laplace(scale=Fraction(1, 500))"
    assert noisy.ask(audience(*range(2990, 3010))) == 10
    assert noisy.guarantee.promises == {"epsilon": 1000.0}
    with pytest.raises(LabError, match="left 0"):
        noisy.ask(audience(1))
    for query in (
        CountQuery(),
        CountQuery((Condition("account", [1]),)),
        CountQuery((Condition("mail", ["m1"], True),)),
    ):
        with pytest.raises(LabError, match="one list"):
            exact.ask(query)
    with pytest.raises(LabError, match="budget=TOTAL"):
        PsiSize(epsilon=1).transform(export)


@pytest.mark.extra("psi")
def test_a_person_takes_part_in_a_noisy_intersection_with_no_more_addresses_than_the_noise_covers(export):
    theirs = pa.table({"mail": ["m0", "m1", "m2", "m9999"]})
    assert PsiSize(theirs=theirs).transform(export).rows.to_pydict() == {"count": [3]}
    once = PsiSize(theirs=theirs, epsilon=1000, budget=1000, seed=1).transform(export)
    assert once.rows.to_pydict() == {"count": [2]}
    with pytest.raises(LabError, match="has no column 'mail'"):
        PsiSize(theirs=pa.table({"m": ["m0"]})).transform(export)


def test_sizes_by_the_values_of_columns_are_a_table():
    schema = Schema(
        {"state": Column(Role.QUASI_IDENTIFIER, domain=("MA", "NY")), "mail": Column(Role.TOKEN)},
        person="mail",
    )
    table = pa.table({"state": ["MA"] * 1234 + [None] * 7, "mail": [f"m{n % 1240}" for n in range(1241)]})
    export = Export(table, schema)
    sizes = {
        defense.name: defense.transform(export).rows.to_pydict()
        for defense in (
            MinimumSize(by="state"),
            RoundedSize(by="state"),
            UndeduplicatedSize(by=["state"]),
            NoisySize(100, 200, by="state", seed=1),
        )
    }
    assert sizes == {
        "minimum-size": {"state": ["MA", None], "count": [1234, 0]},
        "rounded-size": {"state": ["MA", None], "count": [1200, 7]},
        "undeduplicated-size": {"state": ["MA", None], "count": [1234, 7]},
        "noisy-size": {"state": ["MA", "NY"], "count": [1234, 0]},
    }
    with pytest.raises(LabError, match=r"needed epsilon 200, left 150"):
        NoisySize(100, 150, by="state", seed=1).transform(export)
    with pytest.raises(LabError, match="cannot weigh"):
        MinimumSize().transform(Export(table, replace(schema, weight="mail")))
