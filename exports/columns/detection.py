"""What kind of personal data a column holds, with evidence that shows no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import as_text, numbers
from exports.columns.shapes import SHAPES, Shape
from exports.schema import Role
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

MOST_VALUES = 5_000
"""Different values of a column that are looked at."""

BLOCK_BYTES = 16_000_000
"""Text that is looked at together: compiling a pattern takes longer than matching the values of a column."""

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

DRAWN_CHARACTERS = r"[A-Za-z0-9+/=_.~:\-]{16,}"
"""What tokens without a form of their own are made of."""

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
    return detect_all({name: column})[name]


def detect_all(columns: Mapping[str, pa.ChunkedArray | pa.Array]) -> dict[str, Detection]:
    """Say what kind of personal data each of many columns holds, see `detect`."""
    found: dict[str, Detection] = {}
    for block in _blocks(columns):
        found |= _by_shape(block)
    return {name: found.get(name, Detection(None, None, "no values", Share(0, 0))) for name in columns}


def _blocks(columns: Mapping[str, pa.ChunkedArray | pa.Array]) -> Iterator[dict[str, pa.Array]]:
    """Yield the different texts of the columns that have any, some columns at a time."""
    block: dict[str, pa.Array] = {}
    size = 0
    for name, column in columns.items():
        values = _different_texts(column)
        if values is None or not len(values):
            continue
        block[name] = values
        size += values.nbytes
        if size > BLOCK_BYTES:
            yield block
            block, size = {}, 0
    if block:
        yield block


def _by_shape(block: dict[str, pa.Array]) -> dict[str, Detection]:
    """Try one shape after the other on the columns that none before it fitted."""
    found: dict[str, Detection] = {}
    words = {name: words_of(name) for name in block}
    for shape in SHAPES:
        named = {
            name: bool(shape.names and re.search(shape.names, words[name]))
            for name in block
            if name not in found and not (shape.unless and re.search(shape.unless, words[name]))
        }
        tried = {name: block[name] for name in named if named[name] or shape.alone}
        for name, share in _nearly_all(tried, shape.pattern).items():
            found[name] = _shaped(shape, share, block[name], named=named[name])
    rest = {name: values for name, values in block.items() if name not in found}
    return found | _by_content(rest)


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
    try:
        texts = as_text(pc.drop_null(column).unique()[:MOST_VALUES])
    except pa.ArrowException:
        return None
    trimmed = pc.utf8_trim_whitespace(texts)
    return trimmed.filter(pc.binary_length(trimmed).cast(pa.bool_()))


def _shaped(shape: Shape, share: Share, values: pa.Array, *, named: bool) -> Detection:
    looks = f"values look like {shape.says}" if share.count == share.of else f"most look like {shape.says}"
    kind = shape.kind
    if kind == "date" and _spans_a_lifetime(values):
        kind, looks = "date_of_birth", "dates that span a lifetime"
    return Detection(kind, shape.role, f"called so, and {looks}" if named else looks, share)


def _nearly_all(columns: Mapping[str, pa.Array], pattern: str) -> dict[str, Share]:
    """Return how many values of a column match a pattern, for the columns of which nearly all do."""
    heads = _matching([values[: len(values) // 8 + 1] for values in columns.values()], pattern)
    likely = {
        name: values
        for (name, values), head in zip(columns.items(), heads, strict=True)
        if len(values) - (head.of - head.count) >= NEARLY_ALL * len(values)
    }
    shares = zip(likely, _matching(list(likely.values()), pattern), strict=True)
    return {name: share for name, share in shares if share.count >= NEARLY_ALL * share.of}


def _matching(several: Sequence[pa.Array], pattern: str) -> list[Share]:
    """Return how many values of each of several arrays, none of them empty, match a pattern."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not several:
        return []
    hits = pc.match_substring_regex(pa.concat_arrays(several), f"(?is)^(?:{pattern})$")
    lengths = [len(values) for values in several]
    counts = np.add.reduceat(numbers(hits.cast(pa.int64())), np.cumsum([0, *lengths[:-1]]))
    return [Share(int(count), length) for count, length in zip(counts, lengths, strict=True)]


