"""An attack reads the labels that the defences write: each stands for the value it came from."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

import defenses
from attacks.comparison.generalised import covered
from attacks.records.downcoding import Downcoding
from attacks.records.linkage import Linkage
from exports.hierarchies.hierarchy import labels_and_codes
from exports.release import Export, Truth
from exports.schema import Column, Role, Schema

ROWS = 300


def _columns():
    rng = np.random.default_rng(4)
    days = [datetime.date(1940, 1, 1) + datetime.timedelta(int(day)) for day in rng.integers(0, 20_000, ROWS)]
    return {
        "age": rng.integers(18, 90, ROWS),
        "below zero": rng.integers(-50, 50, ROWS),
        "pay": np.round(rng.lognormal(10, 1, ROWS), 2),
        "born": pa.array(days),
        "seen": pa.array([datetime.datetime(day.year, day.month, day.day, 7, 30) for day in days]),
        "zip": pa.array([f"{code:05d}" for code in rng.integers(0, 99_999, ROWS)]),
        "town": pa.array(rng.choice(["A a", "B, b", "C.c", "D'd"], ROWS)),
        "gaps": pa.array(rng.choice(["x", "y", None], ROWS)),
    }


COLUMNS = _columns()


@pytest.mark.parametrize("name", ["optimal-k-anonymity", "top-down", "mondrian"])
@pytest.mark.parametrize("column", COLUMNS)
def test_every_label_stands_for_the_value_it_came_from(name, column):
    people = pa.table({"id": np.arange(ROWS), column: COLUMNS[column]})
    schema = Schema.of("id", quasi_identifier=[column])
    release = defenses.find(name)(k=5).fit_transform(Export(people, schema))
    kept = release.owner >= 0
    labels, codes = labels_and_codes(release.rows[column])
    values, own = labels_and_codes(people[column])
    stands_for = covered(labels, values, release.schema.columns[column])
    assert stands_for[codes[kept], own[release.owner[kept]]].all()
    found = Linkage(people).run(release, Truth(people, owner=release.owner), seed=1)
    assert found.series["k_map"]["records"]["0"] == 0
    assert found.series["k_map"]["k"] >= 5


def test_a_missing_value_that_is_declared_a_wildcard_stands_for_anything():
    wildcard = Column(Role.QUASI_IDENTIFIER, nulls="wildcard")
    assert covered([None], ["x", "y"], wildcard).tolist() == [[True, True]]
    assert covered([None], ["x", "y"]).tolist() == [[False, False]]


@pytest.mark.parametrize(("column", "declared"), [("zip", {"prefix": True}), ("born", {}), ("age", {})])
def test_downcoding_knows_the_hierarchies_that_the_defence_used(column, declared):
    people = pa.table({column: COLUMNS[column]})
    schema = Schema({column: Column(Role.QUASI_IDENTIFIER, **declared)})
    release = defenses.find("top-down")(k=20).fit_transform(Export(people, schema))
    found = Downcoding().run(release, Truth(people, owner=release.owner), seed=1)
    assert found.made > 0
