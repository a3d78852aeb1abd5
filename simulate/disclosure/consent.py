"""The promise and the practice: consent by purpose, the refund class, and what each remedy changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from exports.shares import Share
from simulate.case import Case, Transfer
from simulate.disclosure.visitors import MATCHED, NEVER, SENT, Counts, Visitors
from simulate.disclosure.years import days

REMEDIES = ("none", "consent", "retain_less", "delete", "stop")
"""The remedies of the order, as switches of the scenario, the mildest first."""

RETENTION_DAYS = 365
"""Days after a visit for which a site that retains less keeps the address. Assumed."""


def count(people: Visitors, case: Case) -> Counts:
    """Count consent to each transfer's purpose, who stays on a list under each remedy, and who paid."""
    counts: Counts = {}
    visited = people.days("visited_on")
    if case.refund is not None:
        start, end = days(case.refund.start), days(case.refund.end)
        paid = (people.days("paid_from") <= end) & (people.days("paid_to") >= start)
        paid &= people.days("paid_from") != NEVER
        counts["refund"] = np.array([paid.sum(), len(people)])
    for platform, transfer in case.widest().items():
        if platform not in people.outcomes:
            continue
        codes = people.outcomes[platform]
        sent, matched = SENT[codes], MATCHED[codes]
        agreed = people.days(f"consent_{case.purpose}_on") <= days(transfer.date)
        recent = days(transfer.date) - visited <= RETENTION_DAYS
        kept = {
            "none": np.ones(len(people), dtype=bool),
            "consent": agreed,
            "retain_less": recent,
            # A deletion at the end leaves what was derived from the list, and no list.
            "delete": np.zeros(len(people), dtype=bool),
            "stop": np.zeros(len(people), dtype=bool),
        }
        counts[f"consent/{platform}"] = np.array([(sent & ~agreed).sum(), sent.sum()])
        counts[f"remedies/{platform}"] = np.array(
            [[(sent & kept[remedy]).sum(), (matched & kept[remedy]).sum()] for remedy in REMEDIES]
        )
    return counts


def report(total: Counts, case: Case, scale: float) -> dict[str, Any]:
    """Return what is printed under ``consent``, ``refund_class`` and ``remedies``.

    Parameters
    ----------
    total : Counts
        Summed over all blocks.
    case : Case
        Gives purpose, dates and what is known of the refund class.
    scale : float
        People of the run for each one of the case.
    """
    transfers = case.widest()
    without = {
        platform: Share(int(refused), int(sent), "simulated").to_json()
        for platform in transfers
        for refused, sent in [total[f"consent/{platform}"]]
    }
    remedies = {
        platform: {
            remedy: {
                "received": int(received),
                "matched": int(matched),
                "learnt_before": bool(remedy == "delete"),
                "changes": _changes(remedy, transfers[platform]),
            }
            for remedy, (received, matched) in zip(REMEDIES, total[f"remedies/{platform}"], strict=True)
        }
        for platform in transfers
    }
    return {
        "consent": {"purpose": case.purpose, "without": without},
        "refund_class": _refund(total, case, scale),
        "remedies": remedies,
    }


def _refund(total: Counts, case: Case, scale: float) -> dict[str, Any] | None:
    if case.refund is None:
        return None
    paid, people = map(int, total["refund"])
    return {
        "from": str(case.refund.start),
        "to": str(case.refund.end),
        "people": people,
        "paid": paid,
        "at_the_size_of_the_case": round(paid / scale),
        "published": case.refund.people,
        "status": case.refund.status,
    }


def _changes(remedy: str, transfer: Transfer) -> str:
    return {
        "none": "nothing",
        "consent": f"only those who had consented by {transfer.date} are sent",
        "retain_less": f"addresses older than {RETENTION_DAYS} days are gone by {transfer.date}",
        "delete": "the list is deleted afterwards; what was derived from it stays",
        "stop": "nothing is sent",
    }[remedy]
