"""Counting many conjunctions at once gives what a plain query engine counts."""

from unittest.mock import patch

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.comparison.predicates import Coded, Predicates, count, count_people
from attacks.records import singling_out_predicates as claims
from attacks.records.singling_out_predicates import Form, multivariate, univariate
from exports.randomness import Stream
from exports.schema import Column, Role

STREAM = Stream(1, "attack", "test")
COLUMNS = [("pay", None), ("job", None), ("sex", None)]


def _people(rows, seed, most=3_000):
    rng = np.random.default_rng(seed)
    pay = rng.integers(0, most, rows).astype(float)
    pay[rng.random(rows) < 0.1] = np.nan
    return pa.table(
        {
            "pay": pa.array(pay, from_pandas=True),
            "job": rng.choice(["cook", "smith 'x'", None, "clerk"], rows),
            "sex": rng.choice(["f", "m"], rows),
        }
    )


def _sql(coded, predicates, at, table):
    """Return the predicate as SQL over the table's own values."""
    parts = []
    for column, low, high in zip(predicates.column[at], predicates.low[at], predicates.high[at], strict=True):
        name = COLUMNS[column][0]
        codes, values = coded.tables[0][column], table[name].to_pylist()
        value = {int(code): one for code, one in zip(codes, values, strict=True)}
        if coded.ordered[column] and low > 0:
            bounds = [value.get(int(low), -1e9), value.get(int(high), 1e9)]
            parts.append(f'"{name}" between {bounds[0]} and {bounds[1]}')
        elif value[int(low)] is None:
            parts.append(f'"{name}" is null')
        else:
            quoted = str(value[int(low)]).replace("'", "''")
            parts.append(f"\"{name}\" = '{quoted}'")
    return " and ".join(parts)


@pytest.mark.parametrize("make", ["multivariate", "univariate"])
def test_counts_agree_with_a_query_engine(make):
    table, other = _people(5_000, 1), _people(3_000, 2)
    coded = Coded.of([table, other], COLUMNS)
    if make == "univariate":
        found = univariate(coded.tables[0], coded)
    else:
        found, _ = multivariate(coded.tables[0], coded, Form(3, "either"), 40, 100_000, STREAM)
    found = found.only(slice(60))
    assert len(found)
    with duckdb.connect() as lab:
        lab.register("people", table)
        lab.register("others", other)
        for at in range(len(found)):
            where = _sql(coded, found, at, table)
            assert lab.sql(f"select count(*) from people where {where}").fetchall() == [(1,)]
            truly = lab.sql(f"select count(*) from others where {where}").fetchall()[0][0]
            assert count(coded.tables[1], found.only(np.array([at])))[0] == min(truly, 2)


def test_univariate_conditions_are_the_rare_values_and_the_ends():
    table = pa.table({"pay": [5, 5, 7, 9, 3], "job": ["a", "b", "a", "a", None]})
    coded = Coded.of([table], [("pay", None), ("job", None)])
    found = univariate(coded.tables[0], coded)
    assert sorted(found.source.tolist()) == [2, 3, 3, 4, 4]


def test_all_conjunctions_are_tried_where_there_are_few():
    table = pa.table({"a": [1, 2, 2], "b": ["x", "x", "y"]})
    coded = Coded.of([table], [("a", None), ("b", None)])
    found, tried = multivariate(coded.tables[0], coded, Form(2, "ends"), 100, 10_000, STREAM)
    assert (len(found), tried) == (2, 3)


@pytest.mark.parametrize("form", [Form(3, "ends"), Form(None, "either"), Form(2, "values")])
@pytest.mark.parametrize("listed", [0, 1_000_000])
def test_conjunctions_are_all_different_whether_they_are_listed_or_drawn(form, listed):
    table = _people(900, 3, most=1_000_000)
    coded = Coded.of([table], COLUMNS)
    with patch.object(claims, "LISTED", listed):
        found, _ = multivariate(coded.tables[0], coded, form, 10_000, 30_000, STREAM)
    key = np.column_stack([found.source, found.column, found.low, found.high])
    assert len(np.unique(key, axis=0)) == len(found) > 0


@pytest.mark.parametrize(
    ("numbers", "bounds"),
    [
        ("ends", {0: (1, 1), 1: (1, 2), 3: (4, 5), 4: (5, 5)}),
        ("values", {at: (at + 1, at + 1) for at in range(5)}),
    ],
)
def test_a_number_is_claimed_as_it_is_or_as_an_end_of_its_scale(numbers, bounds):
    table = pa.table({"pay": [10, 20, 30, 40, 50], "sex": ["f", "m", "f", "m", "f"]})
    coded = Coded.of([table], COLUMNS[::2])
    found, _ = multivariate(coded.tables[0], coded, Form(2, numbers), 10, 10, STREAM)
    low, high = found.low[:, 0].tolist(), found.high[:, 0].tolist()
    assert dict(zip(found.source.tolist(), zip(low, high, strict=True), strict=True)) == bounds


def test_by_default_half_of_what_is_tried_has_three_conditions_and_one_more_each_time_half_of_the_rest():
    rng = np.random.default_rng(1)
    names = list("abcdefgh")
    table = pa.table({name: rng.permutation(300) for name in names})
    coded = Coded.of([table], [(name, None) for name in names])
    for listed in (0, 1_000_000):
        with patch.object(claims, "LISTED", listed):
            found, _ = multivariate(coded.tables[0], coded, Form(None, "values"), 4_000, 4_096, STREAM)
        different = np.array([len(set(one)) for one in found.column.tolist()])
        shares = np.bincount(different)[3:] / len(found)
        np.testing.assert_allclose(shares, [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32], atol=0.03)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_a_condition_is_counted_by_people_and_not_by_rows(rows):
    person, code = np.array(rows).T
    codes = (code.astype(np.int32),)
    value = np.arange(4)[:, None]
    wanted = Predicates(np.zeros((4, 1), dtype=np.int64), value, value, np.arange(4))
    found = count_people(codes, wanted, people=person.astype(np.int64))
    for at in range(4):
        assert found[at] == min(len(set(person[code == at])), 2)


def test_a_generalised_value_is_true_of_all_it_stands_for():
    released = pa.table({"age": ["[20, 30)", "[30, 40)"], "zip": ["021**", "*"]})
    people = pa.table({"age": [21, 29, 30], "zip": ["02139", "02140", "10115"]})
    columns = [("age", Column(Role.QUASI_IDENTIFIER)), ("zip", Column(Role.QUASI_IDENTIFIER))]
    coded = Coded.of([released, people], columns)
    found, _ = multivariate(coded.tables[0], coded, Form(2, "ends"), 10, 10, STREAM)
    by_row = dict(zip(found.source.tolist(), count(coded.tables[1], found, coded.covers), strict=True))
    assert by_row == {0: 2, 1: 1}
