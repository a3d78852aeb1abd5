"""From low to high: the order of a column's values, where they have one; never that of the alphabet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints, as_text, numbers
from exports.errors import LabError
from exports.schema import Column
from exports.values.dates import Dates, dates_of, declared_dates, unfit

if TYPE_CHECKING:
    import pyarrow as pa

Ground = Literal["declared", "numbers", "dates", "truth values"]

COMMA = ","
"""The format of numbers with a decimal comma."""

NUMERAL = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
"""A number as programs write it: no sign, zero or blank before it that would make it a code."""


@dataclass(frozen=True, slots=True)
class Order:
    """The place of different values on a line.

    Parameters
    ----------
    ranks : array of int64
        From 0, equal where two values are one on the line.
    ground : {"declared", "numbers", "dates", "truth values"}
        What the order rests on.
    dates : Dates or None
        For texts that are dates, how they are read.
    """

    ranks: Ints
    ground: Ground
    dates: Dates | None = None


def order_of(values: pa.Array, declared: Column | None = None, name: str = "column") -> Order | None:
    """Return the order of different values without a missing one; None where they have none.

    Raises
    ------
    LabError
        When a declared order lacks a value, or one does not fit the declared format.

    Examples
    --------
    >>> import pyarrow as pa
    >>> order_of(pa.array(["9", "10", "100"])).ranks
    array([0, 1, 2])
    >>> order_of(pa.array(["never", "often"])) is None
    True
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if declared is not None and declared.order is not None:
        return Order(_declared_ranks(as_text(values), declared.order, name), "declared")
    kind = values.type
    if declared is not None and declared.format == COMMA:
        return _of_texts([text.replace(",", ".") for text in as_text(values).to_pylist()])
    if declared is not None and declared.format is not None and not pa.types.is_temporal(kind):
        found = formatted(as_text(values).to_pylist(), declared.format, name)
        return Order(_ranks(found.moments), "dates", found)
    if pa.types.is_boolean(kind):
        return Order(numbers(values.cast(pa.int64())).astype(np.int64), "truth values")
    if (
        pa.types.is_temporal(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    ):
        ranks = numbers(pc.rank(values, tiebreaker="dense")).astype(np.int64) - 1
        return Order(ranks, "dates" if pa.types.is_temporal(kind) else "numbers")
    return _of_texts(as_text(values).to_pylist())


def formatted(texts: Sequence[str], written: str, name: str) -> Dates:
    """Return texts read in a declared format.

    Raises
    ------
    LabError
        When one does not fit.
    """
    found = declared_dates(texts, written)
    if found is None:
        raise LabError(
            f"The format {written!r} of {name!r} does not fit {unfit(texts, written):,} of its "
            f"{len(texts):,} different values: correct it, or declare them as missing = [...]."
        )
    return found


def category_order(column: pa.ChunkedArray) -> tuple[str, ...] | None:
    """Return the categories of an ordered dictionary from low to high; None for any other column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.array(["often", "never"]).dictionary_encode().dictionary
    >>> kind = pa.DictionaryArray.from_arrays(pa.array([1, 0]), answers, ordered=True)
    >>> category_order(pa.chunked_array([kind]))
    ('often', 'never')
    """
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type) or not column.type.ordered or not column.num_chunks:
        return None
    chunks = column.chunks if column.num_chunks == 1 else column.unify_dictionaries().chunks
    return tuple(text for text in as_text(chunks[0].dictionary).to_pylist() if text is not None)


def numerals(texts: Sequence[str]) -> list[float] | None:
    """Return the number that each of different texts is; None unless all are, and all another one.

    Examples
    --------
    >>> numerals(["9.50", "10"]), numerals(["9.50", "9.5"]), numerals(["007", "8"])
    ([9.5, 10.0], None, None)
    """
    if not all(map(NUMERAL.fullmatch, texts)):
        return None
    found = [float(text) for text in texts]
    return found if len(set(found)) == len(found) else None


def _of_texts(texts: Sequence[str]) -> Order | None:
    found = numerals(texts)
    if found is not None:
        return Order(_ranks(np.array(found)), "numbers")
    readings = dates_of(texts)
    return Order(_ranks(readings[0].moments), "dates", readings[0]) if len(readings) == 1 else None


def _declared_ranks(texts: pa.Array, order: Sequence[str], name: str) -> Ints:
    import pyarrow as pa
    import pyarrow.compute as pc

    at = pc.index_in(texts, value_set=pa.array(order, pa.string()))
    if at.null_count:
        raise LabError(
            f"A declared order lacks {at.null_count} of {len(texts)} values of its column {name!r}: "
            "list every value from low to high."
        )
    return numbers(at).astype(np.int64)


def _ranks(values: NDArray[Any]) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
