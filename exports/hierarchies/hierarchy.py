"""Generalisation hierarchies: what each value of a column becomes at each level."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import as_text
from exports.errors import LabError
from exports.named_files import bounded_bytes
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

ANY = "*"
"""Label of the level at which every value is the same."""

Label = str | None
"""A value or its generalisation; None is a missing value, which generalises to itself below ``*``."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The values of one column and their generalisations, level by level.

    Level 0 is the value itself; what two values share at one level they share at every higher
    one, so a level is a coarsening of the level below and together they are a forest.

    Parameters
    ----------
    labels : tuple of tuple of str or None
        ``labels[level][code]``, the distinct labels of each level.
    codes : tuple of array of int32, shape (values,)
        ``codes[level][value]``, the code at a level of each value of level 0.

    Examples
    --------
    >>> age = Hierarchy.from_rows([["34", "30-39", "*"], ["36", "30-39", "*"], ["41", "40-49", "*"]])
    >>> age.height, age.labels[1], age.codes[1].tolist()
    (2, ('30-39', '40-49'), [0, 0, 1])
    >>> age.generalise(np.array([0, 2, 1]), 1).to_pylist()
    ['30-39', '40-49', '30-39']
    """

    labels: tuple[tuple[Label, ...], ...]
    codes: tuple[NDArray[np.int32], ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[Label]], name: str = "column") -> Hierarchy:
        """Return the hierarchy of rows ``value, level1, level2, ...``, as in ARX's files.

        Raises
        ------
        LabError
            When rows differ in length, a value comes twice, or two values part again after
            having shared a label (not monotone).
        """
        columns = _columns([list(row) for row in rows], name)
        coded = [_codes(column) for column in columns]
        labels, codes = tuple(pair[0] for pair in coded), tuple(pair[1] for pair in coded)
        if len(labels[0]) < len(codes[0]):
            first = int(np.flatnonzero(np.bincount(codes[0]) > 1)[0])
            lines = np.flatnonzero(codes[0] == first) + 1
            raise LabError(
                f"The hierarchy of {name!r} lists one value on lines {lines[0]} and {lines[1]}: "
                "keep one of them."
            )
        for level in range(1, len(codes) - 1):
            parent = np.empty(len(labels[level]), np.int32)
            parent[codes[level]] = codes[level + 1]
            torn = np.flatnonzero(parent[codes[level]] != codes[level + 1])
            if torn.size:
                raise LabError(
                    f"The hierarchy of {name!r} is not monotone: line {torn[0] + 1} shares its label of "
                    f"level {level} with another line but not that of level {level + 1} "
                    f"({torn.size} such lines): "
                    "give them the same label."
                )
        return cls(labels, codes)

    @classmethod
    def from_csv(cls, path: Path | str, name: str = "column") -> Hierarchy:
        """Read ARX's format ``value;level1;level2``; the delimiter is found by trying.

        An empty value stands for a missing one.

        Raises
        ------
        LabError
            When the file cannot be read or is no hierarchy; the sentence gives the line.
        """
        path = Path(path)
        try:
            text = bounded_bytes(path).decode("utf-8-sig")
        except OSError as error:
            raise LabError(
                f"The hierarchy {path} of {name!r} cannot be read ({error.strerror}): check the path."
            ) from None
        except UnicodeDecodeError:
            raise LabError(f"The hierarchy {path} of {name!r} is not UTF-8: save it as UTF-8.") from None
        lines = [line for line in text.splitlines() if line.strip()]
        readings = [list(csv.reader(lines, delimiter=delimiter)) for delimiter in ";\t|,"]
        even = [
            rows for rows in readings if rows and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1
        ]
        widest = max(readings, key=lambda rows: max(map(len, rows), default=0))
        rows = even[0] if even else widest
        return cls.from_rows(([value or None, *levels] for value, *levels in rows), name)

    @classmethod
    def from_intervals(
        cls, values: Iterable[Label], bounds: Sequence[float], name: str = "column"
    ) -> Hierarchy:
        """Return intervals ``[low, high)`` between bounds, merged in pairs level by level up to ``*``.

        The last interval includes its upper bound.

        Raises
        ------
        LabError
            When bounds do not increase, or a value is no number or lies outside of them.

        Examples
        --------
        >>> age = Hierarchy.from_intervals(["7", "23", "64"], [0, 18, 65, 120])
        >>> [level[0] for level in age.labels]
        ['7', '[0, 18)', '[0, 65)', '*']
        """
        edges = np.asarray(bounds, dtype=np.float64)
        if len(edges) < 2 or not (np.diff(edges) > 0).all():
            raise LabError(
                f"The intervals of {name!r} must be at least two increasing numbers: sort the bounds."
            )
        base = list(values)
        numbers = _numbers(base, name)
        known = ~np.isnan(numbers)
        outside = known & ((numbers < edges[0]) | (numbers > edges[-1]))
        if outside.any():
            raise LabError(
                f"The intervals of {name!r} run from {edges[0]:g} to {edges[-1]:g} and miss {outside.sum()} "
                f"of {len(base)} values: widen them."
            )
        columns: list[list[Label]] = [base]
        while True:
            cell = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
            names = [_interval(low, high, high == edges[-1]) for low, high in pairwise(edges)]
            columns.append([names[c] if there else None for c, there in zip(cell, known, strict=True)])
            if len(edges) == 2:
                break
            edges = np.append(edges[:-1:2], edges[-1])
        columns[-1] = [ANY] * len(base)
        return cls.from_rows(zip(*columns, strict=True), name)

    @classmethod
    def from_prefixes(cls, values: Iterable[Label], name: str = "column") -> Hierarchy:
        """Return levels that hide one character more each, from the right, up to ``*``.

        Examples
        --------
        >>> Hierarchy.from_prefixes(["10115", "10245"]).labels[2:4]
        (('101**', '102**'), ('10***',))
        """
        base = list(values)
        width = max((len(value) for value in base if value is not None), default=0)
        columns = [
            [None if value is None else value[: width - cut] + "*" * cut for value in base]
            for cut in range(width)
        ]
        return cls.from_rows(zip(*(columns or [base]), [ANY] * len(base), strict=True), name)

    @property
    def height(self) -> int:
        """The highest level; levels run from 0 to this."""
        return len(self.labels) - 1

    def parents(self, level: int) -> NDArray[np.int32]:
        """Return the code at ``level + 1`` of each code at ``level``."""
        parent = np.zeros(len(self.labels[level]), np.int32)
        parent[self.codes[level]] = self.codes[level + 1]
        return parent

    def encode(self, column: pa.ChunkedArray, name: str = "column") -> NDArray[np.int32]:
        """Return the code of level 0 of each row of a table's column.

        Raises
        ------
        LabError
            When the hierarchy misses a value of the column.
        """
        distinct, codes = labels_and_codes(column)
        place = {label: code for code, label in enumerate(self.labels[0])}
        wanted = np.array([place.get(label, -1) for label in distinct], np.int32)
        found: NDArray[np.int32] = wanted[codes] if len(distinct) else codes
        if (found < 0).any():
            rows = np.flatnonzero(found < 0)
            raise LabError(
                f"The hierarchy of {name!r} misses {(wanted < 0).sum()} of the column's {len(distinct)} "
                f"values, in {rows.size} of {found.size} rows, the first is row {rows[0] + 1}: "
                "add a line for each."
            )
        return found

    def generalise(self, codes: NDArray[Any], level: int) -> pa.Array:
        """Return the labels at ``level`` of values given by their code at level 0."""
        import pyarrow as pa

        indices = pa.array(self.codes[level][codes])
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.labels[level], pa.string())).cast(
            pa.string()
        )

    def with_null(self) -> Hierarchy:
        """Return this hierarchy with a missing value as a value of its own, ``*`` at the top."""
        if None in self.labels[0]:
            return self
        rows = [
            list(row) for row in zip(*(self.label(level) for level in range(self.height + 1)), strict=True)
        ]
        top = self.labels[-1][0] if len(self.labels[-1]) == 1 and self.height else None
        return Hierarchy.from_rows([*rows, [None] * self.height + [top]])

    def label(self, level: int) -> list[Label]:
        """Return the label at ``level`` of every value of level 0."""
        return [self.labels[level][code] for code in self.codes[level]]


def hierarchy_of(column: pa.ChunkedArray, name: str, declared: Column | None = None) -> Hierarchy:
    """Return the declared hierarchy of a column, or else one proposed from its type.

    Proposed are intervals that double for numbers; month, year and decade for dates; prefixes
    for codes of equal length; otherwise only the value and ``*``.

    Raises
    ------
    LabError
        When the declared hierarchy is wrong or misses a value.

    Examples
    --------
    >>> import pyarrow as pa
    >>> hierarchy_of(pa.chunked_array([["D-10115", "D-10119", "D-10245"]]), "post code").labels[2]
    ('D-101**', 'D-102**')
    """
    distinct, _ = labels_and_codes(column)
    if declared is not None and declared.hierarchy is not None:
        found = Hierarchy.from_csv(declared.hierarchy, name)
        return found.with_null() if None in distinct else found
    if declared is not None and declared.intervals is not None:
        return Hierarchy.from_intervals(distinct, declared.intervals, name)
    if declared is not None and declared.prefix:
        return Hierarchy.from_prefixes(distinct, name)
    return _proposed(column, distinct, name)


def labels_and_codes(column: pa.ChunkedArray) -> tuple[list[Label], NDArray[np.int32]]:
    """Return the distinct values of a column as text, None for a missing one, and each row's code.

    Whole numbers read the same whether the column holds integers or floats.

    Raises
    ------
    LabError
        When a value is a list or a structure.

    Examples
    --------
    >>> import pyarrow as pa
    >>> distinct, codes = labels_and_codes(pa.chunked_array([[3.0, None, 3.5, 3.0]]))
    >>> distinct, codes.tolist()
    (['3', None, '3.5'], [0, 1, 2, 0])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    if pa.types.is_nested(column.type):
        raise LabError(f"A column holds {column.type} values: flatten it first.")
    if not len(column):
        return [], np.zeros(0, dtype=np.int32)
    encoded = pc.dictionary_encode(column, null_encoding="encode").combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    values = encoded.dictionary
    if pa.types.is_floating(values.type):
        text = [None if v is None else repr(v).removesuffix(".0") for v in values.to_pylist()]
    else:
        text = as_text(values).to_pylist()
    return text, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)


