"""The one latent factor behind the questionnaires, and PHQ-9 and GAD-7 answered item by item.

Distress is standard normal among residents of every age and sex; visitors are those with more of
it. Each item is a graded response to distress: a one-factor ordinal copula whose thresholds are
the published frequencies of the answers and whose age and sex effects shift a whole questionnaire.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import VISITING, Block, Demography, Site
from simulate.attributes.rates import band_of_age


@dataclass(frozen=True)
class Questionnaire:
    """A scale of items answered 0 to 3.

    Parameters
    ----------
    name : str
        Prefix of its columns.
    at_least : tuple of tuple of float
        For each item the share of answers of at least 1, 2 and 3 before the shifts.
    loading : float
        Correlation of each item's propensity with distress.
    shifts : dict of str to tuple of float
        By age group, the shift of women's and men's propensities.
    """

    name: str
    at_least: tuple[tuple[float, float, float], ...]
    loading: float
    shifts: dict[str, tuple[float, float]]

    @cached_property
    def thresholds(self) -> NDArray[np.float64]:
        """Propensity above which an item is answered with at least 1, 2, 3; one row per item."""
        from scipy.special import ndtri

        cuts: NDArray[np.float64] = -ndtri(np.array(self.at_least))
        return cuts

    @cached_property
    def shift_by_age(self) -> NDArray[np.float64]:
        """Shift for each sex (women, men) and single year of age."""
        return np.array([*self.shifts.values()]).T[:, band_of_age(tuple(self.shifts))]

    def answer(
        self, block: Block, distress: NDArray[np.float64], who: Demography
    ) -> dict[str, NDArray[np.int8]]:
        """Return the answers 0 to 3 to each item, by column name."""
        common = (self.loading * distress + self.shift_by_age[who.cell]).astype(np.float32)
        own = block.normal_columns(self.name, len(self.at_least)) * np.float32(np.sqrt(1 - self.loading**2))
        own += common
        return {
            f"{self.name}_{number}": np.sum(
                [propensity > cut for cut in cuts.astype(np.float32)], axis=0, dtype=np.int8
            )
            for number, (propensity, cuts) in enumerate(zip(own, self.thresholds, strict=True), start=1)
        }

    def totals(self, female: bool, age: int, distress: float = 0.0) -> NDArray[np.float64]:
        """Return the exact distribution of the total score at one age and sex.

        Parameters
        ----------
        female, age
            Whose.
        distress : float, default 0.0
            Mean distress of the group; its spread is one.

        Examples
        --------
        >>> at_least_10 = [PHQ9.totals(female, 40)[10:].sum() for female in (True, False)]
        >>> [round(float(share), 3) for share in at_least_10]
        [0.112, 0.06]
        """
        from scipy.special import ndtr

        nodes, weights = np.polynomial.hermite_e.hermegauss(61)
        common = self.loading * (nodes + distress) + self.shift_by_age[int(not female), age]
        upper = ndtr((common[:, None, None] - self.thresholds) / np.sqrt(1 - self.loading**2))
        upper = np.concatenate([np.ones_like(upper[..., :1]), upper, np.zeros_like(upper[..., :1])], axis=2)
        answers = -np.diff(upper, axis=2)
        total = np.ones((len(nodes), 1))
        for item in range(answers.shape[1]):
            longer = np.zeros((len(nodes), total.shape[1] + 3))
            for answer in range(4):
                longer[:, answer : answer + total.shape[1]] += total * answers[:, item, answer, None]
            total = longer
        distribution: NDArray[np.float64] = weights / weights.sum() @ total
        return distribution


PHQ9 = Questionnaire(
    "phq9",
    (
        *((0.258, 0.095, 0.043), (0.240, 0.074, 0.032), (0.384, 0.156, 0.084), (0.507, 0.175, 0.085)),
        *((0.256, 0.096, 0.045), (0.165, 0.054, 0.025), (0.164, 0.063, 0.033), (0.106, 0.040, 0.019)),
        (0.0376, 0.0120, 0.0053),
    ),
    loading=0.746,
    shifts={"0-39": (0.05, -0.22), "40-59": (0.09, -0.18), "60-": (0.07, -0.20)},
)
"""Item frequencies: NHANES 2015-2018, DPQ_I and DPQ_J codebooks, unweighted (seen). Loading and sex effect
fitted to the weighted bands of women and men, NCHS Brief 303 (seen); its totals hardly vary with age."""

GAD7 = Questionnaire(
    "gad7",
    (
        *((0.300, 0.126, 0.066), (0.250, 0.105, 0.055), (0.270, 0.113, 0.059), (0.270, 0.113, 0.059)),
        *((0.160, 0.067, 0.035), (0.240, 0.101, 0.053), (0.150, 0.063, 0.033)),
    ),
    loading=0.866,
    shifts={
        **{"0-29": (0.087, -0.206), "30-44": (-0.024, -0.299)},
        **{"45-64": (-0.076, -0.343), "65-": (-0.255, -0.499)},
    },
)
"""Item frequencies assumed (no published ones were read). Loading fitted to the bands of NHIS 2019 (seen);
shifts to any symptoms by age (19.5, 16.5, 15.2, 11.2 %) and sex (19.0, 11.9 %), NCHS Brief 378 (believed)."""

QUESTIONNAIRES = (PHQ9, GAD7)


def draw_distress(block: Block, site: Site) -> NDArray[np.float64]:
    """Draw distress; a chance of visiting that grows exponentially with it moves visitors' mean only."""
    distress = block.stream("distress").normals(block.size)
    return distress + site.distress if block.population in VISITING else distress
