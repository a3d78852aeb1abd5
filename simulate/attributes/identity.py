"""Gender identity, orientation and religion, which depend on birth cohort, sex and one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import Block, Demography
from simulate.attributes.rates import band_of_age
from simulate.lottery import pick

COHORTS = (1946, 1965, 1981, 1997)
"""First birth years of Boomers, Generation X, Millennials and Generation Z (Gallup's)."""
LGBT = np.array([0.013, 0.020, 0.038, 0.091, 0.159])
"""Identify as LGBT, by cohort from the oldest: Gallup 2020, n=15,349 (seen)."""
LGBT_BY_SEX = np.array([1.14, 0.87])
"""Women's and men's rate over that of all: 6.4 and 4.9 % (Gallup 2020, believed)."""
LGBT_AND_DISTRESS = 0.3
"""Correlation of liabilities: LGBT adults report mental illness about twice as often. Assumed."""
BISEXUAL = np.array([0.27, 0.17, 0.47, 0.57, 0.71])
"""Bisexual among LGBT, by cohort: Gallup 2020 (54.6 % overall seen; by cohort believed)."""
BISEXUAL_BY_SEX = np.array([1.42, 0.80])
TRANSGENDER, TRANSGENDER_STRAIGHT, OTHER_ORIENTATION = 0.113, 0.52, 0.033
"""Transgender and other among LGBT (seen); half of the transgender name no other orientation (their sum is
105 % of LGBT). A tenth of the transgender identify as neither man nor woman here. Assumed."""
NONBINARY = 0.3

ORIENTATIONS = ("straight", "bisexual", "gay", "lesbian", "other")
GENDERS = ("woman", "man", "trans woman", "trans man", "nonbinary")

RELIGIONS = ("none", "protestant", "catholic", "latter-day saint", "orthodox", "other")
RELIGION = {
    "18-29": (0.385, 0.29, 0.21, 0.02, 0.01, 0.085),
    "30-49": (0.335, 0.35, 0.21, 0.02, 0.01, 0.075),
    "50-64": (0.23, 0.455, 0.215, 0.02, 0.01, 0.07),
    "65-": (0.175, 0.515, 0.215, 0.02, 0.01, 0.065),
}
"""Pew NPORS 2021: 29 % none, 40 % Protestant, 21 % Catholic, 2 % and 1 % (seen); by age believed."""
LGBT_WITHOUT_RELIGION = 0.2
"""Share of otherwise religious LGBT people who have none. Assumed."""


def draw_identity(block: Block, who: Demography, distress: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Draw codes of orientation, gender identity and religion, and whether somebody is LGBT."""
    from scipy.special import ndtri

    cohort = np.digitize(who.birth_year, COHORTS)
    sex = who.cell[0]
    own = block.normals("lgbt")
    leaning = LGBT_AND_DISTRESS * distress + np.sqrt(1 - LGBT_AND_DISTRESS**2) * own
    lgbt = leaning > -ndtri(LGBT[:, None] * LGBT_BY_SEX)[cohort, sex]
    trans = lgbt & (block.uniforms("transgender") < TRANSGENDER)
    return {
        "lgbt": lgbt,
        "orientation": _orientation(block, cohort, sex, lgbt, trans),
        "gender": _gender(block, sex, trans),
        "religion": _religion(block, who, lgbt),
    }


def _orientation(
    block: Block,
    cohort: NDArray[np.int64],
    sex: NDArray[np.int64],
    lgbt: NDArray[np.bool_],
    trans: NDArray[np.bool_],
) -> NDArray[np.int64]:
    draw = block.uniforms("orientation")
    straight = ~lgbt | (trans & (block.uniforms("transgender and straight") < TRANSGENDER_STRAIGHT))
    bisexual = draw < BISEXUAL[cohort] * BISEXUAL_BY_SEX[sex]
    other = draw > 1 - OTHER_ORIENTATION
    return np.select([straight, bisexual, other], [0, 1, 4], np.where(sex == 1, 2, 3))


def _gender(block: Block, sex: NDArray[np.int64], trans: NDArray[np.bool_]) -> NDArray[np.int64]:
    nonbinary = block.uniforms("nonbinary") < NONBINARY
    return np.where(trans, np.where(nonbinary, 4, 3 - sex), sex)


def _religion(block: Block, who: Demography, lgbt: NDArray[np.bool_]) -> NDArray[np.int64]:
    band = band_of_age(tuple(RELIGION))[who.cell[1]]
    religion = pick(np.array([*RELIGION.values()]), block.bits("religion"), band)
    return np.where(lgbt & (block.uniforms("left religion") < LGBT_WITHOUT_RELIGION), 0, religion)
