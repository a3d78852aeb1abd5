"""Generalisation hierarchies: what each value of a column becomes at each level."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.canonical import canonical
from exports.coding import as_text
from exports.errors import LabError
from exports.filesystem.named_files import bounded_bytes
from exports.hierarchies.levels import Label, interval_rows, prefix_rows, proposed_rows
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

_POINTED = re.compile(r"-?(0|[1-9]\d*)\.0")


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
            When rows differ in length, a value comes twice with other labels, or two values part again
            after having shared a label (not monotone).
        """
        rows = _once([list(row) for row in rows], name)
        columns = _columns(rows, name)
        coded = [_codes(column) for column in columns]
        labels, codes = tuple(pair[0] for pair in coded), tuple(pair[1] for pair in coded)
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
        rows = [[cell.strip() for cell in row] for row in rows]
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
        return cls.from_rows(interval_rows(list(values), bounds, name), name)

    @classmethod
    def from_prefixes(cls, values: Iterable[Label], name: str = "column") -> Hierarchy:
        """Return levels that hide one character more each, from the right, up to ``*``.

        Examples
        --------
        >>> Hierarchy.from_prefixes(["10115", "10245"]).labels[2:4]
        (('101**', '102**'), ('10***',))
        """
        return cls.from_rows(prefix_rows(list(values)), name)

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
        # A file may list 1.0 where the column holds the number 1.
        again = {_same_number(label): code for label, code in place.items() if label is not None}
        found_at = (place.get(label, again.get(_same_number(label), -1)) for label in distinct)
        wanted = np.fromiter(found_at, np.int32, len(distinct))
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
    """Return the declared hierarchy of a column, or else one proposed from its values.

    Proposed are intervals that double for numbers; month, year and decade for dates whose format is
    beyond doubt; ranges for a declared order; the structure of codes; otherwise only the value and ``*``.

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
        return Hierarchy.from_rows(interval_rows(distinct, declared.intervals, name, declared), name)
    values = different(column)
    return Hierarchy.from_rows(proposed_rows(distinct, values.drop_null(), declared, name), name)


def different(column: pa.ChunkedArray) -> pa.Array:
    """Return the different values of a column in order of appearance, a missing one among them."""
    return _coded(column).dictionary


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

    if pa.types.is_nested(column.type):
        raise LabError(f"A column holds {column.type} values: flatten it first.")
    if not len(column):
        return [], np.zeros(0, dtype=np.int32)
    coded = _coded(column)
    labels = as_text(coded.dictionary).to_pylist()
    return labels, coded.indices.to_numpy(zero_copy_only=False).astype(np.int32)


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column under one dictionary, in which a missing value, NaN too, has a place."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    chunks = [canonical(chunk) for chunk in column.chunks] or [canonical(pa.nulls(0, column.type))]
    if pa.types.is_floating(chunks[0].type):
        # Zero has two signs and NaN many forms: one value each.
        chunks = [pc.if_else(pc.is_nan(chunk), None, pc.add(chunk, 0.0)) for chunk in chunks]
    encoded = pc.dictionary_encode(pa.chunked_array(chunks), null_encoding="encode").combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    return encoded


def _once(rows: list[list[Label]], name: str) -> list[list[Label]]:
    """Return rows without those that repeat another word for word.

    Raises
    ------
    LabError
        When two rows give one value other labels.
    """
    first: dict[Label, int] = {}
    for line, row in enumerate(rows):
        before = first.setdefault(row[0] if row else None, line)
        if rows[before] != row:
            raise LabError(
                f"The hierarchy of {name!r} lists one value on lines {before + 1} and {line + 1} with other "
                "labels: keep one of them."
            )
    return [row for line, row in enumerate(rows) if first[row[0] if row else None] == line]


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


def _same_number(label: Label) -> Label:
    """Return a whole number without the fraction of none that some programs write."""
    return label.removesuffix(".0") if label is not None and _POINTED.fullmatch(label) else label


def _codes(column: list[Label]) -> tuple[tuple[Label, ...], NDArray[np.int32]]:
    place: dict[Label, int] = {}
    codes = np.fromiter((place.setdefault(label, len(place)) for label in column), np.int32, len(column))
    return tuple(place), codes
