"""Local suppression: empty single cells of the rows that stand out, instead of changing everybody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import ClassVar

import numpy as np

from defenses.columns import listed
from defenses.contributions import units
from defenses.defense import Defense
from defenses.released import changed_release
from exports.coding import Ints, Passes, encode
from exports.errors import LabError
from exports.keys import once_per_class, packed, ranks
from exports.release import Export, Guarantee, Kind, Release


class LocalSuppression(Defense):
    """Empty as few cells as needed of the rows whose class is too small, until k rows agree.

    Rows in classes of at least k are left as they are. Of the others, groups of k that agree on
    all columns but one lose that cell, then on all but two, and so on. A missing value counts
    as a value of its own, so that k rows share every combination that leaves; for an adversary
    to whom an empty cell may be anything there are more candidates still. Weights play no part.

    Parameters
    ----------
    k : int, default 3
        Rows per class; with a person column, persons.
    importance : sequence of str, str or None
        Quasi-identifiers from the one to keep longest to the one to empty first; default schema
        order.
    suppression : float, default 1
        Largest share of rows (whole persons) that may be left out when nothing else helps.

    References
    ----------
    Templ, Kowarik and Meindl (2015), doi:10.18637/jss.v067.i04.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"sex": ["f", "f", "f", "f"], "age": [30, 30, 41, 52]})
    >>> export = Export(table, Schema.of(quasi_identifier=["sex", "age"]))
    >>> LocalSuppression(k=2).fit_transform(export).rows["age"].to_pylist()
    [30, 30, None, None]
    """

    name: ClassVar[str] = "local-suppression"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self, k: int = 3, importance: Sequence[str] | str | None = None, suppression: float = 1.0
    ) -> None:
        self.k = k
        self.importance = importance
        self.suppression = suppression

    def transform(self, export: Export) -> Release:
        """Return the rows with emptied cells."""
        import pyarrow as pa
        import pyarrow.compute as pc

        schema, table = export.schema, export.table
        first, person = units(export)
        unit, total = ("rows" if schema.person is None else "persons"), len(first)
        if not 1 <= self.k <= total:
            raise LabError(f"k is {self.k:,} but must be from 1 to the table's {total:,} {unit}.")
        if not 0 <= self.suppression <= 1:
            raise LabError(f"suppression is {self.suppression} but must be a number between 0 and 1.")
        known = [name for name in schema.quasi_identifiers if name not in schema.naming]
        names = listed(self.importance) or known
        if sorted(names) != sorted(known) or not names:
            raise LabError("importance must list every quasi-identifier once: correct it.")
        codings = [encode(table[name], name) for name in names]
        codes = [coding.codes.astype(np.intp) for coding in codings]
        emptied, kept = suppressed_cells(codes, [coding.radix for coding in codings], self.k, person)
        gone, limit = len(np.unique(person[~kept])), int(self.suppression * total + 1e-9)
        if gone > limit or not kept.any():
            raise LabError(
                f"{gone:,} of {total:,} {unit} cannot be made alike and at most {limit:,} may be left "
                "out: generalise first or allow more."
            )
        columns = {
            name: pc.if_else(pa.array(mask), pa.scalar(None, table[name].type), table[name].combine_chunks())
            for name, mask in zip(names, emptied, strict=True)
        }
        return changed_release(
            self,
            export,
            columns,
            rows=np.flatnonzero(kept),
            guarantee=Guarantee({"k": self.k}, "record" if schema.person is None else "person")
            if self.k > 1
            else None,
            recoded=False,
            cells={name: int(mask[kept].sum()) for name, mask in zip(names, emptied, strict=True)},
        )


def suppressed_cells(
    codes: Sequence[Ints], sizes: Sequence[int], k: int, person: Ints
) -> tuple[list[Passes], Passes]:
    """Return per column which cells are emptied, and which rows are alike to k in the end.

    Parameters
    ----------
    codes : sequence of array of int, shape (rows,)
        Columns from the one to keep longest; 0 is a missing value.
    sizes : sequence of int
        Number of codes of each column.
    k : int
        Least persons of a class.
    person : array of int, shape (rows,)
        Whose row it is; a person of whom one row stands out is left out with all of them.
    """
    kept = np.ones(len(codes[0]), bool)
    emptied = [np.zeros(len(kept), bool) for _ in codes]
    while kept.any():
        rows = np.flatnonzero(kept)
        masks, settled = _emptied([column[rows] for column in codes], sizes, k, person[rows])
        for whole, mask in zip(emptied, masks, strict=True):
            whole[rows] = mask
        if settled.all():
            break
        kept &= ~np.isin(person, person[rows[~settled]])
    return emptied, kept


def _emptied(
    codes: Sequence[Ints], sizes: Sequence[int], k: int, person: Ints
) -> tuple[list[Passes], Passes]:
    """Return per column which cells are emptied, and which rows then have k persons alike."""
    current = [column.copy() for column in codes]
    settled = _persons(current, sizes, person) >= k
    for cells in range(1, len(codes) + 1):
        for emptied in combinations(range(len(codes) - 1, -1, -1), cells):
            left = np.flatnonzero(~settled)
            if len(left) == 0:
                break
            tried = [
                np.zeros(len(left), np.intp) if number in emptied else column[left]
                for number, column in enumerate(codes)
            ]
            alike = left[_persons(tried, sizes, person[left]) >= k]
            for number in emptied:
                current[number][alike] = 0
            settled[alike] = True
    return [(now == 0) & (before != 0) for now, before in zip(current, codes, strict=True)], settled


def _persons(columns: Sequence[Ints], sizes: Sequence[int], person: Ints) -> Ints:
    """Return for each entry how many persons have one that agrees with it."""
    alike = ranks(packed(columns, len(person), sizes))
    place, _, _ = once_per_class(alike, person)
    found: Ints = np.bincount(place)[alike]
    return found
