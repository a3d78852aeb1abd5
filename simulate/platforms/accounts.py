"""Who of the people has an account at a platform, since when, and which of their addresses it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.platforms.reach import with_odds
from simulate.world import Platform

NEVER = np.iinfo(np.int32).max
"""The day of what does not happen."""

DAYS_OF_YEAR = 365.25
LONGEST = 100 * DAYS_OF_YEAR
Days = NDArray[np.int32]
"""Days since 1970."""


@dataclass(frozen=True, slots=True)
class Holders:
    """What decides about the accounts of n people, one entry each.

    Parameters
    ----------
    bracket : array of int
        Index into ``simulate.world.BRACKETS``; -1 under 13.
    woman : array of bool
        Sex as the surveys ask it.
    addresses : array of int
        Live addresses, at least 1 and at most 7; the one given to the site comes first.
    mailboxes : array of uint8
        Bit k: address k lies at a mail provider whose holders all have an account.
    """

    bracket: NDArray[np.int64]
    woman: NDArray[np.bool_]
    addresses: NDArray[np.uint8]
    mailboxes: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Span:
    """The days over which a platform's accounts come to be, from the site's first to its list's."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Tenure:
    """The days on which an account can carry the address that a person gave to the site.

    A person gives up addresses at a constant rate, and an account follows ``update_lag`` later. So it
    carries the address of the visit from the lag after the last change before it to the lag after
    the next: an old record matches less, and so, by a little, does one of yesterday.

    Attributes
    ----------
    start, end : array of int32
        First day, and the first day no more.
    """

    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one block of people at one platform.

    Attributes
    ----------
    opened : array of int32
        Day on which the account was opened; ``NEVER`` without one.
    carried : array of bool
        Its sign-up address is, over the person's tenure, the one given to the site.
    told : array of uint8
        Bit k: address k is known otherwise, from the opening on.
    """

    opened: Days
    carried: NDArray[np.bool_]
    told: NDArray[np.uint8]

    def held(self, day: int) -> NDArray[np.bool_]:
        """Return who has an account on a day."""
        held: NDArray[np.bool_] = self.opened <= day
        return held

    def known(self, slot: int, tenure: Tenure) -> tuple[Days, Days]:
        """Return from which day on, and until which, the platform knows an address; ``NEVER`` for not."""
        told = (self.told >> np.uint8(slot)) & np.uint8(1) == 1
        start = np.where(told, self.opened, NEVER)
        if slot == 0:
            start = np.where(self.carried & ~told, np.maximum(self.opened, tenure.start), start)
            end = np.where(self.carried & ~told, tenure.end, NEVER)
            start = np.where(start < end, start, NEVER)
        else:
            end = np.full(len(start), NEVER)
        return start.astype(np.int32), np.where(start == NEVER, NEVER, end).astype(np.int32)


def kept(
    years: NDArray[np.float64], values: Mapping[str, NDArray[np.float64] | float]
) -> NDArray[np.float64]:
    """Return the chance that an account carries the address of a visit so many years before.

    Examples
    --------
    >>> kept(np.array([0.0, 0.5, 5.5]), {"churn": 0.1, "update_lag": 0.5}).round(3)
    array([0.949, 1.   , 0.59 ])
    """
    stays = 1 - np.asarray(values["churn"], dtype=np.float64)
    chance: NDArray[np.float64] = stays ** np.abs(years - np.asarray(values["update_lag"]))
    return chance


def draw_tenure(
    visit: NDArray[np.int32], values: Mapping[str, float], *, seed: int, block: int, role: str = "visitors"
) -> Tenure:
    """Draw when people came to have, and gave up, the address of their visit; one draw for all platforms."""
    stream, n = Stream(seed, f"platform/{role}", "tenure", block=block), len(visit)
    rate = -np.log1p(-values["churn"]) / DAYS_OF_YEAR
    lag = values["update_lag"] * DAYS_OF_YEAR

    def wait(name: str) -> NDArray[np.float64]:
        drawn = -np.log1p(-stream.at(name=name).uniforms(n))
        return np.minimum(drawn / rate, LONGEST) if rate > 0 else np.full(n, LONGEST)

    start, end = visit - wait("had since") + lag, visit + wait("given up") + lag
    return Tenure(np.ceil(start).astype(np.int32), np.ceil(end).astype(np.int32))


def draw_accounts(
    platform: Platform,
    reach: NDArray[np.float64],
    people: Holders,
    values: Mapping[str, float],
    *,
    span: Span,
    seed: int,
    block: int,
    role: str = "visitors",
    came: Days | None = None,
) -> Accounts:
    """Draw one block of people's accounts at a platform.

    An account carries its sign-up address, which is the one given to the site with chance
    ``address_reuse`` as long as its holder has it; else another of the person's addresses or
    one that no longer exists. ``second_address`` of the holders added one of their live
    addresses, and friends' address books told the platform each live address with chance
    ``address_book``. Keeping an address apart for the site is a habit of the person, so its
    random number is shared by all platforms. Of all accounts ``accounts_before`` existed when the
    span begins; the others come evenly until it ends.

    Parameters
    ----------
    platform : Platform
        Whose accounts.
    reach : array of float, shape (6, 2)
        Share with an account by bracket and man, woman, as ``platforms.reach_table``.
    people : Holders
        The block, or the beginning of it.
    values : mapping of str to float
        The parameters of ``world.toml``.
    span : Span
        When accounts come to be.
    seed, block, role : int, int, str
        Which random numbers; ``role`` is the population.
    came : array of int32 or None
        Day by which those who came by the platform's advertisement had an account; ``NEVER`` for others.
    """
    n = len(people.bracket)
    stream = Stream(seed, f"platform/{role}", platform.name, block=block)

    def chance(name: str, share: float | NDArray[np.float64]) -> NDArray[np.bool_]:
        return stream.at(name=name).uniforms(n) < share

    one = np.uint8(1)
    owner = people.mailboxes != 0
    reached = with_odds(reach, values["visitor_odds"])[people.bracket, people.woman.astype(np.int64)]
    account = (chance("account", reached) | owner) & (people.bracket >= 0)

    reuse = (
        Stream(seed, f"platform/{role}", "address_reuse", block=block).uniforms(n) < values["address_reuse"]
    )
    others = people.addresses - one
    other = one + stream.at(name="other").integers(n, others).astype(np.uint8)
    told = np.where(~reuse & ~owner & (others > 0), one << other, 0).astype(np.uint8) | people.mailboxes

    added = stream.at(name="second").integers(n, people.addresses).astype(np.uint8)
    told |= np.where(chance("has_second", values["second_address"]), one << added, 0).astype(np.uint8)
    for slot in range(int(people.addresses.max(initial=1))):
        heard = chance(f"book{slot}", values["address_book"]) & (slot < people.addresses)
        told |= heard.astype(np.uint8) << np.uint8(slot)

    opened = _opened(stream, n, span, values["accounts_before"])
    if came is not None:
        account = account | ((came != NEVER) & (people.bracket >= 0))
        opened = np.minimum(opened, came)
    return Accounts(
        np.where(account, opened, NEVER).astype(np.int32),
        account & reuse & ~owner,
        np.where(account, told, 0).astype(np.uint8),
    )


def _opened(stream: Stream, n: int, span: Span, before: float) -> NDArray[np.int64]:
    """Draw the day of opening: the span's first day for what is older."""
    drawn = (stream.at(name="opened").uniforms(n) - before) / max(1 - before, 1e-9)
    day: NDArray[np.int64] = np.ceil(np.maximum(drawn, 0) * (span.last - span.first)).astype(np.int64)
    return day + span.first
