"""The declared values of columns as small integers: what differential privacy and synthesis count over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.declared_values import DeclaredValues
from exports.errors import LabError
from exports.schema import Column, Schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

LARGEST_RANGE = 100_000
"""Whole numbers between two bounds are cells of their own up to this many."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The columns that a release speaks about and every value that each can take.

    It comes from the schema and never from the data: which values occur, and which type a reader
    found for them, is itself private. Where all declared values are whole numbers, numbers, truth
    values, dates or times, cells are compared as such whatever the column's type; a cell that is no
    such value is outside, and a row with a value outside is counted nowhere. The value ``""``
    stands for a missing one as well.

    Parameters
    ----------
    columns : tuple of str
        Names, in order.
    values : tuple of tuple of str
        Declared values of each column, as text; for ``edges`` the names of the intervals.
    edges : tuple of (tuple of float or None)
        For a column declared by intervals its edges, else None.

    Examples
    --------
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"sex": Column(Role.QUASI_IDENTIFIER, domain=("f", "m"))})
    >>> import pyarrow as pa
    >>> Domain.of(schema, ["sex"]).encode(pa.table({"sex": ["m", "f", "x", None]}))[0]
    array([ 1,  0, -1, -1], dtype=int32)
    >>> numbers = Domain.of(Schema({"n": Column(Role.SENSITIVE, domain=("1.0", "2.5"))}), ["n"])
    >>> [numbers.encode(pa.table({"n": n}))[0].tolist() for n in ([1, 2], ["1", "x"], [2.5, None])]
    [[0, -1], [0, -1], [1, -1]]
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    edges: tuple[tuple[float, ...] | None, ...]

    @classmethod
    def of(cls, schema: Schema, columns: Sequence[str]) -> Domain:
        """Return the domain that the schema declares for ``columns``.

        Raises
        ------
        LabError
            When a column is undeclared, has neither domain, intervals nor bounds, or declares
            one value twice.
        """
        values: list[tuple[str, ...]] = []
        edges: list[tuple[float, ...] | None] = []
        for name in columns:
            if name not in schema.columns:
                raise LabError(f"The schema does not declare {name!r}: correct the name or add it.")
            column = schema.columns[name]
            if column.domain is not None:
                _require_different(name, column.domain)
                values.append(column.domain)
                edges.append(None)
            elif column.intervals is not None:
                edges.append(column.intervals)
                values.append(_names(column.intervals))
            elif column.bounds is not None:
                low, high = column.bounds
                if not is_listed(column):
                    raise LabError(
                        f"The bounds of {name!r} are {low:g} and {high:g}, which are not two whole "
                        f"numbers less than {LARGEST_RANGE:,} apart: add intervals = [...] to the schema."
                    )
                edges.append(None)
                values.append(tuple(str(value) for value in range(int(low), int(high) + 1)))
            else:
                raise LabError(
                    f"The schema gives {name!r} no domain, and values may not be read from the data: add "
                    "domain = [...] or bounds = [lo, hi]."
                )
        return cls(tuple(columns), tuple(values), tuple(edges))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of values of each column."""
        return tuple(len(values) for values in self.values)

    def encode(self, table: pa.Table) -> list[NDArray[np.int32]]:
        """Return the code of each row in each column; -1 for a value outside the domain."""
        return [
            _interval_codes(table[name], edges) if edges else _codes(table[name], values)
            for name, values, edges in zip(self.columns, self.values, self.edges, strict=True)
        ]

    def decode(self, codes: Sequence[NDArray[np.integer]], *, as_texts: bool = False) -> pa.Table:
        """Return the table of values that ``codes`` stand for.

        Its types come from the declared values alone: whole numbers, numbers or dates where all are
        such, else text; the names of intervals are text.
        """
        import pyarrow as pa

        arrays = []
        for values, edges, code in zip(self.values, self.edges, codes, strict=True):
            array = pa.array([value or None for value in values], pa.string())
            if not as_texts and edges is None:
                array = array.cast(DeclaredValues.of(values).arrow_type)
            arrays.append(array.take(pa.array(code)))
        return pa.table(arrays, names=list(self.columns))

    def stated(self) -> list[list[object]]:
        """Return all that tells two domains apart, as JSON values: columns, values, exact edges."""
        return [
            [name, list(values), None if edges is None else [repr(edge) for edge in edges]]
            for name, values, edges in zip(self.columns, self.values, self.edges, strict=True)
        ]

    def chosen(self, name: str, wanted: Collection[Any]) -> NDArray[np.bool_]:
        """Return which declared values of a column some values of a question are."""
        import pyarrow as pa

        place = self.columns.index(name)
        values = self.values[place]
        if self.edges[place] is not None:
            texts = {"" if value is None else str(value) for value in wanted}
            return np.array([value in texts for value in values])
        found = np.zeros(len(values), dtype=bool)
        for value in wanted:
            code = _codes(pa.chunked_array([one_value(value)]), values)[0]
            found[code] |= code >= 0
        return found


def is_listed(column: Column) -> bool:
    """Return whether bounds are two whole numbers near enough that each between them is a value."""
    if column.bounds is None:
        return False
    low, high = column.bounds
    return isfinite(high - low) and low == int(low) and high == int(high) and 0 <= high - low < LARGEST_RANGE


def one_value(value: Any) -> pa.Array:
    """Return one value of a question as an array; what Arrow does not know as its text."""
    import pyarrow as pa

    try:
        made = pa.array([value])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        made = pa.array([str(value)])
    return pa.array([str(value)]) if pa.types.is_nested(made.type) else made


def _require_different(name: str, values: Sequence[str]) -> None:
    keys = DeclaredValues.of(values).keys()
    if len(set(keys)) < len(keys):
        raise LabError(
            f"The domain of {name!r} declares one value twice, spelled alike or otherwise: drop one."
        )


def _names(edges: tuple[float, ...]) -> tuple[str, ...]:
    closing = [")"] * (len(edges) - 2) + ["]"]
    return tuple(
        f"[{_edge(low)}, {_edge(high)}{end}"
        for (low, high), end in zip(pairwise(edges), closing, strict=True)
    )


def _edge(edge: float) -> str:
    """Return the shortest text that still is this very edge."""
    short = f"{edge:g}"
    if float(short) == edge:
        return short
    return str(int(edge)) if edge == int(edge) else repr(float(edge))


def _interval_codes(column: pa.ChunkedArray, edges: tuple[float, ...]) -> NDArray[np.int32]:
    from exports.declared_values import as_numbers

    parts = [as_numbers(chunk) for chunk in column.chunks]
    numbers = np.concatenate(parts) if parts else np.zeros(0)
    cell = np.searchsorted(edges, numbers, side="right") - 1
    cell[numbers == edges[-1]] = len(edges) - 2
    return np.where((cell >= 0) & (cell < len(edges) - 1), cell, -1).astype(np.int32)


def _codes(column: pa.ChunkedArray, values: tuple[str, ...]) -> NDArray[np.int32]:
    declared = DeclaredValues.of(values)
    parts = [_chunk_codes(chunk, declared) for chunk in column.chunks]
    if not parts:
        return np.zeros(0, dtype=np.int32)
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _chunk_codes(chunk: pa.Array, declared: DeclaredValues) -> NDArray[np.int32]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(chunk.type):
        lookup = np.append(_chunk_codes(chunk.dictionary, declared), declared.codes(pa.nulls(1)))
        indices = pc.fill_null(chunk.indices, len(lookup) - 1) if chunk.null_count else chunk.indices
        return np.asarray(lookup[indices.to_numpy(zero_copy_only=False)], dtype=np.int32)
    return declared.codes(chunk)
