"""How a column of a table is read: its type, on what ground, and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.coding import EXACT, MISSING, Coding, Ints, as_text, encode, numbers, stand_for_nothing
from exports.schema import Column
from exports.values.dates import dates_of
from exports.values.missing import missing_evidence, suspected
from exports.values.order import COMMA, NUMERAL, numerals

if TYPE_CHECKING:
    import pyarrow as pa

WRITTEN = b"reidlab.written"
"""Key of a column's note on how its texts were written, where its type alone would not tell."""

MOST_DATES = 1_000
"""Different texts up to which each is tried as a date of its own."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,14})\.0")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{0,5}[1-9])?")
_MIDNIGHT = " 00:00:00"
_COMMA = re.compile(r"-?\d+(,\d+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column was read.

    Parameters
    ----------
    type : str
        "whole numbers", "numbers", "truth values", "dates", "moments", "text".
    why : str
        What the type rests on.
    rows, missing : int
        Cells, and how many of them are missing.
    spellings : mapping of str to int
        Declared spellings of a missing value, and the cells that hold each.
    suspected : mapping of str to int
        Spellings that nobody declared, and the cells that hold each.
    not_understood : int
        Cells that stand in the way of a type that nearly all others have.
    doubts : tuple of str
        What a person should decide.
    """

    type: str
    why: str
    rows: int
    missing: int = 0
    spellings: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    suspected: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    not_understood: int = 0
    doubts: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """The doubts as one text, empty where there is none."""
        return "; ".join(filter(None, (missing_evidence(dict(self.suspected)), *self.doubts)))

    def to_json(self) -> dict[str, Any]:
        """Return the reading as one flat object without any value of the column but spellings of none."""
        return {
            "type": self.type,
            "why": self.why,
            "rows": self.rows,
            "missing": self.missing,
            "spellings": dict(self.spellings),
            "suspected": dict(self.suspected),
            "not_understood": self.not_understood,
            "doubts": list(self.doubts),
        }


@dataclass(frozen=True, slots=True)
class _Type:
    says: str
    why: str
    values: Any
    written: str = ""


def read_column(
    column: pa.ChunkedArray,
    declared: Column | None = None,
    *,
    missing: Collection[str] = ("",),
    naming: bool = False,
) -> tuple[pa.ChunkedArray, Reading, str]:
    """Return a column in its type, how that was found, and how its texts were written.

    Text becomes numbers, dates or truth values only where each is written as that value is written,
    so that no cell changes by it: ``02139``, ``296.20`` beside ``311`` and ``1E3`` stay text.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        As ``exports.canonical`` leaves it.
    declared : Column, optional
        What the schema says of it.
    missing : collection of str
        Texts that stand for a missing value.
    naming : bool, default False
        Whether the values name something, so that they stay text whatever they look like.

    Examples
    --------
    >>> import pyarrow as pa
    >>> for cells in (["9", "10"], ["9.5", "10"], ["007", "8"], ["True", None], ["1.0", None]):
    ...     found, reading, written = read_column(pa.chunked_array([cells]))
    ...     print(found.type, found.to_pylist(), reading.type, repr(written))
    int64 [9, 10] whole numbers ''
    double [9.5, 10.0] numbers ''
    string ['007', '8'] text ''
    bool [True, None] truth values 'True'
    int64 [1, None] whole numbers '.0'
    """
    import pyarrow as pa

    whole = encode(column)
    nothing = stand_for_nothing(whole.values, missing)
    values = whole.values.take(pa.array(np.setdiff1d(np.arange(len(whole.values)), nothing)))
    found = _typed(values, declared, naming=naming)
    place = np.ones(whole.radix, np.int64)
    place[[MISSING, *(nothing + 1)]] = 0
    place = np.cumsum(place) * place
    codes = place[whole.codes]
    indices = pa.array(codes - 1, pa.int64(), mask=codes == MISSING)
    counts = np.bincount(whole.codes, minlength=whole.radix)
    reading = _reading(whole.values, counts, nothing, found, declared)
    return pa.chunked_array([found.values.take(indices)]), reading, found.written


def reading_of(
    coding: Coding, counts: Ints, declared: Column | None = None, *, missing: Collection[str] = ("",)
) -> Reading:
    """Return how a coded column is read.

    Parameters
    ----------
    coding : Coding
        Of the column, whatever is missing by declaration among its values.
    counts : array of int64
        Cells of each code.
    declared : Column, optional
        What the schema says of it.
    missing : collection of str
        Texts that stand for a missing value.
    """
    import pyarrow as pa

    nothing = stand_for_nothing(coding.values, missing)
    values = coding.values.take(pa.array(np.setdiff1d(np.arange(len(coding.values)), nothing)))
    return _reading(coding.values, counts, nothing, _typed(values, declared, naming=False), declared)


