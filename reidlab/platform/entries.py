"""Rows of an uploaded list as Arrow columns of tokens, and which of them are valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.identifiers import Rejected, find_profile

TEXT = b"\xff"
"""Stands before a token that is no digest: no UTF-8 text starts with it, so the two never meet."""

SHA256 = (64,)
MANY = (32, 40, 64)
"""Hexadecimal digits of MD5, SHA-1 and SHA-256."""


@dataclass(frozen=True, slots=True)
class Key:
    """How one column of a list is read.

    Parameters
    ----------
    kind : str
        Noun of the identifier, as in profiles.
    spelled : str
        As the platform's schema writes it.
    digits : tuple of int
        Hexadecimal digits that a digest may have; none for an identifier that goes in the clear.
    clear : bool
        Whether text that is no digest is valid as well.
    profile : str or None
        How the platform itself hashes text that it takes in the clear; None: it keeps it as it is.
    """

    kind: str
    spelled: str
    digits: tuple[int, ...] = SHA256
    clear: bool = False
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a list.

    Parameters
    ----------
    keys : tuple of Key
        One per column.
    columns : tuple of pyarrow.Array
        Tokens as bytes; null where the row has none or an invalid one.
    sent : tuple of pyarrow.Array
        What came, as text; null where nothing did.
    valid : array of bool
        Rows with at least one token and no broken shape.
    """

    keys: tuple[Key, ...]
    columns: tuple[Any, ...]
    sent: tuple[Any, ...]
    valid: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.valid)

    @property
    def invalid(self) -> int:
        """Rows that no token was read from."""
        return int(len(self.valid) - self.valid.sum())

    def samples(self, limit: int = 5) -> list[int]:
        """Return the positions of the first invalid rows."""
        found: list[int] = np.flatnonzero(~self.valid)[:limit].tolist()
        return found


IDENTIFYING = ("email", "phone", "maid", "handle", "account_id", "external_id")
"""Kinds of which one value names one person."""

TOGETHER = "name_zip_birth"
"""What a name, a postal code and a birth date are called where together they name one person."""

_BIRTHS = (("dob",), ("dob_year", "dob_month", "dob_day"))


def identifying(rows: Rows) -> Iterator[tuple[str, Any]]:
    """Yield kind and tokens of each column, or columns together, that name a person.

    A first name alone names nobody: names, postal code and birth date are one token together.
    """
    by_kind = {key.kind: column for key, column in zip(rows.keys, rows.columns, strict=True)}
    yield from ((kind, column) for kind, column in by_kind.items() if kind in IDENTIFYING)
    for birth in _BIRTHS:
        parts = [by_kind.get(kind) for kind in ("first_name", "last_name", "zip", *birth)]
        if all(part is not None for part in parts):
            yield TOGETHER, pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.binary()))
            return


def single(key: Key, values: Sequence[Any]) -> Rows:
    """Return the rows of a list that has one key.

    Examples
    --------
    >>> rows = single(Key("email", "EMAIL"), ["ab" * 32, "", "jane@mail.example"])
    >>> rows.valid.tolist(), rows.columns[0].to_pylist()[0].hex()[:4]
    ([True, False, False], 'abab')
    """
    tokens, sent = _column(key, values)
    return Rows((key,), (tokens,), (sent,), tokens.is_valid().to_numpy(zero_copy_only=False))


def several(keys: Sequence[Key], rows: Sequence[Any]) -> Rows:
    """Return the rows of a list with several keys; a row of another length is invalid.

    Examples
    --------
    >>> keys = Key("email", "EMAIL"), Key("phone", "PHONE")
    >>> several(keys, [["ab" * 32, ""], ["", ""], ["ab" * 32]]).valid.tolist()
    [True, False, False]
    """
    width = len(keys)
    shaped = [isinstance(row, list) and len(row) == width for row in rows]
    filled = [row if fits else [None] * width for row, fits in zip(rows, shaped, strict=True)]
    columns, sent = [], []
    for position, key in enumerate(keys):
        tokens, texts = _column(key, [row[position] for row in filled])
        columns.append(tokens)
        sent.append(texts)
    valid = np.zeros(len(filled), dtype=bool)
    for tokens in columns:
        valid |= tokens.is_valid().to_numpy(zero_copy_only=False)
    return Rows(tuple(keys), tuple(columns), tuple(sent), valid)


def _column(key: Key, values: Sequence[Any]) -> tuple[Any, Any]:
    """Return the tokens of one column and what was sent, both with nulls."""
    quick = _digests(values) if 64 in key.digits else None
    if quick is not None:
        return quick, pa.array(values, pa.string())
    tokens, sent = zip(*(_token(key, value) for value in values), strict=True) if values else ((), ())
    return pa.array(tokens, pa.binary()), pa.array(sent, pa.string())


def _digests(values: Sequence[Any]) -> Any | None:
    """Return a column of SHA-256 digests in lower case; None where a single value is anything else."""
    try:
        joined = "".join(values)
        if not values or len(joined) != 64 * len(values) or joined != joined.lower():
            return None
        raw = bytes.fromhex(joined)
    except (TypeError, ValueError):
        return None
    if len(raw) != 32 * len(values) or any(len(value) != 64 for value in values):
        return None
    offsets = np.arange(0, len(raw) + 1, 32, dtype=np.int32)
    return pa.Array.from_buffers(pa.binary(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(raw)])


def _token(key: Key, value: Any) -> tuple[bytes | None, str | None]:
    """Return the token of one value and the value as text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None, None if value is None else "(no text)"
    text = str(value) if isinstance(value, str) or abs(value) < 10**20 else "(no text)"
    if not text:
        return None, None
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return None, "(no text)"
    if len(text) in key.digits and _is_hex(text):
        # Digests are compared as written: one in upper case is well formed and meets nobody.
        return (bytes.fromhex(text) if text == text.lower() else TEXT + data), text
    if key.profile is not None:
        return _hashed(key.profile, key.kind, text), text
    return (TEXT + data if key.clear or not key.digits else None), text


def _hashed(profile: str, kind: str, text: str) -> bytes | None:
    """Return the SHA-256 that a platform makes of text in the clear; None where it takes none of it."""
    try:
        return bytes.fromhex(find_profile(profile).rule(kind).apply(text, "sha256", "hex").digest)
    except (Rejected, ValueError):
        return None


def _is_hex(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) * 2 == len(text)
    except ValueError:
        return False
