"""Identifiers as SQL: what the site sends for an address, and what a platform holds for it."""

from __future__ import annotations

from exports.identifiers import Rule, find_profile
from exports.identifiers.sql import digest_sql, normalise_sql

STANDS_FOR = {"gmail.example": "gmail.com", "googlemail.example": "googlemail.com"}
"""Reserved domains of the simulation, and the provider that each stands for."""


def normalised_sql(profile: str, column: str) -> str:
    """Return the SQL expression of an e-mail address in a profile's normal form; null when invalid."""
    return normalise_sql(_rule(profile), column)


def token_sql(profile: str, column: str) -> str:
    """Return the SQL expression of the token of an e-mail address under a profile; null when invalid."""
    return digest_sql(_rule(profile), column)


def _rule(profile: str) -> Rule:
    return find_profile(profile).knowing(STANDS_FOR).rule("email")
