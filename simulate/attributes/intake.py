"""What visitors answer before they may sign up, beyond the questionnaires."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import Block, Demography
from simulate.attributes.rates import band_of_age
from simulate.attributes.visits import SUB_BRANDS
from simulate.execution.arrow_columns import categories
from simulate.lottery import pick

REASONS = (
    *("depression", "anxiety", "relationship", "grief", "trauma", "self-esteem", "stress"),
    *("family", "identity", "faith", "addiction", "sleep"),
)
GENERAL = np.array([14, 18, 16, 5, 9, 8, 14, 6, 1.5, 0.5, 4, 4])
FOR_BRAND = {
    "pride_counseling": ("identity", 22.0),
    "faithful_counseling": ("faith", 15.0),
    "teen_counseling": ("family", 4.0),
    "regain": ("relationship", 6.0),
}
WHERE_DEPRESSED = {"depression": 3.0, "grief": 1.5}
WHERE_ANXIOUS = {"anxiety": 2.5, "stress": 1.5, "sleep": 1.5}
SCREENED_AT = 10
"""Weights of reasons for coming, and by how much a sub-brand or a score of 10 raises them. Assumed."""
SECOND_REASON = 0.65
LEVELS = ("good", "fair", "poor")
FINANCES = np.array([[0.24, 0.46, 0.30], [0.31, 0.45, 0.24], [0.38, 0.42, 0.20], [0.45, 0.40, 0.15]])
POORER_BY_DISTRESS = 0.06
SLEEP_BY_ITEM = np.array([[0.68, 0.27, 0.05], [0.20, 0.60, 0.20], [0.06, 0.36, 0.58], [0.03, 0.17, 0.80]])
REFERRALS = ("search", "social media", "friend", "podcast", "television", "doctor", "other")
REFERRAL = np.array([[0.30, 0.36, 0.13, 0.09, 0.02, 0.03, 0.07], [0.38, 0.19, 0.15, 0.05, 0.07, 0.07, 0.09]])
STILL_TAKING = 0.92
"""Share of those with medication in the past year who take it now. All of these assumed."""


def draw_intake(
    block: Block, who: Demography, brand: NDArray[np.int64], health: dict[str, NDArray[Any]]
) -> dict[str, Any]:
    """Draw the intake answers of visitors as columns.

    Parameters
    ----------
    block, who : Block, Demography
        Whose.
    brand : array of int
        Index into ``SUB_BRANDS``.
    health : dict of str to array
        Answers to PHQ-9 and GAD-7 and the columns of ``simulate.attributes.care``.
    """
    import pyarrow as pa

    row = brand * 4 + 2 * (health["phq9"] >= SCREENED_AT) + (health["gad7"] >= SCREENED_AT)
    weights = _reason_weights()
    first, second = (pick(weights, block.bits(f"reason {number}"), row) for number in (1, 2))
    no_second = (second == first) | (block.uniforms("second reason") >= SECOND_REASON)
    age = band_of_age(("13-29", "30-49", "50-64", "65-"))[who.cell[1]]
    poorer = block.uniforms("finances") + POORER_BY_DISTRESS * health["distress"]
    finances = np.sum(poorer[:, None] >= np.cumsum(FINANCES, axis=1)[age, :2], axis=1)
    return {
        "reason_1": categories(first, REASONS),
        "reason_2": categories(second, REASONS, absent=no_second),
        "sadness": pa.array((health["phq9_2"] > 0) | (first == REASONS.index("grief"))),
        "better_off_dead": pa.array(health["phq9_9"] > 0),
        "medication": pa.array(health["medication_year"] & (block.uniforms("medication") < STILL_TAKING)),
        "finances": categories(finances, LEVELS),
        "sleep": categories(
            pick(SLEEP_BY_ITEM, block.bits("sleep"), health["phq9_3"].astype(np.int64)), LEVELS
        ),
        "referral": categories(draw_referrals(block, who.age), REFERRALS),
    }


def draw_referrals(block: Block, age: NDArray[Any]) -> NDArray[np.int64]:
    """Draw how each visitor came to the site: an index into ``REFERRALS``."""
    return pick(REFERRAL, block.bits("referral"), (np.asarray(age) >= 45).astype(np.int64))


def _reason_weights() -> NDArray[np.float64]:
    """Rows: sub-brand, then depressed or not, then anxious or not."""
    rows = []
    for brand in SUB_BRANDS:
        for depressed, anxious in ((0, 0), (0, 1), (1, 0), (1, 1)):
            raised = dict([FOR_BRAND[brand]] if brand in FOR_BRAND else [])
            raised |= WHERE_DEPRESSED if depressed else {}
            raised |= WHERE_ANXIOUS if anxious else {}
            rows.append([raised.get(reason, 1.0) for reason in REASONS])
    weights: NDArray[np.float64] = GENERAL * np.array(rows)
    return weights
