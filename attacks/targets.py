"""What every attack on records reads first: columns, targets, and a control that is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.gower import Compared, compare
from attacks.comparison.predicates import Coded
from attacks.scoring import Guesses
from exports.coding import as_text
from exports.errors import LabError, nearest
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import row_codes
from exports.randomness import Stream
from exports.release import Release, Truth
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa


LIMIT = 20_000_000
"""Rows of a table above which an attack on records is refused: they are held in memory."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The people that an attack is tried on: some in the release, some not.

    Parameters
    ----------
    table : pyarrow.Table
        The targets' true rows, first those in the release, then the control's.
    inside : int
        How many of them are in the release.
    rows : array of int64
        Row of the original of each of these.
    groups : array of str or None
        The group of each target, for ``by=``.
    has_control : bool
        Whether there is a control.
    notes : tuple of str
        What was left out, and why.
    """

    table: pa.Table
    inside: int
    rows: NDArray[np.int64]
    groups: NDArray[Any] | None
    has_control: bool
    notes: tuple[str, ...]

    @classmethod
    def draw(
        cls,
        release: Release,
        truth: Truth,
        number: int,
        stream: Stream,
        by: str | None = None,
        controls: int = 1,
    ) -> Targets:
        """Return at most ``number`` people of the original, ``controls`` times as many others, one row each.

        A control row that is also a row of the original is left out where the person column says
        so, or where more rows are equal than chance explains: otherwise the control would be
        attacked with its own data and the risk would look lower than it is.

        Raises
        ------
        LabError
            When ``number`` is below 1, there is no column ``by``, or nothing of the control is left.
        """
        if number < 1:
            raise LabError(f"targets={number} but must be at least 1: give a positive number.")
        person = release.schema.person
        original = truth.original
        control, notes = (None, ()) if truth.control is None else strangers(truth.control, original, person)
        rows = one_row_each(original, person, number, stream.at(name="targets"))
        inside = original.take(rows)
        parts = [inside]
        if control is not None:
            names = [name for name in original.column_names if name in control.column_names]
            chosen = one_row_each(control, person, controls * number, stream.at(name="control"))
            parts = [inside.select(names), control.select(names).take(chosen)]
        table = stacked(parts)
        groups = None if by is None else group_labels(table, by)
        return cls(table, len(rows), rows, groups, bool(control), notes)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def none(self) -> Targets:
        """Return no targets: what is left to attack when the release has no rows."""
        groups = None if self.groups is None else self.groups[:0]
        note = "the release has no rows: no guess was made"
        return Targets(
            self.table.slice(0, 0), 0, self.rows[:0], groups, self.has_control, (*self.notes, note)
        )

    def split(self, right: NDArray[Any]) -> tuple[Guesses, Guesses | None]:
        """Split one guess per target into those about people in the release and those about the control."""
        inside, outside = (
            Guesses(right[part], groups=None if self.groups is None else self.groups[part])
            for part in (slice(self.inside), slice(self.inside, None))
        )
        return inside, outside if self.has_control else None


CONTROLS = 3
"""People of the control for each target, where they are: they are cheap, and theirs is half of the error."""


def known_columns(
    people: pa.Table, release: Release, names: Sequence[str]
) -> tuple[list[Compared], tuple[str, ...]]:
    """Return what is known of ``people`` beside the released columns, and a note on what cannot be compared.

    Raises
    ------
    LabError
        When no column of the release has a value that stands for one of theirs.
    """
    columns, apart = compare(people, release.rows, names, release.schema.columns)
    return columns, left_out(names, apart)


def coded_columns(
    released: pa.Table, people: pa.Table, names: Sequence[str], declared: Mapping[str, Column]
) -> tuple[Coded, tuple[str, ...], tuple[str, ...]]:
    """Return what release and people have in common as codes, its columns, and a note on those left out.

    Raises
    ------
    LabError
        When no column of the release has a value that stands for one of theirs.
    """
    coded = Coded.of([released, people], [(name, declared.get(name)) for name in names])
    apart = [names[at] for at in coded.strange()]
    if not apart:
        return coded, tuple(names), ()
    notes = left_out(names, apart)
    kept = tuple(name for name in names if name not in apart)
    return Coded.of([released, people], [(name, declared.get(name)) for name in kept]), kept, notes


def left_out(names: Sequence[str], apart: Sequence[str]) -> tuple[str, ...]:
    """Return a note on the columns that cannot be compared."""
    if not apart:
        return ()
    if len(apart) == len(names):
        raise LabError(
            f"None of the {len(names)} known column(s) of the release has a value in common with the "
            f"original, the first is {names[0]!r}: name its hierarchy in the schema, or give other columns."
        )
    listed = ", ".join(map(repr, apart))
    return (f"{len(apart)} column(s) were not used, no released value stands for a known one: {listed}",)


def stacked(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of tables with the same columns; what is of different kinds is read as text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> stacked([pa.table({"age": [40]}), pa.table({"age": ["40+"]})])["age"].to_pylist()
    ['40', '40+']
    """
    import pyarrow as pa

    for name in tables[0].column_names:
        columns = [one.select([name]) for one in tables]
        try:
            pa.concat_tables(columns, promote_options="permissive")
        except (pa.ArrowTypeError, pa.ArrowInvalid):
            tables = [
                one.set_column(one.column_names.index(name), name, as_text(one[name])) for one in tables
            ]
    return pa.concat_tables(tables, promote_options="permissive")


