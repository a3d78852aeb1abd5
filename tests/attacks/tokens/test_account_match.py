"""What a platform learns by looking hashed addresses up among its own accounts."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.tokens.account_match import AccountMatch, belief
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema

SCHEMA = Schema.of(person="id", token=["em"])


def _list(tokens, owner=None, brand=None):
    people = pa.table({"id": [f"p{i}" for i in range(5)], "brand": brand or ["a", "a", "b", "b", "b"]})
    release = Release("tokens", SCHEMA, table=pa.table({"em": pa.array(tokens, pa.string())}))
    return release, Truth(people, owner=None if owner is None else np.array(owner))


def test_a_planted_match_is_counted_per_person_and_false_matches_are_the_control():
    release, truth = _list(["t0", "t0b", "t1", "t2", None], [0, 0, 1, 2, 3])
    accounts = pa.table({"em": ["t0b", "t2", "t2", "x", "y"], "id": ["p0", "p9", "p8", "p1", "p7"]})
    found = AccountMatch(accounts).run(release, truth, seed=1)
    assert (found.attack.count, found.attack.of) == (1, 3)
    assert (found.control.count, found.control.of) == (2, 3)
    assert found.series["belief"]["prior"] == 2 / 5
    assert found.series["belief"]["posterior_matched"] == 1 / 3
    assert any("1 row" in note for note in found.notes)


def test_without_persons_each_token_is_one_and_the_baseline_is_blind_picking():
    release, _ = _list([f"t{i}" for i in range(200)])
    accounts = pa.table({"em": [f"t{i}" for i in range(0, 400, 2)]})
    found = AccountMatch(accounts).run(release, Truth(release.rows), seed=1)
    assert (found.attack.count, found.attack.of) == (100, 200)
    assert 30 <= found.baseline.count <= 70
    assert found.series["belief"]["bits_matched"] == 1.0


def test_disjoint_sets_disclose_nobody_and_an_empty_list_has_no_share():
    release, truth = _list(["t0", "t1"], [0, 1])
    assert AccountMatch(pa.table({"em": ["x"]})).run(release, truth, seed=1).attack.count == 0
    empty, _ = _list([])
    assert AccountMatch(pa.table({"em": ["x"]})).run(empty, Truth(empty.rows), seed=1).attack.share is None


def test_groups_come_from_the_original_and_need_the_owner():
    release, truth = _list(["t0", "t1", "t2", "t3", "t4"], [0, 1, 2, 3, 4])
    attack = AccountMatch(pa.table({"em": ["t0", "t1", "t2"], "id": ["p0", "p1", "p2"]}), by="brand")
    found = attack.run(release, truth, seed=1)
    assert {name: (one.attack.count, one.attack.of) for name, one in found.groups.items()} == {
        "a": (2, 2),
        "b": (1, 3),
    }
    with pytest.raises(LabError, match="owner"):
        attack.run(release, Truth(truth.original), seed=1)


def test_a_wrong_column_or_no_accounts_is_one_sentence():
    release, truth = _list(["t0"])
    with pytest.raises(LabError, match="accounts"):
        AccountMatch().run(release, truth, seed=1)
    with pytest.raises(LabError, match="no column 'em'"):
        AccountMatch(pa.table({"email": ["x"]})).run(release, truth, seed=1)
    with pytest.raises(LabError, match="role token"):
        AccountMatch(pa.table({"em": ["x"]})).run(
            Release("tokens", Schema(), table=release.rows), truth, seed=1
        )


def test_the_belief_averages_back_to_the_prior():
    flagged = np.array([True] * 30 + [False] * 70)
    client = np.array([True] * 25 + [False] * 65 + [True] * 10)
    found = belief(flagged, client)
    assert 0.3 * found["posterior_matched"] + 0.7 * found["posterior_unmatched"] == pytest.approx(
        found["prior"]
    )
    assert 0 < found["bits_account"] < 1


def test_of_several_accounts_with_one_token_it_names_one_at_random():
    people = 400
    original = pa.table({"id": [f"p{n}" for n in range(people)]})
    bucket = [f"b{n % 100}" for n in range(people)]
    release = Release("tokens", SCHEMA, table=pa.table({"em": bucket}))
    accounts = pa.table({"em": bucket, "id": original["id"]})
    found = AccountMatch(accounts).run(release, Truth(original, owner=np.arange(people)), seed=1)
    assert 60 <= found.attack.count <= 140


def test_digests_match_whatever_the_case_of_their_letters_and_other_texts_do_not():
    digest = "2813448ce6dd0f79298f09a6c97d6b51"
    release, truth = _list([digest.upper()], [0])
    found = AccountMatch(pa.table({"em": [digest], "id": ["p0"]})).run(release, truth, seed=1)
    assert (found.attack.count, found.notes) == (1, ())
    release, truth = _list(["Ab"], [0])
    assert AccountMatch(pa.table({"em": ["aB"], "id": ["p0"]})).run(release, truth, seed=1).attack.count == 0


def test_tokens_of_another_length_than_the_accounts_are_noted():
    release, truth = _list(["0" * 64], [0])
    found = AccountMatch(pa.table({"em": ["0" * 32], "id": ["p0"]})).run(release, truth, seed=1)
    assert any("64 characters and those of the accounts 32" in note for note in found.notes)
