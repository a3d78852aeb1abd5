"""Seven years of lists: how the share of people ever matched grows, and what a deletion leaves."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from exports.shares import Share
from simulate.case import Case
from simulate.disclosure.visitors import Counts, Visitors


def count(people: Visitors, case: Case) -> Counts:
    """Count, for a list sent at the end of each year, who is on it, matched by it, and ever matched.

    Every list holds everybody collected so far; those who pay at that time are counted beside: they
    are on an exclusion list, which tells the platform the same. Whom a list matches is a view of the
    people's history at the platform: an account opened, an address given up. The lists that the
    case states go into "ever" on their own days. A list counts an address once, whoever gave it.
    """
    years = list(case.signups.by_year)
    last = {days(datetime.date(year, 12, 31)): year for year in years}
    stated = {days(one.date) for one in case.lists() if one.platform == case.beacon_platform}
    visited = people.days("visited_on")
    paid_from, paid_to = people.days("paid_from"), people.days("paid_to")
    ever = np.zeros(len(people), dtype=bool)
    rows = []
    for day in sorted({*last, *stated}):
        collected = visited <= day
        met = collected & people.met(day)
        ever |= met
        if day in last:
            paying = collected & (paid_from <= day) & (paid_to >= day)
            counted = met & people.first
            rows.append([collected.sum(), counted.sum(), ever.sum(), paying.sum()])
    return {"years": np.array(rows, dtype=np.int64)}


def days(date: datetime.date) -> int:
    """Return a date as days since 1970."""
    return (date - datetime.date(1970, 1, 1)).days


def report(total: Counts, case: Case) -> dict[str, Any]:
    """Return the yearly shares, and what is left after the lists are deleted at the end."""
    if "years" not in total:
        return {}
    by_year = {}
    for year, row in zip(case.signups.by_year, total["years"], strict=True):
        collected, at_once, ever, excluded = map(int, row)
        by_year[str(year)] = {
            "collected": collected,
            "matched_at_once": Share(at_once, collected, "simulated").to_json(),
            "matched_ever": Share(ever, collected, "simulated").to_json(),
            "on_exclusion_list": excluded,
        }
    collected, _, ever, _ = map(int, total["years"][-1])
    return {
        "platform": case.beacon_platform,
        "by_year": by_year,
        "after_deletion": {
            "lists": 0,
            "people_who_shaped_models_and_segments": ever,
            "of": collected,
            "note": "a deletion removes the lists; the models and segments derived from them stay",
        },
    }
