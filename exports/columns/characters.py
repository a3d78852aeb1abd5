"""How many characters of each class each text has, which tells which patterns are worth trying on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints, Passes

if TYPE_CHECKING:
    import pyarrow as pa


CLASSES = {
    "digits": b"0123456789",
    "letters": b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "wide": bytes(range(128, 256)),
    "at": b"@%",
    "spaces": b" \t\r\n",
    "dots": b".",
    "colons": b":",
    "marks": bytes(set(range(33, 127)) - set(b"0123456789@%.:") - set(range(65, 91)) - set(range(97, 123))),
}
"""Bytes by class, eight classes; ``wide`` are those of characters beyond ASCII."""

LONGEST = 255
"""Bytes up to which they are counted; longer texts are tried with every pattern."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Counts of each text.

    Parameters
    ----------
    lengths : array of int
        Bytes of each text.
    digits, letters, wide, at, spaces, dots, colons, marks : array of int64
        Bytes of each class.
    long : array of bool
        Texts that were not counted.
    """

    lengths: Ints
    digits: Ints
    letters: Ints
    wide: Ints
    at: Ints
    spaces: Ints
    dots: Ints
    colons: Ints
    marks: Ints
    long: Passes


def _table() -> NDArray[np.uint64]:
    table = np.zeros(256, np.uint64)
    for place, characters in enumerate(CLASSES.values()):
        table[np.frombuffer(characters, np.uint8)] = 1 << (8 * place)
    return table


def characters_of(texts: pa.Array) -> Characters:
    """Count the characters of texts, none of which is missing or empty.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = characters_of(pa.array(["a7@mail.example", "+1 212 010 0000"]))
    >>> found.at.tolist(), found.digits.tolist(), found.lengths.tolist()
    ([1, 0], [1, 11], [15, 15])
    """
    width = np.dtype("int64" if str(texts.type).startswith("large") else "int32")
    _, raw, data = texts.buffers()
    ends = np.frombuffer(raw, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    lengths = np.diff(ends)
    long = lengths > LONGEST
    if not len(texts):
        counts = np.zeros(0, np.uint64)
    else:
        values = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
        counts = np.add.reduceat(_table()[values], ends[:-1] - ends[0])
    packed = counts.astype("<u8").view(np.uint8).reshape(-1, len(CLASSES)).astype(np.int64)
    digits, letters, wide, at, spaces, dots, colons, marks = packed.T
    return Characters(lengths, digits, letters, wide, at, spaces, dots, colons, marks, long)