def _reading(values: pa.Array, counts: Ints, nothing: Ints, found: _Type, declared: Column | None) -> Reading:
    import pyarrow as pa

    there = np.setdiff1d(np.arange(len(values)), nothing)
    known, cells = values.take(pa.array(there)), counts[there + 1]
    spelt = as_text(values.take(pa.array(nothing))).to_pylist()
    spellings = {text: int(counts[at + 1]) for text, at in zip(spelt, nothing, strict=True) if text}
    return Reading(
        found.says,
        found.why,
        int(counts.sum()),
        int(counts[MISSING] + counts[nothing + 1].sum()),
        MappingProxyType(spellings),
        MappingProxyType(suspected(known, cells)),
        *_doubts(known, found, cells, declared),
    )


def _typed(  # noqa: PLR0911 - one per type
    values: pa.Array, declared: Column | None, *, naming: bool
) -> _Type:
    import pyarrow as pa

    types, kind = pa.types, values.type
    if not len(values):
        return _Type("text", "every value missing", pa.array([], pa.string()))
    if naming:
        return _Type("text", "its values name something", as_text(values))
    if types.is_integer(kind):
        wide = types.is_uint64(kind) and len(values) and max(values.to_pylist()) >= 2**63
        return _Type("whole numbers", "its type", values if wide else values.cast(pa.int64()))
    if types.is_floating(kind):
        plain = numbers(values)
        if len(plain) and (np.abs(plain) < EXACT).all() and (plain == np.trunc(plain)).all():
            return _Type("whole numbers", "floats without a fraction", values.cast(pa.int64()))
        return _Type("numbers", "its type", values.cast(pa.float64()))
    if types.is_boolean(kind):
        return _Type("truth values", "its type", values)
    if types.is_date(kind):
        return _Type("dates", "its type", values)
    if types.is_timestamp(kind):
        return _moments(values)
    texts = as_text(values)
    if declared is not None and declared.format == COMMA:
        return _with_comma(texts)
    among = texts.to_pylist()
    foreseen = [*(declared.domain or ()), *(declared.order or ())] if declared is not None else []
    return _of_texts(texts, among, foreseen)


def _with_comma(texts: pa.Array) -> _Type:
    """Return numbers with a decimal comma; as text where one is not written as that number is."""
    import pyarrow.compute as pc

    pointed = pc.replace_substring(texts, ",", ".")
    found = _of_texts(pointed, pointed.to_pylist(), ())
    if found.says not in ("numbers", "whole numbers") or pc.any(pc.match_substring(texts, ".")).as_py():
        return _Type("text", "numbers with a decimal comma, kept as they are written", texts)
    return _Type(found.says, "declared to have a decimal comma", found.values, found.written + COMMA)


def _moments(values: pa.Array) -> _Type:
    import pyarrow as pa

    if values.type.tz is None and len(values):
        days = values.cast(pa.date32(), safe=False)
        if days.cast(values.type).equals(values):
            return _Type("dates", "moments at midnight", days)
    return _Type("moments", "its type", values)


def _of_texts(texts: pa.Array, among: Sequence[str], foreseen: Sequence[str]) -> _Type:
    import pyarrow as pa

    every = pa.array([*among, *foreseen], pa.string()) if foreseen else texts
    for pattern, cut in ((_INTEGER, ""), (_WHOLE, ".0")):
        if _all(every, pattern):
            found = pa.array([int(text.removesuffix(cut)) for text in among], pa.int64())
            return _Type("whole numbers", "every cell is written as a whole number is", found, cut)
    style = _number_style(every.to_pylist()) if _all(every, NUMERAL) else None
    if style is not None:
        found = pa.array([float(text) for text in among], pa.float64())
        return _Type("numbers", "every cell is written as that number is", found, style)
    for true, false in (("true", "false"), ("True", "False"), ("TRUE", "FALSE")):
        if _all(every, re.compile(f"{true}|{false}")):
            found = pa.array([text == true for text in among])
            style = "" if true == "true" else true
            return _Type("truth values", f"every cell is {true} or {false}", found, style)
    return _dated(texts, every) or _Type("text", _why_text(among), texts)


def _all(texts: pa.Array, pattern: re.Pattern[str]) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(texts, f"^(?:{pattern.pattern})$")).as_py())


def _number_style(texts: Sequence[str]) -> str | None:
    """Return how whole numbers are written, as 3 or as 3.0; None where a number is written otherwise."""
    if numerals(texts) is None:
        return None
    whole = {text for text in texts if _INTEGER.fullmatch(text) and abs(int(text)) < EXACT}
    pointed = {text for text in texts if _WHOLE.fullmatch(text)}
    if (whole and pointed) or not all(
        text in whole or text in pointed or repr(float(text)) == text for text in texts
    ):
        return None
    return ".0" if pointed else ""


