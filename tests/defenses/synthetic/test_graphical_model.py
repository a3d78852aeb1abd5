import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defenses.synthetic.graphical_model import (
    Measurement,
    Model,
    drawn_column,
    elimination,
    fitted,
    largest_table,
    on_simplex,
)
from exports.randomness import Stream


@settings(max_examples=50)
@given(st.lists(st.integers(-50, 200), min_size=1, max_size=12), st.integers(1, 500))
def test_the_simplex_projection_is_the_nearest_point(values, total):
    near = on_simplex(np.array(values, dtype=float), float(total))
    assert near.min() >= 0
    assert near.sum() == pytest.approx(total)
    gradient = near - np.array(values)
    active = near > 1e-9
    assert np.ptp(gradient[active]) < 1e-6
    assert gradient[~active].min(initial=np.inf) >= gradient[active].max() - 1e-6


def test_a_drawn_column_follows_its_table_to_the_row_and_ignores_what_it_is_not_given():
    rng = np.random.default_rng(1)
    parent = rng.integers(0, 3, 30_000).astype(np.int32)
    table = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    one, other = (drawn_column([parent], table, 30_000, Stream(1, "defence", name)) for name in "ab")
    for value in range(3):
        inside = parent == value
        assert abs(one[inside].sum() - inside.sum() * table[value, 1]) <= 1
        joint = np.mean(one[inside] * other[inside])
        assert abs(joint - table[value, 1] ** 2) < 0.02


def test_combinations_without_weight_take_the_overall_values():
    drawn = drawn_column(
        [np.array([1, 1, 1, 1], np.int32)], np.array([[3.0, 1.0], [0.0, 0.0]]), 4, Stream(1, "d", "x")
    )
    assert sorted(drawn.tolist()) == [0, 0, 0, 1]


def test_margins_of_a_model_are_those_of_its_joint_table():
    rng = np.random.default_rng(2)
    sizes = {"a": 2, "b": 3, "c": 4}
    ab, bc = rng.random((2, 3)), rng.random((3, 4))
    joint = np.einsum("ab,bc->abc", ab, bc)
    joint *= 100 / joint.sum()
    model = Model(sizes, [(("a", "b"), ab), (("b", "c"), bc)], 100.0)
    assert np.allclose(model.margin(("c", "a")), joint.sum(axis=1).T)


def test_samples_follow_the_joint_table():
    rng = np.random.default_rng(3)
    sizes = {"a": 2, "b": 3, "c": 2, "d": 2}
    cliques = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    model = Model(sizes, [(clique, rng.random([sizes[n] for n in clique])) for clique in cliques], 1.0)
    codes = model.sample(40_000, Stream(4, "defence", "sample"))
    seen = np.bincount(np.ravel_multi_index(codes, tuple(sizes.values())), minlength=24) / 40_000
    assert np.abs(seen - model.margin(tuple(sizes)).reshape(-1)).sum() < 0.02


def test_a_cycle_needs_a_larger_table_than_a_chain():
    sizes = dict.fromkeys("abcd", 10)
    chain = [("a", "b"), ("b", "c"), ("c", "d")]
    assert largest_table(sizes, chain) == 100
    assert largest_table(sizes, [*chain, ("d", "a")]) == 1000
    assert [name for name, _ in elimination(sizes, chain)][-1] in sizes


@pytest.mark.extra("synth")
def test_pairs_that_were_not_measured_keep_their_conditional_independence():
    """With p -> a and p -> b measured, a and b are independent given p: the fault of mbi 1.1."""
    pa_table = pb_table = np.array([[40.0, 10.0], [10.0, 40.0]])
    measured = [Measurement(("p", "a"), pa_table, 0.1), Measurement(("p", "b"), pb_table, 0.1)]
    model = fitted({"p": 2, "a": 2, "b": 2}, measured)
    wanted = np.array([[0.34, 0.16], [0.16, 0.34]])
    assert np.allclose(model.margin(("a", "b")) / 100, wanted, atol=0.005)
    p, a, b = model.sample(50_000, Stream(5, "defence", "siblings"))
    seen = np.bincount(2 * a + b, minlength=4).reshape(2, 2) / 50_000
    assert np.allclose(seen, wanted, atol=0.01)
    assert np.allclose([np.mean(a[p == k] * b[p == k]) for k in (0, 1)], [0.04, 0.64], atol=0.02)
