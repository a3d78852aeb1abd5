"""Names of columns as plain words, and lists of words that are matched with them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that set no spaces between words, or hang endings on them."""


@lru_cache(1 << 14)
def words_of(name: str) -> str:
    """Return a column's name as lower-case words.

    Examples
    --------
    >>> words_of("homePhone_Number"), words_of("ZIP-Code2")
    ('home phone number', 'zip code 2')
    >>> words_of("फ़ोन_नंबर")
    'फ़ोन नंबर'
    """
    parted = re.sub(r"([^\W\d_])(?<=[a-zß-öø-ÿ])([A-ZÀ-ÖØ-Þ])", r"\1 \2", name)
    parted = re.sub(r"([^\W\d_])([0-9])", r"\1 \2", parted)
    # The vowels of Indian scripts and of Thai are marks, which a pattern takes for no letters.
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in parted)
    return " ".join(kept.split()).lower()


@lru_cache(1 << 14)
def folded(words: str) -> str:
    """Return words without accents, so that those who leave them out are understood as well.

    Examples
    --------
    >>> folded("téléphone"), folded("straße"), folded("doğum tarihi")
    ('telephone', 'strasse', 'dogum tarihi')
    """
    if words.isascii():
        return words.lower()
    plain = unicodedata.normalize("NFKD", words.casefold().replace("ı", "i").replace("ł", "l"))
    return "".join(c for c in plain.replace("ø", "o") if not unicodedata.combining(c))


def pattern_of(words: str) -> re.Pattern[str]:
    """Compile a list of words: ``*`` for any ending, ``_`` for a space that may be left out.

    Examples
    --------
    >>> mobile = pattern_of("handy* mobil_nr 携帯")
    >>> [bool(mobile.search(name)) for name in ("handynummer", "mobil nr", "mobilnr", "shandy", "携帯番号")]
    [True, True, True, False, True]
    """
    return re.compile("|".join(_one(word) for word in words.split()))


def _one(word: str) -> str:
    stem = folded(word.rstrip("*"))
    pattern = re.escape(stem).replace("_", " ?")
    if _UNSPACED.search(stem):
        return pattern if len(stem) > 1 else f"^{pattern}$"
    return rf"(?<!\w){pattern}" + ("" if word.endswith("*") else r"(?!\w)")
