"""Where people live: ZCTA, state, a made-up city and street, and a telephone number of the region."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.attributes.demography import Block
from simulate.lottery import Lottery
from simulate.tables import states, table, words

LOCAL_NUMBER = 0.85
"""Share of people whose area code is one of their state. Assumed."""
STREET_KINDS = ("Street", "Avenue", "Road", "Drive", "Lane", "Court", "Place", "Way", "Circle", "Boulevard")
CITY_ENDINGS = ("ville", " City", "ton", " Springs", "field", " Falls", "burg", " Park", " Heights", "port")
LINES_PER_AREA = 200 * 10_000
"""Exchanges starting with 0 or 1 are never assigned: 000 to 199, with ten thousand lines each."""


@cache
def zcta_labels() -> Any:
    """Return the ZCTAs of the country as five-digit strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.utf8_lpad(table("zctas")["zcta"].combine_chunks().cast(pa.string()), width=5, padding="0")


@cache
def zcta_states() -> NDArray[np.int64]:
    """Return for each ZCTA its row in the table of states."""
    first = [int(row["first_zip3"]) for row in states()]
    found: NDArray[np.int64] = (
        np.searchsorted(first, table("zctas")["zcta"].to_numpy() // 100, side="right") - 1
    )
    return found


@cache
def _zcta_lottery() -> Lottery:
    return Lottery.of(table("zctas")["population"].to_numpy())


def draw_zctas(block: Block, head: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw the ZCTA of each household by population; an index into the table of ZCTAs."""
    return _zcta_lottery().draw(block.bits("zcta"))[head]


@cache
def _streets() -> Any:
    import pyarrow as pa

    return pa.array([f" {word.title()} {kind}, " for word in words() for kind in STREET_KINDS])


@cache
def _towns() -> Any:
    """Return for each ZCTA a made-up city, its state and itself, as the end of an address."""
    import pyarrow as pa

    zctas, pool = zcta_labels().to_pylist(), words()
    state = [states()[row]["state"] for row in zcta_states()]
    towns = [
        f"{pool[i * 7919 % len(pool)].title()}{CITY_ENDINGS[i % len(CITY_ENDINGS)]}"
        for i in range(len(zctas))
    ]
    return pa.array([f"{town}, {code} {zcta}" for town, code, zcta in zip(towns, state, zctas, strict=True)])


def street_addresses(block: Block, head: NDArray[np.int64], zcta: NDArray[np.int64]) -> Any:
    """Return the postal address of each household; street and city are made up."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bits = block.bits("street address")[head]
    number = (1 + (bits >> np.uint64(40)) % np.uint64(9_999)).astype(np.int64)
    street = (bits % np.uint64(len(_streets()))).astype(np.int64)
    parts = (
        pa.array(number).cast(pa.string()),
        _streets().take(pa.array(street)),
        _towns().take(pa.array(zcta)),
    )
    return pc.binary_join_element_wise(*parts, "")


@cache
def _area_codes() -> tuple[Any, NDArray[np.int64], NDArray[np.int64]]:
    """Return all area codes by state, and where each state's start and how many they are."""
    import pyarrow as pa

    codes = [row["area_codes"].split() for row in states()]
    counts = np.array([len(each) for each in codes])
    return pa.array([f"+1{code}" for each in codes for code in each]), np.cumsum(counts) - counts, counts


def phones(block: Block, zcta: NDArray[np.int64]) -> Any:
    """Return one telephone number per person; no exchange of them is ever assigned."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes, starts, counts = _area_codes()
    state = zcta_states()[zcta]
    bits = block.bits("phone")
    local = (bits >> np.uint64(44)) < LOCAL_NUMBER * 2**20
    draw = (bits >> np.uint64(24)) % np.uint64(2**20)
    of = np.where(local, counts[state], len(codes))
    code = np.where(local, starts[state], 0) + (draw.astype(np.int64) * of >> 20)
    line = ((bits % np.uint64(2**24)).astype(np.int64) * LINES_PER_AREA >> 24) + 10**7
    digits = pc.utf8_slice_codeunits(pa.array(line).cast(pa.string()), start=1)
    return pc.binary_join_element_wise(codes.take(pa.array(code)), digits, "")
