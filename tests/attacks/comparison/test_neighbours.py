"""The nearest released records are those that a slow search finds, with all that are as near."""

from contextlib import nullcontext
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attacks.comparison import closest
from attacks.comparison.closest import limit
from attacks.comparison.gower import NULL, Compared, compare
from attacks.comparison.neighbours import Secret, nearest
from exports.schema import Schema

VALUES = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.one_of(st.none(), st.integers(-3, 3))),
    min_size=1,
    max_size=12,
)


def _table(rows):
    return pa.table(
        {
            "word": pa.array([w for w, _ in rows], pa.string()),
            "number": pa.array([n for _, n in rows], pa.int64()),
        }
    )


def _place(number, numbers):
    """Return the rank of a number among others: in proportion between two, a little beyond the ends."""
    values = sorted(numbers)
    rank = {one: np.mean([at for at, other in enumerate(values) if other == one]) + 0.5 for one in values}
    if number in rank or not values:
        return rank.get(number, 0.0) / max(len(values), 1)
    if number < values[0] or number > values[-1]:
        off = min(abs(number - values[0]), abs(number - values[-1]))
        off /= off + max(abs(values[0]), abs(values[-1]), 1e-300)
        return (rank[values[0]] - off / 2 if number < values[0] else rank[values[-1]] + off / 2) / len(values)
    return np.interp(number, sorted(rank), [rank[one] for one in sorted(rank)]) / len(values)


def _slow(one, other, numbers):
    word = one[0] != other[0]
    if one[1] is None or other[1] is None:
        return word + (one[1] is not other[1])
    return word + abs(_place(one[1], numbers) - _place(other[1], numbers))


@given(VALUES, VALUES)
def test_the_nearest_records_are_those_that_a_slow_search_finds(known, released):
    numbers = [n for _, n in released if n is not None]
    columns, apart = compare(_table(known), _table(released), ["word", "number"], {})
    if apart:
        return
    found = nearest(columns, len(known), len(released))
    for at, one in enumerate(known):
        distances = np.array([_slow(one, other, numbers) for other in released])
        assert abs(found.distance[at] - distances.min()) < 1e-5
        assert found.ties[at] == (distances < distances.min() + 1e-5).sum()


def _columns(rng, people, rows, words, scales, costs):
    """Return columns of few values, so that ties abound, with missing numbers and values that have costs."""
    values = int(rng.integers(1, 6))
    columns = [Compared(rng.integers(0, values, people), rng.integers(0, values, rows)) for _ in range(words)]
    for _ in range(scales):
        steps = int(rng.choice([1, 3, 1_000]))
        both = (rng.integers(0, steps + 1, people + rows) / steps).astype(np.float32)
        both[rng.random(people + rows) < 0.1] = NULL
        columns.append(Compared(both[:people], both[people:]))
    for _ in range(costs):
        cost = rng.choice(np.float32([0, 0.5, 2 / 3, 1]), (values, 4))
        columns.append(Compared(rng.integers(0, values, people), rng.integers(0, 4, rows), cost))
    return [columns[at] for at in rng.permutation(len(columns))]


def _plainly(columns, secret, person):
    """Return the least distance of a person, how many rows have it and how many agree, row by row."""
    total = np.zeros(len(columns[0].released), np.float32)
    for one in columns:
        if one.cost is None and not one.is_number:
            total += one.known[person] != one.released
    for one in columns:
        if one.cost is not None:
            total += one.cost[one.known[person], one.released]
    for one in columns:
        if one.is_number:
            total += np.minimum(np.abs(one.released - one.known[person]), np.float32(1))
    least = total.min()
    tied = total <= limit(np.float32([least]))[0]
    agrees = (secret.rank >= secret.low[person]) & (secret.rank <= secret.high[person])
    return least, tied.sum(), (tied & agrees).sum()


@pytest.mark.parametrize("sizes", [{}, {"AT_ONCE": 1, "LEAST": 1}, {"FIRST": 2, "LEAST": 1, "IN_CACHE": 99}])
@given(
    seed=st.integers(0, 2**32),
    people=st.integers(1, 30),
    rows=st.integers(1, 200),
    kinds=st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)).filter(any),
)
def test_distance_ties_and_agreement_are_to_the_last_bit_those_of_comparing_all_with_all(
    sizes, seed, people, rows, kinds
):
    rng = np.random.default_rng(seed)
    columns = _columns(rng, people, rows, *kinds)
    low = rng.integers(0, 4, people)
    secret = Secret(rng.integers(0, 4, rows), low, low + rng.integers(-1, 2, people))
    with patch.multiple(closest, **sizes) if sizes else nullcontext():
        found = nearest(columns, people, rows, secret)
    for person in range(people):
        least, ties, agreeing = _plainly(columns, secret, person)
        assert found.distance[person] == least
        assert (found.ties[person], found.agreeing[person]) == (ties, agreeing)


@pytest.mark.parametrize(("words", "scales"), [(4, 1), (3, 3), (0, 1), (0, 4), (6, 0), (300, 2)])
def test_the_search_is_exact_among_thousands_of_rows_too(words, scales):
    rng = np.random.default_rng(words)
    people, rows = 60, 20_000
    columns = [Compared(rng.integers(0, 9, people), rng.integers(0, 9, rows)) for _ in range(words)]
    columns += [
        Compared(rng.random(people).astype(np.float32), rng.random(rows).astype(np.float32).round(3))
        for _ in range(scales)
    ]
    low = rng.integers(0, 4, people)
    secret = Secret(rng.integers(0, 4, rows), low, low)
    found = nearest(columns, people, rows, secret)
    for person in range(people):
        least, ties, agreeing = _plainly(columns, secret, person)
        assert found.distance[person] == least
        assert (found.ties[person], found.agreeing[person]) == (ties, agreeing)


def test_a_generalised_release_is_compared_by_what_its_labels_stand_for():
    known = pa.table({"age": [23, 41], "zip": ["02139", "10115"]})
    released = pa.table({"age": ["[40, 50)", "[20, 30)"], "zip": ["1****", "02***"]})
    columns, apart = compare(known, released, ["age", "zip"], Schema().columns)
    assert not apart
    secret = Secret(np.array([0, 1]), np.array([1, 0]), np.array([1, 0]))
    assert nearest(columns, 2, 2, secret).agreeing.tolist() == [1, 1]


def test_no_rows_are_no_neighbour():
    columns, _ = compare(pa.table({"x": ["a"]}), pa.table({"x": pa.array([], pa.string())}), ["x"], {})
    found = nearest(columns, 1, 0)
    assert found.ties[0] == 0
    assert np.isinf(found.distance[0])


def test_where_no_column_is_known_every_row_is_as_near():
    found = nearest([], 3, 5)
    assert found.distance.tolist() == [0, 0, 0]
    assert found.ties.tolist() == [5, 5, 5]
