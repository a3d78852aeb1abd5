"""Who is alone with how many facts, against plain counting and published figures."""

from itertools import combinations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from attacks.records.uniqueness import Uniqueness, fewest, random_facts
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Release, Truth
from exports.schema import Schema


def _run(attack, original, released=None, control=None, owner=None):
    table = original if released is None else released
    release = Release("records", Schema.of(quasi_identifier=table.column_names), table=table)
    return attack.run(release, Truth(original, control, owner), seed=1)


def test_adult_is_as_unique_as_measured_with_three_five_and_eight_columns(adult):
    known = ("sex", "age", "race"), ("sex", "age", "race", "marital-status", "education")
    for columns, share in zip((*known, tuple(adult.column_names[:8])), (0.002, 0.106, 0.465), strict=True):
        found = _run(Uniqueness(known=columns, targets=adult.num_rows), adult)
        assert found.attack.share == pytest.approx(share, abs=0.001)


def test_the_curve_over_facts_rises_and_is_what_an_engine_counts_on_average(adult):
    some = adult.slice(0, 3_000).select(["age", "sex", "occupation", "education"])
    found = _run(Uniqueness(facts=2, targets=3_000), some)
    curve = [found.series["facts"][str(facts)]["share"] for facts in range(1, 5)]
    assert curve == sorted(curve)
    assert found.attack.share == curve[1]
    expected = []
    with duckdb.connect() as lab:
        lab.register("people", some)
        for one, other in combinations(some.column_names, 2):
            sql = (
                f'select count(*) from (select 1 from people group by "{one}", "{other}" having count(*) = 1)'
            )
            expected.append(lab.sql(sql).fetchall()[0][0] / 3_000)
    assert curve[1] == pytest.approx(np.mean(expected), abs=0.02)


def test_a_fact_that_no_longer_fits_her_own_record_is_no_success():
    original = pa.table({"a": ["1", "2", "3"]})
    swapped = pa.table({"a": ["2", "1", "3"]})
    assert _run(Uniqueness(), original, swapped, owner=np.arange(3)).attack.count == 1
    untold = _run(Uniqueness(), original, swapped)
    assert untold.attack.count == 3
    assert any("counts as the target's own" in note for note in untold.notes)


def test_generalised_records_fit_everybody_they_stand_for():
    original = pa.table({"age": [23, 27, 41], "zip": ["02139", "02142", "10115"]})
    released = pa.table({"age": ["[20, 30)", "[20, 30)", "[40, 50)"], "zip": ["021**", "0214*", "101**"]})
    found = _run(Uniqueness(), original, released, owner=np.arange(3))
    assert found.attack.count == 2
    assert found.control is None


def test_people_outside_are_taken_for_somebody_inside(adult):
    columns = adult.select(["age", "education", "occupation", "native-country"])
    found = _run(Uniqueness(), columns.slice(0, 5_000), control=columns.slice(15_000, 5_000))
    assert 0 < found.control.share < found.attack.share


def test_a_suppressed_target_is_not_found():
    original = pa.table({"a": ["1", "2", "3"]})
    found = _run(Uniqueness(), original, original.slice(0, 2), owner=np.array([0, 1]))
    assert (found.attack.count, found.attack.of) == (2, 3)
    empty = _run(Uniqueness(), original, original.slice(0, 0), owner=np.zeros(0, np.int64))
    assert empty.attack.count == 0


def test_the_fewest_facts_are_those_of_the_smallest_set():
    table = pa.table({"a": [1, 2, 2, 3, 3], "b": ["x", "x", "y", "x", "x"]})
    release = Release("records", Schema(), table=table)
    assert fewest(release, ["a", "b"]) == {"searched": 2, "records": {"1": 2, "2": 1, "none": 2}}


def test_random_facts_are_different_columns_each_as_often():
    found = random_facts(6_000, 5, 2, Stream(1, "attack", "test"))
    assert (found[:, 0] < found[:, 1]).all()
    assert np.bincount(found.ravel()) / 12_000 == pytest.approx([0.2] * 5, abs=0.02)


def test_more_facts_than_columns_is_one_sentence():
    with pytest.raises(LabError, match="1 to 1 facts, not 2"):
        _run(Uniqueness(facts=2), pa.table({"a": [1, 2]}))


def test_a_column_whose_labels_nobody_can_read_is_left_out_and_said():
    people = pa.table({"age": [str(age) for age in range(20, 60)], "zip": [str(code) for code in range(40)]})
    told = people.set_column(0, "age", pa.array(["young"] * 20 + ["old"] * 20))
    release = Release("records", Schema.of(quasi_identifier=["age", "zip"]), table=told)
    found = Uniqueness().run(release, Truth(people, owner=np.arange(40)), seed=1)
    assert found.attack.share == 1.0
    assert "1 column(s) were not used" in found.notes[0]
    with pytest.raises(LabError, match="None of the 1 known"):
        Uniqueness(known=("age",)).run(release, Truth(people, owner=np.arange(40)), seed=1)
