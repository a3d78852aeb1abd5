"""What all vendors share: the token, the accounts, the audiences, the day, and how often one may ask."""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from threading import RLock
from typing import Any

from exports.beacons.lexicon import topic_of
from reidlab.platform.accounts import Accounts
from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Rows
from reidlab.platform.exchange import Arrival, Exchange
from reidlab.platform.sizes import Shown, shown

FIRST = {"audience": 23_840_000_000_000_000, "session": 100_000_000, "job": 1}
"""The first number of each kind of thing."""


@dataclass(slots=True)
class Hub:
    """The state of one platform process.

    Parameters
    ----------
    accounts : Accounts
        Whom the platforms know.
    token : str
        The only access token that is taken.
    on : datetime.date
        Day whose rules for sizes hold.
    integrity : bool
        Whether Meta blocks lists whose name suggests a health condition.
    only : frozenset of str
        Advertisers' accounts that exist; empty: all do.
    requests_allowed : int or None
        Requests per minute and vendor instead of those documented.
    clock : callable
        Seconds; another one in tests.
    """

    accounts: Accounts
    token: str
    on: date = field(default_factory=lambda: datetime.now(UTC).date())
    integrity: bool = True
    only: frozenset[str] = frozenset()
    requests_allowed: int | None = None
    clock: Callable[[], float] = time.monotonic
    audiences: dict[str, Audience] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"hub with {len(self.audiences):,} audiences, sizes as of {self.on}"

    jobs: dict[str, Any] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _numbers: dict[str, Any] = field(default_factory=dict)
    _asked: dict[str, deque[float]] = field(default_factory=dict)

    def authorised(self, token: str | None) -> bool:
        """Whether a request's access token is the right one."""
        return token is not None and hmac.compare_digest(token.encode(errors="replace"), self.token.encode())

    def exists(self, account: str) -> bool:
        """Whether there is such an advertiser's account."""
        return not self.only or account in self.only

    def number(self, of: str) -> int:
        """Return the next number of a kind of thing: ``audience``, ``session`` or ``job``."""
        return int(next(self._numbers.setdefault(of, count(FIRST[of]))))

    def create(self, vendor: str, account: str, name: str, **described: Any) -> Audience:
        """Make an audience with a new number."""
        made = Audience(str(self.number("audience")), name, vendor, account, described)
        self.audiences[made.id] = made
        return made

    def find(self, vendor: str, name: str) -> Audience | None:
        """Return a vendor's audience by its number; None where there is none."""
        found = self.audiences.get(name)
        return found if found is not None and found.vendor == vendor else None

    def first_use(self, vendor: str, account: str, name: str) -> Audience:
        """Return a vendor's audience, made when it is first named, for vendors whose lists others make."""
        key = f"{vendor}/{name}"
        if key not in self.audiences:
            self.audiences[key] = Audience(name, name, vendor, account)
        return self.audiences[key]

    def matched(self, audience: Audience) -> int:
        """Return how many different entries of an audience meet an account."""
        return audience.matched(self.accounts)

    def shown(self, audience: Audience) -> Shown:
        """Return the size of an audience as its platform shows it."""
        return shown(audience.vendor, self.matched(audience), self.on)

    def blocked(self, audience: Audience) -> bool:
        """Whether an audience's name suggests a health condition: Meta blocks those since 2025."""
        return self.integrity and topic_of(audience.name) is not None

    def too_many(self, key: str, allowed: int, seconds: float = 60.0) -> bool:
        """Count a request; whether more than allowed came in the last seconds."""
        allowed = self.requests_allowed or allowed
        asked, now = self._asked.setdefault(key, deque()), self.clock()
        while asked and asked[0] <= now - seconds:
            asked.popleft()
        if len(asked) >= allowed:
            return True
        asked.append(now)
        return False


def arrive(exchange: Exchange, rows: Rows, operation: str, audience: Audience) -> Arrival:
    """Note rows for the record before anything may refuse them."""
    arrival = Arrival(rows, operation, audience.id, audience.name, audience.rows)
    exchange.arrivals.append(arrival)
    return arrival
