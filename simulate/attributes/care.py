"""Mental illness, therapy and medication: liabilities that share distress, cut at published rates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import Block, Demography
from simulate.attributes.rates import Rate

ILLNESS_AND_DISTRESS, TREATMENT_AND_DISTRESS, THERAPY_AND_MEDICATION = 0.75, 0.47, 0.72
"""Correlations of liabilities. The last gives 19.2 % with any treatment (NCHS Brief 380); others assumed."""

EVER_IN_THERAPY = Rate(
    {"18-29": 0.34, "30-49": 0.36, "50-64": 0.25, "65-": 0.17},
    (0.30, 0.28),
    "Harris/APA 2008 (seen; ages 40-49 assumed as 30-39)",
)
COUNSELLING_YEAR = Rate(
    {"18-44": 0.116, "45-64": 0.091, "65-": 0.054},
    (0.117, 0.072),
    "NCHS Brief 380 for 2019 (9.5 % of adults seen; by age and sex believed)",
)
MEDICATION_YEAR = Rate(
    {"18-44": 0.136, "45-64": 0.175, "65-": 0.182},
    (0.206, 0.107),
    "NCHS Brief 380 for 2019 (15.8 % of adults seen; by age and sex believed)",
)
ANY_ILLNESS = Rate({"18-25": 0.294, "26-49": 0.250, "50-": 0.141}, (0.245, 0.163), "NSDUH 2019 (seen)")
SERIOUS_ILLNESS = Rate({"18-25": 0.086, "26-49": 0.068, "50-": 0.029}, (0.065, 0.039), "NSDUH 2019 (seen)")
ANXIETY_DISORDER = Rate(
    {"18-29": 0.223, "30-44": 0.227, "45-59": 0.206, "60-": 0.090}, (0.234, 0.143), "NCS-R 2001-03 (seen)"
)

ILLNESS = ("none", "any", "serious")


def draw_care(block: Block, who: Demography, distress: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Draw illness, therapy and medication of each person, by column name."""
    cell = who.cell

    def liability(correlation: float, own: NDArray[np.float64]) -> NDArray[np.float64]:
        mixed: NDArray[np.float64] = correlation * distress + np.sqrt(1 - correlation**2) * own
        return mixed

    seeking, other, illness, anxiety = (
        block.normals(name)
        for name in ("seeks therapy", "takes medication", "mental illness", "anxiety disorder")
    )
    shared = (THERAPY_AND_MEDICATION - TREATMENT_AND_DISTRESS**2) / (1 - TREATMENT_AND_DISTRESS**2)
    therapy = liability(TREATMENT_AND_DISTRESS, seeking)
    medication = liability(TREATMENT_AND_DISTRESS, shared * seeking + np.sqrt(1 - shared**2) * other)
    illness = liability(ILLNESS_AND_DISTRESS, illness)
    return {
        "therapy_before": therapy > EVER_IN_THERAPY.cut[cell],
        "counselling_year": therapy > COUNSELLING_YEAR.cut[cell],
        "medication_year": medication > MEDICATION_YEAR.cut[cell],
        "mental_illness": (illness > ANY_ILLNESS.cut[cell])
        + (illness > SERIOUS_ILLNESS.cut[cell]).view(np.int8),
        "anxiety_disorder": liability(ILLNESS_AND_DISTRESS, anxiety) > ANXIETY_DISORDER.cut[cell],
    }
