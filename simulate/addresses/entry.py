"""What people type into the site's form: which of their addresses, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.addresses.drafts import GMAIL, Drafts, spell, take
from simulate.addresses.pieces import PROVIDERS, domains
from simulate.attributes.demography import Block, Site
from simulate.execution.arrow_columns import ascii_strings, hex_digits
from simulate.lottery import pick

ENTRIES = (
    *("as it is", "mistyped", "plus tag", "relay", "dots", "capitals", "space"),
    *("no address", "office", "disposable", "partner's"),
)
MISTYPED, PLUS_TAG, RELAY, DOTS, CAPITALS, SPACE = range(1, 7)
NO_ADDRESS, OFFICE, DISPOSABLE, PARTNERS = range(7, len(ENTRIES))
NOT_OWN = (RELAY, NO_ADDRESS, OFFICE, DISPOSABLE, PARTNERS)
"""Entries that are none of the person's own addresses: no platform knows them as theirs."""
OF_OFFICES = 0.5
"""Office addresses among those that are nobody's own; the others are disposable. Assumed."""
SECOND_ADDRESS_GIVEN = 0.12
"""Share of people with a second address who give that one. Assumed."""
ENTRY_SHARES = {RELAY: 0.002, DOTS: 0.01, CAPITALS: 0.03, SPACE: 0.004}
"""Relay addresses (from 2020 on), dots moved (only Gmail ignores it), a leading capital (telephone keyboards)
and a trailing space. Assumed."""
RELAY_BY_YEAR = {2019: 0.1, 2020: 0.4}
"""Relay addresses before and in a year, as a share of those later: Apple's came in September 2019, and few
used others before. Assumed."""
DOMAIN_MISTYPED = 0.6
"""Mistyped domains among mistyped addresses of large providers: 0.55 of 1 % (bounceshift)."""
MISTYPED_DOMAINS = {
    "@gmail.example": {
        **{"@gamil.example": 2247, "@gmil.example": 1918, "@gmail.con.example": 1358, "@gmai.example": 556},
        **{"@gmail.co.example": 516, "@gmali.example": 504, "@gnail.example": 335},
    },
    "@yahoo.example": {"@yaho.example": 3, "@yahoo.con.example": 3, "@yhoo.example": 2, "@yahooo.example": 1},
    "@icloud.example": {"@icluod.example": 268, "@iclud.example": 202},
    "@hotmail.example": {"@hotmil.example": 161, "@hotmail.con.example": 154},
}
"""Counts of the head of that list, Yahoo's assumed; a wrong ending stands before the reserved one."""
TAGS = ("therapy", "spam", "news", "web", "health", "signup", "1", "counseling")
RELAY_DOMAIN = "@privaterelay.example"
DISPOSABLE_DOMAIN = "@tenminutes.example"
OFFICES = ("info", "office", "contact", "admin")
NO_HOSTS = ("@.gmail.example", "@gmail..example", "@..example", "@yahoo..example")
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
WIDTH = 96


@dataclass(frozen=True, slots=True)
class Entry:
    """The address given to the site by each person of a block.

    Attributes
    ----------
    slot : array of int8
        Which of the person's addresses it is, from 1.
    kind : array of int8
        Index into ``ENTRIES``.
    given : Drafts
        The address itself, one per person.
    """

    slot: NDArray[np.int8]
    kind: NDArray[np.int8]
    given: Drafts


