"""Addresses as SQL: what the site sends for one, and what a platform holds for it."""

from __future__ import annotations

from exports.engines.texts import DUCKDB_TEXTS, Texts
from exports.identifiers import Rule, find_profile
from exports.identifiers.sql import digest_sql, normalise_sql

STANDS_FOR = {"gmail.example": "gmail.com", "googlemail.example": "googlemail.com"}
"""Reserved mail domains of the simulation whose provider some profiles treat apart."""


def email_rule(profile: str) -> Rule:
    """Return a profile's rule for e-mail addresses, which knows the simulation's domains.

    Examples
    --------
    >>> rule = email_rule("google.customer_match")
    >>> rule.apply("Jane.Doe@gmail.example ").normalised
    'janedoe@gmail.example'
    """
    return find_profile(profile).knowing(STANDS_FOR).rule("email")


def normalised_sql(profile: str, column: str) -> str:
    """Return the SQL expression of an address in a profile's normal form; null when invalid."""
    return normalise_sql(email_rule(profile), column)


def is_address_sql(column: str) -> str:
    """Return SQL that tells whether something was typed that can be an address at all.

    Only the sender can tell: the hash of what is no address looks like any other.
    """
    return f"({column} like '%_@_%._%' and {column} not like '%@.%' and {column} not like '%..%')"


def token_sql(profile: str, column: str, texts: Texts = DUCKDB_TEXTS) -> str:
    """Return the SQL expression of an address's token under a profile; null when invalid."""
    return digest_sql(email_rule(profile), column, texts)
