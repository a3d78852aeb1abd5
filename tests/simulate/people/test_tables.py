from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.errors import LabError
from simulate.people.tables import COLUMNS, people_block, simulate_people

GROUPS = tuple(COLUMNS)
POPULATIONS = ("visitors", "later", "residents", "outsiders")


@settings(max_examples=12, deadline=None)
@given(block=st.integers(0, 2**15), size=st.integers(1, 300), population=st.sampled_from(POPULATIONS))
def test_a_smaller_block_is_the_start_of_a_larger_one(block: int, size: int, population: str) -> None:
    small, large = (
        people_block(2, block, n, population=population, groups=GROUPS)  # type: ignore[arg-type]
        for n in (size, size + 50)
    )
    assert small.equals(large.slice(0, size))


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_has_the_same_numbers_as_with_all_others(group: str) -> None:
    alone = people_block(7, 1, 500, groups=[group])
    everything = people_block(7, 1, 500, groups=GROUPS)
    assert alone.equals(everything.select(alone.column_names))


def test_every_documented_column_is_made_and_no_other() -> None:
    visitors = people_block(7, 0, 10, groups=GROUPS)
    assert set(visitors.column_names) == {name for group in COLUMNS.values() for name in group}


def test_no_two_addresses_are_equal_even_where_gmail_ignores_dots() -> None:
    people = simulate_people(150_000, seed=5, groups=["email"])
    addresses = pa.concat_arrays([people[f"email_{n}"].combine_chunks() for n in (1, 2, 3)]).drop_null()
    local = pc.replace_substring(pc.split_pattern(addresses, "@").flatten()[::2], ".", "")
    domain = pc.split_pattern(addresses, "@").flatten()[1::2]
    mailbox = pc.binary_join_element_wise(local, domain, "@")
    at_gmail = mailbox.filter(pc.equal(domain, "gmail.example"))
    assert len(addresses.unique()) == len(addresses)
    assert len(at_gmail.unique()) == len(at_gmail)


@pytest.mark.parametrize("population", POPULATIONS)
def test_every_address_lies_under_the_reserved_name(population: str) -> None:
    people = people_block(11, 2, 20_000, population=population, groups=["email"])  # type: ignore[arg-type]
    for name in people.column_names:
        if name in ("email", "email_1", "email_2", "email_3"):
            typed = pc.utf8_trim_whitespace(people[name].drop_null())
            assert pc.all(pc.match_substring_regex(typed, r"^[^@\s]+@[a-z.\-]+\.example$")).as_py(), name


def test_the_typed_address_is_the_given_one_unless_its_entry_says_otherwise() -> None:
    people = simulate_people(60_000, seed=3, groups=["email"])
    given = pc.if_else(pc.equal(people["email_slot"], 1), people["email_1"], people["email_2"])
    same = pc.equal(people["email"], given)
    assert same.equals(pc.equal(people["email_entry"], "as it is"))


def test_nobody_visits_before_thirteen() -> None:
    people = simulate_people(65_536, seed=1, groups=["core", "visit"])
    days = pc.subtract(people["visited_on"].cast(pa.int32()), people["birth_date"].cast(pa.int32()))
    assert pc.min(days).as_py() >= 13 * 365.25


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"groups": ["names"]}, "'names'"),
        ({"population": "martians"}, "'martians'"),
        ({"size": 70_000}, "70000"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(arguments: dict[str, object], named: str) -> None:
    with pytest.raises(LabError, match=named):
        people_block(1, 0, **arguments)  # type: ignore[arg-type]
