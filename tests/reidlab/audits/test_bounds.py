from fractions import Fraction

import numpy as np
import pytest
from chi_square import chi_square
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from defenses.dp.noise import discrete_laplace
from exports.errors import LabError
from exports.randomness import Stream
from reidlab.audits.bounds import many_runs_epsilon, one_run_epsilon
from reidlab.audits.result import audit_one_run, audit_worlds

pytestmark = pytest.mark.statistical

RUNS = 100_000


def laplace(name, runs=RUNS, scale=1):
    return discrete_laplace(Stream(11, "audit", name), runs, Fraction(scale))


def test_one_run_bounds_are_the_published_ones():
    found = [one_run_epsilon(r, r, v) for r, v in [(100, 100), (1000, 1000), (1000, 900), (1000, 550)]]
    assert np.round(found, 2).tolist() == [3.49, 5.81, 2.02, 0.09]


def test_caps_of_many_runs_are_the_published_ones():
    assert [round(many_runs_epsilon(n, n, 0, n), 2) for n in (100, 1000, 10_000, 100_000)] == [
        3.28,
        5.60,
        7.90,
        10.21,
    ]


@given(st.integers(1, 300), st.integers(0, 300), st.floats(0, 1e-3))
def test_more_right_guesses_show_more_and_delta_shows_less(guesses, correct, delta):
    correct = min(correct, guesses)
    bound = one_run_epsilon(300, guesses, correct, delta=delta)
    assert bound <= one_run_epsilon(300, guesses, correct) + 1e-9
    if correct:
        assert bound >= one_run_epsilon(300, guesses, correct - 1, delta=delta) - 1e-6
    if correct <= guesses / 2:
        assert bound == 0


def test_the_p_value_with_delta_is_the_largest_over_all_steps():
    m, r, v, epsilon, delta = 50, 40, 33, 1.0, 1e-3
    rate = 1 / (1 + np.exp(-epsilon))
    most = max(binom.pmf(np.arange(v - i, v), r, rate).sum() / i for i in range(1, v + 1))
    level = binom.sf(v - 1, r, rate) + 2 * m * delta * most
    assert one_run_epsilon(m, r, v, delta=delta, level=level) == pytest.approx(epsilon, abs=1e-6)


@pytest.mark.parametrize(("canaries", "guesses", "correct"), [(5, 6, 1), (5, 4, 5), (5, 4, -1)])
def test_impossible_counts_are_refused(canaries, guesses, correct):
    with pytest.raises(LabError, match="right guesses"):
        one_run_epsilon(canaries, guesses, correct)


def test_randomised_response_is_found_to_hold_and_nearly_tight():
    flips = Stream(3, "audit", "flips")

    def run(inside):
        return np.where(flips.uniforms(len(inside)) < np.e / (1 + np.e), inside, ~inside)

    found = audit_one_run("randomised response", run, 20_000, Stream(3, "audit", "inside"), claimed=1)
    assert 0.5 < found.epsilon <= 1
    assert not found.caught


def test_a_sound_mechanism_passes_and_the_bound_is_nearly_tight():
    found = audit_worlds("Laplace", 1 + laplace("with"), laplace("without"), claimed=1)
    assert 0.9 < found.epsilon <= 1
    assert not found.caught
    assert found.to_json()["caught"] is False
    assert found.to_frame().shape == (1, len(found.to_json()))


def test_a_wrong_sensitivity_is_caught():
    found = audit_worlds("wrong sensitivity", 2 + laplace("with"), laplace("without"), claimed=1)
    assert found.caught
    assert found.epsilon > 1.5


def test_floating_point_noise_is_caught_by_its_bits():
    rng = np.random.default_rng(5)
    worlds = [x + rng.laplace(size=RUNS) for x in (0.0, 1.0)]
    found = audit_worlds("floating point", *worlds, claimed=1)
    assert found.caught
    assert "grid" in found.feature
    assert found.epsilon > 5


def test_noise_used_twice_is_caught_by_how_the_outputs_hang_together():
    noise = laplace("shared")
    found = audit_worlds(
        "noise used twice",
        np.column_stack([1 + noise, noise]),
        np.column_stack([noise, noise]),
        claimed=1,
    )
    assert found.caught
    assert found.epsilon == pytest.approx(found.cap, abs=0.01)


def test_a_domain_read_from_the_data_is_caught_by_which_outputs_are_there():
    with_person = np.column_stack([laplace("a"), 1 + laplace("b")]).astype(float)
    without = np.column_stack([laplace("c"), np.full(RUNS, np.nan)])
    found = audit_worlds("domain from the data", with_person, without, claimed=1)
    assert found.caught
    assert found.feature == "which outputs are there"


def test_the_choice_of_the_event_costs_no_confidence():
    """With two equal worlds and level 0.2 at most a fifth of the audits may show anything."""
    stream = Stream(7, "audit", "null")
    worlds = stream.normals(2 * 300 * 200).reshape(300, 2, 200)
    shown = sum(audit_worlds("equal", *pair, claimed=0.0, level=0.2).caught for pair in worlds)
    assert shown < 300 * 0.2


def test_chi_square_is_uniform_under_the_right_distribution():
    pmf = lambda z: np.tanh(0.5) * np.exp(-np.abs(z))  # noqa: E731
    values = [chi_square(laplace(f"chi {number}", 2000), pmf) for number in range(200)]
    assert 0.35 < np.mean(values) < 0.65
    assert min(values) > 1e-6
