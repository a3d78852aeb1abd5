"""A web beacon sends answers as events; what the platform believes about a person before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.shares import Share
from simulate.case import Case
from simulate.disclosure.visitors import MATCHED, Counts, Visitors, tabulate

DEPRESSED = 10
"""PHQ-9 score from which depression is likely."""
LEVELS = ("matched", "browser")
"""Known by the hashed address that follows later, or by the browser's identifier alone."""


def fired(people: Visitors, case: Case) -> dict[str, NDArray[np.bool_]]:
    """Draw who sends each event: who is asked, answers so, and has no blocker."""
    arrives = people.chance("beacon", 1 - case.value("beacon_blocked"))
    asked = people.chance("intake", case.value("intake_answered"))
    return {event.name: arrives & asked & people.is_value(event.column, event.value) for event in case.events}


def count(people: Visitors, case: Case) -> Counts:
    """Count event and answer together, for people known by address and by browser alone."""
    if not case.events or not people.outcomes:
        return {}
    platform = case.beacon_platform
    codes = people.outcomes[platform]
    matched = MATCHED[codes]
    logged_in = people.chance("browser", case.value("browser_known"))
    known = {"matched": matched, "browser": people.accounts[platform] & ~matched & logged_in}
    counts: Counts = {}
    sent = fired(people, case)
    for event in case.events:
        truth = people.is_value(event.column, event.value)
        for level, these in known.items():
            counts[f"events/{event.name}/{level}"] = tabulate(sent[event.name][these], truth[these])
    anything = np.logical_or.reduce(list(sent.values()))
    counts["events/segment"] = tabulate(anything, people.numbers("phq9") >= DEPRESSED)
    counts["events/sent"] = np.array([int(sum(flags.sum() for flags in sent.values()))])
    return counts


def report(total: Counts, case: Case) -> dict[str, Any]:
    """Return prior, posteriors and likelihood ratio of each event's meaning, by how people are known."""
    if not case.events:
        return {}
    found: dict[str, Any] = {}
    for event in case.events:
        levels = {level: belief(total[f"events/{event.name}/{level}"]) for level in LEVELS}
        found[event.name] = {"means": f"{event.column} = {event.value}", "status": event.status, **levels}
    return {
        "platform": case.beacon_platform,
        "sent": int(total["events/sent"][0]),
        "events": found,
        "decoded": decode(total, case),
    }


def segment(total: Counts) -> dict[str, Any]:
    """Return what a third party's own product makes of the events: a segment of browsers that sent any.

    It holds no account and no address, only the browser's identifier, and sells the segment as people
    to whom something about mental health applies; ``belief`` says how many of them are depressed.
    """
    return belief(total["events/segment"]) if "events/segment" in total else {}


def belief(table: NDArray[np.int64]) -> dict[str, Any]:
    """Return what a platform believes from a table of event by answer, shape (2, 2), no before yes.

    The posteriors with and without the event, weighted by how often each comes, are the prior again.

    Examples
    --------
    >>> found = belief(np.array([[60, 10], [0, 30]]))
    >>> found["prior"]["share"], found["with_event"]["share"], round(found["without_event"]["share"], 3)
    (0.4, 1.0, 0.143)
    """
    without, with_event = table
    people, yes = int(table.sum()), int(table[:, 1].sum())
    false_rate = with_event[0] / (people - yes) if people > yes else None
    hit_rate = with_event[1] / yes if yes else None
    return {
        "prior": Share(yes, people, "simulated").to_json(),
        "with_event": Share(int(with_event[1]), int(with_event.sum()), "simulated").to_json(),
        "without_event": Share(int(without[1]), int(without.sum()), "simulated").to_json(),
        "likelihood_ratio_with": hit_rate / false_rate if hit_rate is not None and false_rate else None,
        "likelihood_ratio_without": (
            (1 - hit_rate) / (1 - false_rate)
            if hit_rate is not None and false_rate not in (None, 1)
            else None
        ),
    }


def decode(total: Counts, case: Case) -> dict[str, Any]:
    """Join obscure event names back to their meaning by how often each comes.

    The platform knows the questionnaire (anybody can walk through it) and about how often each
    answer is given; it reads each name as the answer whose expected frequency is nearest, the most
    frequent event first. No user needs to be known for it.
    """
    arriving = (1 - case.value("beacon_blocked")) * case.value("intake_answered")
    seen, expected = {}, {}
    for event in case.events:
        table = sum(total[f"events/{event.name}/{level}"] for level in LEVELS)
        table = np.asarray(table)
        people = max(1, int(table.sum()))
        seen[event.name] = int(table[1].sum()) / people
        expected[event.name] = arriving * int(table[:, 1].sum()) / people
    left = dict(expected)
    read = {}
    for name in sorted(seen, key=lambda name: -seen[name]):
        guess = min(left, key=lambda other: abs(left[other] - seen[name]))
        read[name] = guess
        del left[guess]
    right = sum(name == guess for name, guess in read.items())
    return {"names": len(read), "rightly_read": right, "by": "frequency and the public page flow"}
