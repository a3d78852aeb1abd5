import class_oracle as oracle
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.classes.combinations import combinations_of
from exports.classes.wildcards import compatible_persons, compatible_rows

NAMES = ["a", "b", "c"]
cell = st.sampled_from(["1", "2", None])
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, cell)), min_size=1, max_size=25)


@given(rows, st.sets(st.sampled_from(NAMES)))
def test_a_missing_value_matches_every_value_of_a_wildcard_column(rows, wild):
    table = pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in NAMES]))
    combinations = combinations_of(table, NAMES)
    found = compatible_rows(combinations, NAMES, sorted(wild))
    columns = [combinations.columns[name] for name in NAMES]
    decoded = [
        tuple(None if c.codes[i] == 0 else c.values[int(c.codes[i]) - 1].as_py() for c in columns)
        for i in range(len(combinations))
    ]
    wanted = {
        tuple(row[name] for name in NAMES): count
        for row, count in zip(rows, oracle.compatible(rows, NAMES, wild), strict=True)
    }
    assert dict(zip(decoded, found.astype(int).tolist(), strict=True)) == wanted


@given(rows, st.sets(st.sampled_from(NAMES)), st.lists(st.integers(0, 3), min_size=25), st.integers(1, 5))
def test_a_person_counts_once_among_those_who_match(rows, wild, whose, most):
    owned = [{**row, "who": who} for row, who in zip(rows, whose, strict=False)]
    kinds = [(name, pa.string()) for name in NAMES] + [("who", pa.int64())]
    combinations = combinations_of(pa.Table.from_pylist(owned, pa.schema(kinds)), [*NAMES, "who"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exports.classes.wildcards.MOST_PAIRS", most)
        found = compatible_persons(combinations, NAMES, sorted(wild), "who")
    decoded = [
        tuple(
            None if column.codes[i] == 0 else column.values[int(column.codes[i]) - 1].as_py()
            for column in combinations.columns.values()
        )
        for i in range(len(combinations))
    ]
    wanted = {
        tuple(one[name] for name in [*NAMES, "who"]): len(
            {o["who"] for o in owned if oracle.agree(one, o, NAMES, wild)}
        )
        for one in owned
    }
    assert dict(zip(decoded, found.tolist(), strict=True)) == wanted


def test_a_missing_value_that_matches_everything_lowers_the_number_of_small_classes(household_survey):
    keys = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
    whole = household_survey.select(keys)
    assert (compatible_rows(combinations_of(whole, keys), keys, keys) < 2).sum() == 157
    walls = whole["walls"].to_pylist()
    hidden = [None if wall == walls[0] else wall for wall in walls]
    part = whole.set_column(2, "walls", pa.array(hidden))
    assert (compatible_rows(combinations_of(part, keys), keys, keys) < 2).sum() < 157
