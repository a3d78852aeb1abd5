"""Former visitors' IP addresses, matched by a platform that sees its own users' addresses over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.shares import Share
from simulate.attributes.network import CONNECTIONS, behind_carrier_nat, terms
from simulate.case import Case
from simulate.disclosure.visitors import HAS_ACCOUNT, MATCHED, Counts, Visitors

DAYS_SINCE = (1, 7, 30, 90, 180, 365)
REACHED = ("right_person", "household_member", "stranger", "nobody")
"""Whom the advertisement for an address reaches."""


def reached(people: Visitors, case: Case, since: int) -> NDArray[np.int64]:
    """Draw whom the platform reaches at each visitor's address some days after the visit.

    The address of a visit from home is the household's until its lease ends: the platform shows
    the advertisement to one of its users there, and cannot tell who of them the visitor was.
    Behind a carrier's shared address, on a mobile network, elsewhere, or after the lease, the
    address is other people's.

    Returns
    -------
    array of int
        Indices into ``REACHED``.
    """
    household, size = people.numbers("household_id"), people.numbers("household_size")
    seed, day = people.stream.seed, people.days("visited_on").astype(np.int64)
    connection = np.asarray(people.table["connection"].combine_chunks().indices)
    leased = terms(seed, household, day) == terms(seed, household, day + since)
    own = (connection == CONNECTIONS.index("home")) & leased & ~behind_carrier_nat(seed, household)

    account = HAS_ACCOUNT[people.outcomes[case.beacon_platform]]
    reach = case.value("member_reach")
    others = sum(
        (people.chance(f"member {k}", reach) & (size > k)).astype(np.int64)
        for k in range(1, int(size.max(initial=1)))
    )
    candidates = account + np.asarray(others)
    drawn = people.stream.at(name=f"shown after {since}").uniforms(len(people)) * np.maximum(candidates, 1)
    at_home = np.where(
        candidates == 0,
        REACHED.index("nobody"),
        np.where(account & (drawn < 1), REACHED.index("right_person"), REACHED.index("household_member")),
    )
    in_use = people.chance(f"in use after {since}", case.value("address_in_use"))
    away = np.where(in_use, REACHED.index("stranger"), REACHED.index("nobody"))
    found: NDArray[np.int64] = np.where(own, at_home, away)
    return found


def count(people: Visitors, case: Case) -> Counts:
    """Count whom an address reaches, by days since the visit, and who is reached by address or e-mail."""
    if case.beacon_platform not in people.outcomes:
        return {}
    by_day = [np.bincount(reached(people, case, since), minlength=len(REACHED)) for since in DAYS_SINCE]
    right = reached(people, case, DAYS_SINCE[0]) == REACHED.index("right_person")
    matched = MATCHED[people.outcomes[case.beacon_platform]]
    return {
        "retargeting": np.array(by_day),
        "retargeting/either": np.array(
            [(matched & right).sum(), (matched & ~right).sum(), (~matched & right).sum(), len(people)]
        ),
    }


def report(total: Counts, case: Case) -> dict[str, Any]:
    """Return whom addresses reach, by days since the visit, and what they add to the e-mail's match."""
    if "retargeting" not in total:
        return {}
    days = {}
    for since, counts in zip(DAYS_SINCE, total["retargeting"], strict=True):
        sent = int(counts.sum())
        days[str(since)] = {
            whom: Share(int(found), sent, "simulated").to_json()
            for whom, found in zip(REACHED, counts, strict=True)
        }
    both, email_only, address_only, people = map(int, total["retargeting/either"])
    return {
        "platform": case.beacon_platform,
        "days_since_visit": days,
        "by_email_and_address": both,
        "by_email_only": email_only,
        "by_address_only": address_only,
        "people": people,
    }
