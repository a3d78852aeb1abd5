"""The few places where the SQL of the engines differs."""

from __future__ import annotations

from dataclasses import dataclass

from exports.engines.texts import DUCKDB_TEXTS, Texts


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what the common subset of SQL lacks.

    Parameters
    ----------
    quote : str
        The character around identifiers.
    double : str
        Name of the 64-bit floating point type.
    texts : Texts
        Functions of text: trimming, patterns, hashes.

    Examples
    --------
    >>> Dialect(quote='"', double="double").identifier('a "b" c')
    '"a ""b"" c"'
    """

    quote: str = '"'
    double: str = "double"
    texts: Texts = DUCKDB_TEXTS

    def identifier(self, name: str) -> str:
        """Return ``name`` quoted; quotes inside are doubled."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def missing_nan(self, column: str) -> str:
        """Return an expression that turns a floating-point NaN into null."""
        return f"case when isnan({column}) then null else {column} end"


DUCKDB = Dialect()
