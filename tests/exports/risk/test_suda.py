from collections import Counter
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.classes.combinations import combinations_of
from exports.hierarchies.hierarchy import Hierarchy
from exports.risk.column_search import best_coarsenings, best_drops, contributions
from exports.risk.suda import disclosure_scores, largest_within, minimal_uniques

NAMES = ["a", "b", "c", "d"]
rows = st.lists(st.tuples(*[st.integers(0, 2)] * 4), min_size=1, max_size=20)


def table(rows) -> pa.Table:
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(NAMES)})


def unique_under(rows, row, chosen) -> bool:
    return sum(all(other[i] == row[i] for i in chosen) for other in rows) == 1


def score(rows, row) -> int:
    """Sum (m - size)! over the sets that single a row out and lose that with any column."""
    sets = [chosen for size in range(1, 5) for chosen in combinations(range(4), size)]
    single = {chosen for chosen in sets if unique_under(rows, row, chosen)}
    minimal = [s for s in single if not any(set(part) < set(s) for part in single)]
    return sum(factorial(4 - len(chosen)) for chosen in minimal)


@given(rows)
def test_scores_and_counts_equal_their_definitions(rows):
    found = minimal_uniques(combinations_of(table(rows), NAMES), NAMES)
    assert sorted(found.score[found.score > 0]) == sorted(filter(None, (score(rows, row) for row in rows)))
    for names, unique, classes in zip(found.sets, found.unique, found.classes, strict=True):
        chosen = [NAMES.index(name) for name in names]
        groups = Counter(tuple(row[i] for i in chosen) for row in rows)
        assert classes == len(groups)
        assert unique == sum(count == 1 for count in groups.values())


def test_scores_on_the_household_survey_equal_those_of_sdcmicro(shared, household_survey):
    oracle = pd.read_csv(shared / "data/oracles/testdata_suda2_5keys.csv")
    keys = ["urbrur", "roof", "walls", "water", "sex"]
    found = minimal_uniques(combinations_of(household_survey, keys), keys)
    columns = [found.combinations.columns[key] for key in keys]
    place = {
        tuple(column.values[int(column.codes[i]) - 1].as_py() for column in columns): i
        for i in range(len(found.combinations))
    }
    at = [place[row] for row in zip(*household_survey.select(keys).to_pydict().values(), strict=True)]
    np.testing.assert_array_equal(found.score[at], oracle["score"])
    np.testing.assert_allclose(disclosure_scores(found)[at], oracle["disScore"], rtol=1e-6)
    seven = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
    wide = minimal_uniques(combinations_of(household_survey, seven), seven)
    assert (wide.score > 0).sum() == 157


def test_adult_has_the_scored_rows_and_the_sum_of_sdcmicro(adult_texts):
    keys = [name for name in adult_texts.column_names if name != "salary-class"]
    found = minimal_uniques(combinations_of(adult_texts, keys), keys)
    assert (found.score > 0).sum() == 14_021
    assert disclosure_scores(found).sum() == pytest.approx(2633.053, abs=1e-3)


def test_many_columns_are_searched_up_to_a_size_that_is_told():
    rng = np.random.default_rng(2)
    wide = pa.table({f"c{i}": rng.integers(0, 2, 50) for i in range(40)})
    found = minimal_uniques(combinations_of(wide, wide.column_names), wide.column_names)
    assert (found.largest, found.complete) == (largest_within(40), False)


@given(rows)
def test_the_best_columns_to_drop_are_found_among_all_sets(rows):
    found = minimal_uniques(combinations_of(table(rows), NAMES), NAMES)
    drops = best_drops(found)
    assert [len(one.columns) for one in drops] == [1, 2, 3, 4]
    for one in drops:
        kept = [i for i, name in enumerate(NAMES) if name not in one.columns]
        assert one.risk == len({tuple(row[i] for i in kept) for row in rows}) / len(rows)
        others = (
            len({tuple(row[i] for i in chosen) for row in rows})
            for chosen in combinations(range(4), len(kept))
        )
        assert one.risk == min(others) / len(rows)


@given(rows)
def test_contributions_sum_to_the_whole_risk(rows):
    found = minimal_uniques(combinations_of(table(rows), NAMES), NAMES)
    assert sum(contributions(found).values()) == pytest.approx((len(set(rows)) - 1) / len(rows))


def test_two_columns_that_help_only_together_are_coarsened_together():
    # each of zip and street alone keeps every row apart; age hardly matters
    rows = [(f"z{i}", f"s{i}", "old" if i == 0 else "young") for i in range(8)]
    people = pa.table(dict(zip(("zip", "street", "age"), map(list, zip(*rows, strict=True)), strict=True)))
    hidden = {
        name: Hierarchy.from_rows([[value, "*"] for value in dict.fromkeys(people[name].to_pylist())])
        for name in people.column_names
    }
    found = best_coarsenings(combinations_of(people, people.column_names), hidden, steps=2)
    assert found[0].risk == 1.0
    assert (found[1].levels, found[1].uniques) == ({"zip": 1, "street": 1, "age": 0}, 1)
