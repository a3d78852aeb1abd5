"""Three-digit ZIP areas of 20,000 people or fewer, which 45 CFR 164.514(b)(2)(i)(B) lets leave as 000 only.

Counted from the populations of ZIP code tabulation areas of the Census of 2010 that the lab carries
(the table ``zctas`` of `simulate.tables`), summed by the first three digits. The list that the
Department of Health and Human Services printed from the Census of 2000 differs; the rule asks for
"currently publicly available data".
"""

from __future__ import annotations

from functools import cache

MOST = 20_000
"""People up to which an area is small."""

SOURCE = "Census 2010, populations of ZIP code tabulation areas summed by three digits"
"""Where the counts come from, with their date."""


@cache
def populations() -> dict[str, int]:
    """Return the people of each three-digit area.

    Examples
    --------
    >>> populations()["021"] > MOST, populations()["036"] > MOST
    (True, False)
    """
    import numpy as np

    from simulate.tables import table

    zctas = table("zctas")
    area = zctas["zcta"].to_numpy() // 100
    people = np.bincount(area, weights=zctas["population"].to_numpy())
    return {f"{code:03d}": int(people[code]) for code in np.unique(area)}


def is_small(code: str) -> bool:
    """Tell whether an area has 20,000 people or fewer; 000 is what stands for such areas."""
    return code != "000" and 0 < populations().get(code, 0) <= MOST


def known_area(code: str) -> bool:
    """Tell whether the people of an area are known."""
    return code == "000" or populations().get(code, 0) > 0
