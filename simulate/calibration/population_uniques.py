"""How many of the country's residents are alone in place, sex and date of birth, by the model's own cells.

These are figures of the whole country at its census population. They follow from the cell
probabilities that people are drawn with, not from a sample of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import OLDEST, residents_by_age
from simulate.attributes.names import name_pool
from simulate.tables import table

BIRTH_DATES_PER_YEAR = 365.25
ADULT = 18


def group_sizes() -> NDArray[np.float64]:
    """Return the expected residents of each ZCTA, sex and single year of age, in July 2018."""
    place = table("zctas")["population"].to_numpy()
    sizes: NDArray[np.float64] = np.multiply.outer(place / place.sum(), residents_by_age().ravel())
    return sizes


def expected_unique(sizes: NDArray[np.float64], dates: float = BIRTH_DATES_PER_YEAR) -> float:
    """Return the expected share of people whose date of birth nobody else of their group has.

    Parameters
    ----------
    sizes : array of float
        People per group of one place, sex and year of birth.
    dates : float
        Birth dates told apart in a year: 365.25 for days, 12 for months, 1 for the year alone.

    References
    ----------
    Golle (2006), doi:10.1145/1179601.1179615.

    Examples
    --------
    >>> round(expected_unique(group_sizes()), 2)
    0.64
    """
    # n people of a group are alone with chance (1 - 1/dates)**(n - 1) each; below one person, all are. Where
    # all share the one date, nobody else is drawn with the chance of none of a Poisson number.
    if dates == 1:
        return float((sizes * np.exp(-sizes)).sum() / sizes.sum())
    alone = np.exp(np.log1p(-1 / dates) * np.maximum(sizes - 1, 0))
    return float((sizes * alone).sum() / sizes.sum())


def pigeonhole_unique(sizes: NDArray[np.float64], dates: int = 365) -> float:
    """Return the share of people in groups that are no larger than the birth dates of a year.

    References
    ----------
    Sweeney (2000), Simple demographics often identify people uniquely. Carnegie Mellon
    University, Data Privacy Working Paper 3.
    """
    return float(sizes[sizes <= dates].sum() / sizes.sum())


def full_name_collision() -> float:
    """Return the chance that two adults have the same given name and surname, both independent."""
    pool = name_pool()
    lottery = pool.given_lottery
    women_and_men = residents_by_age()
    given = np.zeros(len(pool.given))
    for cell in range(len(lottery.start)):
        first = pool.first_cohort + cell // 2 * pool.cohort_years
        born = np.arange(first, first + pool.cohort_years)
        ages = 2018 - born
        living = women_and_men[cell % 2, ages[(ages >= ADULT) & (ages <= OLDEST)]].sum()
        rows = pool.given_codes[int(lottery.start[cell]) :][: int(lottery.size[cell])]
        given += living * np.bincount(rows, lottery.chances(cell), len(given))
    given /= given.sum()
    surname = pool.surname_lotteries[0].chances()
    return float((given**2).sum() * (surname**2).sum())
