from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow.compute as pc
import pytest
from faker.config import AVAILABLE_LOCALES
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from simulate.attributes.names import RETIRED_LOCALES, name_pool, plain_ascii
from simulate.people.tables import people_block, simulate_people


@pytest.mark.thorough
@pytest.mark.parametrize("locale", sorted(set(AVAILABLE_LOCALES) - set(RETIRED_LOCALES)))
def test_every_locale_of_faker_has_names_and_reserved_addresses(locale: str) -> None:
    people = people_block(3, 0, 300, groups=["name", "email"], locale=locale)
    for column in ("given_name", "surname"):
        assert pc.all(pc.greater(pc.utf8_length(people[column]), 0)).as_py()
        assert not pc.any(pc.match_substring(people[column], "{{")).as_py()
    assert pc.all(pc.match_substring_regex(people["email_1"], r"^[a-z0-9._]+@[a-z.\-0-9]+\.example$")).as_py()


@pytest.mark.parametrize(("locale", "named"), [("fr_QC", "fr_CA"), ("xx_YY", "'xx_YY'")])
def test_a_locale_that_is_not_there_is_named(locale: str, named: str) -> None:
    with pytest.raises(LabError, match=named):
        name_pool(locale)


def test_names_follow_sex_and_year_of_birth() -> None:
    people = simulate_people(200_000, seed=9, groups=["core", "name"]).to_pandas()
    born = people["birth_date"].map(lambda day: day.year)
    jennifer = people["given_name"] == "Jennifer"
    assert jennifer[(born >= 1972) & (born < 1982)].mean() > 5 * jennifer[born < 1955].mean()
    assert (people.loc[jennifer, "sex"] == "female").mean() > 0.99
    james = people.loc[people["given_name"] == "James", "sex"]
    assert (james == "male").mean() > 0.98


def test_surnames_are_as_frequent_as_the_census_counts_them() -> None:
    people = simulate_people(300_000, seed=9, groups=["name"])
    smith = pc.mean(pc.equal(people["surname"], "Smith")).as_py()
    assert smith == pytest.approx(2_442_977 / 265_667_228, rel=0.06)


@given(st.text(max_size=12))
def test_a_spelt_name_holds_nothing_but_letters_and_digits_of_ascii(name: str) -> None:
    assert all(letter.isascii() and letter.isalnum() for letter in plain_ascii(name))


@pytest.mark.thorough
def test_bundled_tables_are_read_without_a_fault_at_exit() -> None:
    program = (
        "from simulate.people.tables import people_block; people_block(1, 0, 5, groups=['name', 'postal'])"
    )
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_names_with_two_forms_follow_the_sex() -> None:
    people = people_block(1, 0, 4000, groups=["core", "name"], locale="ru_RU").to_pandas()
    women = people.loc[people["sex"] == "female", "surname"]
    assert np.mean(women.str.endswith("а")) > 0.95
