"""Laws that every defence of records keeps, with and without persons and weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defenses.contributions import units
from defenses.records.global_recoding import GlobalRecoding
from defenses.records.local_dp import RandomisedResponse, UnaryEncoding, estimated_counts
from defenses.records.local_suppression import LocalSuppression
from defenses.records.microaggregation import Microaggregation
from defenses.records.mondrian import Mondrian
from defenses.records.perturbation import Noise, Pram, RankSwapping, Shuffling
from defenses.records.top_bottom_coding import TopBottomCoding
from defenses.records.top_down import TopDown
from defenses.tokens.alias import Alias
from defenses.tokens.decoys import Subsample
from exports.classes.classes import classes_of
from exports.errors import LabError
from exports.release import Export
from exports.schema import Column, Role, Schema

ROWS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["10115", "10117", "20095", None]),
        st.sampled_from("abc"),
        st.integers(0, 7),
    ),
    min_size=4,
    max_size=40,
)
NAMES = ("age", "zip", "illness", "user")
SCHEMA = Schema(
    {
        "age": Column(Role.QUASI_IDENTIFIER, bounds=(0, 9)),
        "zip": Column(Role.QUASI_IDENTIFIER, prefix=True),
        "illness": Column(Role.SENSITIVE, domain=("a", "b", "c")),
        "user": Column(Role.INSENSITIVE),
    }
)
LENDING = [Pram(seed=1), RankSwapping(columns="age", window=0.4, seed=1), Shuffling(seed=1)]
CHANGING = [
    *LENDING,
    Noise(columns="age", seed=1),
    Noise(columns="age", correlated=True, seed=1),
    TopBottomCoding(share=0.2, columns="age"),
]
GROUPING = [
    LocalSuppression(k=2),
    Mondrian(k=2),
    TopDown(k=2),
    GlobalRecoding("age:2,zip:2", k=2, suppression=0.5),
]
ROWWISE = [RandomisedResponse("illness", 1, seed=1), UnaryEncoding("illness", 1, seed=1)]
EVERY = [*CHANGING, *GROUPING, *ROWWISE, Microaggregation(k=2, columns="age")]
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def export_of(rows: list, person: bool = False) -> Export:
    table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(NAMES)})
    return Export(table, replace(SCHEMA, person="user" if person else None))


def changed_columns(defense) -> set[str]:
    given = defense.get_params()
    named = given.get("columns") or given.get("column")
    if named:
        return set(named.split(","))
    return {"illness"} if isinstance(defense, Shuffling) else {"age", "zip"}


def identity(one) -> str:
    return repr(one).replace(" ", "")[:40]


@pytest.mark.parametrize("defense", EVERY, ids=identity)
@few
@given(rows=ROWS)
def test_rows_leave_or_are_counted_as_suppressed_and_other_columns_stay(defense, rows: list) -> None:
    export = export_of(rows)
    try:
        release = defense.fit_transform(export)
    except LabError:
        return
    assert release.rows.num_rows == len(rows) - release.manifest.get("suppressed", 0) == len(release.owner)
    assert release.rows.column_names == export.table.column_names
    assert len(set(release.owner.tolist())) == len(release.owner)
    for name in set(NAMES) - changed_columns(defense):
        assert release.rows[name].equals(export.table[name].take(pa.array(release.owner)))
    assert defense.fit_transform(export).rows.equals(release.rows)


@pytest.mark.parametrize("person", [False, True])
@pytest.mark.parametrize("defense", GROUPING, ids=identity)
@few
@given(rows=ROWS)
def test_a_promised_k_is_measured_in_rows_or_persons(defense, person: bool, rows: list) -> None:
    try:
        release = defense.fit_transform(export_of(rows, person))
    except LabError:
        return
    classes = classes_of(release.rows, release.schema.quasi_identifiers, person=release.schema.person)
    assert classes.k >= release.guarantee.promises["k"] == 2
    assert release.guarantee.unit == ("person" if person else "record")
    if person:
        gone = {row[3] for row in rows} - {rows[place][3] for place in release.owner}
        assert release.rows.num_rows == sum(row[3] not in gone for row in rows)


@pytest.mark.parametrize("person", [False, True])
@pytest.mark.parametrize("defense", LENDING, ids=identity)
@few
@given(rows=ROWS)
def test_no_value_is_invented(defense, person: bool, rows: list) -> None:
    export = export_of(rows, person)
    release = defense.transform(export)
    for name in NAMES[: 3 if person else 4]:
        assert set(release.rows[name].to_pylist()) <= set(export.table[name].to_pylist())
    if not isinstance(defense, Pram):
        name = changed_columns(defense).pop()
        before, after = (np.array(table[name].to_pylist()) for table in (export.table, release.rows))
        first, _ = units(export, before)
        assert sorted(before[first].tolist()) == sorted(after[first].tolist())
    assert not release.guarantee.promises


@pytest.mark.parametrize("defense", CHANGING, ids=identity)
@few
@given(rows=ROWS)
def test_one_persons_rows_with_one_value_are_changed_alike(defense, rows: list) -> None:
    export = export_of(rows, person=True)
    release = defense.transform(export)
    for name in changed_columns(defense):
        after = release.rows[name].to_pylist()
        seen: dict = {}
        for who, before, now in zip(
            export.table["user"].to_pylist(), export.table[name].to_pylist(), after, strict=True
        ):
            assert seen.setdefault((who, before), now) == now


@pytest.mark.parametrize(
    "defense",
    [LocalSuppression(k=2), LocalSuppression(k=3), TopBottomCoding(top=7, bottom=2, columns="age")],
    ids=identity,
)
@pytest.mark.parametrize("person", [False, True])
@few
@given(rows=ROWS)
def test_a_second_time_changes_nothing(defense, person: bool, rows: list) -> None:
    try:
        once = defense.transform(export_of(rows, person))
    except LabError:
        return
    assert defense.transform(once.as_export()).rows.equals(once.rows)


@pytest.mark.parametrize("role", [Role.IDENTIFIER, Role.INSENSITIVE])
@pytest.mark.parametrize("defense", EVERY, ids=identity)
def test_identifiers_of_persons_are_made_anew_and_their_rows_still_belong_together(defense, role) -> None:
    people = [(number % 9, "10115", "abc"[number % 3], f"user{number // 2}") for number in range(20, 0, -1)]
    table = pa.table({name: [row[place] for row in people] for place, name in enumerate(NAMES)})
    table = table.append_column("home", pa.array(["home"] * len(people)).dictionary_encode())
    columns = {**SCHEMA.columns, "user": Column(role), "home": Column(role)}
    release = defense.fit_transform(Export(table, Schema(columns, person="user", household="home")))
    names = table["user"].take(pa.array(release.owner)).to_pylist()
    left = release.rows["user"].to_pylist()
    pairs = set(zip(names, left, strict=True))
    # Where all rows of a person together would give her away, her number is another in every class.
    anew = "anew in every class" in release.manifest.get("person", "")
    assert len(pairs) == len(set(left))
    assert anew or len(pairs) == len(set(names))
    assert set(release.rows["home"].to_pylist()) == {"home 0"}
    assert not set(left) & set(names)
    assert release.as_export().schema.person == "user"


@few
@given(rows=ROWS)
def test_a_person_is_subsampled_whole(rows: list) -> None:
    table = export_of(rows).table.append_column("mail", pa.array([f"m{n}" for n in range(len(rows))]))
    schema = Schema({**SCHEMA.columns, "mail": Column(Role.IDENTIFIER)}, person="user")
    sent = set(Subsample(0.5, seed=1).transform(Export(table, schema)).owner.tolist())
    for who in {row[3] for row in rows}:
        own = {place for place, row in enumerate(rows) if row[3] == who}
        assert own <= sent or not own & sent


@few
@given(rows=ROWS)
def test_a_person_uses_aliases_for_every_address_or_for_none(rows: list) -> None:
    table = export_of(rows).table.append_column("mail", pa.array([f"m{n}" for n in range(len(rows))]))
    schema = Schema({**SCHEMA.columns, "mail": Column(Role.IDENTIFIER)}, person="user")
    export = Export(table, schema)
    alias = Alias(0.5, seed=1)
    plain = alias.recipient_tokens(export)["mail"].to_pylist()
    hidden = [a != b for a, b in zip(alias.transform(export).rows["mail"].to_pylist(), plain, strict=True)]
    for who in {row[3] for row in rows}:
        assert len({one for one, row in zip(hidden, rows, strict=True) if row[3] == who}) == 1


def weighted(values: list, weights: list[float]) -> Export:
    table = pa.table({"x": values, "w": weights})
    columns = {"x": Column(Role.QUASI_IDENTIFIER, domain=("a", "b")), "w": Column(Role.INSENSITIVE)}
    return Export(table, Schema(columns, weight="w"))


def test_pram_keeps_the_weighted_margin() -> None:
    export = weighted(["a"] * 2000 + ["b"] * 2000, [9.0] * 2000 + [1.0] * 2000)
    released = np.array(Pram(keep=0, seed=1).transform(export).rows["x"].to_pylist())
    assert (released == "a").mean() == pytest.approx(0.9, abs=0.03)


def test_limits_and_noise_are_weighed() -> None:
    numbers = list(range(100))
    export = weighted(numbers, [1000.0] * 10 + [0.001] * 90)
    assert max(TopBottomCoding(share=0.1).transform(export).rows["x"].to_pylist()) < 10
    added = Noise(seed=1).transform(export).rows["x"].to_numpy() - numbers
    assert np.abs(added).max() < 2


@pytest.mark.parametrize("defense", [RandomisedResponse("x", 3, seed=1), UnaryEncoding("x", 3, seed=1)])
def test_estimates_from_local_answers_are_sums_of_weights(defense) -> None:
    export = weighted(["a"] * 3000 + ["b"] * 1000, [2.0] * 3000 + [1.0] * 1000)
    found = estimated_counts(defense.transform(export))
    assert found["a"] == pytest.approx(6000, abs=300)
    assert found["b"] == pytest.approx(1000, abs=300)


@pytest.mark.parametrize(
    "name", ["rank-swapping", "shuffling", "gaussian-copula", "sequential-trees", "dp-histogram", "mst"]
)
def test_a_weight_that_cannot_be_respected_is_refused(name: str) -> None:
    import defenses

    given = {
        "dp-histogram": {"columns": "x", "epsilon": 1},
        "mst": {"epsilon": 1, "delta": 1e-6, "columns": "x"},
    }
    given |= {"shuffling": {"columns": "x"}}
    defense = defenses.find(name)(**given.get(name, {}), seed=1)
    numbers = Export(weighted([1, 2], [1.0, 1.0]).table, weighted([1], [1.0]).schema)
    with pytest.raises(LabError, match="cannot weigh rows, and the schema declares the weight 'w'"):
        defense.transform(numbers)
