"""Whether integers were drawn from a distribution: the oracle of every test of noise."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc


def chi_square(draws: NDArray[np.int64], pmf: Callable[[NDArray[np.int64]], NDArray[np.float64]]) -> float:
    """Return the p-value of integer draws against the exact probability mass function.

    Values expected fewer than five times are pooled into the two tails, which are taken to be
    equally likely.

    Parameters
    ----------
    draws : array of int64, shape (n,)
        What the mechanism added.
    pmf : callable
        Probabilities of an array of integers, of a distribution symmetric around 0.

    Examples
    --------
    >>> fair = np.repeat([-1, 0, 1], 1000)
    >>> chi_square(fair, lambda z: np.where(np.abs(z) <= 1, 1 / 3, 0.0))
    1.0
    """
    reach = int(np.abs(draws).max()) + 1
    support = np.arange(-reach, reach + 1)
    inner = support[pmf(support) * len(draws) >= 5]
    low, high = int(inner[0]), int(inner[-1])
    seen = np.bincount(np.clip(draws, low - 1, high + 1) - (low - 1), minlength=high - low + 3)
    inside = pmf(np.arange(low, high + 1))
    tail = max(0.0, (1 - float(inside.sum())) / 2)
    expected = np.concatenate([[tail], inside, [tail]]) * len(draws)
    possible = expected > 1e-6
    if seen[~possible].any():
        return 0.0
    statistic = ((seen - expected)[possible] ** 2 / expected[possible]).sum()
    return float(chdtrc(possible.sum() - 1, statistic))
