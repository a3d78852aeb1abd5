from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chisquare

from defenses.counts.noisy_max import NoisyMax
from defenses.dp.selection import noisy_max
from exports.errors import LabError
from exports.queries import CountQuery
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Column, Role, Schema

pytestmark = pytest.mark.statistical

SCORES = np.array([0, 1, 3, 3])
EPSILON = Fraction(3, 2)


def probabilities(sensitivity=1):
    weight = np.exp(float(EPSILON) * SCORES / (2 * sensitivity))
    return weight / weight.sum()


@pytest.mark.parametrize("sensitivity", [1, 2])
def test_a_simulated_choice_follows_the_exponential_mechanism(sensitivity):
    stream = Stream(1, "defence", "choices")
    chosen = [noisy_max(SCORES, EPSILON, stream.at(name=str(k)), sensitivity) for k in range(4000)]
    counts = np.bincount(chosen, minlength=4)
    assert chisquare(counts, 4000 * probabilities(sensitivity)).pvalue > 1e-6


@pytest.mark.extra("dp")
def test_a_choice_in_earnest_follows_the_same_distribution():
    counts = np.bincount([noisy_max(SCORES, EPSILON, None) for _ in range(4000)], minlength=4)
    assert chisquare(counts, 4000 * probabilities()).pvalue > 1e-6


def test_scores_far_apart_and_negative_are_no_trouble():
    scores = np.array([-(10**9), 0, 10**9])
    assert noisy_max(scores, Fraction(1, 10), Stream(1, "defence", "far")) == 2


def test_the_defence_chooses_among_declared_values_by_people_and_charges_for_one_choice(tmp_path):
    schema = Schema({"x": Column(Role.SENSITIVE, domain=("a", "b", "c"))}, person="who")
    table = pa.table({"x": ["a"] * 9 + ["b"] * 3 + ["z"] * 50, "who": [1] * 9 + [2, 3, 4] + [5] * 50})
    export = Export(table, schema)
    chosen = [NoisyMax("x", "1.5", seed=seed).transform(export).rows["x"][0].as_py() for seed in range(300)]
    weight = np.exp(1.5 * np.array([1, 3, 0]) / 2)
    counts = [chosen.count(value) for value in "abc"]
    assert chisquare(counts, 300 * weight / weight.sum()).pvalue > 1e-6
    release = NoisyMax(
        "x", 0.5, seed=1, ledger=tmp_path / "ledger", dataset="intake", budget="0.7"
    ).transform(export)
    assert repr(release.guarantee) == 'epsilon=0.5, unit="person"'
    with pytest.raises(LabError, match=r"needed epsilon 0\.3, left 0\.2"):
        NoisyMax("x", 0.3, seed=1, ledger=tmp_path / "ledger", dataset="intake").transform(export)
    with pytest.raises(LabError, match="no count"):
        release.ask(CountQuery())
