from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulate.platforms.reach import brackets, reach_table, shown_size
from simulate.world import BRACKETS, Residents, load_world

WORLD = load_world()
SURVEYED = [name for name, platform in WORLD.platforms.items() if platform.reach_by_sex]


def people(residents: Residents) -> np.ndarray:
    return np.array([[residents.men[b], residents.women[b]] for b in BRACKETS], dtype=float)


@pytest.mark.parametrize("name", SURVEYED)
def test_the_joint_reach_holds_both_published_margins(name: str) -> None:
    platform, weight = WORLD.platforms[name], people(WORLD.residents)
    joint = reach_table(platform, WORLD.residents)
    by_age = (joint * weight).sum(axis=1) / weight.sum(axis=1)
    assert by_age == pytest.approx(list(platform.reach.values()), abs=1e-9)
    by_sex = (joint * weight)[1:].sum(axis=0) / weight[1:].sum(axis=0)
    assert platform.reach_by_sex
    assert by_sex == pytest.approx([platform.reach_by_sex["men"], platform.reach_by_sex["women"]], abs=0.01)


@given(st.lists(st.floats(0.01, 0.99), min_size=8, max_size=8))
@settings(max_examples=40)
def test_every_reach_is_a_share_and_age_margins_hold(shares: list[float]) -> None:
    platform = replace(
        WORLD.platforms["facebook"],
        reach=dict(zip(BRACKETS, shares[:6], strict=True)),
        reach_by_sex={"men": shares[6], "women": shares[7]},
    )
    joint, weight = reach_table(platform, WORLD.residents), people(WORLD.residents)
    assert ((joint >= 0) & (joint <= 1)).all()
    assert (joint * weight).sum(axis=1) / weight.sum(axis=1) == pytest.approx(shares[:6], abs=1e-6)


def test_ages_at_the_bounds_fall_into_their_brackets() -> None:
    assert brackets([0, 12, 13, 17, 18, 24, 25, 29, 30, 49, 50, 64, 65, 110]).tolist() == (
        [-1, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    )


@pytest.mark.parametrize(
    ("platform", "matched", "shown"),
    [
        ("google", 999, "too few to use (under 1,000)"),
        ("google", 1_049, "1,000"),
        ("google", 4_951_000, "5,000,000"),
        ("facebook", 99, "too few to use (under 100)"),
        ("facebook", 999, "below 1,000"),
        ("facebook", 4_000_000, "4,000,000 to 4,100,000"),
        ("pinterest", 100, "100"),
    ],
)
def test_sizes_are_shown_as_the_platform_rounds_them(platform: str, matched: int, shown: str) -> None:
    assert shown_size(WORLD.platforms[platform], matched) == shown
