import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from exports.fingerprint import content_sha256

columns = st.one_of(
    st.lists(st.none() | st.sampled_from(["a", "b", "", "ä"]), max_size=20).map(
        lambda v: pa.array(v, pa.string())
    ),
    st.lists(st.none() | st.integers(-3, 3), max_size=20).map(lambda v: pa.array(v, pa.int32())),
    st.lists(st.none() | st.booleans(), max_size=20).map(lambda v: pa.array(v, pa.bool_())),
    st.lists(st.none() | st.dates(), max_size=20).map(lambda v: pa.array(v, pa.date32())),
    st.lists(st.none() | st.decimals(-9, 9, places=2), max_size=20).map(
        lambda v: pa.array(v, pa.decimal128(5, 2))
    ),
)


@given(columns, st.integers(0, 20))
def test_chunks_slices_and_dictionaries_make_no_difference(array, cut):
    whole = content_sha256(pa.table({"x": array}))
    parts = pa.chunked_array([array.slice(0, cut), array.slice(cut)], array.type)
    assert content_sha256(pa.table({"x": parts})) == whole
    longer = pa.concat_arrays([pa.nulls(3, array.type), array])
    assert content_sha256(pa.table({"x": longer.slice(3)})) == whole
    if pa.types.is_string(array.type):
        assert content_sha256(pa.table({"x": parts.dictionary_encode()})) == whole
        assert content_sha256(pa.table({"x": array.cast(pa.large_string())})) == whole


@given(columns, columns)
def test_different_contents_differ(left, right):
    if not (left.type == right.type and left.equals(right)):
        assert content_sha256(pa.table({"x": left})) != content_sha256(pa.table({"x": right}))


def test_many_values_are_told_apart_as_few_are():
    values = [f"v{number}" for number in range(200_000)]
    table = pa.table({"x": values})
    same = pa.table({"x": pa.chunked_array([values[:7], values[7:]]).dictionary_encode()})
    assert content_sha256(table) == content_sha256(same)
    values[150_000], values[150_001] = values[150_001], values[150_000]
    assert content_sha256(pa.table({"x": values})) != content_sha256(table)


def test_names_and_order_count():
    digests = {content_sha256(pa.table(t)) for t in ({"x": [1, 2]}, {"y": [1, 2]}, {"x": [2, 1]})}
    assert len(digests) == 3


def test_a_column_of_lists_is_refused():
    with pytest.raises(LabError, match="list"):
        content_sha256(pa.table({"x": [[1], [2]]}))