def _dated(texts: pa.Array, every: pa.Array) -> _Type | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    for pattern, kind, says in ((_DAY, pa.date32(), "dates"), (_MOMENT, pa.timestamp("us"), "moments")):
        if not _all(every, pattern):
            continue
        try:
            found = texts.cast(kind)
        except pa.ArrowInvalid:
            return None
        if says == "moments" and pc.all(pc.ends_with(texts, _MIDNIGHT)).as_py():
            return _Type("dates", "moments at midnight", found.cast(pa.date32()), _MIDNIGHT)
        if as_text(found).equals(texts.cast(pa.string())):
            return _Type(says, "every cell is a date as ISO 8601 has it", found)
    return None


def _why_text(texts: Sequence[str]) -> str:
    if all(_COMMA.fullmatch(text) for text in texts):
        return "numbers with a decimal comma"
    readings = dates_of(texts)
    if len(readings) == 1:
        return f"dates as {readings[0].format}, kept as they are written"
    if numerals(texts) is not None:
        return "numbers that are not written as programs write them, kept as they are"
    return "no other type has every cell written so"


def _doubts(
    values: pa.Array, found: _Type, counts: Ints, declared: Column | None
) -> tuple[int, tuple[str, ...]]:
    """Return how many cells stand in the way of a type, and what a person should decide."""
    if found.says != "text" or found.why == "its values name something" or not len(values):
        return 0, ()
    texts = as_text(values).to_pylist()
    doubts = []
    padded = sum(int(count) for text, count in zip(texts, counts, strict=True) if text != text.strip())
    if padded:
        doubts.append(f"{padded:,} cells have blanks around their text, which makes them other values")
    if declared is None or declared.format is None:
        readings = dates_of(texts)
        if len(readings) > 1:
            asked = " or ".join(f'format = "{one.format}"' for one in readings)
            doubts.append(f"dates whose day and month cannot be told apart: declare {asked}")
        if not readings and all(dates_of([text]) for text in texts[:MOST_DATES]):
            doubts.append("dates in more than one format, which have no order: write them all in one")
        if found.why == "numbers with a decimal comma" and any("," in text for text in texts):
            doubts.append('numbers with a decimal comma: declare format = "," to have them read')
    not_understood = _in_the_way(texts, counts)
    return not_understood, tuple(doubts)


def _in_the_way(texts: Sequence[str], counts: Ints) -> int:
    """Return the cells without which the column would be numbers or dates, if they are the fewer."""
    fits: list[Callable[[str], Any]] = [
        re.compile(r"[-+]?\d+([.,]\d+)?").fullmatch,
        lambda text: bool(dates_of([text])),
    ]
    for fit in fits:
        if not fit(texts[0].strip()) and not fit(texts[-1].strip()):
            continue
        misses = np.array([not fit(text.strip()) for text in texts], bool)
        if 0 < counts[misses].sum() < counts[~misses].sum():
            return int(counts[misses].sum())
    return 0


def with_style(name: str, column: pa.ChunkedArray, written: str) -> pa.Field:
    """Return the field of a column, with a note on how its texts were written."""
    import pyarrow as pa

    return pa.field(name, column.type, metadata={WRITTEN: written.encode()} if written else None)


def as_written(column: pa.ChunkedArray, kind: pa.Field) -> pa.ChunkedArray:
    """Return a column as the texts that it was read from.

    Examples
    --------
    >>> import pyarrow as pa
    >>> column, _, written = read_column(pa.chunked_array([["1.0", "2.5"]]))
    >>> as_written(column, with_style("x", column, written)).to_pylist()
    ['1.0', '2.5']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    written = ((kind.metadata or {}).get(WRITTEN) or b"").decode()
    comma = written.endswith(COMMA)
    written = written.removesuffix(COMMA)
    coded = column.combine_chunks()
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    values = coded.dictionary
    texts = as_text(values)
    if written == ".0":
        whole = pc.match_substring_regex(texts, r"^-?\d+$")
        texts = pc.if_else(whole, pc.binary_join_element_wise(texts, ".0", ""), texts)
    elif written == _MIDNIGHT:
        texts = pc.binary_join_element_wise(texts, _MIDNIGHT, "")
    elif written:
        texts = pc.utf8_upper(texts) if written.isupper() else pc.utf8_capitalize(texts)
    if comma:
        texts = pc.replace_substring(texts, ".", ",")
    return pa.chunked_array([texts.take(coded.indices)])
