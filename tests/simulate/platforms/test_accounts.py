from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.randomness import BLOCK, Stream
from simulate.calibration.expectation import count_cells, expected_match
from simulate.platforms.accounts import NEVER, Holders, Span, draw_accounts, draw_tenure, kept
from simulate.platforms.reach import reach_table
from simulate.world import BRACKETS, load_world

WORLD = load_world()
VALUES = {name: entry.value for part in (WORLD.parameters, WORLD.disclosure) for name, entry in part.items()}
CLEAN = dict.fromkeys(("typo", "no_address", "not_personal", "returning", "test_entries"), 0.0)
DAY = 17_896
SPAN = Span(DAY - 2_190, DAY)


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


def drawn(platform, people, values=VALUES, *, seed, block=0, years=0.0):
    """Accounts at a platform, and who of the people it knows by the address given ``years`` before."""
    reach = reach_table(platform, WORLD.residents)
    visit = np.full(len(people.bracket), DAY - round(365.25 * years), dtype=np.int32)
    accounts = draw_accounts(platform, reach, people, values, span=SPAN, seed=seed, block=block)
    tenure = draw_tenure(visit, values, seed=seed, block=block)
    start, end = accounts.known(0, tenure)
    return accounts, (start <= DAY) & (day_before(end) >= DAY), (start, end)


def day_before(days):
    return days.astype(np.int64) - 1


@pytest.mark.parametrize("years", [0.0, 3.0])
@pytest.mark.parametrize("name", list(WORLD.platforms))
def test_simulated_accounts_agree_with_the_closed_form(name: str, years: float) -> None:
    platform = WORLD.platforms[name]
    people = holders(BLOCK, 3, mailboxes=0.4 if platform.mailboxes else 0.0)
    _, known, _ = drawn(platform, people, seed=5, years=years)
    cells = count_cells(people, years=np.full(BLOCK, years))
    expected = float(
        expected_match(platform, reach_table(platform, WORLD.residents), cells, {**VALUES, **CLEAN})
    )
    assert np.mean(known) == pytest.approx(expected, abs=4.5 * (0.25 / BLOCK) ** 0.5)


@given(st.floats(0, 0.3), st.floats(0, 2), st.lists(st.floats(0, 20), min_size=2, max_size=6))
@settings(max_examples=30)
def test_an_older_record_matches_less_once_the_accounts_have_followed(churn, lag, ages) -> None:
    old = lag + np.sort(np.array(ages))
    assert (np.diff(kept(old, {"churn": churn, "update_lag": lag})) <= 1e-12).all()


def test_nobody_has_an_account_at_a_platform_without_reach() -> None:
    platform = replace(WORLD.platforms["facebook"], reach=dict.fromkeys(BRACKETS, 0.0))
    accounts, known, _ = drawn(platform, holders(5_000, 1), seed=1)
    assert not known.any()
    assert (accounts.opened == NEVER).all()


@given(st.integers(0, 2**32), st.integers(1, 400))
@settings(max_examples=20)
def test_a_platform_knows_only_live_addresses_of_account_holders(seed: int, n: int) -> None:
    people = holders(n, seed, mailboxes=0.3)
    accounts, known, (start, end) = drawn(WORLD.platforms["google"], people, seed=seed)
    holder = accounts.opened != NEVER
    assert not accounts.told[~holder].any()
    assert not known[~holder].any()
    assert (accounts.told < (1 << people.addresses.astype(int))).all()
    assert not holder[people.bracket < 0].any()
    assert ((people.mailboxes & ~accounts.told)[holder] == 0).all()
    assert (start[start != NEVER] >= accounts.opened[start != NEVER]).all()
    assert (end > start)[start != NEVER].all()


def test_a_partial_block_is_a_prefix_of_the_full_one() -> None:
    platform, full = WORLD.platforms["facebook"], holders(4_000, 8)
    part = Holders(full.bracket[:900], full.woman[:900], full.addresses[:900], full.mailboxes[:900])
    whole, some = (drawn(platform, people, seed=2, block=4) for people in (full, part))
    assert (whole[0].opened[:900] == some[0].opened).all()
    assert (whole[1][:900] == some[1]).all()


def test_more_reuse_only_adds_known_addresses() -> None:
    platform, people = WORLD.platforms["facebook"], holders(4_000, 8)
    less = drawn(platform, people, {**VALUES, "address_reuse": 0.5}, seed=2)
    more = drawn(platform, people, {**VALUES, "address_reuse": 0.9}, seed=2)
    assert (less[1] <= more[1]).all()
    assert (less[0].opened == more[0].opened).all()
