"""What declared values are -- numbers, truth values, dates, times, text -- and which cells are they."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exports.coding import Floats, as_text

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Meaning = Literal["whole", "number", "truth", "date", "time", "text"]

_WHOLE = re.compile(r"-?[1-9][0-9]{0,17}|0")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_WRITTEN_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"


@dataclass(frozen=True, slots=True)
class DeclaredValues:
    """The declared values of one column and what they are compared as.

    Parameters
    ----------
    texts : tuple of str
        As declared; ``""`` stands for a missing value as well.
    meaning : {"whole", "number", "truth", "date", "time", "text"}
        What all of them are.

    Examples
    --------
    >>> import pyarrow as pa
    >>> DeclaredValues.of(("True", "False")).codes(pa.array([False, None, True]))
    array([ 1, -1,  0], dtype=int32)
    >>> DeclaredValues.of(("007", "008")).meaning
    'text'
    """

    texts: tuple[str, ...]
    meaning: Meaning

    @classmethod
    def of(cls, texts: Sequence[str]) -> DeclaredValues:
        """Return the values with their meaning."""
        return _values(tuple(texts))

    @property
    def arrow_type(self) -> pa.DataType:
        """Arrow type in which these values leave."""
        import pyarrow as pa

        types = {"whole": pa.int64(), "number": pa.float64(), "date": pa.date32()}
        return types.get(self.meaning, pa.string())

    def keys(self) -> list[Any]:
        """Return what each value is compared as; equal keys are one value."""
        return [text and _key(text, self.meaning) for text in self.texts]

    def codes(self, cells: pa.Array) -> NDArray[np.int32]:
        """Return the place of each cell among the values, -1 for one that is none of them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.meaning in {"whole", "number"}:
            found = self._places(as_numbers(cells))
        else:
            found = self._places_of_texts(cells)
        if "" in self.texts:
            absent = pc.is_null(cells)
            if _is_text(cells.type):
                absent = pc.or_(absent, pc.fill_null(pc.equal(cells.cast(pa.string()), ""), fill_value=False))
            found[absent.to_numpy(zero_copy_only=False)] = self.texts.index("")
        return found

    def _places(self, numbers: Floats) -> NDArray[np.int32]:
        own = np.array([float(text) if text else np.nan for text in self.texts])
        if len(own) > 1 and (np.diff(own) == 1).all():
            with np.errstate(invalid="ignore"):
                place = numbers - own[0]
                inside = (place >= 0) & (place < len(own)) & (place == np.floor(place))
            return np.where(inside, np.where(inside, place, 0), -1).astype(np.int32)
        order = np.argsort(own, kind="stable")
        place = np.searchsorted(own[order], numbers).clip(0, len(own) - 1)
        matched = own[order][place] == numbers
        return np.where(matched, order[place], -1).astype(np.int32)

    def _places_of_texts(self, cells: pa.Array) -> NDArray[np.int32]:
        import pyarrow as pa
        import pyarrow.compute as pc

        try:
            texts = as_text(cells)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return np.full(len(cells), -1, dtype=np.int32)
        if self.meaning == "text":
            known = pa.array(self.texts, pa.string())
            return np.array(pc.fill_null(pc.index_in(texts, value_set=known), -1), dtype=np.int32)
        coded = texts.dictionary_encode()
        places = {key: place for place, key in enumerate(self.keys()) if key != ""}
        of_value = [places.get(_key(text, self.meaning), -1) for text in coded.dictionary.to_pylist()]
        indices = pc.fill_null(coded.indices, len(of_value)).to_numpy(zero_copy_only=False)
        found: NDArray[np.int32] = np.array([*of_value, -1], dtype=np.int32)[indices]
        return found


def as_numbers(cells: pa.Array) -> Floats:
    """Return cells as numbers, NaN for one that is none.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_numbers(pa.array(["18", "18.5", "x", None]))
    array([18. , 18.5,  nan,  nan])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if _is_text(kind):
        trimmed = pc.utf8_trim_whitespace(cells.cast(pa.string()))
        written = pc.match_substring_regex(trimmed, _WRITTEN_NUMBER)
        cells = pc.if_else(written, trimmed, pa.scalar(None, pa.string())).cast(pa.float64())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        cells = cells.cast(pa.float64(), safe=False)
    elif pa.types.is_boolean(kind):
        cells = cells.cast(pa.uint8()).cast(pa.float64())
    else:
        return np.full(len(cells), np.nan)
    if cells.null_count:
        cells = pc.fill_null(cells, float("nan"))
    # A copy, since Arrow's own memory may not be written to.
    return np.array(cells.to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return any(
        check(kind) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )


@lru_cache(maxsize=256)
def _values(texts: tuple[str, ...]) -> DeclaredValues:
    given = [text for text in texts if text]
    meanings: tuple[Meaning, ...] = ("whole", "number", "truth", "date", "time")
    for meaning in meanings:
        if given and all(_key(text, meaning) is not None for text in given):
            return DeclaredValues(texts, meaning)
    return DeclaredValues(texts, "text")


def _key(text: str, meaning: Meaning) -> Any:
    """Return what a text is compared as, or None when it is nothing of that meaning."""
    if meaning in {"whole", "number"}:
        fits = (_WHOLE if meaning == "whole" else _NUMBER).fullmatch(text)
        return float(text) if fits else None
    if meaning == "truth":
        return text.strip().lower() if text.strip().lower() in {"true", "false"} else None
    return text if meaning == "text" else _moment(text, meaning)


def _moment(text: str, meaning: Meaning) -> Any:
    """Return a time, or for dates the date of a time at midnight; None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if meaning == "time":
        return found
    return found.date() if found.time() == time() and found.tzinfo is None else None
