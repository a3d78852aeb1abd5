"""Age and sex of the country's residents and of those among them who visit the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exports.randomness import BLOCK, Stream
from simulate.lottery import pick

SEXES = ("female", "male")
OLDEST = 104
FIRST_YEAR, LAST_YEAR = 1880, 2040
COUNTED_ON = date(2018, 12, 31)
"""The day on which ages are counted: the date of the case's largest upload."""

Population = Literal["residents", "visitors", "later", "outsiders"]
VISITING: tuple[Population, ...] = ("visitors", "later")
FIRST_ID: dict[Population, int] = {
    "visitors": 0,
    "later": 1 << 32,
    "residents": 2 << 32,
    "outsiders": 3 << 32,
}

RESIDENTS_2018: dict[str, tuple[int, ...]] = {
    "female": (
        *(9_656_708, 9_875_661, 10_214_465, 10_308_698, 10_641_921, 11_518_453, 10_928_815),
        *(10_758_746, 9_900_285, 10_468_471, 10_594_662, 11_258_883, 10_587_755, 9_042_012),
        *(7_181_809, 5_116_457, 3_538_219, 2_402_081, 1_308_076, 427_437, 72_153),
    ),
    "male": (
        *(10_106_254, 10_312_624, 10_654_164, 10_755_963, 11_166_165, 11_992_508, 11_170_334),
        *(10_773_276, 9_781_167, 10_250_054, 10_264_519, 10_658_799, 9_718_812, 8_025_207),
        *(6_200_155, 4_135_618, 2_585_562, 1_493_217, 652_309, 168_142, 20_885),
    ),
}
"""Residents by sex and five years of age (0-4 ... 95-99, 100+), Census NC-EST2019-AGESEX, July 2018."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who comes to the site and when; a case file fills it.

    Parameters
    ----------
    signups : dict of int to int
        Visitors by year; only the proportions matter.
    collected_by : date
        Visitors of years up to this date's are the population ``visitors``, others are ``later``.
    ages : dict of str to float
        Shares of age groups on the day of the visit. Assumed; adults as in the case's match arithmetic.
    women_share : float
        Share of women. Assumed from tables of therapy use.
    distress : float
        By how many standard deviations visitors are more distressed than residents of the same
        age and sex. Assumed.
    typo, plus_tag : float
        Shares of addresses that are mistyped at entry (assumed) and that carry a plus tag (Adobe 2013).
    no_address, not_personal : float
        Shares of entries that are no address at all, and that are nobody's own: of an office or
        disposable. Assumed.
    returning : float
        Share of visitors who come again and leave their address a second time. Assumed.
    lives_with_visitor, shares_address : float
        Share of those in a couple who live with an earlier visitor, and share of them who give the
        partner's address. Assumed.
    """

    signups: dict[int, int] = field(
        default_factory=lambda: {
            **{2013: 100_000, 2014: 300_000, 2015: 700_000, 2016: 1_200_000, 2017: 2_000_000},
            **{2018: 2_700_000, 2019: 2_600_000, 2020: 3_000_000},
        }
    )
    collected_by: date = COUNTED_ON
    ages: dict[str, float] = field(
        default_factory=lambda: {
            **{"13-17": 0.02, "18-29": 0.343, "30-49": 0.441, "50-64": 0.147},
            "65-89": 0.049,
        }
    )
    women_share: float = 0.61
    distress: float = 1.4
    typo: float = 0.01
    plus_tag: float = 0.0003
    no_address: float = 0.003
    not_personal: float = 0.006
    returning: float = 0.02
    lives_with_visitor: float = 0.03
    shares_address: float = 0.15


