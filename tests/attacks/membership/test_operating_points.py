"""Thresholds taken from controls keep their false positive rate, and too few controls claim nothing."""

import numpy as np
import pytest

from attacks.membership.operating_points import predictive_value, result_of_scores, tail, tail_of_control
from exports.errors import LabError


def _result(inside, outside, **more):
    return result_of_scores(
        "test", inside, outside, rows=np.arange(len(inside)), prior=0.01, asked=len(inside), seed=1, **more
    )


def test_a_perfect_score_is_always_right_and_a_random_one_never_better():
    rng = np.random.default_rng(1)
    perfect = _result(np.ones(500), np.zeros(2_000))
    assert perfect.attack.share == 1
    assert perfect.advantage.value == pytest.approx(0.9)
    worthless = _result(rng.random(2_000), rng.random(2_000))
    assert worthless.advantage.low < 0 < worthless.advantage.high


def test_a_rate_is_reported_only_with_ten_over_rate_controls():
    for controls, rates in ((100, {"0.1"}), (1_000, {"0.1", "0.01"}), (10_000, {"0.1", "0.01", "0.001"})):
        found = _result(np.ones(10), np.arange(controls))
        assert set(found.series["at"]) == rates
        for rate, point in found.series["at"].items():
            assert point["false_positives"]["share"] == pytest.approx(float(rate))
    with pytest.raises(LabError, match="99 controls"):
        _result(np.ones(10), np.zeros(99))


def test_equal_scores_are_told_apart_by_lot():
    found = _result(np.zeros(5_000), np.zeros(5_000))
    assert found.attack.share == pytest.approx(0.1, abs=0.02)
    assert found.control.share == pytest.approx(0.1)
    lots = np.random.default_rng(1).random(400)
    assert np.sort(tail_of_control(np.zeros(400), lots)).tolist() == (np.arange(1, 401) / 400).tolist()


def test_the_tail_of_a_person_like_the_controls_is_uniform():
    rng = np.random.default_rng(2)
    controls, people = rng.normal(size=1_000).round(1), rng.normal(size=20_000).round(1)
    found = tail(people, controls, rng.random(20_000))
    assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.03)


def test_the_positive_predictive_value_is_that_of_bayes_at_the_stated_prior():
    inside, outside = np.repeat([2.0, -2.0], [60, 40]), np.repeat([1.0, -1.0], [10, 90])
    point = _result(inside, outside).series["at"]["0.1"]
    assert point["positive_predictive_value"] == pytest.approx(0.006 / (0.006 + 0.099))


def test_a_test_that_is_mostly_right_is_mostly_wrong_about_a_trait_that_is_rare():
    sure, outside = np.repeat([4.0, 0.0], [9_600, 400]), np.linspace(1, 3, 10_000)
    points = result_of_scores(
        "test", sure, outside, rows=np.arange(10_000), prior=0.001, asked=10_000, seed=1
    ).series["at"]
    assert set(points) == {"0.1", "0.01", "0.001"}
    told = points["0.1"]
    assert told["true_positives"]["share"] == 0.96
    assert told["positive_predictive_value"] == pytest.approx(0.96e-3 / (0.96e-3 + 0.1 * 0.999), rel=1e-3)
    assert predictive_value(0.96, 0.04, 0.001) == pytest.approx(0.023, abs=5e-4)


def test_the_most_exposed_records_come_first_and_groups_share_the_threshold():
    inside = np.r_[np.full(50, 5.0), np.zeros(50)]
    groups = np.repeat(["rare", "common"], 50)
    outside = np.random.default_rng(1).normal(size=1_000)
    found = _result(inside, outside, groups=(groups, np.repeat(["rare", "common"], 500)))
    assert all(record["row"] < 50 for record in found.series["most_exposed"])
    assert found.worst_group == "rare"
    assert found.groups["rare"].attack.count == 50
    assert found.groups["common"].attack.count == 0
    lonely = _result(inside, outside, groups=(groups, np.repeat("common", 1_000)))
    assert lonely.groups["rare"].advantage.value is None
