"""Names of people, by the given names and surnames of the locales that Faker brings."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.columns.characters import Mask
from exports.columns.names.words import folded

if TYPE_CHECKING:
    import pyarrow as pa

DEPRECATED = frozenset({"fr_QC"})
"""Locales that Faker warns of."""

MOST_WORDS = 6
"""Words above which a text is no name."""

Locales = NDArray[np.uint64]
"""Two integers of a bit per locale."""


@dataclass(frozen=True, slots=True)
class Known:
    """Every name in lower case, and in which locales it is a given name or a surname.

    Parameters
    ----------
    names : pyarrow.Array
        Different names.
    given, family : array of shape (names + 1, 2)
        A bit per locale; the last row, of unknown names, has none.
    locales : int
        How many there are.
    """

    names: pa.Array
    given: Locales
    family: Locales
    locales: int


@cache
def known_names() -> Known:
    """Return the names of all locales; takes half a second, once, where a column may hold names."""
    import faker.providers.person as people
    import pyarrow as pa

    found: dict[str, list[int]] = {}
    modules = [one.name for one in pkgutil.iter_modules(people.__path__) if one.name not in DEPRECATED]
    for place, module in enumerate(modules):
        provider = import_module(f"faker.providers.person.{module}").Provider
        for side, stem in enumerate(("first", "last")):
            for name in _listed(provider, stem):
                found.setdefault(name, [0, 0])[side] |= 1 << place
    bits = np.zeros((2, len(found) + 1, 2), np.uint64)
    for row, masks in enumerate(found.values()):
        for side, mask in enumerate(masks):
            bits[side, row] = mask & (2**64 - 1), mask >> 64
    return Known(pa.array(list(found), pa.string()), bits[0], bits[1], len(modules))


def _listed(provider: type, stem: str) -> Iterable[str]:
    """Return the names of one kind of a locale, with and without their accents."""
    names: set[str] = set()
    for attribute in dir(provider):
        if re.search(rf"{stem}(?:_romanized|_kana)?_names|{stem}_name_\w*pairs", attribute):
            listed = getattr(provider, attribute)
            if isinstance(listed, dict | list | tuple | set):
                for name in listed:
                    names.update(name if isinstance(name, tuple) else (name,))
                if attribute.endswith("without_suffix"):
                    names.update(f"{name}{ending}" for name in listed for ending in ("son", "dóttir"))
    lower = {" ".join(_plain(name).split()) for name in names}
    lower |= {part for name in lower for part in name.split() if len(part) > 3}
    lower |= {folded(name) for name in lower if not name.isascii()}
    return {name for name in lower if len(name) > 1 or name >= _EAST_ASIA}


_EAST_ASIA = "\u2e80"


def _plain(name: str) -> str:
    return name.lower().replace("-", " ")


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of many texts.

    Parameters
    ----------
    full : array of bool
        Texts with a given name and a surname of one locale.
    given, family : array of shape (texts, 2)
        Locales in which the first word is a given name, or a word is a surname.
    words : array of int
        Words of each text.
    """

    full: Mask
    given: Locales
    family: Locales
    words: NDArray[np.int64]


def names_of(texts: pa.Array) -> Names:
    """Look up every word of each text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> names_of(pa.array(["Anna Schmidt", "Jan Kowalski", "New Haven", "anna", "山田太郎"])).full.tolist()
    [True, True, False, False, True]
    """
    import pyarrow.compute as pc

    known = known_names()
    plain = pc.utf8_lower(texts)
    plain = pc.replace_substring_regex(plain, r"^(?:dr|prof|mr|mrs|ms|herr|frau|sr|sra|mme|m)\.? ", "")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[\s,;()\"\-]+", " "))
    plain = pc.replace_substring_regex(plain, r"^(\p{Han})(\p{Han}{1,2})$", r"\1 \2")
    plain = pc.replace_substring_regex(plain, r"^(\p{Han}{2})(\p{Han}{2})$", r"\1 \2")
    plain = pc.replace_substring_regex(plain, r"^(\p{Hangul})(\p{Hangul}{1,2})$", r"\1 \2")
    parts = pc.split_pattern(plain, " ")
    lengths = pc.list_value_length(parts).to_numpy(zero_copy_only=False).astype(np.int64)
    places = pc.index_in(parts.flatten(), value_set=known.names).fill_null(len(known.names)).to_numpy()
    starts = np.cumsum(lengths) - lengths
    columns = [
        np.where(lengths > word, places[np.minimum(starts + word, len(places) - 1)], -1)
        for word in range(MOST_WORDS)
    ]
    given = [known.given[column] for column in columns]
    family = [known.family[column] for column in columns]
    full = np.zeros(len(texts), bool)
    for one in range(MOST_WORDS):
        for other in range(one + 1, MOST_WORDS):
            pair = (given[one] & family[other]) | (family[one] & given[other])
            full |= pair.any(axis=1) & (lengths > other)
    anywhere = family[0].copy()
    for column in family[1:]:
        anywhere |= column
    return Names(full & (lengths <= MOST_WORDS), given[0], anywhere, lengths)
