"""The few places where the SQL of the engines differs."""

from __future__ import annotations

from dataclasses import dataclass

from exports.engines.texts import DUCKDB_TEXTS, SPARK_TEXTS, Texts


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what the common subset of SQL lacks.

    Parameters
    ----------
    quote : str
        The character around identifiers.
    texts : Texts
        Functions of text: trimming, patterns, hashes.

    Examples
    --------
    >>> Dialect(quote='"').identifier('a "b" c')
    '"a ""b"" c"'
    """

    quote: str = '"'
    texts: Texts = DUCKDB_TEXTS

    def identifier(self, name: str) -> str:
        """Return ``name`` quoted; quotes inside are doubled."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote


DUCKDB = Dialect()
SPARK = Dialect(quote="`", texts=SPARK_TEXTS)
