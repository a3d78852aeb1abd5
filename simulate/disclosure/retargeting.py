"""Former visitors' IP addresses: whom a platform reaches at them, and who of these was the visitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.shares import Share
from simulate.attributes.network import CONNECTIONS, behind_carrier_nat, terms
from simulate.case import Case
from simulate.disclosure.visitors import MATCHED, SENT, Counts, Visitors
from simulate.platforms.reach import overall_reach
from simulate.world import load_world

DAYS_SINCE = (1, 7, 30, 90, 180, 365)
CROWD = 8
"""People seen at an address from which a platform may take it for shared, and leave it out."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What no source settles about addresses.

    Parameters
    ----------
    stretch : float
        Factor on terms longer than a month: nothing published fixes the tail.
    behind_nat : float
        Share of home connections behind a carrier's shared address.
    crowd : float
        Median number of people behind a carrier's address; a tenth of it elsewhere.
    seen : float
        Chance that the platform sees an account holder of the household at its address.
    in_use : float
        Chance that an address that is no longer the visitor's is used by some household.
    """

    stretch: float = 1.0
    behind_nat: float = 0.17
    crowd: float = 100.0
    seen: float = 0.9
    in_use: float = 0.8


ASSUMED = {
    "central": Assumed(),
    "low": Assumed(stretch=0.5, behind_nat=0.30, crowd=300.0, seen=0.7, in_use=0.95),
    "high": Assumed(stretch=2.0, behind_nat=0.10, crowd=30.0, seen=1.0, in_use=0.5),
}
"""Central values, and those at which an address tells least and most. All assumed but the share behind
carriers (Richter 2016, believed) and more than a hundred users of an address there (seen)."""


def reached(people: Visitors, case: Case, since: int, assumed: Assumed) -> NDArray[np.int64]:
    """Return how many people the platform reaches at each visitor's address some days after the visit.

    The address of a visit from home is the household's until its term ends; the platform reaches
    whom it sees there. Behind a carrier's shared address, on a mobile network or elsewhere it sees
    a crowd, heavy-tailed in size. After the term the address is another household's, or nobody's.

    Returns
    -------
    array of int, shape (3, people)
        Whether the visitor, how many others of the household, how many strangers.
    """
    household, size = people.numbers("household_id"), people.numbers("household_size")
    seed, day, n = people.stream.seed, people.days("visited_on").astype(np.int64), len(people)
    connection = np.asarray(people.table["connection"].combine_chunks().indices)
    home = connection == CONNECTIONS.index("home")
    stretch = assumed.stretch
    leased = home & (terms(seed, household, day, stretch) == terms(seed, household, day + since, stretch))
    crowded = ~home | behind_carrier_nat(seed, household, assumed.behind_nat)
    reach = overall_reach(load_world().platforms[case.address_platform], load_world().residents)

    here = people.chance("seen at the address", assumed.seen)
    visitor = leased & people.accounts[case.address_platform] & here
    most = int(size.max(initial=1))
    member = [people.chance(f"member {k}", reach * assumed.seen) & (size > k) for k in range(1, most)]
    others = leased * np.sum([np.zeros(n, dtype=np.int64), *member], axis=0)

    spread = np.exp(1.2 * people.stream.at(name="crowd").normals(n))
    median = np.where(connection == CONNECTIONS.index("elsewhere"), assumed.crowd / 10, assumed.crowd)
    crowd = np.rint(spread * median * reach).astype(np.int64)
    next_home = 1 + people.stream.at(name="next household").integers(n, 4)
    moved = people.chance("in use", assumed.in_use) * np.rint(next_home * reach * assumed.seen).astype(
        np.int64
    )
    strangers = np.where(crowded, crowd, np.where(leased, 0, moved))
    return np.stack([visitor.astype(np.int64), others, strangers])


def count(people: Visitors, case: Case) -> Counts:
    """Count whom the addresses sent reach, by days since the visit, and what they add to the match."""
    platform = case.address_platform
    if platform not in people.accounts:
        return {}
    sent = SENT[people.outcomes[platform]]
    counts: Counts = {}
    for name, assumed in ASSUMED.items():
        rows = []
        for since in DAYS_SINCE:
            found = reached(people, case, since, assumed)[:, sent]
            quiet = found.sum(axis=0) <= CROWD
            rows.append([sent.sum(), *found.sum(axis=1), quiet.sum(), *found[:, quiet].sum(axis=1)])
        counts[f"retargeting/{name}"] = np.array(rows, dtype=np.int64)
    right = reached(people, case, DAYS_SINCE[0], ASSUMED["central"])[0] > 0
    matched = MATCHED[people.outcomes[platform]]
    either = [matched & right, matched & ~right, sent & ~matched & right, sent]
    counts["retargeting/either"] = np.array([one.sum() for one in either])
    return counts


def report(total: Counts, case: Case) -> dict[str, Any]:
    """Return whom addresses reach, by days since the visit, and what they add to the e-mail's match."""
    if "retargeting/either" not in total:
        return {}
    days = {}
    for at, since in enumerate(DAYS_SINCE):
        told = {name: _told(total[f"retargeting/{name}"][at]) for name in ASSUMED}
        central = told["central"]
        for key, one in central.items():
            for name, value in one.items():
                ends = sorted(told[end][key][name]["share"] or 0.0 for end in ("low", "high"))
                value["range"] = [min(ends[0], value["share"] or 0.0), max(ends[1], value["share"] or 0.0)]
        days[str(since)] = central
    both, email_only, address_only, people = map(int, total["retargeting/either"])
    return {
        "platform": case.address_platform,
        "status": "assumed",
        "days_since_visit": days,
        "by_email_and_address": both,
        "by_email_only": email_only,
        "by_address_only": address_only,
        "people": people,
    }


def _told(row: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    """Return shares of one count: over all addresses, and over those where no crowd is seen."""
    found = {}
    for key, part in (("all_addresses", row[:4]), ("without_crowds", row[4:])):
        addresses, visitor, household, strangers = map(int, part)
        people = visitor + household + strangers
        found[key] = {
            "visitor_reached": Share(visitor, addresses, "simulated").to_json(),
            "visitor_among_reached": Share(visitor, people, "simulated").to_json(),
            "household_among_reached": Share(household, people, "simulated").to_json(),
        }
        found[key]["people_per_address"] = {
            "count": people,
            "of": addresses,
            "share": people / addresses if addresses else None,
        }
    return found
