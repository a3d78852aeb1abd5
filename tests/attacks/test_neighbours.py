"""The nearest released record is the one that a slow search finds, and ties are drawn evenly."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from attacks.comparison import compare
from attacks.neighbours import nearest
from exports.randomness import Stream
from exports.schema import Schema

VALUES = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.one_of(st.none(), st.integers(-3, 3))),
    min_size=1,
    max_size=12,
)
STREAM = Stream(1, "attack", "test")


def _table(rows):
    return pa.table(
        {
            "word": pa.array([w for w, _ in rows], pa.string()),
            "number": pa.array([n for _, n in rows], pa.int64()),
        }
    )


def _slow(one, other, span):
    word = one[0] != other[0]
    if one[1] is None or other[1] is None:
        return word + (one[1] is not other[1])
    return word + abs(one[1] - other[1]) / span


@given(VALUES, VALUES)
def test_the_nearest_record_is_the_one_that_a_slow_search_finds(known, released):
    numbers = [n for _, n in known + released if n is not None]
    span = (max(numbers) - min(numbers) if numbers else 0) or 1
    columns, apart = compare(_table(known), _table(released), ["word", "number"], {})
    if apart:
        return
    found = nearest(columns, len(known), len(released), STREAM)
    for at, one in enumerate(known):
        distances = np.array([_slow(one, other, span) for other in released])
        assert abs(found.distance[at] - distances.min()) < 1e-5
        assert abs(distances[found.row[at]] - distances.min()) < 1e-5
        assert found.ties[at] == (distances < distances.min() + 1e-5).sum()


def test_ties_are_drawn_evenly_and_for_each_person_anew_across_blocks_of_rows():
    rows = 30_000
    columns, _ = compare(
        pa.table({"x": ["a"] * 3_000}), pa.table({"x": ["b", "a", "a"] * (rows // 3)}), ["x"], {}
    )
    found = nearest(columns, 3_000, rows, STREAM)
    assert (found.row % 3 != 0).all()
    assert set(found.ties) == {20_000}
    assert len(np.unique(found.row)) > 2_500
    assert abs(found.row.mean() / rows - 0.5) < 0.03


def test_a_generalised_release_is_compared_by_what_its_labels_stand_for():
    known = pa.table({"age": [23, 41], "zip": ["02139", "10115"]})
    released = pa.table({"age": ["[40, 50)", "[20, 30)"], "zip": ["1****", "02***"]})
    columns, apart = compare(known, released, ["age", "zip"], Schema().columns)
    assert not apart
    assert nearest(columns, 2, 2, STREAM).row.tolist() == [1, 0]


def test_no_rows_are_no_neighbour():
    columns, _ = compare(pa.table({"x": ["a"]}), pa.table({"x": pa.array([], pa.string())}), ["x"], {})
    found = nearest(columns, 1, 0, STREAM)
    assert found.row[0] == -1
    assert np.isinf(found.distance[0])
