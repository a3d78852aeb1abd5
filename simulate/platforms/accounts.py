"""Who of the people has an account at a platform, and which of their addresses it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.platforms.reach import with_odds
from simulate.world import Platform

ACCOUNT = 128
"""Bit that says the person has an account; bit k below says that address k is known."""


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


def stale(values: Mapping[str, float]) -> float:
    """Return the share of accounts whose sign-up address was given up and not yet replaced.

    Examples
    --------
    >>> round(stale({"churn": 0.1, "update_lag": 0.5}), 3)
    0.051
    """
    lost: float = 1 - (1 - values["churn"]) ** values["update_lag"]
    return lost


def draw_accounts(
    platform: Platform,
    reach: NDArray[np.float64],
    people: Holders,
    values: Mapping[str, float],
    *,
    seed: int,
    block: int,
    role: str = "visitors",
) -> NDArray[np.uint8]:
    """Draw one block of people's accounts at a platform.

    An account carries its sign-up address, which is the one given to the site with chance
    ``address_reuse`` unless it was given up since; else another of the person's addresses or
    one that no longer exists. ``second_address`` of the holders added one of their live
    addresses, and friends' address books told the platform each live address with chance
    ``address_book``. Keeping an address apart for the site is a habit of the person, so its
    random number is shared by all platforms.

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
    seed, block, role : int, int, str
        Which random numbers; ``role`` is the population.

    Returns
    -------
    array of uint8
        ``ACCOUNT`` plus one bit per known address; 0 without an account.
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
    sign_up = np.where(reuse, one, np.where(others > 0, one << other, 0)).astype(np.uint8)
    sign_up[chance("stale", stale(values)) | owner] = 0

    added = stream.at(name="second").integers(n, people.addresses).astype(np.uint8)
    knows = people.mailboxes | sign_up
    knows |= np.where(chance("has_second", values["second_address"]), one << added, 0).astype(np.uint8)
    for slot in range(int(people.addresses.max(initial=1))):
        told = chance(f"book{slot}", values["address_book"]) & (slot < people.addresses)
        knows |= told.astype(np.uint8) << np.uint8(slot)
    return np.where(account, knows | np.uint8(ACCOUNT), 0).astype(np.uint8)
