"""Secret keys: read from a file or the environment, refused when weak, shown to nobody."""

from __future__ import annotations

import os
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from math import log2
from pathlib import Path

from exports.errors import LabError

SHORTEST = 32
"""Bytes of the shortest key: as long as the digest that it keys."""
LEAST_ENTROPY = 80
"""Bits that a key must seem to hold; 32 random hexadecimal digits seem to hold 83 to 128."""

WORD = 13.0
"""Bits of one word of a list of 8,000, of which passphrases are drawn."""
_TOKEN = re.compile(rb"[A-Z]?[a-z]{1,13}|[A-Z]{1,14}|[0-9]{1,4}")
_PHRASE = re.compile(rb"(?:(?:%b)[ ,.;:_'-]{1,2})+(?:%b)?" % (_TOKEN.pattern, _TOKEN.pattern))


@dataclass(frozen=True, slots=True)
class Secret:
    """A key, and where it came from; it prints as its origin and compares by its bytes.

    Parameters
    ----------
    key : bytes
        The secret itself.
    origin : str
        ``file PATH`` or ``environment variable NAME``.

    Examples
    --------
    >>> Secret(bytes(range(32)), "file pepper.key")
    Secret(origin='file pepper.key')
    """

    key: bytes = field(repr=False)
    origin: str

    @classmethod
    def read(cls, key_file: str | Path | None = None, key_env: str | None = None) -> Secret:
        """Return the key that lies in a file or in an environment variable.

        White space at the end is no part of the key.

        Raises
        ------
        LabError
            When not exactly one place is named, it holds nothing, or the key is weak.
        """
        if (key_file is None) == (key_env is None):
            raise LabError(
                "A secret key comes from one place: give key_file=PATH or key_env=NAME of a variable."
            )
        if key_file is not None:
            origin = f"file {key_file}"
            try:
                key = Path(key_file).read_bytes()
            except OSError as error:
                # The name is not repeated: it may be the key itself, given in the wrong place.
                raise LabError(
                    f"The file that key_file names cannot be read ({error.strerror}): give the path of a "
                    "file that holds the key, never the key itself."
                ) from None
        else:
            origin = f"environment variable {key_env}"
            key = os.environb.get(str(key_env).encode(), b"")
            if not key:
                raise LabError(
                    "The environment variable that key_env names is not set or empty: give the name of one "
                    "that holds the key, never the key itself."
                )
        return cls(_strong(key.rstrip(), origin), origin)


def _strong(key: bytes, origin: str) -> bytes:
    way_out = "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
    if len(key) < SHORTEST:
        raise LabError(f"The key in {origin} has {len(key)} bytes but needs at least {SHORTEST}: {way_out}")
    if entropy_bits(key) < LEAST_ENTROPY:
        raise LabError(
            f"The key in {origin} seems to hold {entropy_bits(key):.0f} bits but needs at least "
            f"{LEAST_ENTROPY} (it repeats itself, counts up or is made of words): {way_out}"
        )
    return key


def entropy_bits(key: bytes) -> float:
    """Return an estimate from above of what a key holds: by bytes, steps, repetition, compression, words.

    A high value does not show that a key is random; a low one shows that it is not.

    Examples
    --------
    >>> round(entropy_bits(b"password" * 4)), entropy_bits(b"a" * 32)
    (20, 0.0)
    >>> entropy_bits(b"correct horse battery staple, correct horse")
    52.0
    """
    if _PHRASE.fullmatch(key):
        return sum(min(WORD, 5 * len(word)) for word in {one.lower() for one in _TOKEN.findall(key)})
    key = key[: (key + key).find(key, 1)]
    steps = bytes((after - before) % 256 for before, after in pairwise(key))
    compressed = len(zlib.compress(key, 9)) - len(zlib.compress(b"", 9))
    found = min(_shannon(key), _shannon(steps), _shannon(key) * compressed / max(len(key), 1))
    return max(0.0, found)


def _shannon(text: bytes) -> float:
    return -sum(count * log2(count / len(text)) for count in Counter(text).values())
