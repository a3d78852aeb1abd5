"""Sizes of matched lists as each platform shows them: floors and steps, with day and source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from exports.errors import LabError

Rounding = Literal["exact", "two_digits", "bounds"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a platform shows the size of a list from a day on.

    Parameters
    ----------
    since : datetime.date
        First day.
    floor : int
        Fewer matched than this, and no size is shown.
    rounding : {"exact", "two_digits", "bounds"}
        The count itself; its two leading digits; a lower and an upper bound.
    status, source : str
        How far it was checked; where it stands.
    """

    since: date
    floor: int
    rounding: Rounding
    status: str
    source: str


_ALWAYS = date(2010, 1, 1)
RULES: dict[str, tuple[Rule, ...]] = {
    "meta": (
        Rule(
            _ALWAYS, 1_000, "bounds", "believed",
            "fields approximate_count_lower_bound and _upper_bound; the step is not published",
        ),
    ),
    "google": (
        Rule(_ALWAYS, 1_000, "two_digits", "seen", "docstring of customer-match-upload-script"),
        Rule(date(2024, 12, 1), 100, "two_digits", "secondary", "ppc.land: 100 on all networks"),
    ),
    "snapchat": (Rule(_ALWAYS, 1_000, "exact", "seen", "developers.snap.com: approximate_number_users"),),
    "tiktok": (Rule(_ALWAYS, 1_000, "exact", "believed", "about 1,000 in TikTok's help pages"),),
    "pinterest": (Rule(_ALWAYS, 100, "exact", "seen", "docstrings of pinterest-generated-client 0.1.12"),),
    "x": (Rule(_ALWAYS, 100, "exact", "seen", "developer.x.com: 100 users active in 90 days"),),
    "criteo": (Rule(_ALWAYS, 1, "exact", "assumed", "no floor published"),),
    "linkedin": (Rule(_ALWAYS, 300, "exact", "seen", "LinkedIn: 300 members at least"),),
    "microsoft": (Rule(_ALWAYS, 300, "exact", "believed", "Microsoft Advertising help: 300 at least"),),
    "reddit": (Rule(_ALWAYS, 1_000, "exact", "believed", "Reddit Ads help: 1,000 matched at least"),),
}  # fmt: skip
"""Rules of each vendor, oldest first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A size as shown; both bounds are the size itself where there is one number.

    Parameters
    ----------
    enough : bool
        Whether the floor is reached.
    low, high : int
        What is shown; 0 and the floor under the floor.
    """

    enough: bool
    low: int
    high: int


def shown(vendor: str, matched: int, on: date) -> Shown:
    """Return the size of a list as a platform shows it on a day.

    Raises
    ------
    LabError
        When the vendor has no rule for so early a day.

    Examples
    --------
    >>> shown("google", 4_012_345, date(2026, 1, 1)).low, shown("meta", 1_095, date(2026, 1, 1))
    (4000000, Shown(enough=True, low=1000, high=1100))
    >>> shown("google", 500, date(2018, 12, 31)).low, shown("google", 500, date(2026, 1, 1)).low
    (0, 500)
    """
    fitting = [rule for rule in RULES[vendor] if rule.since <= on]
    if not fitting:
        raise LabError(f"No size is known for {on}: give a day from {RULES[vendor][0].since} on.")
    rule = fitting[-1]
    if matched < rule.floor:
        return Shown(False, 0, rule.floor)
    if rule.rounding == "exact":
        return Shown(True, matched, matched)
    step: int = 10 ** max(len(str(matched)) - 2, 0)
    if rule.rounding == "two_digits":
        near = round(matched / step) * step
        return Shown(True, near, near)
    low = matched // step * step
    return Shown(True, low, low + step)
