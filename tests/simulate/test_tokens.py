import duckdb

from simulate.tokens import STANDS_FOR, normalised_sql, token_sql


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
