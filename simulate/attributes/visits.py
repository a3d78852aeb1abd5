"""From the visit on: the sub-brand that somebody came to, signing up, paying, and consent given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import Block, Demography
from simulate.attributes.identity import RELIGIONS
from simulate.lottery import pick

Days = tuple[NDArray[np.int32], NDArray[np.bool_]]
"""Days since 1970, and a mask of those that are absent."""
SUB_BRANDS = (
    *("betterhelp", "pride_counseling", "faithful_counseling", "teen_counseling"),
    *("regain", "mytherapist", "icounseling", "terappeuta"),
)
GENERAL = np.array([76.0, 0.3, 0.6, 0, 2.5, 5, 4, 2])
OF_LGBT_TO_PRIDE, OF_BELIEVERS_TO_FAITHFUL, OF_COUPLES_TO_REGAIN = 0.5, 0.09, 0.13
"""Shares that come by the sub-brand made for them: about 600,000 came to Pride Counseling (seen). The
others are assumed."""
OF_AGE = 18

ENROLLED, ENROLLED_BY_DISTRESS = 0.60, 0.15
"""Visitors who make an account (nearly 2 million of the visitors by mid-2017, seen), and the correlation of
doing so with distress. Assumed."""
PAYING = 0.15
"""Accounts that pay: about 800,000 between August 2017 and December 2020 (seen)."""
DAYS_TO_ENROL, DAYS_TO_PAY, SHORTEST, MEAN_DAYS_PAID = 3, 7, 7, 75
"""Assumed."""
CONSENT = {"service": 1.0, "email": 0.90, "advertising": 0.35, "research": 0.20}
"""Purposes and who consents to each. Assumed."""


def draw_sub_brands(
    block: Block, who: Demography, identity: dict[str, NDArray[Any]], coupled: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Draw an index into ``SUB_BRANDS``; visitors under 18 come to Teen Counseling."""
    if who.visit is None:
        raise ValueError("only visitors come to a sub-brand")
    believer = (identity["religion"] > 0) & (identity["religion"] < len(RELIGIONS) - 1)
    made_for = {
        "pride_counseling": (OF_LGBT_TO_PRIDE, identity["lgbt"]),
        "faithful_counseling": (OF_BELIEVERS_TO_FAITHFUL, believer),
        "regain": (OF_COUPLES_TO_REGAIN, coupled),
    }
    weights = np.zeros((8, len(SUB_BRANDS)))
    for row in range(8):
        of = {name: share for bit, (name, (share, _)) in enumerate(made_for.items()) if row >> bit & 1}
        weights[row] = GENERAL / GENERAL.sum() * (1 - sum(of.values()))
        for name, share in of.items():
            weights[row, SUB_BRANDS.index(name)] += share
    row_of = sum(group.astype(np.int64) << bit for bit, (_, group) in enumerate(made_for.values()))
    brand = pick(weights, block.bits("sub-brand"), np.asarray(row_of))
    minor = who.visit - who.birth < OF_AGE * 365.25
    return np.where(minor, SUB_BRANDS.index("teen_counseling"), brand)


def draw_dates(block: Block, who: Demography, distress: NDArray[np.float64]) -> dict[str, Days]:
    """Draw the days of enrolment and payment, with a mask of those who did neither.

    ``distress`` is counted from the visitors' mean, so that ``ENROLLED`` stays their share.
    """
    from scipy.special import ndtri

    if who.visit is None:
        raise ValueError("only visitors enrol")
    leaning = ENROLLED_BY_DISTRESS * distress
    will = leaning + np.sqrt(1 - ENROLLED_BY_DISTRESS**2) * block.normals("enrols")
    enrolled: NDArray[np.bool_] = will > -ndtri(ENROLLED)
    paying = enrolled & (block.uniforms("pays") < PAYING)
    wait, pay, length = (block.uniforms(name) for name in ("days to enrol", "days to pay", "days paid"))
    enrolled_on = who.visit + (DAYS_TO_ENROL * wait**3).astype(np.int32)
    paid_from = enrolled_on + (DAYS_TO_PAY * pay**2).astype(np.int32)
    paid_to = paid_from + SHORTEST - (np.log1p(-length) * (MEAN_DAYS_PAID - SHORTEST)).astype(np.int32)
    return {
        "enrolled_on": (enrolled_on, ~enrolled),
        "paid_from": (paid_from, ~paying),
        "paid_to": (paid_to, ~paying),
    }


def draw_consent(block: Block, who: Demography) -> dict[str, Days]:
    """Return for each purpose the day on which consent to it was given, with a mask of those who refused."""
    if who.visit is None:
        raise ValueError("only visitors are asked for consent")
    return {
        f"consent_{purpose}_on": (who.visit, block.uniforms(f"consent {purpose}") >= share)
        for purpose, share in CONSENT.items()
    }
