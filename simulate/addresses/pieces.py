"""The pieces that e-mail addresses are made of, and 64-bit keys that equal addresses share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.attributes.names import NamePool, name_pool, plain_ascii
from simulate.tables import words

PROVIDERS = ("gmail", "yahoo", "outlook", "hotmail", "aol", "icloud", "comcast", "work")
SMALL_DOMAINS = 4_096
MARKS = ("", ".", "_")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Every piece a local part can be made of, with the key of each and the factor that appends it.

    Attributes
    ----------
    text : pyarrow.StringArray
        Empty, letters, given names, surnames, words, in this order.
    key, factor : array of uint64
        Hash of each piece and multiplier**length.
    given, surname, word : int
        Where the names and words start.
    given_initial, surname_initial : array of int32
        Piece of the first letter of each name.
    """

    text: Any
    key: NDArray[np.uint64]
    factor: NDArray[np.uint64]
    given: int
    surname: int
    word: int
    given_initial: NDArray[np.int32]
    surname_initial: NDArray[np.int32]


_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


def hash_text(text: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return, for each string, a polynomial hash and the factor that shifts another one before it.

    Examples
    --------
    >>> key, factor = hash_text(["anna", "smith", "annasmith"])
    >>> bool((key[:1] * factor[1:2] + key[1:2] == key[2:]).all())
    True
    """
    raw = np.array([piece.encode("ascii") for piece in text])
    letters = (
        raw.view(np.uint8).reshape(len(text), -1) if raw.itemsize else np.zeros((len(text), 0), np.uint8)
    )
    value = _letter_values()
    key, factor = np.zeros(len(text), np.uint64), np.full(len(text), _ONE)
    for column in letters.T:
        used = column > 0
        key = np.where(used, key * _MULTIPLIER + value[column], key)
        factor = np.where(used, factor * _MULTIPLIER, factor)
    return key, factor


def append_number(key: NDArray[np.uint64], number: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the keys of the same addresses with a number after the local part; 0 appends nothing."""
    value = _letter_values()
    power = 10 ** max(len(str(int(number.max(initial=0)))) - 1, 0)
    while power:
        digit = number // power
        key = np.where(digit > 0, key * _MULTIPLIER + value[48 + digit % 10], key)
        power //= 10
    return key


@cache
def _letter_values() -> NDArray[np.uint64]:
    return Stream(0, "people", "letters of addresses").bits(256)


@cache
def pieces(locale: str) -> Pieces:
    """Return the pieces that local parts of a locale are made of."""
    import pyarrow as pa

    pool: NamePool = name_pool(locale)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    given, surnames = (_spelt(names.to_pylist()) for names in (pool.given, pool.surnames))
    text = ["", *letters, *given, *surnames, *words()]
    key, factor = hash_text(text)
    start = 1 + len(letters)
    return Pieces(
        text=pa.array(text, pa.string()),
        key=key,
        factor=factor,
        given=start,
        surname=start + len(given),
        word=start + len(given) + len(surnames),
        given_initial=_initials(given),
        surname_initial=_initials(surnames),
    )


def _spelt(names: list[str]) -> list[str]:
    """Return names as addresses spell them; one without a Latin letter becomes a word."""
    plain = (plain_ascii(name) for name in names)
    return [name or words()[index % len(words())] for index, name in enumerate(plain)]


def _initials(names: list[str]) -> NDArray[np.int32]:
    codes = np.array([ord(name[0]) - ord("a") + 1 for name in names], dtype=np.int32)
    return np.where((codes < 1) | (codes > 26), 1, codes).astype(np.int32)


@cache
def tails() -> tuple[Any, NDArray[np.uint64], NDArray[np.uint64]]:
    """Years as they end a local part: none, 00 to 99, 1900 to 2029."""
    import pyarrow as pa

    text = ["", *(f"{year:02d}" for year in range(100)), *(str(year) for year in range(1900, 2030))]
    return (pa.array(text, pa.string()), *hash_text(text))


@cache
def year_tails() -> NDArray[np.int64]:
    """Return by form (none, two digits, four digits) and year of birth the tail that spells it."""
    year = np.arange(2030)
    return np.stack([np.zeros_like(year), 1 + year % 100, np.where(year >= 1900, 101 + year - 1900, 0)])


@cache
def domains() -> Any:
    """Return every domain an address can have: the large providers, then small ones of employers."""
    import pyarrow as pa

    surnames = name_pool().surnames[:SMALL_DOMAINS].to_pylist()
    kinds = ("group", "partners", "school", "health", "works", "county", "college", "media")
    firms = [f"@{plain_ascii(surnames[i])}-{kinds[i % len(kinds)]}.example" for i in range(SMALL_DOMAINS)]
    return pa.array([f"@{provider}.example" for provider in PROVIDERS[:-1]] + firms, pa.string())


@cache
def domain_keys() -> NDArray[np.uint64]:
    """Return the key of each domain."""
    return hash_text(domains().to_pylist())[0]
