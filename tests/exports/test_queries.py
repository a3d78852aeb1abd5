"""One query language for every counts release."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from exports.queries import Condition, CountQuery, count, exact_counts
from exports.release import Export
from exports.schema import Schema

cells = st.lists(st.tuples(st.sampled_from([1, 2, 3, None]), st.sampled_from(["a", "b", None])), max_size=30)


@given(cells, st.sets(st.sampled_from([1, 2, 3, None])), st.booleans())
def test_a_count_is_the_python_count_nulls_and_negation_included(rows, values, negated):
    table = pa.table(
        {"x": pa.array([x for x, _ in rows], pa.int64()), "p": pa.array([p for _, p in rows], pa.string())}
    )
    query = CountQuery((Condition("x", values, negated),))
    chosen = [p for x, p in rows if (x in values) != negated]
    assert count(query, table, Schema()) == len(chosen)
    assert count(query, table, Schema(person="p")) == len(set(chosen))


def test_no_condition_counts_everybody_and_the_oracle_answers_through_ask():
    export = Export(pa.table({"zip": ["1", "2"]}), Schema.of(quasi_identifier=["zip"]))
    assert exact_counts(export).ask(CountQuery()) == 2


def test_equal_queries_have_equal_keys_whatever_the_order():
    one = CountQuery((Condition("a", ["x", "y"]), Condition("b", [1])))
    two = CountQuery((Condition("b", (1,)), Condition("a", {"y", "x"})))
    assert one.key() == two.key()
    assert one.key() != CountQuery((Condition("a", ["x", "y"], negated=True), Condition("b", [1]))).key()


def test_a_wrong_column_or_type_is_one_sentence_without_the_value():
    table = pa.table({"age": [30]})
    with pytest.raises(LabError, match="'zip'"):
        count(CountQuery((Condition("zip", [1]),)), table, Schema())
    with pytest.raises(LabError, match="another type") as caught:
        count(CountQuery((Condition("age", ["secret"]),)), table, Schema())
    assert "secret" not in str(caught.value)
