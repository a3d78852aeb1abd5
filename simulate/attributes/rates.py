"""Published rates by age group and by sex, combined into one rate per age and sex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import OLDEST, residents_by_age

ROUNDS = 50


def band_of_age(bands: tuple[str, ...]) -> NDArray[np.int64]:
    """Return, for each age from 0, the band it is in; ages outside take the nearest one.

    Examples
    --------
    >>> band_of_age(("18-29", "30-49", "50-"))[[5, 18, 29, 30, 104]]
    array([0, 0, 0, 1, 2])
    """
    starts = [int(band.split("-")[0]) for band in bands]
    return np.clip(np.searchsorted(starts, np.arange(OLDEST + 1), side="right") - 1, 0, len(bands) - 1)


def rates(by_age: Mapping[str, float], by_sex: tuple[float, float] | None = None) -> NDArray[np.float64]:
    """Return the rate for each sex (women, men) and single year of age.

    Rates are the product of an age and a sex effect, raked so that adults have the published
    rates by sex and, exactly, those by age.

    Parameters
    ----------
    by_age : mapping of str to float
        Rate of each age group, named by its first and last age ("18-29"); the last may be open ("65-").
    by_sex : tuple of float, optional
        Rates of women and men.

    Examples
    --------
    >>> table = rates({"18-49": 0.3, "50-": 0.1}, (0.25, 0.15))
    >>> table[:, [20, 80]].round(3)
    array([[0.381, 0.124],
           [0.22 , 0.072]])
    """
    band = band_of_age(tuple(by_age))
    wanted = np.array([*by_age.values()])
    people = residents_by_age().copy()
    people[:, :18] = 0.0
    weights = np.stack([np.bincount(band, row, len(wanted)) for row in people])
    table = np.broadcast_to(wanted, weights.shape).copy()
    for _ in range(ROUNDS if by_sex else 0):
        found = (table * weights).sum(axis=1) / weights.sum(axis=1)
        table *= (np.array(by_sex) / found)[:, None]
        table *= wanted * weights.sum(axis=0) / (table * weights).sum(axis=0)
    spread: NDArray[np.float64] = table[:, band]
    return np.minimum(spread, 1.0)


@dataclass(frozen=True)
class Rate:
    """A published rate among adults: by age, by sex, and where it was read.

    Parameters
    ----------
    by_age, by_sex
        As :func:`rates` takes them.
    source : str
        Publication and status (seen, believed, assumed).
    """

    by_age: dict[str, float]
    by_sex: tuple[float, float] | None
    source: str

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """Rate for each sex (women, men) and single year of age."""
        return rates(self.by_age, self.by_sex)

    @cached_property
    def cut(self) -> NDArray[np.float64]:
        """Standard normal liability above which people of each sex and age are counted."""
        from scipy.special import ndtri

        cuts: NDArray[np.float64] = -ndtri(self.table)
        return cuts