def _spans_a_lifetime(values: pa.Array) -> bool:
    import pyarrow.compute as pc

    years = pc.extract_regex(values, r"\b(?P<year>(?:18|19|20)\d{2})\b").field("year").drop_null()
    years = years.filter(pc.not_equal(years, "")).cast("int32")
    spread = pc.min_max(years).as_py()
    return len(years) >= 0.9 * len(values) and spread["max"] - spread["min"] >= LIFETIME


def _by_content(columns: Mapping[str, pa.Array]) -> dict[str, Detection]:
    """Look for names, for characters that are drawn rather than written, and for free text."""
    written = _nearly_all(columns, r".*\p{L}.*")
    lengths = {name: _length_and_words(columns[name]) for name in written}
    named = _names({name: columns[name] for name, (_, words) in lengths.items() if words <= 3})
    drawn = _nearly_all(
        {name: columns[name] for name, (_, words) in lengths.items() if words == 1}, DRAWN_CHARACTERS
    )
    found = {}
    for name, values in columns.items():
        length, words = lengths.get(name, (0, 0))
        if len(values) > 2 and (length > LONG_TEXT or words > MANY_WORDS):
            looks = "long text that a person has to read"
            found[name] = Detection("free_text", Role.INSENSITIVE, looks, written[name])
        elif name in named:
            found[name] = named[name]
        elif name in drawn and _drawn(values, drawn[name]):
            looks = "values look drawn at random or keyed"
            found[name] = Detection("token", Role.TOKEN, looks, drawn[name])
        else:
            found[name] = Detection(None, None, "", Share(0, len(values)))
    return found


def _length_and_words(values: pa.Array) -> tuple[float, float]:
    """Return the mean number of characters and of words."""
    import pyarrow.compute as pc

    words = pc.mean(pc.count_substring_regex(values, r"\s+")).as_py()
    return pc.mean(pc.utf8_length(values)).as_py(), 1 + words


def _drawn(values: pa.Array, share: Share) -> bool:
    return share.count == share.of and len(values) >= 20 and _bits(values) > LETTERS_DRAWN


def _names(columns: Mapping[str, pa.Array]) -> dict[str, Detection]:
    """Compare with the names of the United States that Faker brings."""
    several = {name: values for name, values in columns.items() if len(values) >= FEWEST_NAMES}
    shaped = _nearly_all(several, r"\p{L}[\p{L}'’.\-]+(?: \p{L}[\p{L}'’.\-]*){0,2}")
    found = {name: _named(several[name]) for name in shaped}
    return {name: detection for name, detection in found.items() if detection is not None}


def _named(values: pa.Array) -> Detection | None:
    given_names, family_names = _known_names()
    lower = [value.lower() for value in values.to_pylist()]
    given = sum(value.partition(" ")[0] in given_names for value in lower)
    family = sum(value in family_names for value in lower)
    most = max(given, family)
    if most < NAMES_KNOWN * len(values):
        return None
    several = sum(value.count(" ") for value in lower) >= 0.5 * len(values)
    kind = "name" if several else "first_name" if given >= family else "last_name"
    return Detection(
        kind, Role.IDENTIFIER, "many values are common names of people", Share(most, len(values))
    )


@cache
def _known_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return given names and surnames in lower case."""
    from faker.providers.person.en_US import Provider

    return (
        frozenset(name.lower() for name in Provider.first_names),
        frozenset(name.lower() for name in Provider.last_names),
    )


def _bits(values: pa.Array) -> float:
    """Return the mean entropy of a value's characters, in bits per character."""
    bits = []
    for value in values[:200].to_pylist():
        _, counts = np.unique(np.frombuffer(value.encode(), np.uint8), return_counts=True)
        rates = counts / counts.sum()
        bits.append(float(-(rates * np.log2(rates)).sum()))
    return sum(bits) / len(bits)
