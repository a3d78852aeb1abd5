"""Lists with several keys: any that names a person matches, and a name alone does not."""

import hashlib

import pytest

from exports.identifiers import find_profile
from reidlab.platform.accounts import of_table
from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, several, single

ACCOUNTS = {
    "email": ["ann@mail.example", "ben@mail.example", None],
    "phone": ["12020550101", None, "12020550103"],
    "first_name": ["Ann", "Ben", "Cleo"],
    "last_name": ["Abt", "Beck", "Cox"],
    "zip": ["02139", "02139", "10001"],
    "dob": ["19800102", "19810203", "19820304"],
}
KINDS = ("email", "phone", "first_name", "last_name", "zip", "dob_year", "dob_month", "dob_day")
KEYS = tuple(Key(kind, kind) for kind in KINDS)


@pytest.fixture
def accounts(tmp_path):
    import pyarrow as pa

    held = of_table(pa.table(ACCOUNTS), tmp_path)
    yield held
    held.close()


def row(**values):
    profile = find_profile("meta.audience_sdk")
    return [profile.rule(kind).apply(values[kind]).digest if kind in values else "" for kind in KINDS]


def matched(accounts, *rows, removed=()):
    audience = Audience("1", "visitors", "meta", "1")
    audience.add(several(KEYS, list(rows)))
    if removed:
        audience.remove(several(KEYS, list(removed)))
    return audience.matched(accounts)


BORN = {"dob_year": "1980", "dob_month": "1", "dob_day": "2"}


def test_a_row_matches_by_any_key_and_counts_once(accounts):
    both = row(email="ann@mail.example", phone="12020550101")
    assert matched(accounts, both, both, row(phone="12020550103"), row(email="nobody@mail.example")) == 2


def test_a_further_key_never_lowers_the_match(accounts):
    assert matched(accounts, row(email="ben@mail.example")) == 1
    assert matched(accounts, row(email="ben@mail.example", phone="12020559999")) == 1


def test_a_name_with_postal_code_and_birth_date_names_a_person_and_less_does_not(accounts):
    whole = {"first_name": "Ann", "last_name": "Abt", "zip": "02139", **BORN}
    assert matched(accounts, row(**whole)) == 1
    for missing in whole:
        assert (
            matched(accounts, row(**{kind: value for kind, value in whole.items() if kind != missing})) == 0
        )
    assert matched(accounts, row(**whole | {"zip": "10001"})) == 0


def test_a_removal_takes_off_who_shares_a_key_and_nobody_who_shares_a_name(accounts):
    ann, cleo = row(email="ann@mail.example", first_name="Ann"), row(phone="12020550103", first_name="Ann")
    assert matched(accounts, ann, cleo, removed=[row(email="ann@mail.example", first_name="Ann")]) == 1
    assert matched(accounts, ann, cleo, removed=[row(first_name="Ann")]) == 2


def test_what_was_removed_and_added_again_is_there(accounts):
    token = hashlib.sha256(b"ann@mail.example").hexdigest()
    audience, rows = Audience("1", "visitors", "meta", "1"), single(Key("email", "EMAIL"), [token])
    for step in (audience.add, audience.remove, audience.add, audience.add):
        step(rows)
    assert audience.matched(accounts) == 1
    audience.remove(rows)
    assert audience.matched(accounts) == 0
