"""Households of residents: couples, their children, lone parents, people alone and sharers.

People come first, with the country's ages; households are then made of everybody in a block by
sorting and pairing, so ages stay as they are and each person lives in exactly one household.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import OLDEST, Block, Demography
from simulate.attributes.rates import band_of_age
from simulate.lottery import pick

RELATIONSHIPS = ("never married", "partnered", "married", "divorced", "widowed", "child")

BANDS = ("0-17", "18-24", "25-29", "30-34", "35-44", "45-54", "55-64", "65-74", "75-84", "85-")
COUPLED = np.array(
    [
        [0, 0.17, 0.47, 0.62, 0.67, 0.65, 0.63, 0.57, 0.40, 0.16],
        [0, 0.11, 0.39, 0.58, 0.67, 0.67, 0.69, 0.73, 0.69, 0.52],
    ]
)
"""Women and men who live with a spouse or partner. ACS and CPS tables, believed."""
UNMARRIED_COUPLE = np.array([0, 0.60, 0.40, 0.22, 0.12, 0.09, 0.08, 0.05, 0.03, 0.02])
NEVER_DIVORCED_WIDOWED = np.array(
    [
        [
            *((1, 0, 0), (0.98, 0.02, 0), (0.93, 0.07, 0), (0.85, 0.14, 0.01), (0.62, 0.36, 0.02)),
            *(
                (0.38, 0.55, 0.07),
                (0.24, 0.56, 0.20),
                (0.13, 0.42, 0.45),
                (0.07, 0.23, 0.70),
                (0.05, 0.10, 0.85),
            ),
        ],
        [
            *((1, 0, 0), (0.99, 0.01, 0), (0.95, 0.05, 0), (0.89, 0.11, 0), (0.66, 0.33, 0.01)),
            *(
                (0.45, 0.52, 0.03),
                (0.34, 0.58, 0.08),
                (0.22, 0.52, 0.26),
                (0.13, 0.32, 0.55),
                (0.08, 0.15, 0.77),
            ),
        ],
    ]
)
"""Marital status of women and men without a partner, believed."""
WITH_PARENTS = np.array([1, 0.62, 0.35, 0.22, 0.13, 0.08, 0.03, 0.01, 0, 0])
"""Adults without a partner who live with their parents, believed."""
HAS_CHILDREN = np.array(
    [
        [0, 0.30, 0.46, 0.66, 0.78, 0.66, 0.34, 0.12, 0.05, 0.03],
        [0, 0.25, 0.36, 0.45, 0.52, 0.44, 0.22, 0.10, 0.08, 0.06],
        [0, 0.02, 0.04, 0.06, 0.10, 0.10, 0.07, 0.04, 0.03, 0.02],
    ]
)
NUMBER_OF_CHILDREN = np.array(
    [[0.31, 0.42, 0.18, 0.06, 0.03], [0.52, 0.30, 0.12, 0.04, 0.02], [0.6, 0.3, 0.1, 0, 0]]
)
"""Shares with a child at home, of any age, by age of the mother or head, and the shares of those with one to
five of them: couples, lone women, lone men. Fitted to household sizes of the CPS 2020 (mean 2.53; 28, 34-35,
15, 13, 6, 3 %)."""
AGE_AT_BIRTH = (28.5, 5.8)
SHARES = np.array([0, 0.86, 0.70, 0.57, 0.52, 0.48, 0.40, 0.31, 0.28, 0.32])
"""Adults with neither partner nor child nor parent at home who live with others. Fitted likewise."""
SHARE_WITH_A_FAMILY = 0.45
HAS_SPOUSES_SURNAME = 0.72
"""Married couples of one surname, believed."""
NEIGHBOURS, YEARS_APART = 24, 10
"""Rows before a visitor among which a partner is looked for, and years by which they differ at most."""
OLDEST_DONOR = 90
"""Ages above are taken together."""
PARTNER_AGE_GAP, PARTNER_AGE_SPREAD = 2.2, 3.2


@dataclass(frozen=True, slots=True)
class Households:
    """Where the people of one block live.

    Attributes
    ----------
    head : array of int
        Row of the head of each person's household.
    size : array of int
        People in it.
    relationship : array of int
        Index into ``RELATIONSHIPS``; "child" under 18.
    surname_of : array of int
        Row of the person whose surname each has.
    """

    head: NDArray[np.int64]
    size: NDArray[np.int64]
    relationship: NDArray[np.int64]
    surname_of: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Donors:
    """Residents by age and sex, from whom people outside the blocks of residents take their household.

    Attributes
    ----------
    start : array of int
        First donor of each cell (sex x age), and their number at the end.
    size, relationship : array of int
        Donors' households, ordered by cell.
    """

    start: NDArray[np.int64]
    size: NDArray[np.int64]
    relationship: NDArray[np.int64]

    @classmethod
    def of(cls, who: Demography, homes: Households) -> Donors:
        """Order residents by sex and age."""
        cell = _cell(who)
        order = np.argsort(cell, kind="stable")
        start = np.searchsorted(cell[order], np.arange(2 * (OLDEST_DONOR + 1) + 1))
        return cls(start, homes.size[order], homes.relationship[order])

    def households(self, block: Block, who: Demography) -> Households:
        """Return the household of each person of a block, whom nobody else of the block lives with."""
        cell = _cell(who)
        number = self.start[cell + 1] - self.start[cell]
        donor = self.start[cell] + (block.uniforms("household") * number).astype(np.int64)
        own = np.arange(block.size)
        return Households(own, self.size[donor], self.relationship[donor], own)


def live_together(block: Block, who: Demography, homes: Households, share: float) -> Households:
    """Let some visitors in a couple live with an earlier visitor of the other sex and like age.

    Only the few rows before each are looked at, so that a partial block stays the start of the full one.
    """
    coupled = np.isin(homes.relationship, [RELATIONSHIPS.index(name) for name in ("partnered", "married")])
    joins = coupled & (block.uniforms("lives with a visitor") < share)
    row, partner = np.arange(block.size), np.arange(block.size)
    taken = joins.copy()
    for before in range(1, NEIGHBOURS):
        rows = row[joins & (partner == row) & (row >= before)]
        mate = rows - before
        fit = coupled[mate] & ~taken[mate] & (who.female[mate] != who.female[rows])
        fit &= np.abs(who.birth[mate] - who.birth[rows]) < YEARS_APART * 365
        partner[rows[fit]] = mate[fit]
        taken[mate[fit]] = True
    relationship = homes.relationship[partner]
    one_name = (relationship == RELATIONSHIPS.index("married")) & (partner != row)
    one_name &= block.uniforms("partner's surname") < HAS_SPOUSES_SURNAME
    return Households(partner, homes.size[partner], relationship, np.where(one_name, partner, row))


def _cell(who: Demography) -> NDArray[np.int64]:
    sex, age = who.cell
    return sex * (OLDEST_DONOR + 1) + np.minimum(age, OLDEST_DONOR)


def form_households(block: Block, who: Demography, partner_sex_same: NDArray[np.bool_]) -> Households:
    """Form the households of one full block.

    Parameters
    ----------
    block, who
        The block and its people; the block must be full.
    partner_sex_same : array of bool
        Who pairs with somebody of the same sex.
    """
    sex, age = who.cell
    band = band_of_age(BANDS)[age]
    coupled = block.uniforms("lives with partner") < COUPLED[sex, band]
    first, second = _pair(block, who, coupled, partner_sex_same)
    head = np.arange(block.size)
    head[second] = first
    coupled[:] = False
    coupled[first] = coupled[second] = True

    child = ~coupled & (block.uniforms("lives with parents") < WITH_PARENTS[band])
    heads = np.flatnonzero((head == np.arange(block.size)) & ~child & (age >= 18))
    kind = np.where(coupled[heads], 0, 1 + sex[heads])
    parents = _place_children(block, np.flatnonzero(child), age, heads, kind)
    head[np.flatnonzero(child)] = parents

    has_child = np.zeros(block.size, dtype=bool)
    has_child[parents] = True
    alone = ~coupled & ~child & ~has_child
    _let_share(block, head, alone & (block.uniforms("shares a home") < SHARES[band]), age, first)
    size = np.bincount(head, minlength=block.size)[head]
    relationship = _relationship(block, who, band, coupled, head)
    takes_surname = child | (block.uniforms("spouse's surname")[head] < HAS_SPOUSES_SURNAME)
    takes_surname &= child | (relationship == RELATIONSHIPS.index("married"))
    return Households(head, size, relationship, np.where(takes_surname, head, np.arange(block.size)))


def _pair(
    block: Block, who: Demography, coupled: NDArray[np.bool_], same: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair people of like age; the few for whom nobody is left stay without a partner."""
    sex, age = who.cell
    wanted = age + PARTNER_AGE_SPREAD * block.normals("age of partner")
    wanted += PARTNER_AGE_GAP * (1 - sex)

    def in_order(of_sex: int, among: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(coupled & among & (sex == of_sex))
        return rows[np.argsort(wanted[rows], kind="stable")]

    women, men = (in_order(each, ~same) for each in (0, 1))
    pairs = [(women[: len(men)], men[: len(women)])]
    for each in (0, 1):
        alike = in_order(each, same)
        pairs.append((alike[0 : len(alike) // 2 * 2 : 2], alike[1::2]))
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def _place_children(
    block: Block,
    children: NDArray[np.int64],
    age: NDArray[np.int64],
    heads: NDArray[np.int64],
    kind: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the household of each child: places by parents' age, filled in order of children's age."""
    some = HAS_CHILDREN[:, band_of_age(BANDS)][:, :, None]
    numbers = np.concatenate([1 - some, some * NUMBER_OF_CHILDREN[:, None]], axis=2)
    numbers = numbers.reshape(-1, numbers.shape[2])
    number = pick(numbers, block.bits("number of children")[heads], kind * (OLDEST + 1) + age[heads])
    place = np.repeat(np.arange(len(heads)), number)
    # As many places as children: some families have one fewer, or one more, than they drew.
    shuffled = place[block.stream("children's places").permutation(len(place))]
    place = np.resize(shuffled, len(children))
    mean, spread = AGE_AT_BIRTH
    age_at_birth = mean + spread * block.stream("age at birth").normals(len(children))
    order = np.argsort(age[heads[place]] - age_at_birth, kind="stable")
    parents = np.empty(len(children), np.int64)
    parents[np.argsort(age[children], kind="stable")] = heads[place[order]]
    return parents


def _let_share(
    block: Block,
    head: NDArray[np.int64],
    sharing: NDArray[np.bool_],
    age: NDArray[np.int64],
    families: NDArray[np.int64],
) -> None:
    """Move sharers, in place, to a family of the block or together in twos and threes of like age."""
    rows = np.flatnonzero(sharing)
    to_family = block.uniforms("shares with a family")[rows] < SHARE_WITH_A_FAMILY
    guests = rows[to_family]
    head[guests] = families[(block.uniforms("which family")[guests] * len(families)).astype(np.int64)]
    mates = rows[~to_family]
    mates = mates[np.argsort(age[mates] + 4 * block.uniforms("age of flatmates")[mates], kind="stable")]
    group = np.arange(len(mates)) // 2
    starts = np.searchsorted(group, group)
    head[mates] = mates[starts]


def _relationship(
    block: Block,
    who: Demography,
    band: NDArray[np.int64],
    coupled: NDArray[np.bool_],
    head: NDArray[np.int64],
) -> NDArray[np.int64]:
    sex, age = who.cell
    # One draw per household decides whether its couple is married.
    unmarried = block.uniforms("unmarried couple")[head] < UNMARRIED_COUPLE[band[head]]
    row = sex * len(BANDS) + band
    without = pick(NEVER_DIVORCED_WIDOWED.reshape(-1, 3), block.bits("status without partner"), row)
    status = np.where(coupled, np.where(unmarried, 1, 2), np.array([0, 3, 4])[without])
    return np.where(age < 18, RELATIONSHIPS.index("child"), status)