def draw_entries(
    block: Block, site: Site, drafts: list[Drafts], years: NDArray[Any], partner: NDArray[np.int64]
) -> Entry:
    """Draw which address each visitor gives and how it is entered.

    Parameters
    ----------
    block, site : Block, Site
        Whose, and how often things go wrong.
    drafts : list of Drafts
        Addresses of each person.
    years, partner : array of int
        Year of the visit; row of an earlier visitor with whom somebody lives, or their own.
    """
    second = drafts[1].rows
    rows = second[block.uniforms("address given")[second] < SECOND_ADDRESS_GIVEN]
    slot = np.ones(block.size, np.int8)
    slot[rows] = 2
    at = np.searchsorted(second, rows)
    merged = {}
    for field in fields(Drafts):
        merged[field.name] = getattr(drafts[0], field.name).copy()
        merged[field.name][rows] = getattr(drafts[1], field.name)[at]
    given = Drafts(**merged)
    shares = {MISTYPED: site.typo, PLUS_TAG: site.plus_tag, **ENTRY_SHARES}
    weights = [1.0 - sum(shares.values()), *(shares[kind] for kind in range(1, NO_ADDRESS))]
    kind = pick(np.array(weights), block.bits("entry"))
    one_piece = (given.domain != GMAIL) | (given.second == 0)
    kind[(kind == DOTS) & one_piece] = 0
    too_early = block.uniforms("relay by year") >= relay_by_year(years)
    kind[(kind == RELAY) & too_early] = 0
    return _not_own(block, site, partner, Entry(slot, kind.astype(np.int8), given))


def relay_by_year(years: NDArray[Any]) -> NDArray[np.float64]:
    """Return how common relay addresses are in each year, as a share of what they became.

    Examples
    --------
    >>> relay_by_year(np.array([2015, 2020, 2022]))
    array([0.1, 0.4, 1. ])
    """
    steps = np.array([*RELAY_BY_YEAR.values(), 1.0])
    found: NDArray[np.float64] = steps[np.searchsorted([*RELAY_BY_YEAR], years)]
    return found


def _not_own(block: Block, site: Site, partner: NDArray[np.int64], entry: Entry) -> Entry:
    """Let some of those who enter an address as it is enter one that is not their own, or none."""
    offices = OF_OFFICES * site.not_personal
    edges = np.cumsum([site.no_address, offices, site.not_personal - offices])
    drawn = np.searchsorted(edges, block.uniforms("not own"), side="right")
    other = np.array([NO_ADDRESS, OFFICE, DISPOSABLE, 0])[drawn]
    shares = (partner != np.arange(block.size)) & (block.uniforms("shares address") < site.shares_address)
    other = np.where(shares, PARTNERS, other)
    kind = np.where(entry.kind == 0, other, entry.kind).astype(np.int8)
    given = take(entry.given, np.where(kind == PARTNERS, partner, np.arange(block.size)))
    return Entry(entry.slot, kind, given)


def type_in(block: Block, entry: Entry, addresses: Any, locale: str) -> Any:
    """Return what was typed: the given addresses but for those whose entry says otherwise.

    Parameters
    ----------
    block : Block
        Whose entries these are.
    entry : Entry
        From :func:`draw_entries`, with numbered addresses.
    addresses : pyarrow.StringArray
        The given addresses, spelt.
    locale : str
        Locale of their pieces.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    draw = block.bits("entry details")
    order, typed = [], []
    for kind in range(1, len(ENTRIES)):
        rows = np.flatnonzero(entry.kind == kind)
        order.append(rows)
        typed.append(_as_typed(kind, take(entry.given, rows), draw[rows], locale))
    in_order = np.argsort(np.concatenate(order))
    changed = pa.concat_arrays(typed).take(pa.array(in_order))
    return pc.replace_with_mask(addresses, pa.array(entry.kind != 0), changed)


def _as_typed(kind: int, given: Drafts, draw: NDArray[np.uint64], locale: str) -> Any:
    """Return addresses as they are typed in one of the ways of ``ENTRIES``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole: dict[int, Callable[[], Any]] = {
        RELAY: lambda: ascii_strings(hex_digits(draw, 12), RELAY_DOMAIN),
        DISPOSABLE: lambda: ascii_strings(hex_digits(draw, 12), DISPOSABLE_DOMAIN),
        PARTNERS: lambda: spell(given, locale),
        NO_ADDRESS: lambda: _no_address(spell(given, locale, domain=False), draw),
        OFFICE: lambda: _office(draw),
        DOTS: lambda: spell(replace(given, mark=np.where(given.mark == 1, 0, 1)), locale),
        CAPITALS: lambda: pc.utf8_capitalize(spell(given, locale)),
        SPACE: lambda: pc.binary_join_element_wise(spell(given, locale), "", " "),
    }
    if kind in whole:
        return whole[kind]()
    local, domain = spell(given, locale, domain=False), domains().take(pa.array(given.domain))
    if kind == PLUS_TAG:
        tags = pa.array(TAGS).take(pa.array((draw % np.uint64(len(TAGS))).astype(np.int64)))
        local = pc.binary_join_element_wise(local, tags, "+")
    else:
        local, domain = _mistype(local, domain, draw)
    return pc.binary_join_element_wise(local, domain, "")


