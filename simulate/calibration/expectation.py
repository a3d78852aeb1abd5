"""The expected match of a platform in closed form, cell by cell of alike visitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulate.people.block import DAYS_TO_RETURN
from simulate.platforms.accounts import DAYS_OF_YEAR, Holders, kept
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
    years : array of float, shape (ages,)
        Years between visit and list, in quarters.
    by_age : array of float, shape (cells, ages)
        Share of each cell at each of these ages.
    social : array of float
        Share of the cell that came from social media.
    elapsed : float
        How far the span in which accounts come to be has gone on the list's day.
    """

    people: Holders
    weight: NDArray[np.int64]
    disagree: NDArray[np.float64]
    years: NDArray[np.float64]
    by_age: NDArray[np.float64]
    social: NDArray[np.float64]
    elapsed: float = 1.0


def count_cells(
    people: Holders,
    disagree: NDArray[np.bool_] | None = None,
    *,
    years: NDArray[np.float64] | None = None,
    social: NDArray[np.bool_] | None = None,
    elapsed: float = 1.0,
) -> Cells:
    """Count people into cells.

    Parameters
    ----------
    people : Holders
        One entry per visitor.
    disagree : array of bool or None
        Whose correctly typed address normalises differently on the two sides; None for nobody.
    years : array of float or None
        Years from each one's visit to the list; None for a list of the day of the visit.
    social : array of bool or None
        Who came from social media; None for nobody.
    elapsed : float
        As in :class:`Cells`.
    """
    shape = len(BRACKETS) + 1, 2, 8, 256
    codes = np.ravel_multi_index(
        (people.bracket + 1, people.woman.astype(np.int64), people.addresses, people.mailboxes), shape
    )
    weight = np.bincount(codes)
    cells = np.flatnonzero(weight)
    weight = weight[cells]

    def share(of: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        return np.zeros(len(cells)) if of is None else np.bincount(codes, of)[cells] / weight

    years = np.zeros(len(codes)) if years is None else years
    quarter = (years * 4).astype(np.int64)
    ages, place = int(quarter.max(initial=0)) + 1, np.searchsorted(cells, codes)
    table = np.bincount(place * ages + quarter, minlength=len(cells) * ages).reshape(-1, ages)
    middle = np.bincount(quarter, years, ages) / np.maximum(np.bincount(quarter, minlength=ages), 1)
    bracket, woman, addresses, mailboxes = np.unravel_index(cells, shape)
    representatives = Holders(bracket - 1, woman == 1, addresses.astype(np.uint8), mailboxes.astype(np.uint8))
    by_age = table / weight[:, None]
    return Cells(representatives, weight, share(disagree), middle, by_age, share(social), elapsed)


def known_share(cells: Cells, values: Values) -> NDArray[np.float64]:
    """Return the chance that a platform knows the address given to the site, for account holders."""
    people = cells.people
    reuse, book = np.asarray(values["address_reuse"]), np.asarray(values["address_book"])
    carried = reuse * (kept(cells.years, values) @ cells.by_age.T)  # type: ignore[arg-type]
    missed_elsewhere = (1 - book) * (1 - np.asarray(values["second_address"]) / people.addresses)
    owner = people.mailboxes != 0
    known = np.where(owner, 1 - missed_elsewhere, 1 - (1 - carried) * missed_elsewhere)
    return np.where(people.mailboxes & 1, 1.0, known)


def expected_match(
    platform: Platform, reach: NDArray[np.float64], cells: Cells, values: Values
) -> NDArray[np.float64]:
    """Return the expected share of an upload that a platform matches.

    A match needs an account, an address that the platform knows, an entry that is the person's
    address without a typing error, and the same normal form on both sides; they are independent
    within a cell. A list has more rows than people: some came twice, some rows are tests.
    ``women_share`` weighs the cells, ``reach.<platform>`` shifts the reach by so many share points
    (on the logit scale, where no share leaves 0 to 1).

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
    by_ad = cells.social * np.asarray(values["came_by_ad"]) * platform.ads
    account = 1 - (1 - with_odds(share, odds)) * (1 - by_ad * (people.bracket >= 0))
    account = np.where((people.mailboxes != 0) & (people.bracket >= 0), 1.0, account)
    if cells.elapsed < 1:
        account = account * (1 - (1 - np.asarray(values["accounts_before"])) * (1 - cells.elapsed))
    weight: NDArray[np.float64] = cells.weight / cells.weight.sum()
    if (women := values.get("women_share")) is not None:
        observed = weight[people.woman].sum()
        women = np.asarray(women)
        weight = weight * np.where(people.woman, women / observed, (1 - women) / (1 - observed))
    own = 1 - np.asarray(values["no_address"]) - np.asarray(values["not_personal"])
    agrees = (1 - np.asarray(values["typo"])) * own * (1 - cells.disagree)
    matched: NDArray[np.float64] = (weight * account * known_share(cells, values) * agrees).sum(axis=-1)
    return matched / rows_per_person(cells, values)


def rows_per_person(cells: Cells, values: Values) -> NDArray[np.float64]:
    """Return the expected rows of a list for each person on it."""
    ages = (cells.weight @ cells.by_age) / cells.weight.sum()
    back = ages @ (1 - np.exp(-cells.years * DAYS_OF_YEAR / DAYS_TO_RETURN))
    people = 1 + np.asarray(values["returning"]) * back
    rows: NDArray[np.float64] = people / (1 - np.asarray(values["test_entries"]))
    return rows[..., 0] if rows.ndim > 1 else rows
