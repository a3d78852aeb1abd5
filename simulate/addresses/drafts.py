"""E-mail addresses: drafted from the person, numbered so that no two people share one, and spelt out.

An address is a few small integers until somebody needs its letters: two pieces of its local part
with a mark between them, a year and a domain. Equal addresses have equal 64-bit keys, computed
from the pieces alone, so that the pass that numbers the later owners never sees a string.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.addresses.pieces import (
    MARKS,
    PROVIDERS,
    SMALL_DOMAINS,
    append_number,
    domain_keys,
    domains,
    hash_text,
    pieces,
    tails,
    year_tails,
)
from simulate.attributes.demography import Block, Demography
from simulate.attributes.names import Names
from simulate.lottery import pick
from simulate.tables import words

GMAIL, WORK = PROVIDERS.index("gmail"), PROVIDERS.index("work")
SLOTS = 3
OWNS = (1.0, 0.66, 0.29)
LIVE_FURTHER = 0.663
"""Shares of people with a first, second and third address, and of further ones still in use: 1.95 per
person as the sum over providers (Morning Consult), 1.63 live (Radicati). The split is assumed."""
AGES_OF_PROVIDERS = (30, 37, 45, 55, 65)
MAIN_PROVIDER = np.array(
    [
        [0.61, 0.19, 0.09, 0.03, 0.01, 0.03, 0.01, 0.03],
        [0.60, 0.20, 0.10, 0.03, 0.01, 0.02, 0.01, 0.03],
        [0.66, 0.20, 0.06, 0.02, 0.02, 0.01, 0.01, 0.02],
        [0.36, 0.32, 0.11, 0.07, 0.06, 0.01, 0.04, 0.03],
        [0.27, 0.32, 0.13, 0.07, 0.11, 0.01, 0.06, 0.03],
        [0.24, 0.31, 0.12, 0.06, 0.16, 0.01, 0.08, 0.02],
    ]
)
"""Most-used provider by age. Morning Consult, June 2017, for the ages and providers it gives
(30-44 and 55-64 follow from its totals); the rest of each row is assumed."""
FURTHER_PROVIDER = np.array([0.513, 0.173, 0.106, 0.097, 0.033, 0.039, 0.013, 0.026])
"""Weights of a second and third provider among those not yet used, solved so that 70, 46, 26 and 20 % have an
account at Gmail, Yahoo, Outlook and Hotmail (Morning Consult); the others are assumed."""

EMPTY, GIVEN, GIVEN_INITIAL, SURNAME, SURNAME_INITIAL, WORD, OTHER_WORD = range(7)
NO_YEAR, TWO_DIGITS, FOUR_DIGITS = range(3)
STYLES = np.array(
    [  # first piece, mark, second piece, year, weight
        [GIVEN, 1, SURNAME, NO_YEAR, 17],
        [GIVEN, 0, SURNAME, NO_YEAR, 15],
        [GIVEN_INITIAL, 0, SURNAME, NO_YEAR, 10],
        [GIVEN, 2, SURNAME, NO_YEAR, 5],
        [GIVEN_INITIAL, 1, SURNAME, NO_YEAR, 2],
        [SURNAME, 1, GIVEN, NO_YEAR, 2],
        [SURNAME, 0, GIVEN, NO_YEAR, 2],
        [GIVEN, 0, SURNAME_INITIAL, NO_YEAR, 4],
        [GIVEN, 0, EMPTY, TWO_DIGITS, 4],
        [GIVEN, 0, SURNAME, TWO_DIGITS, 8],
        [GIVEN_INITIAL, 0, SURNAME, TWO_DIGITS, 6],
        [GIVEN, 1, SURNAME, TWO_DIGITS, 5],
        [GIVEN, 0, SURNAME, FOUR_DIGITS, 3],
        [GIVEN, 0, WORD, NO_YEAR, 4],
        [WORD, 0, OTHER_WORD, NO_YEAR, 7],
        [WORD, 0, OTHER_WORD, TWO_DIGITS, 6],
    ]
)
FIRST, MARK, SECOND, YEAR, WEIGHT = np.ascontiguousarray(STYLES.T)
"""Styles of local parts and their weights. Assumed, after a count of 58 corporate addresses (2004)
and 3 % of user names with a date among 10 million (2015)."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Addresses of one block, as integers; only people who have such an address appear.

    Attributes
    ----------
    rows : array of int
        Row of each address's owner within the block, increasing.
    first, mark, second, year, domain : array of int
        Pieces, mark between them, tail and domain (all in ``simulate.addresses.pieces``).
    number : array of int
        Appended by the numbering pass; 0 for none.
    """

    rows: NDArray[np.int64]
    first: NDArray[np.int32]
    mark: NDArray[np.int64]
    second: NDArray[np.int32]
    year: NDArray[np.int64]
    domain: NDArray[np.int64]
    number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)


@cache
def _further_weights() -> NDArray[np.float64]:
    """Row per pair of providers already used: weights of the next one, which is new."""
    used = np.eye(len(PROVIDERS), dtype=bool)
    weights = np.where(used[:, None] | used[None, :], 0.0, FURTHER_PROVIDER)
    return weights.reshape(-1, len(PROVIDERS))


def draft(block: Block, who: Demography, names: Names, slot: int) -> Drafts:
    """Draft the first, second or third address (slot 0, 1, 2) of those who have one.

    The first is the one used most; the three have different providers.
    """
    rows = np.flatnonzero(block.uniforms("number of addresses") < OWNS[slot])
    # Everybody has a first address: a slice takes all rows without copying them.
    chosen = rows if slot else slice(None)
    provider = _providers(block, who, slot)[chosen]
    pool = pieces(names.locale)
    given, surname = names.given[chosen], names.surname[chosen]
    style = pick(WEIGHT, block.bits(f"style {slot + 1}")[chosen])
    bits = block.bits(f"words {slot + 1}")[chosen]
    word, other, firm = (
        ((bits >> np.uint64(shift)) % np.uint64(of)).astype(np.int32)
        for shift, of in ((0, len(words())), (20, len(words())), (40, SMALL_DOMAINS))
    )
    choices = np.stack(
        [
            np.zeros(len(rows), np.int32),
            pool.given + given,
            pool.given_initial[given],
            pool.surname + surname,
            pool.surname_initial[surname],
            pool.word + word,
            pool.word + other,
        ]
    )
    here = np.arange(len(rows))
    mark = MARK[style]
    return Drafts(
        rows=rows,
        first=choices[FIRST[style], here],
        # Gmail allows no underscore.
        mark=np.where((provider == GMAIL) & (mark == 2), 1, mark),
        second=choices[SECOND[style], here],
        year=year_tails()[YEAR[style], who.birth_year[chosen]],
        domain=np.where(provider == WORK, WORK + firm, provider),
        number=np.zeros(len(rows), np.int64),
    )


def _providers(block: Block, who: Demography, slot: int) -> NDArray[np.int64]:
    first = pick(MAIN_PROVIDER, block.bits("provider 1"), np.digitize(who.age, AGES_OF_PROVIDERS))
    if slot == 0:
        return first
    kinds = len(PROVIDERS)
    second = pick(_further_weights(), block.bits("provider 2"), first * kinds + first)
    if slot == 1:
        return second
    return pick(_further_weights(), block.bits("provider 3"), first * kinds + second)


def keys(drafts: Drafts, locale: str) -> NDArray[np.uint64]:
    """Return one 64-bit key per address; equal mailboxes have equal keys (Gmail ignores dots)."""
    pool = pieces(locale)
    mark_key, mark_factor = hash_text(list(MARKS))
    _, tail_key, tail_factor = tails()
    mark = np.where(drafts.domain == GMAIL, 0, drafts.mark)
    key = domain_keys()[drafts.domain]
    for piece_key, piece_factor, code in (
        (pool.key, pool.factor, drafts.first),
        (mark_key, mark_factor, mark),
        (pool.key, pool.factor, drafts.second),
        (tail_key, tail_factor, drafts.year),
    ):
        key = key * piece_factor[code] + piece_key[code]
    return append_number(key, drafts.number)


def spell(drafts: Drafts, locale: str, *, domain: bool = True) -> Any:
    """Return the addresses, or only their local parts, as an Arrow array of strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pool = pieces(locale)
    parts = [
        pool.text.take(pa.array(drafts.first)),
        pa.array(MARKS).take(pa.array(drafts.mark)),
        pool.text.take(pa.array(drafts.second)),
        tails()[0].take(pa.array(drafts.year)),
        pa.array(drafts.number, mask=drafts.number == 0).cast(pa.string()),
    ]
    if domain:
        parts.append(domains().take(pa.array(drafts.domain)))
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def take(drafts: Drafts, at: NDArray[np.int64]) -> Drafts:
    """Return the addresses at these places."""
    return Drafts(*(getattr(drafts, field.name)[at] for field in fields(drafts)))