def _no_address(local: Any, draw: NDArray[np.uint64]) -> Any:
    """Return what looks like an address and is none: no host can have such a name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    host = pa.array(NO_HOSTS).take(pa.array((draw % np.uint64(len(NO_HOSTS))).astype(np.int64)))
    return pc.binary_join_element_wise(local, host, "")


def _office(draw: NDArray[np.uint64]) -> Any:
    """Return addresses of offices at small firms; several people may type one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    firms = domains().slice(len(PROVIDERS) - 1)
    word = (draw % np.uint64(len(OFFICES))).astype(np.int64)
    firm = ((draw >> np.uint64(20)) % np.uint64(len(firms))).astype(np.int64)
    return pc.binary_join_element_wise(pa.array(OFFICES).take(pa.array(word)), firms.take(pa.array(firm)), "")


def _mistype(local: Any, domain: Any, draw: NDArray[np.uint64]) -> tuple[Any, Any]:
    """Return local parts and domains of which one or the other holds one slip."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wrong = domain
    uniform = (draw >> np.uint64(40)).astype(np.float64) * 2.0**-24
    for right, slips in MISTYPED_DOMAINS.items():
        chosen = np.searchsorted(
            np.cumsum([*slips.values()]), uniform / DOMAIN_MISTYPED * sum(slips.values())
        )
        slipped = pa.array([*slips, right]).take(pa.array(np.minimum(chosen, len(slips))))
        wrong = pc.if_else(pc.equal(domain, right), slipped, wrong)
    return pc.if_else(pc.equal(wrong, domain), _slip(local, draw), local), wrong


def _slip(local: Any, draw: NDArray[np.uint64]) -> Any:
    """Return local parts with one letter dropped, doubled, swapped with the next or hit beside."""
    import pyarrow as pa

    fixed = np.array(local.to_numpy(zero_copy_only=False), dtype=f"S{WIDTH}")
    letters = fixed.view(np.uint8).reshape(len(fixed), WIDTH)
    length = (letters > 0).sum(axis=1)
    operation = (draw % np.uint64(4)).astype(np.int64)[:, None]
    place = ((draw >> np.uint64(8)) % np.maximum(length, 1).astype(np.uint64)).astype(np.int64)[:, None]
    last = length[:, None] - 1
    here = np.arange(WIDTH)
    source = np.broadcast_to(here, letters.shape)
    # Too short to lose a letter, or nothing follows to swap with: the letter is doubled instead.
    follows = np.take_along_axis(letters, np.minimum(place + 1, WIDTH - 1), axis=1)
    same = follows == np.take_along_axis(letters, place, axis=1)
    operation = np.where((last == 0) | ((operation == 2) & ((place == last) | same)), 1, operation)
    source = np.where(operation == 0, here + (here >= place), source)
    source = np.where(operation == 1, here - (here > place), source)
    source = np.where((operation == 2) & (here == place), here + 1, source)
    source = np.where((operation == 2) & (here == place + 1), here - 1, source)
    slipped = np.take_along_axis(letters, np.minimum(source, WIDTH - 1), axis=1)
    slipped = np.where((operation == 3) & (here == place), _beside()[slipped], slipped)
    return pa.array(np.ascontiguousarray(slipped).view(f"S{WIDTH}").ravel()).cast(pa.string())


@cache
def _beside() -> NDArray[np.uint8]:
    """For each character, the key beside it."""
    beside = np.arange(256, dtype=np.uint8)
    for row in KEYBOARD:
        for key, neighbour in zip(row, row[1:] + row[-2], strict=True):
            beside[ord(key)] = ord(neighbour)
    beside[[ord("."), ord("_")]] = ord(","), ord("-")
    return beside
