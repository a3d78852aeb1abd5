import hashlib
import hmac
import logging
import secrets

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defenses.secret_key import Secret
from defenses.tokens.hashing import Hash, Hmac, Salt
from exports.errors import LabError
from exports.release import Export
from exports.schema import Role, Schema

SCHEMA = Schema.of(identifier=["mail", "phone"], sensitive=["answer"])


def export(mails):
    rows = len(mails)
    return Export(
        pa.table({"mail": pa.array(mails, pa.string()), "phone": ["+1"] * rows, "answer": [1] * rows}), SCHEMA
    )


texts = st.lists(
    st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1
)


@settings(max_examples=10, deadline=None)
@given(texts)
def test_tokens_are_the_digest_of_the_utf8_text_and_missing_stays_missing(mails):
    expected = [None if mail is None else hashlib.sha256(mail.encode()).hexdigest() for mail in mails]
    assert Hash("mail").transform(export(mails)).rows["mail"].to_pylist() == expected


@settings(max_examples=10, deadline=None)
@given(texts)
def test_keyed_tokens_are_those_of_the_standard_library(mails):
    for length in (32, 64, 100):
        key = secrets.token_hex(length).encode()[:length]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PEPPER", key.decode())
            tokens = Hmac(key_env="PEPPER", columns="mail").transform(export(mails)).rows["mail"].to_pylist()
        expected = [
            None if mail is None else hmac.digest(key, mail.encode(), "sha256").hex() for mail in mails
        ]
        assert tokens == expected


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
def test_every_named_digest_is_the_one_it_says(digest):
    tokens = Hash("mail", digest=digest).transform(export(["ann@mail.example"])).rows["mail"]
    assert tokens[0].as_py() == hashlib.new(digest, b"ann@mail.example").hexdigest()


def test_all_identifiers_become_tokens_and_other_columns_stay():
    release = Hash().transform(export(["ann@mail.example"]))
    assert release.schema.names(Role.TOKEN) == ("mail", "phone")
    assert release.rows["answer"].to_pylist() == [1]
    assert repr(release.guarantee) == "none"


def test_a_salt_separates_recipients_and_is_the_digest_of_both():
    tokens = Salt("platform-a", columns="mail").transform(export(["ann@mail.example"])).rows["mail"]
    assert tokens[0].as_py() == hashlib.sha256(b"platform-aann@mail.example").hexdigest()
    with pytest.raises(LabError, match="empty"):
        Salt("").transform(export(["ann@mail.example"]))


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short",
        "a" * 64,
        "password" * 8,
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "ab" * 40,
        "hunter2hunter2hunter2hunter2hunt",
        "passwordpasswordpasswordpassword1",
    ],
)
def test_a_weak_key_is_refused_without_being_shown(monkeypatch, weak):
    monkeypatch.setenv("PEPPER", weak)
    with pytest.raises(LabError, match="environment variable") as refusal:
        Hmac(key_env="PEPPER").transform(export(["ann@mail.example"]))
    assert not weak or weak not in str(refusal.value)


def test_a_key_given_instead_of_its_place_is_not_repeated():
    key = secrets.token_hex(32)
    for place in ({"key_file": key}, {"key_env": key}):
        with pytest.raises(LabError, match="never the key itself") as refusal:
            Hmac(**place).transform(export(["ann@mail.example"]))
        assert key not in str(refusal.value)


@pytest.mark.parametrize(
    ("make", "size"), [(secrets.token_hex, 16), (secrets.token_hex, 32), (secrets.token_urlsafe, 32)]
)
def test_random_keys_are_accepted(monkeypatch, make, size):
    for _ in range(200):
        monkeypatch.setenv("PEPPER", make(size))
        assert Secret.read(key_env="PEPPER").key


def test_a_key_comes_from_exactly_one_place(tmp_path):
    for places in ({}, {"key_file": tmp_path / "a", "key_env": "B"}):
        with pytest.raises(LabError, match="one place"):
            Hmac(**places).transform(export(["x"]))
    with pytest.raises(LabError, match="cannot be read"):
        Hmac(key_file=tmp_path / "absent").transform(export(["x"]))


def test_the_key_shows_in_no_manifest_message_or_log(tmp_path, caplog, capfd):
    key = secrets.token_hex(32)
    path = tmp_path / "pepper"
    path.write_text(key + "\n")
    with caplog.at_level(logging.DEBUG):
        release = Hmac(key_file=path).transform(export(["ann@mail.example"]))
    out, err = capfd.readouterr()
    assert key not in repr(release.manifest) + repr(release) + caplog.text + out + err
    assert release.rows["mail"][0].as_py() == hmac.digest(key.encode(), b"ann@mail.example", "sha256").hex()


def test_an_export_without_identifiers_is_refused():
    with pytest.raises(LabError, match="no identifier"):
        Hash().transform(Export(pa.table({"age": [1]}), Schema.of(quasi_identifier=["age"])))
