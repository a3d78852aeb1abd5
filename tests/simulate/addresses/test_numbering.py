from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulate.addresses.numbering import number_owners
from simulate.addresses.pieces import append_number, hash_text

LOCAL_PARTS = st.lists(st.sampled_from(["ann", "ann2", "ann3", "ann22", "bob", "bob2"]), max_size=60)


@given(LOCAL_PARTS)
def test_numbered_addresses_are_all_different_and_first_owners_keep_theirs(local_parts: list[str]) -> None:
    keys = hash_text(local_parts or ["x"])[0][: len(local_parts)]
    numbers = number_owners(keys).between(0, len(keys))
    spelt = [name + (str(n) if n else "") for name, n in zip(local_parts, numbers, strict=True)]
    assert len(set(spelt)) == len(spelt)
    for index, name in enumerate(local_parts):
        assert (numbers[index] == 0) == (name not in local_parts[:index])


@given(st.integers(0, 10**12), st.sampled_from(["", "a", "anna.smith84"]))
def test_a_number_changes_the_key_as_its_digits_do(number: int, local_part: str) -> None:
    before, after = hash_text([local_part, local_part + (str(number) if number else "")])[0]
    assert append_number(np.array([before]), np.array([number]))[0] == after
