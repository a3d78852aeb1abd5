"""A silently wrong hash is the worst fault: SQL and hashlib agree on every form of token."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.dictionary.hashing import Hashing
from attacks.upload_list import connect
from exports.errors import LabError
from exports.identifiers.digests import DIGESTS

hashings = st.builds(
    Hashing,
    algorithm=st.sampled_from([digest for digest in DIGESTS if digest != "none"]),
    salt=st.text(max_size=5),
    salt_position=st.sampled_from(["before", "after"]),
    key=st.none() | st.binary(min_size=1, max_size=80),
    encoding=st.sampled_from(["hex", "base64"]),
    length=st.none() | st.integers(1, 130),
)
texts = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=70),
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(hashings, texts)
def test_the_engine_hashes_as_hashlib_does_whatever_salt_key_and_form(hashing, words):
    with connect(words=pa.table({"word": pa.array(words, pa.string())})) as connection:
        hashing.install(connection)
        found = connection.sql(f"select {hashing.sql('word')} from words").fetchall()
    assert [token for (token,) in found] == hashing.digests(words)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_a_plain_digest_is_recognised_by_its_length_and_letters(algorithm, encoding):
    made = Hashing(algorithm, encoding=encoding)
    assert Hashing.guess(pa.array(made.digests(["a", "b", "jane@mail.example"]))) == made


@pytest.mark.parametrize("tokens", [["abc"], ["a" * 32, "b" * 40], ["2813448c"]])
def test_tokens_that_fit_no_digest_are_refused(tokens):
    with pytest.raises(LabError, match="fit no plain digest"):
        Hashing.guess(pa.array(tokens))


def test_a_key_is_never_shown():
    assert "leaked" not in repr(Hashing(key=b"leaked"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"algorithm": "md4"},
        {"encoding": "hexx"},
        {"length": 0},
        {"salt_position": "in"},
        {"algorithm": "none", "key": b"k"},
    ],
)
def test_a_form_that_does_not_exist_is_refused(wrong):
    with pytest.raises(LabError):
        Hashing(**wrong)
