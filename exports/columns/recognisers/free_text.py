"""Cells that a person has to read: sentences, and values that hold several values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exports.coding import Passes
from exports.columns.characters import Characters
from exports.columns.recognisers.inside import matches

if TYPE_CHECKING:
    import pyarrow as pa

MANY_WORDS = 7
"""Words from which a text counts as a sentence."""

LONG_TEXT = 60
"""Bytes above which a text with some blanks does too; a word of East Asia has some six."""


def sentences(characters: Characters) -> Passes:
    """Return which texts are long enough to say anything; a text without a blank is none.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.columns.characters import characters_of
    >>> texts = pa.array(["she moved out and now lives with me", "not married", "a" * 99])
    >>> sentences(characters_of(texts)).tolist()
    [True, False, False]
    """
    written = characters.letters + characters.wide > characters.digits
    many = (characters.spaces >= MANY_WORDS - 1) | (
        (characters.lengths > LONG_TEXT) & (characters.spaces >= 3)
    )
    unspaced = (characters.wide > LONG_TEXT) & (characters.letters < characters.wide)
    return np.asarray((written & (many | unspaced)) | (characters.long & (characters.spaces >= 3)), bool)


def nested(texts: pa.Array) -> Passes:
    """Return which texts are objects or lists of JSON, or elements of XML; a set ``{a, b}`` is a value."""
    return matches(
        texts,
        r"^(?:\{.*[\w\"'] ?(?::|=>?) ?.*\}|\[.*[\"'{].*\]|\[[^,]*(?:,[^,]*){2,}\]|<\w+[^>]*>.*</\w+>)$",
    )
