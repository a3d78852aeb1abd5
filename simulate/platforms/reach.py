"""Who has an account at a platform: its reach by age and sex, and the size it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulate.world import BRACKETS, Platform, Residents

OF_AGE_TO_ASK = 0.838
"""Residents aged 13 and over among all (Census NC-EST2019-AGESEX-RES, July 2018)."""
_LOWEST_AGES = (13, 18, 25, 30, 50, 65)


def brackets(ages: ArrayLike) -> NDArray[np.int64]:
    """Return the index into ``BRACKETS`` of each age in years; -1 under 13.

    Examples
    --------
    >>> brackets([12, 13, 29, 80]).tolist()
    [-1, 0, 2, 5]
    """
    return np.searchsorted(_LOWEST_AGES, np.asarray(ages), side="right") - 1


def reach_table(platform: Platform, residents: Residents) -> NDArray[np.float64]:
    """Return the share with an account by age bracket (rows) and man, woman (columns).

    Surveys publish use by age and by sex, never by both. Raking a table of residents to both
    margins gives the joint table without an interaction of age and sex. The margin by age holds
    exactly; that by sex is first scaled to the same total, from which surveys' rounding takes it
    up to a point away. Nothing is published for minors by sex: they get the adults' odds ratio.

    References
    ----------
    Deming and Stephan (1940), doi:10.1214/aoms/1177731829.

    Examples
    --------
    >>> from simulate import load_world
    >>> world = load_world()
    >>> reach_table(world.platforms["facebook"], world.residents).round(2)[3]
    array([0.7 , 0.84])
    """
    by_age = np.array([platform.reach[bracket] for bracket in BRACKETS])
    people = np.array([[residents.men[b], residents.women[b]] for b in BRACKETS], dtype=float)
    if platform.reach_by_sex is None or not by_age[1:].any():
        return np.repeat(by_age[:, None], 2, axis=1)
    yes = np.array([platform.reach_by_sex[sex] for sex in ("men", "women")]) * people[1:].sum(axis=0)
    women_yes = yes[1] / yes.sum() * (by_age[1:] * people[1:].sum(axis=1)).sum()

    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        joint = _rows_with_mean(by_age, people, np.exp(middle))
        too_few = (joint[1:, 1] * people[1:, 1]).sum() < women_yes
        low, high = (middle, high) if too_few else (low, middle)
    return _rows_with_mean(by_age, people, np.exp(middle))


def overall_reach(platform: Platform, residents: Residents) -> float:
    """Return the share of all residents, children included, who have an account.

    Examples
    --------
    >>> from simulate import load_world
    >>> world = load_world()
    >>> [round(overall_reach(world.platforms[name], world.residents), 2) for name in ("facebook", "snapchat")]
    [0.57, 0.24]
    """
    people = np.array([residents.men[b] + residents.women[b] for b in BRACKETS], dtype=float)
    holders = (np.array([platform.reach[b] for b in BRACKETS]) * people).sum()
    return float(holders / (people.sum() / OF_AGE_TO_ASK))


def _rows_with_mean(
    mean: NDArray[np.float64], people: NDArray[np.float64], ratio: float
) -> NDArray[np.float64]:
    """Return shares of men and women whose odds stand 1 to ``ratio``, with that mean by row."""
    women = people[:, 1] / people.sum(axis=1)
    square = (1 - women) * (ratio - 1)
    linear = 1 - women + women * ratio - mean * (ratio - 1)
    men = 2 * mean / (linear + np.sqrt(linear**2 + 4 * square * mean))
    shares: NDArray[np.float64] = np.clip(np.stack([men, with_odds(men, ratio)], axis=1), 0, 1)
    return shares


def with_odds(share: ArrayLike, factor: ArrayLike) -> NDArray[np.float64]:
    """Return the shares whose odds are ``factor`` times those given; 0 and 1 stay.

    Examples
    --------
    >>> with_odds([0.0, 0.5, 1.0], 3.0)
    array([0.  , 0.75, 1.  ])
    """
    share, factor = np.asarray(share, dtype=np.float64), np.asarray(factor, dtype=np.float64)
    changed: NDArray[np.float64] = share * factor / (1 - share + share * factor)
    return changed


def shown_size(platform: Platform, matched: int) -> str:
    """Return the size of a matched list as the platform shows it to the advertiser.

    Examples
    --------
    >>> from simulate import load_world
    >>> platforms = load_world().platforms
    >>> shown_size(platforms["google"], 4_012_345), shown_size(platforms["facebook"], 4_012_345)
    ('4,000,000', '4,000,000 to 4,100,000')
    >>> shown_size(platforms["snapchat"], 999)
    'too few to use (under 1,000)'
    """
    if matched < platform.minimum_matched:
        return f"too few to use (under {platform.minimum_matched:,})"
    if platform.rounding == "exact":
        return f"{matched:,}"
    step = 10 ** max(len(str(matched)) - 2, 0)
    low = matched // step * step
    if platform.rounding == "two_digits":
        return f"{round(matched / step) * step:,}"
    return "below 1,000" if matched < 1_000 else f"{low:,} to {low + step:,}"
