"""What is opened is what the candidates cover, and what stands in between is seen."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.dictionary.guesses import Dictionary, HashedDictionary
from attacks.dictionary.hashing import Hashing
from attacks.tokens.hash_reversal import HashReversal
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema

SCHEMA = Schema.of(person="id", identifier=["email"], token=["em"])
PLAIN = [f"User{n}@mail.example" for n in range(100)]


def _release(hashing=None, plain=PLAIN, normal=str.lower):
    hashing = hashing or Hashing()
    tokens = [None if text is None else hashing.digest(normal(text)) for text in plain]
    original = pa.table(
        {"id": list(range(len(plain))), "email": plain, "minor": [n % 2 == 0 for n in range(len(plain))]}
    )
    release = Release("tokens", SCHEMA, table=pa.table({"em": pa.array(tokens, pa.string())}))
    return release, Truth(original, owner=np.arange(len(plain)))


def _words(texts):
    return pa.table({"word": texts})


KNOWN = _words([f"user{n}@mail.example" for n in range(40)] + [f"other{n}@mail.example" for n in range(500)])


@pytest.mark.parametrize(
    "hashing",
    [
        Hashing("md5"),
        Hashing("sha1"),
        Hashing("sha512"),
        Hashing("sha256(md5)"),
        Hashing(encoding="base64"),
        Hashing(salt="platform-a"),
        Hashing(salt="2019", salt_position="after"),
        Hashing(key=b"leaked"),
        Hashing(length=12),
    ],
)
def test_the_share_opened_is_the_coverage_for_every_form_of_token(hashing):
    release, truth = _release(hashing)
    fields = {
        name: getattr(hashing, name)
        for name in ("algorithm", "salt", "salt_position", "key", "encoding", "length")
    }
    found = HashReversal(KNOWN, **fields).run(release, truth, seed=1)
    assert (found.attack.count, found.attack.of) == (40, 100)
    assert found.series["curve"]["coverage"][-1] == 0.4
    assert found.baseline.count == 1


def test_a_salt_that_is_not_known_opens_nothing_although_the_dictionary_covers():
    release, truth = _release(Hashing(salt="secret"))
    found = HashReversal(KNOWN).run(release, truth, seed=1)
    assert found.attack.count == 0
    assert found.series["curve"]["coverage"][-1] == 0.4


def test_the_curve_rises_with_the_guesses_and_ends_at_the_share():
    release, truth = _release()
    curve = HashReversal(KNOWN).run(release, truth, seed=1).series["curve"]
    assert curve["guesses"] == [1, 10, 100, 540]
    assert curve["share"] == [0.01, 0.1, 0.4, 0.4]


def test_a_dictionary_hashed_once_opens_any_number_of_lists():
    hashed = HashedDictionary.of(Dictionary.of(KNOWN), Hashing())
    for part in (PLAIN[:50], PLAIN[30:60], ["nobody@mail.example"]):
        release, truth = _release(plain=part)
        slow = HashReversal(KNOWN).run(release, truth, seed=1)
        fast = HashReversal(guesses=hashed).run(release, truth, seed=1)
        assert fast.attack == slow.attack
        assert fast.series == slow.series


def test_upper_case_hex_and_repeated_and_missing_tokens_are_read():
    tokens = [Hashing().digest("a@mail.example").upper()] * 3 + [None]
    release = Release("tokens", Schema.of(token=["em"]), table=pa.table({"em": tokens}))
    found = HashReversal(_words(["a@mail.example"])).run(release, Truth(release.rows), seed=1)
    assert (found.attack.count, found.attack.of) == (1, 1)
    assert any("no token" in note for note in found.notes)


def test_a_cut_token_that_fits_several_texts_counts_only_when_the_guess_is_right():
    release, truth = _release(Hashing(length=1))
    found = HashReversal(KNOWN, algorithm="sha256", length=1).run(release, truth, seed=1)
    opened = found.attack.count
    assert 1 <= opened <= 16
    with pytest.raises(LabError, match="owner"):
        HashReversal(KNOWN, algorithm="sha256", length=1).run(release, Truth(truth.original), seed=1)


def test_groups_are_reported_by_a_column_of_the_original():
    release, truth = _release()
    found = HashReversal(KNOWN, by="minor").run(release, truth, seed=1)
    assert {name: (one.attack.count, one.attack.of) for name, one in found.groups.items()} == {
        "false": (20, 50),
        "true": (20, 50),
    }


def test_a_budget_that_ends_first_says_so():
    release, truth = _release()
    found = HashReversal(KNOWN, budget=10).run(release, truth, seed=1)
    assert found.attack.count == 10
    assert any("10 of 540 candidates" in note for note in found.notes)


@pytest.mark.parametrize("tokens", [[], [None, None]])
def test_an_empty_list_is_a_result(tokens):
    release = Release(
        "tokens", Schema.of(token=["em"]), table=pa.table({"em": pa.array(tokens, pa.string())})
    )
    assert HashReversal(KNOWN).run(release, Truth(release.rows), seed=1).attack.share is None


def test_an_empty_dictionary_opens_nothing():
    release, truth = _release()
    found = HashReversal(_words(pa.array([], pa.string()))).run(release, truth, seed=1)
    assert (found.attack.count, found.attack.of) == (0, 100)
    assert any("nothing to try" in note for note in found.notes)


@pytest.mark.parametrize(
    "attack",
    [
        HashReversal(),
        HashReversal(KNOWN, space="digits"),
        HashReversal(KNOWN, budget=0),
        HashReversal(KNOWN, identifier="x"),
    ],
)
def test_knowledge_that_does_not_fit_is_one_sentence(attack):
    with pytest.raises(LabError):
        attack.run(*_release(), seed=1)


def test_the_key_stays_out_of_every_message():
    assert "leaked" not in repr(HashReversal(KNOWN, key=b"leaked"))


@pytest.mark.parametrize("known", [{"salt": "platform-a"}, {"key": b"leaked"}], ids=["salt", "key"])
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha512"])
def test_a_salt_or_key_alone_is_enough_where_the_tokens_tell_the_digest(known, algorithm):
    release, truth = _release(Hashing(algorithm, **known))
    assert HashReversal(KNOWN, **known).run(release, truth, seed=1).attack.count == 40


@pytest.mark.parametrize(
    ("hashing", "believed"),
    [
        (Hashing(), {"algorithm": "md5"}),
        (Hashing(length=10), {"length": 12}),
        (Hashing(encoding="base64"), {"algorithm": "sha256"}),
    ],
    ids=["algorithm", "length", "encoding"],
)
def test_a_belief_that_can_match_no_token_is_refused_and_not_a_low_risk(hashing, believed):
    release, truth = _release(hashing)
    with pytest.raises(LabError, match="correct algorithm, encoding or length"):
        HashReversal(KNOWN, **believed).run(release, truth, seed=1)
    hashed = HashedDictionary.of(Dictionary.of(KNOWN), Hashing("sha1"))
    with pytest.raises(LabError, match="sha1"):
        HashReversal(guesses=hashed).run(*_release(), seed=1)