def _columns(rows: list[list[Label]], name: str) -> list[list[Label]]:
    if not rows:
        raise LabError(f"The hierarchy of {name!r} is empty: give one line per value.")
    width = len(rows[0])
    for line, row in enumerate(rows, 1):
        if len(row) != width:
            raise LabError(
                f"The hierarchy of {name!r} has {len(row)} fields on line {line} but {width} on line 1: "
                "every value needs a label at every level."
            )
    return [list(column) for column in zip(*rows, strict=True)]


def _codes(column: list[Label]) -> tuple[tuple[Label, ...], NDArray[np.int32]]:
    place: dict[Label, int] = {}
    codes = np.fromiter((place.setdefault(label, len(place)) for label in column), np.int32, len(column))
    return tuple(place), codes


def _numbers(values: Sequence[Label], name: str) -> NDArray[np.float64]:
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values])
    except ValueError:
        raise LabError(
            f"The column {name!r} has values that are no numbers, so it has no intervals: "
            "use a hierarchy file."
        ) from None
    return numbers


def _interval(low: float, high: float, closed: bool) -> str:
    return f"[{low:.12g}, {high:.12g}{']' if closed else ')'}"


def _proposed(column: pa.ChunkedArray, distinct: list[Label], name: str) -> Hierarchy:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    known = [value for value in distinct if value is not None]
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = _numbers(known, name)
        if len(known) > 2 and np.isfinite(numbers).all():
            return Hierarchy.from_intervals(distinct, _round_bounds(numbers), name)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        rows = [
            [None] * 4 + [ANY] if day is None else [day, day[:7], day[:4], f"{day[:3]}0s", ANY]
            for day in distinct
        ]
        return Hierarchy.from_rows(rows, name)
    lengths = {len(value) for value in known}
    if len(known) > 2 and len(lengths) == 1 and all(any(c.isdigit() for c in value) for value in known):
        return Hierarchy.from_prefixes(distinct, name)
    return Hierarchy.from_rows([[value, ANY] for value in distinct], name)


def _round_bounds(numbers: NDArray[np.float64]) -> list[float]:
    """Return at most 64 equal intervals on round bounds of a width 1, 2 or 5 times a power of ten."""
    low, high = float(numbers.min()), float(numbers.max())
    least = max(
        (high - low) / 64, float(np.diff(np.sort(numbers)).min()), 1e-12 * max(abs(low), abs(high), 1.0)
    )
    power = 10.0 ** np.floor(np.log10(least))
    width = next(step * power for step in (1, 2, 5, 10) if step * power > least)
    first = np.floor(low / width)
    return [float((first + i) * width) for i in range(int(np.floor(high / width) - first) + 2)]
