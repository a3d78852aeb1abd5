from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from simulate.addresses.numbering import number_newcomers
from simulate.addresses.pieces import append_number
from simulate.attributes.demography import FIRST_ID
from simulate.case import load_case
from simulate.execution.workers import Workers
from simulate.people.tables import blocks, simulate_people
from simulate.upload.collection import collection, number_collected
from simulate.upload.outsiders import Outsiders, taken_keys
from simulate.world import load_world

PEOPLE = 20_000


def known_addresses(platform: str, *, people: int, outsiders: int = 0, seed: int) -> pa.Table:
    """Return the addresses that one platform knows of visitors and outsiders, and whose they are."""
    found = load_case("betterhelp")
    values = {name: entry.value for name, entry in found.parameters.items()}
    collected = collection(found, load_world(), values, seed=seed, people=people)
    with Workers(1) as here:
        numbers, drafted = number_collected(collected, here)
    visitors = replace(collected, numbers=dict(enumerate(numbers)))
    others = Outsiders(collected, outsiders, taken_keys(drafted, numbers))
    parts = [visitors(block)["accounts"] for block, _ in blocks(people)]
    parts += [others(block)["outsiders"] for block, _ in blocks(outsiders)]
    rows = pa.concat_tables(parts)
    return rows.filter(rows[platform]).select(["address", "owner"]).rename_columns(["address", "person_id"])


def test_no_outsider_has_a_visitors_address() -> None:
    known = known_addresses("facebook", people=PEOPLE, outsiders=60_000, seed=4)
    visitor = known["person_id"].to_numpy() < FIRST_ID["outsiders"]
    addresses = known["address"].to_numpy(zero_copy_only=False)
    assert 0.4 < np.mean(~visitor) < 0.9
    assert not set(addresses[visitor]) & set(addresses[~visitor])


def test_a_platform_knows_addresses_that_the_same_visitors_have() -> None:
    known = known_addresses("pinterest", people=PEOPLE, seed=4)
    people = simulate_people(PEOPLE, seed=4)
    theirs = {
        (person, address)
        for slot in (1, 2, 3)
        for person, address in zip(
            people["person_id"].to_pylist(), people[f"email_{slot}"].to_pylist(), strict=True
        )
    }
    assert set(zip(known["person_id"].to_pylist(), known["address"].to_pylist(), strict=True)) <= theirs


def test_outsiders_change_no_visitors_address() -> None:
    alone, among = (known_addresses("facebook", people=5_000, outsiders=n, seed=4) for n in (0, 5_000))
    assert among.slice(0, alone.num_rows).equals(alone)


@given(
    st.lists(st.integers(0, 40), max_size=30), st.lists(st.integers(0, 40), max_size=60), st.integers(0, 9)
)
def test_newcomers_take_nobodys_address(keys: list[int], taken: list[int], number: int) -> None:
    mine = np.array(keys, np.uint64)
    base = np.array(taken, np.uint64)
    theirs = np.sort(np.concatenate([base, append_number(base, np.full(len(base), number))]))
    settled = append_number(mine, number_newcomers(mine, theirs).between(0, len(mine)))
    assert not np.isin(settled, theirs).any()
