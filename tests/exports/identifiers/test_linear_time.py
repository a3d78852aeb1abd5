"""No value makes a profile take more than twice the time for twice the length."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from exports.identifiers import Rejected, Rule, find_profile
from exports.identifiers.profiles.catalogue import profile_names

PARTS = (" ", "@", ".", "+", "0", "a", "-", "(", "a@", "@.", ".@", " a", "0 ", "( ", "+1", "0-", "a@a.", "\n")
LENGTH = 15_000


def _seconds(rule: Rule, value: str) -> float:
    started = time.perf_counter()
    with suppress(Rejected):
        rule.apply(value)
    return time.perf_counter() - started


@pytest.mark.parametrize("profile", sorted({find_profile(name).name for name in profile_names()}))
def test_time_grows_with_the_length_and_no_faster(profile: str) -> None:
    for kind, rule in find_profile(profile).rules.items():
        for part in PARTS:
            once = part * (LENGTH // len(part))
            short, long = _seconds(rule, once + "x"), _seconds(rule, once + once + "x")
            assert long < 0.1 or long < 3 * short, (kind, part, short, long)
