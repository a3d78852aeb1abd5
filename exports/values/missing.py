"""How a missing value is spelt by those who cannot leave a cell empty."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from exports.coding import MISSING, Ints, as_text, encode

if TYPE_CHECKING:
    import pyarrow as pa

SPELLINGS = frozenset(
    [
        "na",
        "n/a",
        "#n/a",
        "#na",
        "n.a.",
        "null",
        "(null)",
        "nil",
        "nan",
        "-nan",
        "none",
        "<na>",
        "<null>",
        "\\n",
        ".",
        "-",
        "--",
        "---",
        "*",
        "**",
        "?",
        "??",
        "missing",
        "#null!",
        "#value!",
        "#div/0!",
        "nat",
        "<nat>",
        "void",
        "undefined",
        "[null]",
    ]
)
"""In lower case; a declared one may be any."""

NINES = frozenset({"99", "999", "9999", "99999", "-1", "-9", "-99", "-999", "-9999", "-8", "-7"})
"""Codes of surveys, suspected where they lie far outside of all other numbers."""


def suspected(values: pa.Array, counts: Ints) -> dict[str, int]:
    """Return the spellings among different values that may stand for a missing one, and the cells of each.

    Parameters
    ----------
    values : pyarrow.Array
        Different values.
    counts : array of int64
        Cells of each.

    Examples
    --------
    >>> import numpy as np
    >>> import pyarrow as pa
    >>> suspected(pa.array(["9", "NA", "11"]), np.array([1, 4, 2]))
    {'NA': 4}
    >>> suspected(pa.array([31, 44, 999]), np.array([5, 5, 2]))
    {'999': 2}
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type) or pa.types.is_temporal(values.type) or not len(values):
        return {}
    texts = as_text(values)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
        hits = pc.is_in(trimmed, pa.array(sorted({*SPELLINGS, ""}), pa.string()))
        found = _told(texts, counts, hits)
        if found:
            return found
    return _told(texts, counts, pc.is_in(texts, pa.array(_outside(texts), pa.string())))


def missing_evidence(found: dict[str, int]) -> str:
    """Return the question that suspected spellings raise, or nothing.

    Examples
    --------
    >>> missing_evidence({"NA": 9, " ": 1})
    '9 cells hold NA, 1 cell holds a blank: are they missing? Then declare missing = ["NA", " "]'
    """
    if not found:
        return ""
    told = ", ".join(
        f"{count:,} cell{'s hold' if count > 1 else ' holds'} {word if word.strip() else 'a blank'}"
        for word, count in found.items()
    )
    one = sum(found.values()) == 1
    ask = "is it missing" if one else "are they missing"
    return f"{told}: {ask}? Then declare missing = {json.dumps(list(found))}"


def without_missing(table: pa.Table, missing_in: Callable[[str], tuple[str, ...]]) -> pa.Table:
    """Return a table in which the texts that stand for a missing value are none.

    Examples
    --------
    >>> import pyarrow as pa
    >>> without_missing(pa.table({"age": ["9", "NA"]}), lambda name: ("NA",))["age"].to_pylist()
    ['9', None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for position, field in enumerate(table.schema):
        words = missing_in(field.name)
        if not words or pa.types.is_nested(field.type):
            continue
        column = table.column(position)
        coding = encode(column, field.name, words)
        nothing = pa.array(coding.codes == MISSING)
        if pc.sum(nothing).as_py() != column.null_count:
            emptied = pc.if_else(nothing, pa.scalar(None, field.type), column)
            table = table.set_column(position, field, emptied)
    return table


def _told(texts: pa.Array, counts: Ints, hits: pa.Array) -> dict[str, int]:
    import pyarrow.compute as pc

    places = pc.indices_nonzero(hits).to_pylist()
    return {texts[place].as_py(): int(counts[place]) for place in places}


def _outside(texts: pa.Array) -> list[str]:
    """Return the codes of ``NINES`` that lie apart from all other numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = pc.is_in(texts, pa.array(sorted(NINES), pa.string()))
    codes = texts.filter(coded).to_pylist()
    if not codes or len(texts) == len(codes):
        return []
    try:
        others = pc.min_max(texts.filter(pc.invert(coded)).cast(pa.float64())).as_py()
    except pa.ArrowInvalid:
        return []
    low, high = others["min"], others["max"]
    return [code for code in codes if float(code) < 0 <= low or float(code) > 3 * max(high, 1)]
