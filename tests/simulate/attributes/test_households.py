from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from exports.randomness import BLOCK
from simulate.people.tables import people_block

GROUPS = ("core", "name", "home", "network", "postal")


@pytest.fixture(scope="module")
def residents() -> dict[str, np.ndarray]:
    table = people_block(5, 3, population="residents", groups=GROUPS)
    return {name: table[name].to_numpy() for name in table.column_names}


def test_everybody_lives_in_one_household_whose_size_is_its_people(residents: dict[str, np.ndarray]) -> None:
    head = residents["household_id"] - residents["person_id"][0]
    assert (np.bincount(head, minlength=BLOCK)[head] == residents["household_size"]).all()
    assert (head[head] == head).all()


@pytest.mark.parametrize("shared", ["zcta", "address", "home_ip", "home_ipv6"])
def test_a_household_shares_its_place_and_connection(residents: dict[str, np.ndarray], shared: str) -> None:
    head = residents["household_id"] - residents["person_id"][0]
    assert (residents[shared][head] == residents[shared]).all()


def test_no_child_lives_alone_or_heads_a_household(residents: dict[str, np.ndarray]) -> None:
    minor = residents["age"] < 18
    assert (residents["household_size"][minor] > 1).all()
    assert (residents["household_id"] != residents["person_id"])[minor].all()
    assert (residents["relationship"][minor] == "child").all()


def test_most_children_are_a_generation_younger_than_their_households_head(
    residents: dict[str, np.ndarray],
) -> None:
    head = residents["household_id"] - residents["person_id"][0]
    gap = (residents["age"][head].astype(int) - residents["age"])[residents["age"] < 18]
    low, middle, high = np.percentile(gap, [2, 50, 98])
    assert 15 < low < middle < high < 50


def test_couples_are_of_like_age_and_most_spouses_share_a_surname(residents: dict[str, np.ndarray]) -> None:
    head = residents["household_id"] - residents["person_id"][0]
    married = (residents["relationship"] == "married") & (residents["household_id"] != residents["person_id"])
    spouse = head[married]
    assert np.abs(residents["age"][married].astype(int) - residents["age"][spouse]).mean() < 5
    assert 0.6 < (residents["surname"][married] == residents["surname"][spouse]).mean() < 0.85


def test_visitors_live_in_households_as_residents_of_their_age_and_sex_do() -> None:
    groups = ("core", "home")
    visitors = people_block(5, 0, groups=groups)
    others = people_block(5, 7, population="residents", groups=groups)

    def alone(table: object) -> float:
        chosen = table.filter(  # type: ignore[attr-defined]
            (pc.field("age") >= 25) & (pc.field("age") < 45) & (pc.field("sex") == "female")
        )
        return float(pc.mean(pc.equal(chosen["household_size"], 1)).as_py())

    assert abs(alone(visitors) - alone(others)) < 0.03
