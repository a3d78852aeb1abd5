"""A dictionary opens what it covers, and neither its texts nor the tokens are shown."""

import hashlib
import json

import pyarrow as pa
import pytest

from exports.engines.duckdb_engine import DuckDBEngine
from exports.identifiers import find_profile
from exports.reading.read import read
from exports.tokens.dictionary import open_with
from exports.tokens.forms import FORMS, UNKNOWN

EMAILS = [f" J.D{i}@Mail.example" for i in range(10)]
SHA256 = FORMS[2]


def tokens_of(profile="meta", emails=EMAILS):
    rule = find_profile(profile).rule("email")
    return read(pa.table({"em": [rule.apply(email).digest for email in emails]}))


def opened(tokens, dictionary, form=SHA256):
    with DuckDBEngine() as engine:
        return open_with(dictionary, engine.scan(tokens), "c0", form, engine)


def test_a_dictionary_opens_what_it_covers_under_each_profile():
    found = opened(tokens_of(), read(pa.table({"mail": [*EMAILS[:4], EMAILS[0], None, "tom@mail.example"]})))
    assert (found.opened.count, found.opened.of) == (4, 10)
    assert (found.used.count, found.used.of) == (4, 5)
    assert found.profiles["meta"].count == 4
    assert found.profiles["segment.tiktok"].count == 0


def test_the_column_of_a_dictionary_that_opens_most_is_named():
    texts = {"n": [str(i) for i in range(10)], "contact": EMAILS}
    found = opened(tokens_of(), read(pa.table(texts)))
    assert (found.texts, found.opened.count) == ("contact", 10)


def test_a_list_without_a_header_begins_with_a_text_and_its_name_is_not_shown(tmp_path):
    path = tmp_path / "mails.txt"
    path.write_text("\n".join(EMAILS) + "\n")
    found = opened(tokens_of(), read(path))
    assert (found.opened.count, found.used.count, found.used.of) == (10, 10, 10)
    shown = repr(found) + json.dumps(found.to_json())
    assert "mail.example" not in shown


def test_texts_of_no_known_kind_are_hashed_as_they_stand():
    digests = [hashlib.sha256(b"member-%d" % i).hexdigest() for i in range(6)]
    texts = read(pa.table({"member": [f"member-{i}" for i in range(3, 9)]}))
    assert opened(read(pa.table({"em": digests})), texts).opened.count == 3


@pytest.mark.parametrize("form", [UNKNOWN, FORMS[3]])
def test_tokens_of_a_form_that_no_query_makes_are_left_closed(form):
    assert opened(tokens_of(), read(pa.table({"mail": EMAILS})), form) is None
