from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.randomness import Stream
from simulate.lottery import Lottery, pick

NUMBERS = st.floats(0, 1e6) | st.integers(0, 6).map(float)
WEIGHTS = st.lists(NUMBERS, min_size=1, max_size=40).filter(lambda weights: sum(weights) > 1e-3)


@given(WEIGHTS)
def test_every_entry_is_drawn_in_proportion_to_its_weight(weights: list[float]) -> None:
    assert np.allclose(Lottery.of(weights).chances(), np.array(weights) / sum(weights), atol=1e-8)


@given(st.lists(WEIGHTS, min_size=1, max_size=5))
def test_each_group_draws_from_its_own_entries_only(groups: list[list[float]]) -> None:
    starts = np.cumsum([0, *(len(group) for group in groups)])
    lottery = Lottery.of([weight for group in groups for weight in group], starts[:-1])
    for number, group in enumerate(groups):
        drawn = lottery.draw(Stream(1, "test", "draws").bits(200), np.full(200, number))
        assert drawn.min() >= starts[number]
        assert drawn.max() < starts[number + 1]
        assert all(group[entry - starts[number]] > 0 for entry in drawn)


def test_counts_of_draws_agree_with_the_weights() -> None:
    weights = np.array([[5.0, 0.0, 3.0, 2.0], [1.0, 1.0, 0.0, 8.0]])
    row = np.arange(400_000) % 2
    drawn = pick(weights, Stream(3, "test", "draws").bits(len(row)), row)
    for number in (0, 1):
        share = np.bincount(drawn[row == number], minlength=4) / (len(row) / 2)
        assert np.abs(share - weights[number] / 10).max() < 0.005


def test_a_group_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="without any weight"):
        Lottery.of([1.0, 0.0, 0.0], (0, 1))
