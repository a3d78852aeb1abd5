"""Exact integer noise: discrete Laplace and discrete Gaussian, in earnest or in simulation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from defenses.dp.budget import KnownLoss
from defenses.dp.random_bits import Bits, filled
from exports.errors import LabError, MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream

LARGEST_SCALE = 2**24
"""Above this scale intermediate products would leave 64 bits."""
LONGEST_FRACTION = 2**40
"""Largest numerator and denominator of a scale that is taken as it is."""


@dataclass(frozen=True, slots=True)
class Laplace:
    """Discrete Laplace noise: probability of z proportional to ``exp(-|z| / scale)``.

    On integers it is the two-sided geometric mechanism as well.

    A scale with many digits is rounded up to 20 significant bits (at most a millionth more noise),
    so that the exact sampler stays within 64 bits.

    Parameters
    ----------
    scale : Fraction
        Sensitivity in l1 divided by epsilon, exact.

    Examples
    --------
    >>> Laplace(Fraction(2)).epsilon(l1=1)
    Fraction(1, 2)
    """

    scale: Fraction

    def __post_init__(self) -> None:
        _require_scale(self.scale)
        if max(self.scale.numerator, self.scale.denominator) > LONGEST_FRACTION:
            object.__setattr__(self, "scale", _coarse(self.scale))

    def epsilon(self, l1: int) -> Fraction:
        """Return the pure epsilon of one release for neighbours at distance ``l1``."""
        return l1 / self.scale

    def losses(self, l1: int, times: int = 1) -> tuple[KnownLoss, ...]:
        """Return what an account may use of so many numbers, each moved by ``l1`` in answers of its own.

        Only a move by one is the privacy loss of one such draw; a larger one may be spread over
        several numbers, for which the pure epsilon stands.
        """
        return (KnownLoss("laplace", self.scale, 1, times),) if l1 == 1 else ()


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Discrete Gaussian noise: probability of z proportional to ``exp(-z**2 / (2 sigma**2))``.

    ``sigma`` is rounded up to 12 significant bits (at most 0.05 % more noise), so that the
    exact sampler stays within 64 bits and OpenDP, which takes a float, draws from the very same
    distribution.

    Parameters
    ----------
    sigma : Fraction
        Scale; see ``rho`` for what it buys.

    Examples
    --------
    >>> Gaussian(Fraction(5)).rho(l2_squared=1)
    Fraction(1, 50)
    >>> Gaussian(Fraction(1, 3)).sigma
    Fraction(683, 2048)
    """

    sigma: Fraction

    def __post_init__(self) -> None:
        _require_scale(self.sigma)
        object.__setattr__(self, "sigma", _rounded_up(self.sigma))

    @classmethod
    def of(cls, rho: Fraction, l2_squared: int) -> Gaussian:
        """Return the least noise that costs at most ``rho`` for this squared l2 sensitivity."""
        square = Fraction(l2_squared) / (2 * rho)
        grid = 2**40
        return cls(Fraction(isqrt(int(square * grid * grid)) + 1, grid))

    def rho(self, l2_squared: int) -> Fraction:
        """Return the zero-concentrated cost of one release, exact."""
        return l2_squared / (2 * self.sigma**2)

    def losses(self, l2_squared: int) -> tuple[KnownLoss, ...]:
        """Return what an account may use of numbers that one person moves by so much together."""
        return (KnownLoss("gaussian", self.sigma, l2_squared),)


Noise = Laplace | Gaussian


def add_noise(counts: NDArray[np.int64], noise: Noise, stream: Stream | None) -> NDArray[np.int64]:
    """Return the counts with independent noise on each.

    Parameters
    ----------
    counts : array of int64, shape (n,)
        Exact counts.
    noise : Laplace or Gaussian
        What to add.
    stream : Stream or None
        None draws through OpenDP from the operating system's randomness: a release. A stream
        draws the same distribution reproducibly: a simulation, which protects nobody.

    Raises
    ------
    MissingExtraError
        For a release without the extra ``dp``.

    Examples
    --------
    >>> from exports import Stream
    >>> add_noise(np.zeros(5, dtype=np.int64), Laplace(Fraction(3)), Stream(1, "defence", "example"))
    array([ 1,  1, -3,  0,  0])
    """
    if stream is not None:
        draw = discrete_laplace if isinstance(noise, Laplace) else discrete_gaussian
        scale = noise.scale if isinstance(noise, Laplace) else noise.sigma
        return counts + draw(stream, len(counts), scale)
    return _opendp(counts, noise)


