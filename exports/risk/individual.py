"""Individual risk of a sample survey, whose rows stand for many people of the population."""

from __future__ import annotations

import numpy as np

from exports.coding import Floats


def individual_risk(sample: Floats, population: Floats) -> Floats:
    """Return the expected chance to find the person behind a row among those who look alike.

    The size of the class in the population is taken as negative binomial given its size in the
    sample, as in sdcMicro: exact for one or two rows, approximated above.

    Parameters
    ----------
    sample : array of float64
        Rows of the sample that look alike, for each row.
    population : array of float64
        Sum of their sampling weights.

    References
    ----------
    Benedetti and Franconi (1998), Proc. New Techniques and Technologies for Statistics; Franconi
    and Polettini (2004), doi:10.1007/978-3-540-25955-8_20.

    Examples
    --------
    >>> individual_risk(np.array([1.0, 2.0]), np.array([17.0, 110.0])).round(6)
    array([0.177076, 0.017144])
    """
    p = np.clip(sample / population, 1e-300, 1.0)
    q = 1 - p
    odds = np.divide(p, q, out=np.ones_like(p), where=q > 0)
    log = -np.log(p)
    risk = p / (sample - q)
    one, two = sample == 1, sample == 2
    risk[one] = (odds * log)[one]
    risk[two] = (odds - odds**2 * log)[two]
    return np.where(q > 1e-12, risk, 1 / sample)
