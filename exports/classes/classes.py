"""Equivalence classes: the people who look alike to an adversary who knows the quasi-identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.classes.combinations import Combinations, combinations_of
from exports.classes.persons import persons_in
from exports.coding import Ints
from exports.keys import once_per_class, ranks

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Classes:
    """A partition of the rows by their quasi-identifiers; a missing value is a value.

    Parameters
    ----------
    combinations : Combinations
        Of the quasi-identifiers first, then of whatever else is measured.
    quasi_identifiers : tuple of str
        What the adversary knows.
    of : array of int64
        Class of each combination.
    sizes : array of int64
        Rows of each class; with ``person``, the distinct persons in it.
    person : str or None
        Column that tells whose row it is, when a person has several.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193; Sweeney (2002), doi:10.1142/S0218488502001648.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"zip": ["02139", "02139", "10001"], "illness": ["a", "b", "a"]})
    >>> classes = classes_of(table, ["zip"], ["illness"])
    >>> classes.k, classes.uniques, classes.sizes
    (1, 1, array([2, 1]))
    """

    combinations: Combinations
    quasi_identifiers: tuple[str, ...]
    of: Ints
    sizes: Ints
    person: str | None = None

    def __len__(self) -> int:
        return len(self.sizes)

    def __repr__(self) -> str:
        return f"{len(self):,} classes, k = {self.k}, {self.uniques:,} uniques"

    @property
    def k(self) -> int:
        """Size of the smallest class; 0 for an empty table."""
        return int(self.sizes.min(initial=np.iinfo(np.int64).max)) if len(self) else 0

    @property
    def uniques(self) -> int:
        """Rows alone in their class; with ``person``, persons alone in at least one of theirs."""
        sizes, exposed = self.exposure()
        return int(exposed[sizes == 1].sum())

    @property
    def persons(self) -> int:
        """Distinct persons; without ``person`` every row is taken as one."""
        return int(self.exposure()[1].sum())

    @property
    def people(self) -> Combinations:
        """The combinations of the quasi-identifiers, counted in distinct persons."""
        return self.combinations.persons(self.quasi_identifiers, self.person)

    @property
    def weights(self) -> NDArray[Any]:
        """Weight of each combination in l and t: its rows, or the share of the persons' mass.

        A person weighs one in each class, spread evenly over the rows there.
        """
        if self.person is None:
            return self.combinations.counts
        person = self.combinations.columns[self.person].codes.astype(np.int64)
        _, _, pair = once_per_class(self.of, person)
        return self.combinations.counts / np.bincount(pair, self.combinations.counts)[pair]

    @property
    def linked_k(self) -> int | None:
        """Smallest number of persons with the same rows, for an adversary who knows all of them.

        None without ``person``.
        """
        if self.person is None:
            return None
        return _linked_k(self.of, self.combinations.columns[self.person].codes, self.combinations.counts)

    def exposure(self) -> tuple[Ints, Ints]:
        """Return sizes of the smallest class of a row (a person), and how many rows (persons) have it."""
        if self.person is None:
            sizes, times = self.histogram()
            return sizes, sizes * times
        return smallest_sizes(self.combinations, self.sizes[self.of], self.person)

    def histogram(self) -> tuple[Ints, Ints]:
        """Return the class sizes that occur, and how many classes have each."""
        sizes, times = np.unique(self.sizes, return_counts=True)
        return sizes, times


def classes_of(
    table: pa.Table,
    quasi_identifiers: Sequence[str],
    others: Sequence[str] = (),
    *,
    person: str | None = None,
) -> Classes:
    """Return the classes of an Arrow table.

    Parameters
    ----------
    table : pyarrow.Table
        One row per record.
    quasi_identifiers : sequence of str
        What the adversary knows.
    others : sequence of str
        Further columns to be measured within classes: sensitive ones, a group.
    person : str, optional
        Column that tells whose row it is.
    """
    names = [*quasi_identifiers, *others, *([person] if person else [])]
    return partition(combinations_of(table, names), quasi_identifiers, person=person)


def smallest_sizes(combinations: Combinations, sizes: Ints, person: str | None) -> tuple[Ints, Ints]:
    """Return the sizes that rows, or the smallest that persons, have, and how many have each.

    Parameters
    ----------
    combinations : Combinations
        With the column of persons, where there is one.
    sizes : array of int64
        Of each combination: how many look like it.
    person : str or None
        Column that tells whose row it is.
    """
    if person is None:
        found, where = np.unique(sizes, return_inverse=True)
        return found, np.bincount(where, combinations.counts).astype(np.int64)
    whose = combinations.columns[person].codes
    smallest = np.full(int(whose.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, whose, sizes)
    present = np.bincount(whose, minlength=len(smallest)) > 0
    found, times = np.unique(smallest[present], return_counts=True)
    return found, times


def partition(
    combinations: Combinations, quasi_identifiers: Sequence[str], *, person: str | None = None
) -> Classes:
    """Return the classes of combinations whose columns start with the quasi-identifiers."""
    of = combinations.groups(quasi_identifiers)
    if person is None:
        count = int(of.max(initial=-1)) + 1
        sizes = np.bincount(of, combinations.counts, minlength=count).astype(np.int64)
    else:
        sizes = persons_in(of, combinations.columns[person].codes.astype(np.int64))
    return Classes(combinations, tuple(quasi_identifiers), of, sizes, person)


def _linked_k(of: Ints, person: NDArray[Any], counts: Ints) -> int:
    """Compare persons by their whole list of (class, rows), one length of list at a time."""
    radix = int(of.max(initial=0)) + 1
    pairs, pair_of = np.unique(person.astype(np.int64) * radix + of, return_inverse=True)
    rows = np.bincount(pair_of, counts).astype(np.int64)
    entries = ranks((pairs % radix) * (int(rows.max(initial=0)) + 1) + rows)
    _, starts, lengths = np.unique(pairs // radix, return_index=True, return_counts=True)
    smallest = 0
    for length in np.unique(lengths):
        labels = np.zeros(int((lengths == length).sum()), np.int64)
        for position in range(int(length)):
            labels = ranks(labels * (len(entries) + 1) + entries[starts[lengths == length] + position])
        alike = int(np.bincount(labels).min())
        smallest = min(smallest or alike, alike)
    return smallest
