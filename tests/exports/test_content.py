from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.content import content_digest

ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**31), 2**31),
        st.none() | st.text(max_size=3),
        st.none() | st.booleans(),
        st.none() | st.lists(st.integers(0, 9), max_size=2),
    ),
    max_size=12,
)
SCHEMA = pa.schema([("n", pa.int64()), ("s", pa.string()), ("b", pa.bool_()), ("l", pa.list_(pa.int64()))])


def table(rows: list[tuple[object, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


@given(ROWS, st.integers(0, 12))
def test_chunks_and_offsets_do_not_count(rows: list[tuple[object, ...]], cut: int) -> None:
    whole = table(rows)
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    assert content_digest(pieces) == content_digest(whole)


@given(ROWS, ROWS)
def test_only_equal_tables_have_equal_digests(
    one: list[tuple[object, ...]], other: list[tuple[object, ...]]
) -> None:
    assert (content_digest(table(one)) == content_digest(table(other))) == (one == other)


@pytest.mark.parametrize("group", [7, 1000])
def test_the_layout_of_the_file_does_not_count(tmp_path: Path, group: int) -> None:
    whole = table([(k, str(k), k % 2 == 0, [k]) for k in range(1000)])
    pq.write_table(whole, tmp_path / "t.parquet", row_group_size=group, compression="zstd")
    assert content_digest(pq.read_table(tmp_path / "t.parquet")) == content_digest(whole)


def test_a_dictionary_column_counts_as_its_values() -> None:
    plain = pa.table({"a": ["x", "y", None, "x"]})
    assert content_digest(pa.table({"a": plain["a"].dictionary_encode()})) == content_digest(plain)
