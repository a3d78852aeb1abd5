from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chisquare

from defenses.selection import noisy_max
from exports.randomness import Stream

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
