"""The declared values of columns as small integers: what differential privacy and synthesis count over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import as_text
from exports.errors import LabError
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

LARGEST_RANGE = 100_000
"""Whole numbers between two bounds are cells of their own up to this many."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The columns that a release speaks about and every value that each can take.

    It comes from the schema and never from the data: which values occur is itself private. A
    row with a value outside is counted nowhere. The value ``""`` stands for a missing one as well.

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
            When a column is undeclared or has neither domain, intervals nor bounds.
        """
        values: list[tuple[str, ...]] = []
        edges: list[tuple[float, ...] | None] = []
        for name in columns:
            if name not in schema.columns:
                raise LabError(f"The schema does not declare {name!r}: correct the name or add it.")
            column = schema.columns[name]
            if column.domain is not None:
                values.append(column.domain)
                edges.append(None)
            elif column.intervals is not None:
                edges.append(column.intervals)
                values.append(_names(column.intervals))
            elif column.bounds is not None:
                low, high = column.bounds
                if low != int(low) or high != int(high) or not 0 <= high - low < LARGEST_RANGE:
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

    def decode(self, codes: Sequence[NDArray[np.integer]], schema: pa.Schema | None = None) -> pa.Table:
        """Return the table of values that ``codes`` stand for, in the column types of ``schema``."""
        import pyarrow as pa

        arrays = []
        for name, values, code in zip(self.columns, self.values, codes, strict=True):
            array = pa.array([value or None for value in values], pa.string())
            wanted = pa.string() if schema is None else schema.field(name).type
            if pa.types.is_dictionary(wanted):
                wanted = wanted.value_type
            try:
                array = array.cast(wanted)
            except pa.ArrowInvalid:
                wanted = pa.string()
            arrays.append(array.take(pa.array(code)))
        return pa.table(arrays, names=list(self.columns))


def _names(edges: tuple[float, ...]) -> tuple[str, ...]:
    closing = [")"] * (len(edges) - 2) + ["]"]
    return tuple(
        f"[{low:g}, {high:g}{end}" for (low, high), end in zip(pairwise(edges), closing, strict=True)
    )


def _interval_codes(column: pa.ChunkedArray, edges: tuple[float, ...]) -> NDArray[np.int32]:
    import pyarrow as pa

    numbers = column.cast(pa.float64()).to_numpy()
    cell = np.searchsorted(edges, numbers, side="right") - 1
    cell[numbers == edges[-1]] = len(edges) - 2
    return np.where((cell >= 0) & (cell < len(edges) - 1), cell, -1).astype(np.int32)


def _codes(column: pa.ChunkedArray, values: tuple[str, ...]) -> NDArray[np.int32]:
    import pyarrow as pa

    known = pa.array(values, pa.string())
    parts = [_chunk_codes(chunk, known) for chunk in column.chunks]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def _chunk_codes(chunk: pa.Array, known: pa.Array) -> NDArray[np.int32]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(chunk.type):
        lookup = np.append(_chunk_codes(chunk.dictionary, known), _chunk_codes(pa.nulls(1), known))
        indices = pc.fill_null(chunk.indices, len(lookup) - 1) if chunk.null_count else chunk.indices
        return np.asarray(lookup[indices.to_numpy(zero_copy_only=False)], dtype=np.int32)
    text = as_text(chunk)
    if "" in known.to_pylist():
        text = pc.fill_null(text, "")
    return np.asarray(pc.fill_null(pc.index_in(text, value_set=known), -1), dtype=np.int32)
