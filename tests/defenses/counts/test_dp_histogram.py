import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defenses.contributions import within_bound
from defenses.counts.dp_histogram import DpHistogram
from exports.errors import LabError
from exports.queries import Condition, CountQuery
from exports.release import Export
from exports.schema import Column, Role, Schema

SCHEMA = Schema(
    {
        "state": Column(Role.QUASI_IDENTIFIER, domain=("MA", "NY", "TX")),
        "age": Column(Role.QUASI_IDENTIFIER, bounds=(18, 21)),
    },
    person="user",
)


def visits(rows=3000, people=1000, seed=1):
    rng = np.random.default_rng(seed)
    return Export(
        pa.table(
            {
                "user": rng.integers(0, people, rows),
                "state": rng.choice(["MA", "NY", "TX", "ZZ"], rows),
                "age": rng.integers(17, 23, rows),
            }
        ),
        SCHEMA,
    )


people_lists = st.lists(st.none() | st.integers(-5, 5), max_size=60)


@given(people_lists, st.integers(1, 4))
def test_each_person_keeps_the_first_rows_up_to_the_bound(people, limit):
    for array in (
        pa.array(people, pa.int64()),
        pa.array([None if p is None else f"p{p}" for p in people], pa.string()),
    ):
        seen = {}
        expected = []
        for person in array.to_pylist():
            seen[person] = seen.get(person, 0) + 1
            expected.append(person is not None and seen[person] <= limit)
        kept = within_bound(pa.chunked_array([array]), limit)
        assert (kept is None and all(expected)) or kept.tolist() == expected


@pytest.mark.parametrize("limit", [1, 2])
def test_one_person_changes_the_exact_counts_by_no_more_than_the_noise_is_made_for(limit):
    from defenses.dp.cell_counts import cell_counts
    from exports.domain import Domain

    export = visits()
    domain = Domain.of(SCHEMA, ["state", "age"])
    whole = cell_counts(export, domain, limit)
    user = export.table["user"].to_numpy()
    for person in range(20):
        without = Export(export.table.filter(pa.array(user != person)), SCHEMA)
        assert np.abs(whole - cell_counts(without, domain, limit)).sum() <= limit


def test_with_much_budget_the_counts_are_the_exact_ones():
    export = visits()
    release = DpHistogram("state,age", epsilon=1000, max_contributions=100, seed=1).transform(export)
    frame = export.table.to_pandas()
    for row in release.rows.to_pylist():
        exact = ((frame.state == row["state"]) & (frame.age == row["age"])).sum()
        assert abs(row["count"] - exact) <= 2


@given(st.lists(st.none() | st.sampled_from(["MA", "NY", "ZZ", ""]), max_size=60), st.integers(1, 59))
def test_a_column_stored_as_codes_has_the_counts_of_the_same_texts(states, cut):
    from defenses.dp.cell_counts import cell_counts
    from exports.domain import Domain

    for values in (("MA", "NY"), ("NY", "", "MA")):
        schema = Schema({"state": Column(Role.QUASI_IDENTIFIER, domain=values)})
        domain = Domain.of(schema, ["state"])
        parts = [pa.array(part, pa.string()) for part in (states[:cut], states[cut:])]
        texts = pa.chunked_array(parts)
        coded = pa.chunked_array([part.dictionary_encode() for part in parts])
        one, other = (
            cell_counts(Export(pa.table({"state": column}), schema), domain, 1) for column in (texts, coded)
        )
        assert one.tolist() == other.tolist()
        assert one.sum() == sum((state or "") in values for state in states)


def test_values_outside_the_declared_domain_are_counted_nowhere():
    release = DpHistogram(["state"], epsilon=1, seed=1).transform(visits())
    assert release.rows["state"].to_pylist() == ["MA", "NY", "TX"]


def test_the_oracle_answers_sums_of_its_cells_and_nothing_else():
    release = DpHistogram("state,age", epsilon=1, seed=1).transform(visits())
    rows = release.rows.to_pylist()
    assert release.ask(CountQuery()) == sum(row["count"] for row in rows)
    query = CountQuery((Condition("state", ["MA"], negated=True), Condition("age", [18, 19])))
    wanted = sum(row["count"] for row in rows if row["state"] != "MA" and row["age"] in (18, 19))
    assert release.ask(query) == wanted
    with pytest.raises(LabError, match="'zip'"):
        release.ask(CountQuery((Condition("zip", ["02139"]),)))


def test_the_same_question_draws_once_and_another_data_set_has_other_noise():
    defense = DpHistogram("state", epsilon=0.1, seed=1)
    export = visits()
    assert defense.transform(export).rows == defense.transform(export).rows
    other = Export(export.table.append_column("more", pa.array([1] * 3000)).drop("more").slice(1), SCHEMA)
    noise = [
        np.subtract(release.rows["count"], exact)
        for release, exact in (
            (
                defense.transform(data),
                DpHistogram("state", epsilon=10**6, seed=1).transform(data).rows["count"],
            )
            for data in (export, other)
        )
    ]
    assert not np.array_equal(*noise)


@pytest.mark.extra("dp")
def test_a_release_in_earnest_is_private_and_drawn_once(tmp_path):
    defense = DpHistogram("state", epsilon=0.5, ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1)
    first = defense.transform(visits())
    again = DpHistogram(
        "state", epsilon=0.5, ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1
    ).transform(visits())
    assert first.private
    assert first.rows == again.rows
    DpHistogram(
        "age", epsilon="0.5", ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1
    ).transform(visits())
    with pytest.raises(LabError, match=r"needed epsilon 0\.25, left 0\."):
        DpHistogram(
            "state,age", epsilon=0.25, ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1
        ).transform(visits())


def test_a_seeded_release_is_not_private_and_never_shares_a_ledger_with_one_that_is(tmp_path):
    seeded = DpHistogram(
        "state", epsilon=0.5, seed=3, ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1
    )
    assert not seeded.transform(visits()).private
    with pytest.raises(LabError, match="simulated"):
        DpHistogram(
            "state", epsilon=0.5, ledger=tmp_path / "ledger.sqlite", dataset="intake", budget=1
        ).transform(visits())


def test_replacing_a_person_takes_twice_the_noise_and_gaussian_states_its_rho():
    adding = DpHistogram("state", epsilon=1, seed=1).transform(visits())
    replacing = DpHistogram("state", epsilon=1, neighbours="replace", seed=1).transform(visits())
    assert (adding.manifest["noise"], replacing.manifest["noise"]) == (
        "Laplace(scale=Fraction(1, 1))",
        "Laplace(scale=Fraction(2, 1))",
    )
    gaussian = DpHistogram("state", epsilon=1, delta=1e-9, mechanism="gaussian", seed=1).transform(visits())
    assert gaussian.guarantee.promises["epsilon"] == 1.0
    assert gaussian.guarantee.unit == "person"


@pytest.mark.parametrize("epsilon", [0, -1, "inf", float("nan"), "much"])
def test_an_epsilon_that_is_no_positive_number_is_refused(epsilon):
    with pytest.raises(LabError, match="epsilon is"):
        DpHistogram("state", epsilon=epsilon).transform(visits())


def test_a_column_without_a_declared_domain_is_refused():
    schema = Schema.of(quasi_identifier=["state"])
    with pytest.raises(LabError, match="may not be read from the data"):
        DpHistogram("state", epsilon=1).transform(Export(pa.table({"state": ["MA"]}), schema))
