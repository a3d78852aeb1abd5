"""The expected match of a platform in closed form, cell by cell of alike visitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulate.platforms.accounts import Holders, stale
from simulate.platforms.reach import with_odds
from simulate.world import BRACKETS, Platform

Values = Mapping[str, ArrayLike]
"""Parameters by name: a number each, or draws of shape (draws, 1)."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Visitors counted by what decides about their match, one entry per cell.

    Parameters
    ----------
    people : Holders
        One representative per cell.
    weight : array of int
        Visitors in the cell.
    disagree : array of float
        Share of the cell whose correctly typed address hashes differently at the platform.
    """

    people: Holders
    weight: NDArray[np.int64]
    disagree: NDArray[np.float64]


def count_cells(people: Holders, disagree: NDArray[np.bool_] | None = None) -> Cells:
    """Count people into cells.

    Parameters
    ----------
    people : Holders
        One entry per visitor.
    disagree : array of bool or None
        Whose correctly typed address normalises differently on the two sides; None for nobody.
    """
    shape = len(BRACKETS) + 1, 2, 8, 256
    codes = np.ravel_multi_index(
        (people.bracket + 1, people.woman.astype(np.int64), people.addresses, people.mailboxes), shape
    )
    weight = np.bincount(codes)
    cells = np.flatnonzero(weight)
    weight = weight[cells]
    lost = np.zeros(len(cells)) if disagree is None else np.bincount(codes, disagree)[cells] / weight
    bracket, woman, addresses, mailboxes = np.unravel_index(cells, shape)
    representatives = Holders(bracket - 1, woman == 1, addresses.astype(np.uint8), mailboxes.astype(np.uint8))
    return Cells(representatives, weight, lost)


def known_share(people: Holders, values: Values) -> NDArray[np.float64]:
    """Return the chance that a platform knows the address given to the site, for account holders."""
    reuse, book = np.asarray(values["address_reuse"]), np.asarray(values["address_book"])
    kept = reuse * (1 - stale(values))  # type: ignore[arg-type]
    missed_elsewhere = (1 - book) * (1 - np.asarray(values["second_address"]) / people.addresses)
    owner = people.mailboxes != 0
    known = np.where(owner, 1 - missed_elsewhere, 1 - (1 - kept) * missed_elsewhere)
    return np.where(people.mailboxes & 1, 1.0, known)


def expected_match(
    platform: Platform, reach: NDArray[np.float64], cells: Cells, values: Values
) -> NDArray[np.float64]:
    """Return the expected share of an upload that a platform matches.

    A match needs an account, an address that the platform knows, no typing error and the same
    normal form on both sides; the four are independent within a cell. ``women_share`` weighs
    the cells, ``reach.<platform>`` shifts the reach by so many share points (on the logit
    scale, where no share leaves 0 to 1).

    Parameters
    ----------
    platform : Platform
        Where the list was uploaded.
    reach : array of float, shape (6, 2)
        As ``platforms.reach_table``.
    cells : Cells
        The visitors.
    values : mapping of str to float or array of shape (draws, 1)
        Parameters; ``women_share`` and ``reach.<platform>`` may be left out.

    Returns
    -------
    array of float, shape (draws,) or ()
    """
    people = cells.people
    share = reach[people.bracket, people.woman.astype(np.int64)] * (people.bracket >= 0)
    odds = np.asarray(values["visitor_odds"], dtype=float)
    if (shift := values.get(f"reach.{platform.name}")) is not None:
        centre = np.average(share, weights=cells.weight)
        odds = odds * np.exp(np.asarray(shift) / max(centre * (1 - centre), 1e-9))
    account = np.where((people.mailboxes != 0) & (people.bracket >= 0), 1.0, with_odds(share, odds))
    weight: NDArray[np.float64] = cells.weight / cells.weight.sum()
    if (women := values.get("women_share")) is not None:
        observed = weight[people.woman].sum()
        women = np.asarray(women)
        weight = weight * np.where(people.woman, women / observed, (1 - women) / (1 - observed))
    agrees = (1 - np.asarray(values["typo"])) * (1 - cells.disagree)
    matched: NDArray[np.float64] = (weight * account * known_share(people, values) * agrees).sum(axis=-1)
    return matched
