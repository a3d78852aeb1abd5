"""How a missing value is spelt by those who cannot leave a cell empty."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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
        "none.",
        "n.a",
        "n.d.",
        "..",
        "…",
        "—",
        "–",
        "unknown",
        "not available",
        "no data",
        "not stated",
        "unbekannt",
        "keine angabe",
        "k.a.",
        "k. a.",
        "inconnu",
        "non renseigné",
        "n.c.",
        "desconocido",
        "sin dato",
        "s/d",
        "desconhecido",
        "sconosciuto",
        "onbekend",
        "brak",
        "brak danych",
        "nieznane",
        "bilinmiyor",
        "okänd",
        "ukjent",
        "ukendt",
        "neznámé",
        "неизвестно",
        "нет данных",
        "不明",
        "未知",
        "无",
        "なし",
        "모름",
        "없음",
        "غير معروف",
        "अज्ञात",
        "#ref!",
        "#name?",
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

    if pa.types.is_boolean(values.type) or pa.types.is_temporal(values.type):
        return {}
    # In Python's own words: a set of them in Arrow would import pandas.
    texts = as_text(values).to_pylist()
    places = [at for at, text in enumerate(texts) if text.strip().lower() in SPELLINGS or not text.strip()]
    return {texts[at]: int(counts[at]) for at in places or _outside(texts)}


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


def _outside(texts: Sequence[str]) -> list[int]:
    """Return the places of codes of ``NINES`` that lie apart from all other numbers."""
    codes = [at for at, text in enumerate(texts) if text in NINES]
    if not codes or len(codes) == len(texts):
        return []
    try:
        others = [float(text) for text in texts if text not in NINES]
    except ValueError:
        return []
    low, high = min(others), max(others)
    return [at for at in codes if float(texts[at]) < 0 <= low or float(texts[at]) > 3 * max(high, 1)]
