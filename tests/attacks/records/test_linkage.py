"""Who is claimed from a register, rightly and wrongly, on planted links."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.records.linkage import Linkage
from attacks.records.register_match import exactly, mutual_best
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema
from simulate.people.tables import simulate_people


def _register(rows, seed=1):
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, 301)
    days = np.datetime64("1930-01-01") + rng.integers(0, 25_000, rows)
    return pa.table(
        {
            "id": [f"p{i}" for i in range(rows)],
            "first name": rng.choice([f"name{i}" for i in range(300)], rows, p=weights / weights.sum()),
            "surname": [f"sur{i}x" for i in rng.integers(0, 1_500, rows)],
            "born": days.astype(str),
            "zip": rng.integers(10_000, 10_300, rows).astype(str),
        }
    )


def _released(register, rows, seed, *, typos=0.0, moves=0.0):
    rng = np.random.default_rng(seed)
    owner = rng.choice(register.num_rows, rows, replace=False)
    table = register.take(owner).drop_columns(["id"])
    surname, place = np.array(table["surname"]), np.array(table["zip"])
    wrong, moved = rng.random(rows) < typos, rng.random(rows) < moves
    surname = np.where(wrong, [f"q{name[1:]}" for name in surname], surname)
    place = np.where(moved, rng.integers(10_000, 10_300, rows).astype(str), place)
    columns = {"surname": pa.array(surname), "zip": pa.array(place)}
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table, owner


def _run(attack, register, table, owner, seed=1):
    schema = Schema.of("id", quasi_identifier=table.column_names)
    return attack.run(Release("records", schema, table=table), Truth(register, owner=owner), seed=seed)


def test_exact_agreement_links_everybody_who_is_alone():
    register = _register(4_000)
    table, owner = _released(register, 1_000, 2)
    found = _run(Linkage(register), register, table, owner)
    assert found.attack.share > 0.99
    assert found.series["claims"]["wrong"] == 0
    assert found.baseline.share < 0.01
    assert found.series["k_map"]["k"] == 1


@pytest.mark.extra("linkage")
def test_weights_find_most_people_in_spite_of_typing_errors_and_moves():
    register = _register(3_000)
    table, owner = _released(register, 800, 2, typos=0.25, moves=0.3)
    exact = _run(Linkage(register), register, table, owner)
    weighed = _run(Linkage(register, method="probabilistic"), register, table, owner)
    assert exact.attack.share < 0.6
    assert weighed.attack.share > 0.9
    assert weighed.series["claims"]["positive_predictive_value"]["share"] > 0.97
    assert weighed.series["k_map"] is None


@pytest.mark.slow
@pytest.mark.extra("linkage")
def test_the_probabilistic_join_gives_the_same_twice():
    register = _register(3_000)
    table, owner = _released(register, 800, 2, typos=0.25, moves=0.3)
    attack = Linkage(register, method="probabilistic")
    assert _run(attack, register, table, owner) == _run(attack, register, table, owner)


@pytest.mark.extra("linkage")
def test_too_coarse_columns_are_refused_by_the_probabilistic_join():
    register = _register(3_000)
    table, owner = _released(register, 800, 2)
    with pytest.raises(LabError, match="No two of the 1 column"):
        _run(Linkage(register, on=("zip",), method="probabilistic"), register, table, owner)


def test_who_is_not_in_the_release_makes_wrong_claims():
    register = _register(4_000)
    table, owner = _released(register, 1_000, 2)
    missing = np.ones(register.num_rows, dtype=bool)
    missing[owner[:500]] = False
    found = _run(Linkage(register.filter(missing), on=("zip", "born")), register, table, owner)
    assert found.attack.count <= 500
    claims = found.series["claims"]
    assert claims["right"] + claims["wrong"] == claims["made"] < 1_000 == found.made


ROWS = st.lists(st.tuples(st.integers(18, 60), st.sampled_from("abc")), min_size=1, max_size=25)
LABELS = {"age": ["20", "[18, 30)", "[25, 61)", "*", "31"], "job": ["a", "{a, b}", "*", "c"]}


@settings(max_examples=60)
@given(
    ROWS,
    st.lists(
        st.tuples(st.sampled_from(LABELS["age"]), st.sampled_from(LABELS["job"])), min_size=1, max_size=8
    ),
)
def test_generalised_records_fit_whom_a_slow_check_says_they_fit(people, released):
    ages = {
        "20": {20},
        "31": {31},
        "[18, 30)": set(range(18, 30)),
        "[25, 61)": set(range(25, 61)),
        "*": set(range(99)),
    }
    jobs = {"a": {"a"}, "c": {"c"}, "{a, b}": {"a", "b"}, "*": set("abc")}
    register = pa.table({"age": [age for age, _ in people], "job": [job for _, job in people]})
    table = pa.table({"age": [age for age, _ in released], "job": [job for _, job in released]})
    found = exactly(table, register, np.arange(len(people)), ["age", "job"], {})
    for at, (age, job) in enumerate(released):
        fitting = [i for i, (a, j) in enumerate(people) if a in ages[age] and j in jobs[job]]
        assert found.candidates[at] == len(fitting)
        assert found.person[at] == (fitting[0] if len(fitting) == 1 else -1)


def test_two_addresses_of_one_person_are_one_candidate():
    register = pa.table({"id": ["p", "p", "q"], "born": ["1", "1", "2"]})
    found = _run(Linkage(register), register, pa.table({"born": ["1"]}), np.array([0]))
    assert found.attack.count == 1


def test_a_mutual_best_needs_both_sides_and_no_equal():
    record, person = np.array([0, 0, 1, 2]), np.array([5, 6, 6, 7])
    assert mutual_best(record, person, np.array([3.0, 4.0, 5.0, 1.0]), 4).tolist() == [-1, 6, 7, -1]


def test_groups_are_those_of_the_original():
    register = _register(2_000)
    table, owner = _released(register, 500, 3)
    sex = pa.array(np.where(np.arange(2_000) % 2, "f", "m"))
    found = _run(Linkage(register, by="sex"), register.append_column("sex", sex), table, owner)
    assert sum(one.attack.of for one in found.groups.values()) == 500


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"register": None}, "needs a register"),
        ({"on": ("shoe",)}, "'shoe'"),
        ({"method": "magic"}, "'magic'"),
        ({"threshold": 0.0}, "threshold"),
        ({"register": _register(10).slice(0, 0)}, "no rows"),
    ],
)
def test_a_wrong_register_is_one_sentence(change, sentence):
    register = _register(50)
    table, owner = _released(register, 10, 1)
    with pytest.raises(LabError, match=sentence):
        _run(Linkage(**{"register": register, **change}), register, table, owner)


def test_without_knowing_whose_each_record_is_nothing_can_be_scored():
    register = _register(50)
    table, _ = _released(register, 10, 1)
    with pytest.raises(LabError, match="whose each record is"):
        _run(Linkage(register), register, table, None)


def test_an_empty_release_has_nobody_to_claim():
    register = _register(50)
    table, owner = _released(register, 10, 1)
    found = _run(Linkage(register), register, table.slice(0, 0), owner[:0])
    assert (found.made, found.advantage.value) == (0, None)


@pytest.mark.slow
@pytest.mark.extra("linkage")
def test_weights_are_learnt_where_release_and_register_never_disagree():
    register = simulate_people(4_000, seed=6, groups=("core",)).rename_columns({"person_id": "id"})
    register = register.drop_columns(["age"])
    table, owner = register.slice(0, 2_000).drop_columns(["id"]), np.arange(2_000)
    found = _run(Linkage(register, method="probabilistic"), register, table, owner)
    assert found.attack.share > 0.99
    assert found.series["claims"]["wrong"] == 0


def test_people_who_are_not_in_the_release_are_the_control():
    register = _register(4_000)
    table, owner = _released(register, 1_000, 2)
    schema = Schema.of("id", quasi_identifier=table.column_names)
    strangers = _register(6_000, seed=2).slice(4_000)
    for on, most in ((("surname", "born"), 0.02), (("zip",), 0.6)):
        found = Linkage(register, on=on).run(
            Release("records", schema, table=table), Truth(register, strangers, owner), seed=1
        )
        assert found.advantage.reference == "control"
        assert found.control.of == 1_000
        assert found.control.share <= most
    alone = Linkage(register.take(owner), on=("zip",)).run(
        Release("records", schema, table=table), Truth(register, strangers, owner), seed=1
    )
    assert alone.attack.share > alone.control.share
    nameless = Linkage(register).run(
        Release("records", schema, table=table),
        Truth(register, strangers.drop_columns(["zip"]), owner),
        seed=1,
    )
    assert nameless.control is None
    assert "no column 'zip'" in nameless.notes[0]


def test_a_register_of_strangers_alone_names_nobody_rightly():
    register, strangers = _register(500), _register(1_000, seed=3).slice(500)
    table, owner = _released(register, 200, 2)
    schema = Schema.of("id", quasi_identifier=table.column_names)
    found = Linkage(strangers, on=("zip",)).run(
        Release("records", schema, table=table), Truth(register, strangers, owner), seed=1
    )
    assert (found.attack.count, found.control.count > 0) == (0, True)
    assert found.advantage.value < 0


def test_pseudonyms_without_the_owner_are_refused_and_not_scored_as_wrong_links():
    register = _register(50)
    table, owner = _released(register, 10, 1)
    hidden = table.append_column("id", pa.array([f"x{n}" for n in range(10)]))
    schema = Schema.of("id", quasi_identifier=table.column_names)
    with pytest.raises(LabError, match="None of the 10 records"):
        Linkage(register).run(Release("records", schema, table=hidden), Truth(register), seed=1)
    told = Release("records", schema, table=hidden)
    assert Linkage(register).run(told, Truth(register, owner=owner), seed=1).attack.count == 10


@pytest.mark.extra("linkage")
@pytest.mark.parametrize("rows", [1, 10, 20])
def test_few_records_have_weights_too(rows):
    register = _register(rows)
    table, owner = register.drop_columns(["id"]), np.arange(rows)
    found = _run(Linkage(register, method="probabilistic"), register, table, owner)
    assert found.series["claims"]["wrong"] == 0
    assert found.attack.count == (rows if rows > 1 else found.made * found.attack.count)
    gaps = table.set_column(0, "first name", pa.nulls(rows, pa.string()))
    assert _run(
        Linkage(gaps.append_column("id", register["id"]), method="probabilistic"), register, gaps, owner
    )


def test_a_register_that_is_written_in_another_way_is_said():
    register = _register(50)
    table, owner = _released(register, 10, 1)
    loud = table.set_column(1, "surname", pa.array([name.upper() for name in table["surname"].to_pylist()]))
    found = _run(Linkage(register), register, loud, owner)
    assert (found.attack.count, "in the same way" in found.notes[0]) == (0, True)
