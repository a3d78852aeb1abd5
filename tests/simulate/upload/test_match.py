from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from simulate.upload.match import OUTCOMES, Found, Match, connect, counted, match_tokens, outcomes

PERSON = st.tuples(*[st.booleans()] * 8)
DESCRIBED = {"platform": "facebook", "people": 0, "accounts": 0, "requests": 0, "shown": ""}


def codes_of(people: list[tuple[bool, ...]]) -> np.ndarray:
    sent, valid, own, other, account, known, typo, again = np.array(people, dtype=bool).reshape(-1, 8).T
    rows = [np.stack([part, part]) for part in (valid, own & valid, other & valid)]
    found = Found(*rows, np.zeros(rows[0].shape, np.uint64), 0)
    return outcomes(sent, found, 0, account, known, typo, again)


@given(st.lists(PERSON, max_size=60))
def test_received_is_invalid_plus_repeated_plus_matched_plus_lost(people: list[tuple[bool, ...]]) -> None:
    numbers = np.bincount(codes_of(people), minlength=len(OUTCOMES)).tolist()
    match = counted(dict(zip(OUTCOMES, numbers, strict=True)), **DESCRIBED)
    assert match.received == sum(person[0] for person in people)
    assert match.received == match.invalid + match.duplicates + match.matched + sum(match.lost.values())
    assert match.false_matched <= match.matched


@pytest.mark.parametrize(
    ("account", "known", "typo", "cause"),
    [
        (False, False, True, "no_account"),
        (True, False, True, "other_address"),
        (True, True, True, "typo"),
        (True, True, False, "normalisation"),
    ],
)
def test_a_loss_goes_to_its_first_cause(account: bool, known: bool, typo: bool, cause: str) -> None:
    [code] = codes_of([(True, True, False, False, account, known, typo, False)])
    assert OUTCOMES[code] == cause


def test_an_unbalanced_account_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="10 received but 9 accounted for"):
        Match("facebook", 10, 1, 0, 8, 0, 10, {}, 0, 1, "")


@pytest.mark.thorough
@given(
    st.lists(st.sampled_from("abc") | st.none(), max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcd")), max_size=8),
)
def test_the_join_agrees_with_one_by_hand(tokens: list[str | None], accounts: list[tuple[int, str]]) -> None:
    with duckdb.connect() as connection:
        ids = pa.array(range(len(tokens)), pa.int64())
        connection.register(
            "sent",
            pa.table(
                {
                    "id": ids,
                    "again": [0] * len(tokens),
                    "token": pa.array(tokens, pa.string()),
                    "valid": [True] * len(tokens),
                }
            ),
        )
        owners = pa.array([owner for owner, _ in accounts], pa.int64())
        held = pa.array([token for _, token in accounts], pa.string())
        connection.register("held", pa.table({"owner": owners, "token": held}))
        found = match_tokens(connection, "select * from sent", "select * from held", len(tokens))
    for person, token in enumerate(tokens):
        met = {owner for owner, other in accounts if other == token}
        assert bool(found.valid[0, person]) == (token is not None)
        assert bool(found.own[0, person]) == (person in met)
        assert bool(found.other[0, person]) == bool(met - {person})
    assert found.accounts == len(accounts)


def test_a_full_memory_is_one_sentence(tmp_path: Path) -> None:
    too_much = "select count(*) from (select distinct sha256(i::varchar) from range(5_000_000) t(i))"
    with pytest.raises(LabError, match=r"needs more than --memory 0\.512GB"):
        _ask(too_much, tmp_path)


def _ask(query: str, spill: Path) -> None:
    with connect(512_000_000, 1, spill) as connection:
        connection.execute("set max_temp_directory_size = '1MB'")
        connection.sql(query).fetchall()
