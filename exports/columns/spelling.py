"""Cells in the characters that patterns know: digits of other scripts, wide letters, blanks and dashes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import arrow_integers, booleans

if TYPE_CHECKING:
    import pyarrow as pa

_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NOTHING = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0f20\u1040\u17e0"
"""The digit zero of the scripts that have digits of their own; nine more follow each."""

_PLAIN: dict[int, str] = {
    **dict.fromkeys(map(ord, _BLANKS), " "),
    **dict.fromkeys(map(ord, _NOTHING), ""),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **{ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **{0xFF00 + place: chr(0x20 + place) for place in range(1, 0x5F)},
}

_ODD = "[" + "".join(map(re.escape, map(chr, _PLAIN))) + "]"


def plainly(texts: pa.Array, likely: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.Array:
    """Return texts as they would be written on a plain keyboard.

    Parameters
    ----------
    texts : pyarrow.Array
        None of them empty.
    likely : array of bool
        Those that hold characters beyond ASCII.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plainly(pa.array(["٠١٠ １２", "a\u00a0b", "ä"]), np.ones(3, bool)).to_pylist()
    ['010 12', 'a b', 'ä']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.flatnonzero(likely)
    if not len(rows):
        return texts
    wide = texts.take(arrow_integers(rows))
    odd = booleans(pc.match_substring_regex(wide, _ODD))
    if not odd.any():
        return texts
    kept = texts.to_pylist()
    for row in rows[odd].tolist():
        kept[row] = kept[row].translate(_PLAIN).strip() or kept[row]
    return pa.array(kept, texts.type)
