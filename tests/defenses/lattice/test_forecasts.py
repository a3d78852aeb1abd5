from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from defenses.lattice.forecasts import Forecast, Reach, diversity
from defenses.lattice.lattice import lattice_from
from exports.hierarchies.hierarchy import Hierarchy

SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


@given(SHAPES.flatmap(lambda shape: arrays(bool, shape)))
def test_reach_counts_the_marked_nodes_on_either_side(marks: np.ndarray) -> None:
    reach = Reach(marks.shape)
    below, above = reach.below(marks), reach.above(marks)
    for node in np.ndindex(marks.shape):
        assert below[node] == marks[tuple(slice(level + 1) for level in node)].sum()
        assert above[node] == marks[tuple(slice(level, None) for level in node)].sum()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_diversity_of_order_zero_counts_labels_and_falls_with_the_order(values: list[int]) -> None:
    tree = Hierarchy.from_rows([[str(value), str(value // 2), "*"] for value in range(6)])
    lattice = lattice_from({"q": np.array(values)}, {"q": tree})
    sizes = [len(set(values)), len({value // 2 for value in values}), 1]
    np.testing.assert_allclose(np.exp(diversity(lattice, 0)), sizes, rtol=1e-9)
    assert (diversity(lattice, 0.3) <= diversity(lattice, 0) + 1e-9).all()
    assert (diversity(lattice, 2) <= diversity(lattice, 0.3) + 1e-9).all()


def test_a_forecast_finds_the_number_at_which_the_event_begins() -> None:
    numbers = np.linspace(0, 1, 200)
    forecast = Forecast(numbers, 0.4)
    for index in np.random.default_rng(1).permutation(200).tolist():
        forecast.learn(index, happened=bool(numbers[index] > 0.7))
    assert abs(forecast.middle - 0.7) < 0.1
