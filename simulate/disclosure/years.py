"""Seven years of lists: how the share of people ever matched grows, and what a deletion leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from exports.shares import Share
from simulate.case import Case
from simulate.disclosure.visitors import MATCHED, Counts, Visitors


def count(people: Visitors, case: Case) -> Counts:
    """Count, for a list sent at the end of each year, who is on it, matched by it, and ever matched.

    Every list holds everybody collected so far, save those who pay at that time: they are on an
    exclusion list, which tells the platform the same. Whoever the case's list matches has the
    account from a year drawn evenly over the years in which the platform grew; an address is given
    up at the yearly churn, and is not matched afterwards. People who came after the case's list are
    matched as often as those on it.
    """
    years = list(case.signups.by_year)
    last = np.array([int(np.datetime64(f"{year}-12-31").astype(np.int64)) for year in years])
    visited, churn = people.days("visited_on"), case.value("churn")
    codes = people.outcomes.get(case.beacon_platform)
    can = people.chance("late match", case.value("late_match")) if codes is None else MATCHED[codes]
    grown = case.value("accounts_before")
    joined = np.where(
        people.chance("joined before", grown),
        years[0],
        years[0] + 1 + people.stream.at(name="joined").integers(len(people), max(1, len(years) - 1)),
    )
    lost = np.floor(np.log1p(-people.stream.at(name="address lost").uniforms(len(people))) / np.log1p(-churn))
    visit_year = np.searchsorted(last, visited) + years[0]
    paid_from, paid_to = people.days("paid_from"), people.days("paid_to")
    ever = np.zeros(len(people), dtype=bool)
    rows = []
    for year, end in zip(years, last, strict=True):
        collected = visited <= end
        paying = collected & (paid_from <= end) & (paid_to >= end)
        now = can & collected & (joined <= year) & (year - visit_year <= lost)
        ever |= now
        rows.append([collected.sum(), now.sum(), ever.sum(), paying.sum()])
    return {"years": np.array(rows, dtype=np.int64)}


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
