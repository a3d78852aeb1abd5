from fractions import Fraction

import numpy as np
import pytest
from chi_square import chi_square

from defenses.dp.noise import Gaussian, Laplace, add_noise, discrete_gaussian, discrete_laplace
from exports.errors import LabError
from exports.randomness import Stream

pytestmark = pytest.mark.statistical

LEVEL = 1e-6
DRAWS = 200_000


def laplace_pmf(z, scale):
    ratio = np.exp(-1 / float(scale))
    return (1 - ratio) / (1 + ratio) * ratio ** np.abs(z)


def gaussian_pmf(z, sigma):
    support = np.arange(-60 * int(sigma + 1), 60 * int(sigma + 1) + 1)
    weight = np.exp(-(support**2) / (2 * float(sigma) ** 2))
    return np.exp(-(z**2) / (2 * float(sigma) ** 2)) / weight.sum()


@pytest.mark.parametrize("scale", [Fraction(1, 3), Fraction(1), Fraction(10, 3), Fraction(100)])
def test_discrete_laplace_draws_follow_the_exact_distribution(scale):
    drawn = discrete_laplace(Stream(1, "defence", "laplace"), DRAWS, scale)
    assert chi_square(drawn, lambda z: laplace_pmf(z, scale)) > LEVEL


@pytest.mark.parametrize(
    "sigma", [Fraction(1, 3), Fraction(1), Fraction(27, 8), Fraction(100), Fraction(5000)]
)
def test_discrete_gaussian_draws_follow_the_exact_distribution(sigma):
    sigma = Gaussian(sigma).sigma
    drawn = discrete_gaussian(Stream(2, "defence", "gaussian"), DRAWS, sigma)
    assert chi_square(drawn // max(1, int(sigma) // 50), lambda z: binned(gaussian_pmf, z, sigma)) > LEVEL


def binned(pmf, z, sigma):
    width = max(1, int(sigma) // 50)
    return pmf(np.add.outer(z * width, np.arange(width)), sigma).sum(axis=1)


def test_the_chi_square_sees_a_scale_that_is_two_percent_off():
    drawn = discrete_laplace(Stream(3, "defence", "off"), DRAWS, Fraction(1))
    assert chi_square(drawn, lambda z: laplace_pmf(z, 1.03)) < LEVEL


def test_the_chi_square_sees_rounded_continuous_noise():
    drawn = np.rint(np.random.default_rng(4).laplace(scale=1.0, size=DRAWS)).astype(np.int64)
    assert chi_square(drawn, lambda z: laplace_pmf(z, 1)) < LEVEL


@pytest.mark.extra("dp")
@pytest.mark.parametrize("noise", [Laplace(Fraction(10, 3)), Gaussian(Fraction(10, 3))])
def test_a_release_and_a_simulation_have_the_same_distribution(noise):
    zeros = np.zeros(50_000, dtype=np.int64)
    pmf, scale = (laplace_pmf, noise.scale) if isinstance(noise, Laplace) else (gaussian_pmf, noise.sigma)
    for stream in (None, Stream(5, "defence", "equal")):
        assert chi_square(add_noise(zeros, noise, stream), lambda z: pmf(z, scale)) > LEVEL


def test_two_releases_of_the_same_stream_are_equal_and_of_another_name_differ():
    zeros = np.zeros(1000, dtype=np.int64)
    first = add_noise(zeros, Laplace(Fraction(5)), Stream(1, "defence", "a"))
    assert (first == add_noise(zeros, Laplace(Fraction(5)), Stream(1, "defence", "a"))).all()
    assert (first != add_noise(zeros, Laplace(Fraction(5)), Stream(1, "defence", "b"))).any()


def test_gaussian_noise_is_at_most_half_a_per_mille_above_what_rho_needs():
    for rho in (Fraction(1, 10**6), Fraction(1, 3), Fraction(7)):
        spent = Gaussian.of(rho, 4).rho(4)
        assert spent <= rho <= spent * Fraction(1002, 1000)


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(-1), Fraction(2**24 + 1)])
def test_a_scale_out_of_range_is_refused(scale):
    for noise in (Laplace, Gaussian):
        with pytest.raises(LabError, match="scale"):
            noise(scale)


def test_the_largest_scale_stays_within_64_bits():
    drawn = discrete_gaussian(Stream(6, "defence", "large"), 20_000, Fraction(2**24))
    assert abs(drawn.std() / 2**24 - 1) < 0.05
