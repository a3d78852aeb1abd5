"""Names of people, by the given names and surnames of the locales that Faker brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Passes, missing, numbers

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = Path(__file__).with_name("person_names.parquet")
"""Every name with the locales in which it is one."""

LOCALES = 128
"""Bits that a name has for locales."""

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
    """

    names: pa.Array
    given: Locales
    family: Locales


@cache
def known_names() -> Known:
    """Return the names of all locales, from the file that `exports.columns.recognisers.derive` writes."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(TABLE) as file:
        table = file.read(use_threads=False).combine_chunks()
    bits = [
        [np.append(numbers(table[f"{side}_{lane}"].chunk(0)), np.uint64(0)) for lane in range(2)]
        for side in ("given", "family")
    ]
    return Known(table["name"].chunk(0), np.stack(bits[0], axis=1), np.stack(bits[1], axis=1))


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

    full: Passes
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
    lengths = numbers(pc.list_value_length(parts)).astype(np.int64)
    found = pc.index_in(parts.flatten(), value_set=known.names)
    places = numbers(found).astype(np.int64)
    if found.null_count:
        places[missing(found)] = len(known.names)
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


PAIR = re.compile(r"(?=\b([^\W\d_a-zß-ÿ][^\W\d_]+ [^\W\d_a-zß-ÿ][^\W\d_]+))")
"""Two neighbouring words with a capital letter each."""


def names_inside(texts: pa.Array) -> Passes:
    """Return which sentences name somebody: a given name beside a surname of its locale, both with a capital.

    Examples
    --------
    >>> import pyarrow as pa
    >>> names_inside(pa.array(["please call Anna Schmidt, who moved", "please call New Haven again"])).tolist()
    [True, False]
    """
    import pyarrow as pa

    pairs: list[str] = []
    owners: list[int] = []
    for row, text in enumerate(texts.to_pylist()):
        found = PAIR.findall(text)
        pairs += found
        owners += [row] * len(found)
    named = np.zeros(len(texts), bool)
    if pairs:
        named[np.array(owners)[names_of(pa.array(pairs, pa.string())).full]] = True
    return named
