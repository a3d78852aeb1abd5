"""Identifiers as SQL: what the site sends for an address, and what a platform holds for it."""

from __future__ import annotations


def normalised_sql(_profile: str, column: str) -> str:
    """Return the SQL expression of an e-mail address in a profile's normal form; null when invalid."""
    return f"nullif(lower(trim({column})), '')"


def token_sql(profile: str, column: str) -> str:
    """Return the SQL expression of the token of an e-mail address under a profile."""
    return f"sha256({normalised_sql(profile, column)})"
