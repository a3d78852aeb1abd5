"""The headline and its interval hold at every edge and cover as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attacks.advantage import advantage, detectable, difference, effective, needed, paired_advantage
from exports.randomness import Stream
from exports.shares import Share

pytestmark = pytest.mark.statistical

STREAM = Stream(5, "attack", "test")
counts = st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts, counts)
def test_an_advantage_is_a_number_within_its_interval_or_none_with_a_reason(hit, held):
    found = advantage(Share(*hit), Share(*held), "control")
    if found.value is None:
        assert found.reason
        assert found.low is None
        assert found.high is None
    else:
        assert found.low - 1e-12 <= found.value <= found.high + 1e-12 <= 1 + 2e-12
        assert np.isfinite([found.low, found.high]).all()


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 5)), max_size=40))
def test_a_paired_advantage_is_finite_or_none_with_a_reason_also_for_repeated_people(rows):
    right, guessed, people = (np.array([row[i] for row in rows]) for i in range(3))
    right, guessed = right.astype(bool), guessed.astype(bool)
    found = paired_advantage(right, guessed, "baseline", stream=STREAM, people=people)
    if found.value is None:
        assert found.reason
    else:
        assert np.isfinite([found.value, found.low, found.high]).all()


@pytest.mark.parametrize(("hits", "value"), [(0, -0.25), (300, 1.0)])
def test_an_attack_that_never_or_always_succeeds_has_an_interval_of_either_kind(hits, value):
    right, guessed = np.arange(300) < hits, np.arange(300) < 60
    for found in (
        advantage(Share(hits, 300), Share(60, 300), "control"),
        paired_advantage(right, guessed, "baseline", stream=STREAM),
    ):
        assert found.value == pytest.approx(value)
        assert found.low < found.high
    gap, low, high = difference(Share(hits, 300), Share(60, 300))
    assert low < gap < high


def test_a_worse_attack_than_its_reference_is_not_clipped_at_zero():
    assert advantage(Share(0, 100), Share(50, 100), "control").value == -1.0


@pytest.mark.parametrize(("rate", "reference"), [(0.5, 0.5), (0.9, 0.6), (0.03, 0.02), (0.99, 0.9)])
def test_the_interval_for_disjoint_people_covers_the_truth_about_95_times_in_100(rate, reference):
    n, runs = 400, 1_500
    truth = 1 - (1 - rate) / (1 - reference)
    hits = (STREAM.at(name=f"hits{rate}").uniforms(n * runs).reshape(runs, n) < rate).sum(axis=1)
    held = (STREAM.at(name=f"held{rate}").uniforms(n * runs).reshape(runs, n) < reference).sum(axis=1)
    covered = 0
    for hit, against in zip(hits, held, strict=True):
        found = advantage(Share(int(hit), n), Share(int(against), n), "control")
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / runs <= 0.975


def test_the_bootstrap_covers_the_truth_and_is_narrower_when_guesses_agree():
    n, runs, covered, narrower = 500, 300, 0, 0
    for run in range(runs):
        guessed = STREAM.at(name=f"guessed{run}").uniforms(n) < 0.4
        right = guessed | (STREAM.at(name=f"more{run}").uniforms(n) < 0.1)
        found = paired_advantage(right, guessed, "baseline", stream=STREAM.at(name=f"draw{run}"))
        disjoint = advantage(Share(int(right.sum()), n), Share(int(guessed.sum()), n), "baseline")
        covered += found.low <= 0.1 <= found.high
        narrower += found.high - found.low < disjoint.high - disjoint.low
    assert 0.91 <= covered / runs <= 0.985
    assert narrower == runs


def test_people_who_are_guessed_about_many_times_count_as_one_person_each():
    right = np.repeat([True, False, True, False], 25)
    guessed = np.repeat([False, False, True, True], 25)
    rows = paired_advantage(right, guessed, "baseline", stream=STREAM)
    persons = paired_advantage(right, guessed, "baseline", stream=STREAM, people=np.arange(100) // 10)
    assert persons.value == rows.value
    assert persons.high - persons.low > 2 * (rows.high - rows.low)


@given(st.integers(1, 300), counts)
def test_the_smallest_advantage_that_could_be_seen_is_seen_and_none_below_it(of, held):
    reference = Share(*held)
    smallest = detectable(of, reference)
    for count in range(of + 1):
        found = advantage(Share(count, of), reference, "baseline")
        if found.value is not None and smallest is not None:
            assert (found.low > 0) == (found.value >= smallest)
        else:
            assert found.low is None or found.low <= 0


def test_the_needed_number_of_targets_shows_the_gain_four_times_in_five():
    reference, gain = 0.6, 0.05
    n = needed(Share(600, 1000), gain)
    runs = 400
    hits = (STREAM.at(name="power").uniforms(n * runs).reshape(runs, n) < reference + gain * 0.4).sum(axis=1)
    held = (STREAM.at(name="power0").uniforms(n * runs).reshape(runs, n) < reference).sum(axis=1)
    seen = [
        advantage(Share(int(hit), n), Share(int(against), n), "control").low > 0
        for hit, against in zip(hits, held, strict=True)
    ]
    assert 0.74 <= np.mean(seen) <= 0.86


def test_newcombe_gives_his_published_example():
    assert difference(Share(56, 70), Share(48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert difference(Share(0, 0), Share(1, 2)) is None


def test_guesses_about_few_people_are_as_precise_as_about_so_many_people():
    rng = np.random.default_rng(1)
    rates = []
    for _ in range(400):
        person = rng.random(100) < 0.3
        rates.append(effective(np.repeat(person, 20), np.repeat(np.arange(100), 20)).of)
    assert np.median(rates) == pytest.approx(100, rel=0.1)
    alone = effective(rng.random(2_000) < 0.3, np.arange(2_000))
    assert alone.of == pytest.approx(2_000, rel=0.1)
