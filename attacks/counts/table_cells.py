"""Cells of a table of counts, as an analyst asks for them: single ones and totals of lines."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.counts.questions import Questions
from exports.queries import Condition

if TYPE_CHECKING:
    import pyarrow as pa

Cell = tuple[int, ...]


def codebook(table: pa.Table, columns: tuple[str, ...]) -> list[list[Any]]:
    """Return the different values of each column in a fixed order: the public codebook."""
    return [sorted(table[name].unique().to_pylist(), key=repr) for name in columns]


def placed(column: pa.ChunkedArray, values: list[Any]) -> NDArray[np.int64]:
    """Return the position of each row's value in the codebook of its column, -1 where it is not there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> placed(pa.chunked_array([["b", None, "a"]]), ["a", "b", None])
    array([1, 2, 0])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    found = pc.index_in(column, value_set=pa.array(values, column.type)).fill_null(-1)
    positions: NDArray[np.int64] = found.to_numpy().astype(np.int64)
    return positions


def group_of(conditions: Iterable[Condition], by: str) -> str:
    """Return the value of column ``by`` that a cell counts, as text; ``all`` where it counts every one.

    Examples
    --------
    >>> group_of([Condition("sex", ["f"]), Condition("age", [None])], "age"), group_of([], "age")
    ('missing', 'all')
    """
    for condition in conditions:
        if condition.column == by:
            (value,) = condition.values
            return "missing" if value is None else str(value)
    return "all"


def cells(values: list[list[Any]]) -> list[Cell]:
    """Return the position of every cell, the last column varying fastest."""
    return list(product(*(range(len(one)) for one in values)))


def size(values: list[list[Any]]) -> int:
    """Return the number of cells."""
    return prod(len(one) for one in values)


def ask_line(
    ask: Questions, columns: tuple[str, ...], values: list[list[Any]], place: dict[int, int]
) -> int | None:
    """Return the count of everybody with the given values, ``place`` being axis -> position."""
    return ask(*(Condition(columns[axis], [values[axis][at]]) for axis, at in sorted(place.items())))


def margins(
    ask: Questions, columns: tuple[str, ...], values: list[list[Any]], order: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ask for all margins of up to ``order`` columns.

    Returns
    -------
    (array of float, shape (n_answers, n_cells), array of float, shape (n_answers,))
        Which cells each answered total sums, and the totals.
    """
    at = np.array(cells(values), dtype=np.int64).reshape(-1, len(columns))
    sums, totals = [], []
    for axes in (
        chosen for number in range(order + 1) for chosen in combinations(range(len(columns)), number)
    ):
        for place in product(*(range(len(values[axis])) for axis in axes)):
            total = ask_line(ask, columns, values, dict(zip(axes, place, strict=True)))
            if total is not None:
                sums.append((at[:, list(axes)] == np.array(place, dtype=np.int64)).all(axis=1))
                totals.append(total)
    return np.array(sums, dtype=float).reshape(len(totals), len(at)), np.array(totals, dtype=float)
