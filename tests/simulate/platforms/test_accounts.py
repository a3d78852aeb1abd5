from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.randomness import BLOCK, Stream
from simulate.calibration.expectation import count_cells, expected_match
from simulate.platforms.accounts import ACCOUNT, Holders, draw_accounts
from simulate.platforms.reach import reach_table
from simulate.world import BRACKETS, load_world

WORLD = load_world()
VALUES = {name: parameter.value for name, parameter in WORLD.parameters.items()}


def holders(n: int, seed: int, mailboxes: float = 0.0) -> Holders:
    stream = Stream(seed, "test", "holders")
    addresses = (1 + stream.at(name="addresses").choices(n, [5, 4, 1])).astype(np.uint8)
    at_provider = stream.at(name="mailbox").uniforms(n) < mailboxes
    slot = stream.at(name="slot").integers(n, addresses).astype(np.uint8)
    return Holders(
        stream.at(name="bracket").integers(n, 7) - 1,
        stream.at(name="sex").uniforms(n) < 0.6,
        addresses,
        np.where(at_provider, np.uint8(1) << slot, 0).astype(np.uint8),
    )


@pytest.mark.parametrize("name", list(WORLD.platforms))
def test_simulated_accounts_agree_with_the_closed_form(name: str) -> None:
    platform = WORLD.platforms[name]
    people = holders(BLOCK, 3, mailboxes=0.4 if platform.mailboxes else 0.0)
    reach = reach_table(platform, WORLD.residents)
    drawn = draw_accounts(platform, reach, people, VALUES, seed=5, block=0)
    expected = float(expected_match(platform, reach, count_cells(people), {**VALUES, "typo": 0.0}))
    assert np.mean(drawn & 1) == pytest.approx(expected, abs=4.5 * (0.25 / BLOCK) ** 0.5)


def test_nobody_has_an_account_at_a_platform_without_reach() -> None:
    platform = replace(WORLD.platforms["facebook"], reach=dict.fromkeys(BRACKETS, 0.0))
    reach = reach_table(platform, WORLD.residents)
    assert not draw_accounts(platform, reach, holders(5_000, 1), VALUES, seed=1, block=0).any()


@given(st.integers(0, 2**32), st.integers(1, 400))
@settings(max_examples=20)
def test_a_platform_knows_only_live_addresses_of_account_holders(seed: int, n: int) -> None:
    people = holders(n, seed, mailboxes=0.3)
    platform = WORLD.platforms["google"]
    drawn = draw_accounts(
        platform, reach_table(platform, WORLD.residents), people, VALUES, seed=seed, block=0
    )
    has_account = (drawn & ACCOUNT) != 0
    known = drawn & (ACCOUNT - 1)
    assert not known[~has_account].any()
    assert (known < (1 << people.addresses.astype(int))).all()
    assert not has_account[people.bracket < 0].any()
    assert ((people.mailboxes & ~known)[has_account] == 0).all()


def test_a_partial_block_is_a_prefix_of_the_full_one() -> None:
    platform = WORLD.platforms["facebook"]
    reach = reach_table(platform, WORLD.residents)
    full = holders(4_000, 8)
    part = Holders(full.bracket[:900], full.woman[:900], full.addresses[:900], full.mailboxes[:900])
    drawn = draw_accounts(platform, reach, full, VALUES, seed=2, block=4)
    assert (drawn[:900] == draw_accounts(platform, reach, part, VALUES, seed=2, block=4)).all()


def test_more_reuse_only_adds_known_addresses() -> None:
    platform, people = WORLD.platforms["facebook"], holders(4_000, 8)
    reach = reach_table(platform, WORLD.residents)
    less = draw_accounts(platform, reach, people, {**VALUES, "address_reuse": 0.5}, seed=2, block=0)
    more = draw_accounts(platform, reach, people, {**VALUES, "address_reuse": 0.9}, seed=2, block=0)
    assert ((less & 1) <= (more & 1)).all()
    assert ((less & ACCOUNT) == (more & ACCOUNT)).all()
