"""Truncation: send only so many bits of a hash that several accounts share each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from defenses.upload_list import SharedTokens, replaced, token_columns
from exports.errors import LabError
from exports.release import Export


class Truncate(SharedTokens):
    """Replace each identifier by the first bits of its hash, so that about k accounts share a token.

    The platform finds a bucket of accounts and not one; who in it visited it must guess, unless
    other columns or the account's own behaviour tell. The size k is an expectation over a
    uniform hash, not a promise: buckets vary, and two lists of one person intersect.

    Parameters
    ----------
    k : int
        Expected number of accounts per bucket, at least 2.
    population : int
        Accounts that the recipient holds.
    columns : sequence of str, str or None
        Columns to replace; default every identifier, else every token.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> release = Truncate(k=1000, population=2_000_000_000).transform(export)
    >>> release.rows["mail"].to_pylist(), release.manifest["bits"], release.manifest["expected_bucket"]
    (['e1535'], 20, 1907.3486328125)
    """

    name: ClassVar[str] = "truncate"

    def __init__(self, k: int, population: int, columns: Sequence[str] | str | None = None) -> None:
        self.k = k
        self.population = population
        self.columns = columns

    def told(self) -> dict[str, Any]:
        """Return how many bits leave, and how many accounts share a token on average."""
        bits = bucket_bits(self.k, self.population)
        return {"bits": bits, "expected_bucket": self.population / 2**bits}

    def tokenised(self, export: Export) -> Export:
        """Return a list with bucket names in place of identifiers."""
        bits = bucket_bits(self.k, self.population)
        bucket = "('0x' || substr(sha256(value), 1, 16))::UBIGINT >> $shift"
        return replaced(
            export,
            token_columns(export.schema, self.columns),
            f"lpad(lower(to_hex({bucket})), $digits, '0')",
            shift=64 - bits,
            digits=-(-bits // 4),
        )


def bucket_bits(k: int, population: int) -> int:
    """Return the most bits that leave an expected bucket of at least ``k`` accounts.

    Raises
    ------
    LabError
        When ``k`` is below 2 or no bit can be sent.

    Examples
    --------
    >>> bucket_bits(5, 40)
    3
    """
    if not 2 <= k <= population // 2:
        raise LabError(
            f"k is {k:,} but must lie between 2 and half of the population of {population:,}: change one."
        )
    return min(62, (population // k).bit_length() - 1)
