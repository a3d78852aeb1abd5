"""The same token on two lists is one person, unless the lists were salted apart."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.dictionary.hashing import Hashing
from attacks.tokens.cross_list import CrossListJoin
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema

SCHEMA = Schema.of(person="id", token=["em"])
PEOPLE = [f"p{n}@mail.example" for n in range(300)]


def _list(people, salt=""):
    return pa.table({"em": Hashing(salt=salt).digests(people), "id": people})


def _attack(lists, salt="", **fields):
    own = _list(PEOPLE, salt)
    release = Release("tokens", SCHEMA, table=own.select(["em"]))
    original = pa.table({"id": PEOPLE, "minor": ["no"] * 100 + ["yes"] * 200})
    return CrossListJoin(lists, **fields).run(release, Truth(original, owner=np.arange(300)), seed=1)


def test_everyone_who_is_on_another_list_is_found_there_and_no_one_else():
    found = _attack(_list(PEOPLE[200:] + [f"q{n}@mail.example" for n in range(400)]))
    assert (found.attack.count, found.attack.of) == (100, 100)
    assert (found.control.count, found.control.of) == (0, 200)
    assert found.series["lists"] == [{"list": "other", "tokens": 500, "shared": 100}]


def test_a_salt_for_each_recipient_breaks_the_join_and_one_for_both_does_not():
    assert _attack(_list(PEOPLE, salt="b"), salt="a").attack.count == 0
    assert _attack(_list(PEOPLE, salt="a"), salt="a").attack.count == 300


def test_people_are_counted_by_the_number_of_lists_they_are_on():
    lists = pa.concat_tables(
        [
            _list(PEOPLE[:50]).append_column("list", pa.array(["2019"] * 50)),
            _list(PEOPLE[:20]).append_column("list", pa.array(["2020"] * 20)),
        ]
    )
    assert _attack(lists).series["found_on"] == {"0": 250, "1": 30, "2": 20}


def test_a_shared_token_of_another_person_is_a_wrong_link():
    lists = pa.table({"em": Hashing().digests(PEOPLE[:10]), "id": PEOPLE[10:20]})
    found = _attack(lists)
    assert (found.attack.count, found.attack.of) == (0, 10)
    assert found.control.count == 10


def test_without_persons_every_token_counts_and_the_baseline_is_blind():
    release = Release("tokens", SCHEMA, table=_list(PEOPLE).select(["em"]))
    found = CrossListJoin(_list(PEOPLE[:30]).select(["em"])).run(release, Truth(release.rows), seed=1)
    assert (found.attack.count, found.attack.of) == (30, 300)
    assert found.control is None


def test_groups_and_their_controls_are_kept_apart():
    found = _attack(_list(PEOPLE[50:150]), by="minor")
    assert {name: (one.attack.of, one.control.of) for name, one in found.groups.items()} == {
        "no": (50, 50),
        "yes": (50, 150),
    }


def test_empty_lists_are_a_result_and_a_missing_column_a_sentence():
    assert _attack(_list([])).attack.share is None
    with pytest.raises(LabError, match="no column 'em'"):
        _attack(pa.table({"token": ["x"]}))
    with pytest.raises(LabError, match="other lists"):
        _attack(None)


def test_digests_in_capitals_are_joined_and_those_of_another_kind_noted():
    capitals = pa.table({"em": [token.upper() for token in _list(PEOPLE)["em"].to_pylist()], "id": PEOPLE})
    assert _attack(capitals).attack.count == 300
    other = pa.table({"em": Hashing("md5").digests(PEOPLE), "id": PEOPLE})
    assert "not made in the same way" in _attack(other).notes[0]


def test_a_column_of_senders_that_is_not_there_is_one_sentence():
    with pytest.raises(LabError, match="'sendr'; the nearest is 'sender'"):
        _attack(_list(PEOPLE).append_column("sender", pa.array(["shop"] * 300)), source="sendr")


def test_of_people_who_share_a_token_one_is_named_at_random():
    buckets = [f"bucket {n % 3}" for n in range(300)]
    release = Release("tokens", SCHEMA, table=pa.table({"em": buckets}))
    truth = Truth(pa.table({"id": PEOPLE}), owner=np.arange(300))
    found = CrossListJoin(pa.table({"em": buckets, "id": PEOPLE})).run(release, truth, seed=1)
    assert found.series["found_on"] == {"1": 300}
    assert (found.attack.count, found.attack.of) == (3, 300)