def one_row_each(table: pa.Table, person: str | None, number: int, stream: Stream) -> NDArray[np.int64]:
    """Return at most ``number`` rows at random, no two of the same person."""
    order = stream.permutation(table.num_rows)
    if person is not None and person in table.column_names:
        _, codes = labels_and_codes(table[person])
        _, first = np.unique(codes[order], return_index=True)
        order = order[np.sort(first)]
    return np.sort(order[:number])


def strangers(control: pa.Table, original: pa.Table, person: str | None) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the rows of ``control`` that are not of people in ``original``, and a note when some were.

    Raises
    ------
    LabError
        When nobody is left.
    """
    import pyarrow as pa

    kept, notes = strange_rows(control, original, person)
    return (control.filter(pa.array(kept)) if notes else control), notes


def strange_rows(
    control: pa.Table,
    original: pa.Table,
    person: str | None,
    codes: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which rows of ``control`` are not of people in ``original``, and a note when some are.

    Where no person column tells, equal rows are the same people if there are more of them than
    chance explains: the share of the original's own rows that have an equal is what a stranger's
    row would have (Good and Turing). ``codes``, none below 0, are equal where the rows are; by default
    those of ``row_codes``.

    Raises
    ------
    LabError
        When nobody is left.
    """
    import pyarrow.compute as pc

    rows = control.num_rows
    if rows == 0:
        return np.zeros(0, dtype=bool), ("the control has no rows: there is no control",)
    if person is not None and person in control.column_names and person in original.column_names:
        same = pc.is_in(as_text(control[person]), value_set=as_text(original[person]))
        shared: NDArray[np.bool_] = same.to_numpy(zero_copy_only=False)
        why = f"their {person!r} is in the original"
    else:
        ours, theirs = codes or row_codes(original, control)
        known, counts = np.unique(ours, return_counts=True)
        asked, place = np.unique(theirs, return_inverse=True)
        shared = (np.append(known, -1)[np.searchsorted(known, asked)] == asked)[place]
        chance = 1 - np.count_nonzero(counts == 1) / max(len(ours), 1)
        spread = np.sqrt(rows * chance * (1 - chance) * (1 + rows / max(len(ours), 1)))
        if np.count_nonzero(shared) <= rows * chance + 6 * spread + 3:
            return np.ones(rows, dtype=bool), ()
        why = f"they equal rows of the original, of which chance explains about {rows * chance:.0f}"
    overlap = int(np.count_nonzero(shared))
    if overlap == rows:
        raise LabError(
            f"All {overlap:,} rows of the control are in the original too: give people who are not."
        )
    note = f"{overlap:,} of {rows:,} control rows were left out: {why}"
    return ~shared, (note,) if overlap else ()


def group_labels(table: pa.Table, by: str) -> NDArray[Any]:
    """Return the value of column ``by`` of each row as text.

    Raises
    ------
    LabError
        When there is no such column.
    """
    if by not in table.column_names:
        raise LabError(
            f"by={by!r} is no column of the original; the nearest is {nearest(by, table.column_names)!r}."
        )
    labels, codes = labels_and_codes(table[by])
    names = np.array(["missing" if label is None else label for label in labels], dtype=str)
    groups: NDArray[Any] = names[codes] if len(labels) else np.array([], dtype=str)
    return groups


def unusable(release: Release, truth: Truth, names: Sequence[str]) -> str | None:
    """Return why tables cannot be attacked: a column is absent, or there are too many rows; else None."""
    tables = {"release": release.rows, "original": truth.original}
    if truth.control is not None:
        tables["control"] = truth.control
    for place, table in tables.items():
        if table.num_rows > LIMIT:
            rows = f"{table.num_rows:,} rows, at most {LIMIT:,} are held in memory"
            return f"the {place} has {rows}: take a sample"
        for name in names:
            if name not in table.column_names:
                near = nearest(name, table.column_names)
                return f"the {place} has no column {name!r}; the nearest is {near!r}"
    return None


def comparable(release: Release, truth: Truth) -> tuple[str, ...]:
    """Return the columns that release, original and control share, other than the person's."""
    tables = [release.rows, truth.original, *([] if truth.control is None else [truth.control])]
    schema = release.schema
    apart = {schema.person, schema.weight, schema.household, schema.consent}
    return tuple(
        name
        for name in release.rows.column_names
        if name not in apart and all(name in table.column_names for table in tables)
    )
