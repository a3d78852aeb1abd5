import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exports.randomness import Stream

names = st.text(min_size=1, max_size=20)
seeds = st.integers(0, 2**63)


@given(seed=seeds, name=names, short=st.integers(0, 50), more=st.integers(0, 50))
def test_a_short_draw_is_a_prefix_of_a_long_one(seed, name, short, more):
    stream = Stream(seed, "people", name)
    np.testing.assert_array_equal(stream.bits(short + more)[:short], stream.bits(short))


@given(seed=seeds, name=names)
def test_every_part_of_the_name_changes_the_numbers(seed, name):
    here = Stream(seed, "people", name)
    others = [
        Stream(seed + 1, "people", name),
        Stream(seed, "attack", name),
        here.at(name="x"),
        here.at(block=1),
        Stream(seed, "people", name, replicate=1),
    ]
    draws = {tuple(stream.bits(4).tolist()) for stream in [here, *others]}
    assert len(draws) == len(others) + 1


def test_a_stream_does_not_depend_on_how_the_fields_are_joined():
    assert Stream(1, "a", "b").bits(1) != Stream(1, "", "ab").bits(1)


@given(seed=seeds, n=st.integers(0, 200), high=st.integers(1, 2**32 - 1))
def test_integers_stay_below_their_bound(seed, n, high):
    drawn = Stream(seed, "test", "integers").integers(n, high)
    assert drawn.size == n
    assert ((drawn >= 0) & (drawn < high)).all()


@given(seed=seeds, weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=9).filter(lambda w: sum(w) > 0))
def test_a_choice_of_weight_zero_is_never_drawn(seed, weights):
    drawn = Stream(seed, "test", "choices").choices(500, weights)
    assert (np.asarray(weights)[drawn] > 0).all()


@given(seed=seeds, n=st.integers(1, 300), size=st.integers(0, 400))
def test_a_sample_has_different_members_in_order(seed, n, size):
    drawn = Stream(seed, "test", "sample").sample(n, size)
    assert drawn.size == min(size, n)
    assert (np.diff(drawn) > 0).all()
    assert set(drawn.tolist()) <= set(range(n))


def test_normals_have_mean_zero_and_variance_one():
    drawn = Stream(5, "test", "normals").normals(200_000)
    assert abs(drawn.mean()) < 5 / 200_000**0.5
    assert abs(drawn.var() - 1) < 5 * (2 / 200_000) ** 0.5
