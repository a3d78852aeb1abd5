from __future__ import annotations

import duckdb
import pytest

from simulate.upload.address_tokens import STANDS_FOR, email_rule, normalised_sql, token_sql
from simulate.world import load_world

TYPED = [
    "jane.doe@gmail.example",
    "Jane.Doe@gmail.example ",
    "janedoe+web@gmail.example",
    "j.doe@mail.example",
]


@pytest.mark.parametrize("name", list(load_world().platforms))
def test_a_platforms_tokens_in_sql_are_those_of_its_rule(name: str) -> None:
    profile = load_world().platforms[name].profile
    values = ", ".join(f"('{text}')" for text in TYPED)
    query = f"select {normalised_sql(profile, 'x')}, {token_sql(profile, 'x')} from (values {values}) t(x)"
    tokens = [email_rule(profile).apply(text) for text in TYPED]
    assert duckdb.sql(query).fetchall() == [(token.normalised, token.digest) for token in tokens]


def test_only_google_reads_moved_dots_as_the_same_mailbox() -> None:
    same = {
        name: email_rule(platform.profile).apply("janedoe@gmail.example")
        == email_rule(platform.profile).apply("jane.doe@gmail.example")
        for name, platform in load_world().platforms.items()
    }
    assert [name for name, equal in same.items() if equal] == ["google"]


def test_a_reserved_gmail_address_is_one_mailbox_to_google_and_two_to_meta():
    values = "(values ('Jane.Doe@gmail.example'), ('janedoe@gmail.example')) t(x)"
    for profile, mailboxes in (("google.customer_match", 1), ("meta.audience_sdk", 2), ("criteo", 2)):
        counted = duckdb.sql(f"select count(distinct {normalised_sql(profile, 'x')}) from {values}")
        assert counted.fetchall() == [(mailboxes,)]


def test_all_reserved_domains_are_reserved():
    assert all(domain.endswith(".example") for domain in STANDS_FOR)


def test_the_token_of_a_missing_address_is_missing():
    assert duckdb.sql(
        f"select {token_sql('snapchat', 'x')} from (values ('  '), (null)) t(x)"
    ).fetchall() == [
        (None,),
        (None,),
    ]