@dataclass(frozen=True, slots=True)
class Block:
    """One block of one population: all that its numbers depend on besides the site's parameters."""

    seed: int
    number: int
    size: int
    population: Population

    @property
    def person_ids(self) -> NDArray[np.int64]:
        """Identifiers of the block's people."""
        first = FIRST_ID[self.population] + self.number * BLOCK
        return np.arange(first, first + self.size)

    def stream(self, name: str) -> Stream:
        """Return the stream of one named draw for this block."""
        return Stream(self.seed, f"people/{self.population}", name, block=self.number)

    def bits(self, name: str) -> NDArray[np.uint64]:
        """Return one unsigned 64-bit number per person."""
        return self.stream(name).bits(self.size)

    def normals(self, name: str) -> NDArray[np.float64]:
        """Return one standard normal number per person, on the grid of 65,536 quantiles."""
        drawn: NDArray[np.float64] = self.normal_columns(name, 1)[0].astype(np.float64)
        return drawn

    def normal_columns(self, name: str, columns: int) -> NDArray[np.float32]:
        """Return rows of independent normal numbers on that grid, with one entry per person."""
        draws = self.size * columns
        sixteen = self.stream(name).bits(-(-draws // 4)).astype("<u8").view("<u2")[:draws]
        drawn: NDArray[np.float32] = _normal_quantiles()[sixteen.reshape(self.size, columns).T]
        return drawn

    def uniforms(self, name: str) -> NDArray[np.float64]:
        """Return one number in [0, 1) per person."""
        return self.stream(name).uniforms(self.size)


@dataclass(frozen=True, slots=True)
class Demography:
    """Age, sex and dates of the people of one block, as arrays.

    ``female`` is bool; ``birth`` and ``visit`` are days since 1970 (``visit`` None where nobody
    visits); ``age`` is counted on 31 December 2018.
    """

    female: NDArray[np.bool_]
    birth: NDArray[np.int32]
    birth_year: NDArray[np.int32]
    age: NDArray[np.int32]
    visit: NDArray[np.int32] | None

    @property
    def cell(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Index into tables by sex (women, men) and single year of age."""
        return (~self.female).astype(np.int64), np.clip(self.age, 0, OLDEST).astype(np.int64)


@cache
def _normal_quantiles() -> NDArray[np.float32]:
    from scipy.special import ndtri

    quantiles: NDArray[np.float32] = ndtri((np.arange(1 << 16) + 0.5) / (1 << 16)).astype(np.float32)
    return quantiles


@cache
def residents_by_age() -> NDArray[np.float64]:
    """Return residents by sex (women, men) and single year of age, even within five years."""
    bands = np.array([RESIDENTS_2018[sex] for sex in SEXES], dtype=np.float64)
    return np.repeat(bands / 5, 5, axis=1)


def visitors_by_age(site: Site) -> NDArray[np.float64]:
    """Return the shares of visitors by sex and single year of age on the day of the visit."""
    residents = residents_by_age()
    shares = np.zeros_like(residents)
    for band, share in site.ages.items():
        low, high = (int(edge) for edge in band.split("-"))
        ages = slice(low, high + 1)
        within = residents[:, ages] / residents[:, ages].sum(axis=1, keepdims=True)
        shares[:, ages] = share * within * np.array([[site.women_share], [1 - site.women_share]])
    return shares


def demography(block: Block, site: Site) -> Demography:
    """Draw sex, age and dates of one block."""
    if block.population in VISITING:
        return _visitors(block, site)
    weights = residents_by_age().copy()
    if block.population == "outsiders":
        weights[:, :13] = 0.0
    cell = pick(weights.ravel(), block.bits("age and sex"))
    age = cell % weights.shape[1]
    year = COUNTED_ON.year - age
    birth = _day_in(year, block.uniforms("birthday"))
    return Demography(cell < weights.shape[1], birth, year.astype(np.int32), age.astype(np.int32), None)


def _visitors(block: Block, site: Site) -> Demography:
    late = block.population == "later"
    years = [year for year in sorted(site.signups) if (year > site.collected_by.year) == late]
    weights = np.array([site.signups[year] for year in years], np.float64)
    year = np.array(years)[pick(weights, block.bits("visit year"))]
    visit = _day_in(year, block.uniforms("visit day"))
    shares = visitors_by_age(site)
    cell = pick(shares.ravel(), block.bits("age and sex"))
    # A margin of a day keeps the age in completed years right whatever leap days lie between.
    years_lived = cell % shares.shape[1] + 0.004 + 0.992 * block.uniforms("birthday")
    birth = (visit - 365.25 * years_lived).astype(np.int32)
    birth_year = year_of(birth)
    return Demography(cell < shares.shape[1], birth, birth_year, COUNTED_ON.year - birth_year, visit)


@cache
def _new_years() -> NDArray[np.int32]:
    """Days since 1970 on which the years from ``FIRST_YEAR`` begin."""
    years = np.arange(FIRST_YEAR, LAST_YEAR + 2)
    days: NDArray[np.int32] = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32)
    return days


@cache
def _years() -> NDArray[np.int32]:
    """Year of each day from the first of ``FIRST_YEAR``."""
    return np.repeat(np.arange(FIRST_YEAR, LAST_YEAR + 1, dtype=np.int32), np.diff(_new_years()))


def year_of(day: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the calendar year of days since 1970."""
    year: NDArray[np.int32] = _years()[day - _new_years()[0]]
    return year


def _day_in(year: NDArray[np.int64], uniforms: NDArray[np.float64]) -> NDArray[np.int32]:
    start = _new_years()[year - FIRST_YEAR]
    length = np.diff(_new_years())[year - FIRST_YEAR]
    day: NDArray[np.int32] = start + (uniforms * length).astype(np.int32)
    return day
