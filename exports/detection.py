"""What kind of personal data a column holds, with evidence that shows no value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from exports.schema import Role
from exports.shapes import SHAPES, Shape
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

MOST_VALUES = 5_000
"""Different values of a column that are looked at."""

FEW_VALUES = 12
"""Different values up to which an answer is kept, since the columns of a wide table resemble one another."""

NEARLY_ALL = 0.9
"""Share of the values that must look alike."""

LONG_TEXT = 60
"""Mean length above which text with mostly different values counts as free text."""

MANY_WORDS = 6
"""Mean number of words above which it does too."""

NAMES_KNOWN = 0.4
"""Share of words found among given names or surnames above which text counts as names."""

FEWEST_NAMES = 10
"""Different values below which common names may be there by chance."""

LETTERS_DRAWN = 3.3
"""Bits per character from which characters look drawn rather than written."""

LIFETIME = 40
"""Years that dates must span to look like dates of birth."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a column seems to hold.

    Parameters
    ----------
    kind : str or None
        ``"email"``, ``"token"``, ``"free_text"``, ...; None where nothing fits.
    role : Role or None
        What a column of this kind is to an adversary.
    evidence : str
        What the kind rests on: the name of the column, or what its values look like.
    share : Share
        Different values that look so, of those that were looked at.
    """

    kind: str | None
    role: Role | None
    evidence: str
    share: Share


def words_of(name: str) -> str:
    """Return a column's name as lower-case words.

    Examples
    --------
    >>> words_of("homePhone_Number"), words_of("ZIP-Code2")
    ('home phone number', 'zip code 2')
    """
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    parted = re.sub(r"([A-Za-z])([0-9])", r"\1 \2", parted)
    return re.sub(r"[\W_]+", " ", parted).strip().lower()


def detect(name: str, column: pa.ChunkedArray | pa.Array) -> Detection:
    """Say what kind of personal data a column holds.

    Parameters
    ----------
    name : str
        Of the column.
    column : pyarrow.ChunkedArray or pyarrow.Array
        Its values, or a sample of them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> detect("contact", pa.array(["ann@mail.example", "bob@mail.example", None]))
    Detection(kind='email', role=<Role.IDENTIFIER: 'identifier'>, evidence='values look like e-mail
    addresses', share=100.0 % (2 of 2))
    >>> detect("visits", pa.array([1, 7, 3])).kind is None
    True
    """
    values = _different_texts(column)
    size = 0 if values is None else len(values)
    if values is None or not size:
        return Detection(None, None, "no values", Share(0, 0))
    words = words_of(name)
    for shape in SHAPES:
        if found := _fits(shape, words, values):
            return found
    return _by_content(values) or Detection(None, None, "", Share(0, size))


def _different_texts(column: pa.ChunkedArray | pa.Array) -> pa.Array | None:
    """Return different values as trimmed text; None for types that hold none of the kinds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_boolean(column.type) or pa.types.is_null(column.type):
        return None
    different = pc.drop_null(column).unique()[:MOST_VALUES]
    if pa.types.is_binary(column.type) or pa.types.is_fixed_size_binary(column.type):
        return pa.array([value.hex() for value in different.to_pylist()], pa.string())
    try:
        texts = different.cast(pa.string())
    except pa.ArrowException:
        return None
    trimmed = pc.utf8_trim_whitespace(texts)
    return trimmed.filter(pc.not_equal(trimmed, ""))


def _fits(shape: Shape, words: str, values: pa.Array) -> Detection | None:
    named = bool(shape.names and re.search(shape.names, words))
    if not (named or shape.alone) or (shape.unless and re.search(shape.unless, words)):
        return None
    share = _matching(values, shape.pattern)
    if share.count < NEARLY_ALL * share.of:
        return None
    looks = f"values look like {shape.says}" if share.count == share.of else f"most look like {shape.says}"
    kind, role = shape.kind, shape.role
    if kind == "date" and _spans_a_lifetime(values):
        kind, looks = "date_of_birth", "dates that span a lifetime"
    return Detection(kind, role, f"called so, and {looks}" if named else looks, share)


def _matching(values: pa.Array, pattern: str) -> Share:
    if len(values) <= FEW_VALUES:
        return _matching_few(tuple(values.to_pylist()), pattern)
    return _counted(values, pattern)


@lru_cache(4096)
def _matching_few(values: tuple[str, ...], pattern: str) -> Share:
    import pyarrow as pa

    return _counted(pa.array(values, pa.string()), pattern)


def _counted(values: pa.Array, pattern: str) -> Share:
    import pyarrow.compute as pc

    found = pc.match_substring_regex(values, f"(?is)^(?:{pattern})$")
    return Share(pc.sum(found).as_py() or 0, len(values))


def _spans_a_lifetime(values: pa.Array) -> bool:
    import pyarrow.compute as pc

    years = pc.extract_regex(values, r"\b(?P<year>(?:18|19|20)\d{2})\b").field("year").drop_null()
    years = years.filter(pc.not_equal(years, "")).cast("int32")
    spread = pc.min_max(years).as_py()
    return len(years) >= 0.9 * len(values) and spread["max"] - spread["min"] >= LIFETIME


def _by_content(values: pa.Array) -> Detection | None:
    """Look for names, for characters that are drawn rather than written, and for free text."""
    import pyarrow.compute as pc

    written = _matching(values, r".*\p{L}.*")
    if written.count < NEARLY_ALL * written.of:
        return None
    length = pc.mean(pc.utf8_length(values)).as_py()
    words = 1 + pc.mean(pc.count_substring_regex(values, r"\s+")).as_py()
    if len(values) > 2 and (length > LONG_TEXT or words > MANY_WORDS):
        return Detection("free_text", Role.INSENSITIVE, "long text that a person has to read", written)
    if words <= 3 and (names := _names(values)):
        return names
    drawn = _matching(values, r"[A-Za-z0-9+/=_.~:\-]{16,}")
    if drawn.count == drawn.of and len(values) >= 20 and _bits(values) > LETTERS_DRAWN and words == 1:
        return Detection("token", Role.TOKEN, "values look drawn at random or keyed", drawn)
    return None


def _names(values: pa.Array) -> Detection | None:
    """Compare with the names of the United States that Faker brings."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from faker.providers.person.en_US import Provider

    shaped = _matching(values, r"\p{L}[\p{L}'’.\-]+(?: \p{L}[\p{L}'’.\-]*){0,2}")
    if len(values) < FEWEST_NAMES or shaped.count < NEARLY_ALL * shaped.of:
        return None
    lower = pc.utf8_lower(values)
    first = pc.list_element(pc.split_pattern(lower, " ", max_splits=1), 0)
    given, family = (
        pc.sum(pc.is_in(first if pool is Provider.first_names else lower, pa.array(_lower(pool)))).as_py()
        for pool in (Provider.first_names, Provider.last_names)
    )
    most = max(given, family)
    if most < NAMES_KNOWN * len(values):
        return None
    several = pc.mean(pc.count_substring(values, " ")).as_py() >= 0.5
    kind = "name" if several else "first_name" if given >= family else "last_name"
    return Detection(
        kind, Role.IDENTIFIER, "many values are common names of people", Share(most, len(values))
    )


def _lower(names: object) -> list[str]:
    return [str(name).lower() for name in names]  # type: ignore[attr-defined]


def _bits(values: pa.Array) -> float:
    """Return the mean entropy of a value's characters, in bits per character."""
    import numpy as np

    bits = []
    for value in values[:200].to_pylist():
        _, counts = np.unique(np.frombuffer(value.encode(), np.uint8), return_counts=True)
        rates = counts / counts.sum()
        bits.append(float(-(rates * np.log2(rates)).sum()))
    return sum(bits) / len(bits)
