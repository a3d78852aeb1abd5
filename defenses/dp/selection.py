"""Private selection: report the best of several candidates, and nothing about the others."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from defenses.dp.budget import Cost
from defenses.dp.random_bits import Bits
from exports.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


LONGEST_FRACTION = 2**30
"""Largest numerator and denominator of a rate that is taken as it is."""
FINEST_RATE = 2**30


def noisy_max(
    scores: NDArray[np.int64], epsilon: Fraction, stream: Stream | None, sensitivity: int = 1
) -> int:
    """Return the index of a high score: report-noisy-max with Gumbel noise, the exponential mechanism.

    The probability of index i is proportional to ``exp(epsilon * scores[i] / (2 * sensitivity))``.

    Parameters
    ----------
    scores : array of int64, shape (n,)
        Scores of public candidates; one person changes each by at most ``sensitivity``.
    epsilon : Fraction
        Pure epsilon of the choice.
    stream : Stream or None
        None draws through OpenDP from the operating system; a stream simulates exactly.

    Raises
    ------
    MissingExtraError
        For a choice in earnest without the extra ``dp``.

    References
    ----------
    McSherry and Talwar (2007), doi:10.1109/FOCS.2007.66.

    Examples
    --------
    >>> from exports import Stream
    >>> noisy_max(np.array([0, 50, 3]), Fraction(1), Stream(1, "defence", "example"))
    1
    """
    if stream is not None:
        return _exact(scores, epsilon / (2 * sensitivity), Bits(stream))
    try:
        from opendp.domains import atom_domain, vector_domain
        from opendp.measurements import make_noisy_max
        from opendp.measures import zero_concentrated_divergence
        from opendp.metrics import linf_distance
        from opendp.mod import enable_features
    except ImportError:
        raise MissingExtraError("A differentially private choice", "dp") from None
    enable_features("contrib")
    scale = float(np.nextafter(float(2 * sensitivity / epsilon), np.inf))
    space = vector_domain(atom_domain(T="i64")), linf_distance(T="i64")
    return int(make_noisy_max(*space, zero_concentrated_divergence(), scale=scale)(scores.tolist()))


def selection_cost(epsilon: Fraction) -> Cost:
    """Return the cost of one choice: pure epsilon, and only ``epsilon**2 / 8`` in zCDP.

    References
    ----------
    Cesar and Rogers (2021), Bounding, Concentrating, and Truncating, arXiv:2004.07223.

    Examples
    --------
    >>> selection_cost(Fraction(1)).rho
    Fraction(1, 8)
    """
    return Cost(epsilon, epsilon**2 / 8)


def _exact(scores: NDArray[np.int64], rate: Fraction, bits: Bits) -> int:
    """Draw candidates uniformly until one is accepted with ``exp(rate * (score - best))``.

    A rate with many digits is rounded down, towards more noise, so that all products fit 64 bits.
    """
    if max(rate.numerator, rate.denominator) > LONGEST_FRACTION:
        rate = Fraction(int(rate * FINEST_RATE), FINEST_RATE)
    if rate == 0:
        return int(bits.below(len(scores), 1)[0])
    # Behind by so much, a candidate's chance is below exp(-2**30) and the product still fits.
    behind = np.minimum(scores.max() - scores, 2**61 // rate.numerator) * rate.numerator
    while True:
        drawn = bits.below(len(scores), 64)
        accepted = drawn[bits.any_exp(behind[drawn], rate.denominator)]
        if accepted.size:
            return int(accepted[0])
