"""What an attack on margins learns from our own tree synthesiser rises with epsilon and stays within it."""

from math import exp

import pytest

from benchmarks.membership_of_mst import DELTA, RATE, learnt

REPLICATES = 3


@pytest.mark.slow
@pytest.mark.extra("synth")
def test_members_are_told_the_more_the_larger_epsilon_and_never_more_than_it_allows():
    told = {epsilon: learnt(epsilon, REPLICATES) for epsilon in (0.5, 100.0)}
    share = {epsilon: found / of for epsilon, (found, of) in told.items()}
    # 600 members: five standard errors, so that a right synthesiser fails less than once in a million runs
    allowed = exp(0.5) * RATE + DELTA
    assert share[0.5] <= allowed + 5 * (allowed * (1 - allowed) / told[0.5][1]) ** 0.5
    assert share[100.0] > share[0.5] + 0.2
