"""The site and its sub-brands: which door a visitor came in by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate.demography import Block, Demography

SUB_BRANDS = (
    "betterhelp",
    "pride_counseling",
    "faithful_counseling",
    "teen_counseling",
    "regain",
    "mytherapist",
    "icounseling",
    "terappeuta",
)


def draw_sub_brands(block: Block, who: Demography) -> NDArray[np.int64]:
    """Draw an index into ``SUB_BRANDS``; visitors under 18 come to Teen Counseling."""
    brand = block.stream("sub-brand").choices(block.size, [70, 8.6, 5, 0, 8, 4, 3, 1.4])
    if who.visit is None:
        return brand
    minor = who.visit - who.birth < 18 * 365.25
    return np.where(minor, SUB_BRANDS.index("teen_counseling"), brand)
