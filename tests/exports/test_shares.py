import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from exports.shares import Share, clopper_pearson, wilson

proportions = st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(proportions, st.sampled_from([0.8, 0.95, 0.99]))
def test_both_intervals_equal_scipys(proportion, confidence):
    count, of = proportion
    test = binomtest(count, of)
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
        expected = test.proportion_ci(confidence, method=method)
        assert ours(count, of, confidence) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(proportions)
def test_an_interval_holds_the_observed_rate(proportion):
    share = Share(*proportion, "estimated")
    low, high = share.interval
    assert 0 <= low <= share.share <= high <= 1


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_none_of_n_and_all_of_n_are_reported_as_observed_with_an_interval_on_one_side(interval):
    none, every = Share(0, 500, "estimated"), Share(500, 500, "estimated")
    assert (none.share, every.share) == (0.0, 1.0)
    low, high = interval(0, 500)
    assert low == 0.0 < high < 0.01
    assert interval(500, 500) == pytest.approx((1 - high, 1.0))


def test_nothing_tried_is_no_rate_and_never_nan():
    share = Share(0, 0, "estimated")
    assert share.share is None
    assert share.interval == (0.0, 1.0)
    assert not any(isinstance(value, float) and math.isnan(value) for value in share.to_json().values())


def test_a_complete_count_prints_no_interval_and_the_others_print_theirs():
    assert repr(Share(1, 2)) == "50.0 % (1 of 2)"
    assert "[" in repr(Share(1, 2, "estimated"))
    assert "simulation error" in repr(Share(1, 2, "simulated"))


@pytest.mark.parametrize(("count", "of"), [(-1, 3), (4, 3), (1, 0)])
def test_an_impossible_share_is_refused(count, of):
    with pytest.raises(ValueError, match="0 <= count <= of"):
        Share(count, of)
