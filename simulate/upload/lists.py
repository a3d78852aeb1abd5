"""The lists of a case as they are named and told: one to a platform and a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulate.case import Case, Transfer
from simulate.upload.match import Match


def widest_of(case: Case, lists: Iterable[tuple[Transfer, Match]]) -> dict[str, Match]:
    """Return the match of the widest list of each platform."""
    made = {id(transfer): match for transfer, match in lists}
    return {name: made[id(transfer)] for name, transfer in case.widest().items()}


def described(transfer: Transfer, match: Match) -> dict[str, Any]:
    """Return the entry of one list in the replay's JSON, under ``lists``."""
    told = {"platform": transfer.platform, "date": str(transfer.date), "audience": transfer.audience}
    return {**told, "status": transfer.status, "count": transfer.count, **match.to_json()}


def list_name(case: Case, transfer: Transfer) -> str:
    """Return the name of a list: its platform's, with the day where it is not the widest there.

    Examples
    --------
    >>> from simulate import load_case
    >>> case = load_case("betterhelp")
    >>> [list_name(case, transfer) for transfer in case.lists()][:2]
    ['facebook', 'facebook_2017_06_30']
    """
    if case.widest()[transfer.platform] is transfer:
        return transfer.platform
    return f"{transfer.platform}_{transfer.date:%Y_%m_%d}" + ("_users" if _twins(case, transfer) else "")


def _twins(case: Case, transfer: Transfer) -> bool:
    """Tell whether another list went to the same platform on the same day."""
    same = [one for one in case.lists() if (one.platform, one.date) == (transfer.platform, transfer.date)]
    return len(same) > 1