def _opendp(counts: NDArray[np.int64], noise: Noise) -> NDArray[np.int64]:
    try:
        from opendp.domains import atom_domain, vector_domain
        from opendp.measurements import make_gaussian, make_laplace
        from opendp.metrics import l1_distance, l2_distance
        from opendp.mod import enable_features
    except ImportError:
        raise MissingExtraError("A differentially private release", "dp") from None
    enable_features("contrib")
    domain = vector_domain(atom_domain(T="i64"), size=len(counts))
    if isinstance(noise, Laplace):
        scale = float(noise.scale)
        if Fraction(scale) < noise.scale:
            scale = float(np.nextafter(scale, np.inf))
        measurement = make_laplace(domain, l1_distance(T="i64"), scale=scale)
    else:
        measurement = make_gaussian(domain, l2_distance(T="i64"), scale=float(noise.sigma))
    noisy: NDArray[np.int64] = np.asarray(measurement(counts), dtype=np.int64)
    return noisy


def discrete_laplace(stream: Stream, n: int, scale: Fraction) -> NDArray[np.int64]:
    """Return ``n`` draws of the discrete Laplace distribution in exact integer arithmetic.

    References
    ----------
    Canonne, Kamath and Steinke (2020), The Discrete Gaussian for Differential Privacy,
    arXiv:2004.00010, algorithm 2.

    Examples
    --------
    >>> from exports import Stream
    >>> discrete_laplace(Stream(1, "defence", "example"), 5, Fraction(3))
    array([ 1,  1, -3,  0,  0])
    """
    bits = Bits(stream)
    return filled(n, lambda size: _laplace_proposals(bits, size, scale))


def discrete_gaussian(stream: Stream, n: int, sigma: Fraction) -> NDArray[np.int64]:
    """Return ``n`` draws of the discrete Gaussian distribution in exact integer arithmetic.

    References
    ----------
    Canonne, Kamath and Steinke (2020), arXiv:2004.00010, algorithm 3.

    Examples
    --------
    >>> from exports import Stream
    >>> discrete_gaussian(Stream(1, "defence", "example"), 5, Fraction(3))
    array([ 1, -3, -3,  1, -1])
    """
    bits = Bits(stream)
    square = _rounded_up(sigma) ** 2
    p, q = square.numerator, square.denominator
    whole = isqrt(p) if q == 1 and isqrt(p) ** 2 == p else 0
    t = whole or int(_rounded_up(sigma)) + 1

    def proposals(size: int) -> NDArray[np.int64]:
        drawn = filled(size, lambda missing: _laplace_proposals(bits, missing, Fraction(t)))
        if whole:
            numerator, denominator = (np.abs(drawn) - t) ** 2, 2 * p
        else:
            numerator, denominator = (np.abs(drawn) * (q * t) - p) ** 2, 2 * p * q * t * t
        return drawn[bits.any_exp(numerator, denominator)]

    return filled(n, proposals)


def _laplace_proposals(bits: Bits, n: int, scale: Fraction) -> NDArray[np.int64]:
    t, s = scale.numerator, scale.denominator
    below = bits.below(t, n)
    below = below[bits.small_exp(below, t)]
    magnitude = (below + t * bits.successes(len(below))) // s
    negative = bits.below(2, len(below)) == 1
    kept = ~(negative & (magnitude == 0))
    signed: NDArray[np.int64] = np.where(negative, -magnitude, magnitude)[kept]
    return signed


def _rounded_up(sigma: Fraction) -> Fraction:
    """Return the next multiple of 2**-11 that has at most 12 significant bits."""
    shift = max(-11, int(sigma).bit_length() - 12)
    step = Fraction(2) ** shift
    return -(-sigma // step) * step


def _coarse(scale: Fraction) -> Fraction:
    """Return the next larger number with at most 20 significant bits."""
    size = scale.numerator.bit_length() - scale.denominator.bit_length()
    step = Fraction(2) ** (size - 19)
    return -(-scale // step) * step


def _require_scale(scale: Fraction) -> None:
    if not Fraction(1, LARGEST_SCALE) <= scale <= LARGEST_SCALE:
        told = f"{float(scale):.3g}" if scale < 10**300 else "above 1e300"
        limits = f"[1 / {LARGEST_SCALE}, {LARGEST_SCALE}]"
        raise LabError(f"The noise would have scale {told}, outside {limits}: change epsilon.")
