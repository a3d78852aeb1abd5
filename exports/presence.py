"""Classes of an export held against a population: k-map, delta-presence, journalist, marketer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exports.classes import Classes
from exports.coding import MISSING, Coding, Ints, missing, numbers
from exports.combinations import Combinations, packed, sums
from exports.reference import places


@dataclass(frozen=True, slots=True)
class PopulationMeasures:
    """What an adversary who holds a table of the population can tell.

    Classes of the export that the population lacks can't be found in it: they count as
    ``unmatched`` and carry no risk.

    Parameters
    ----------
    rows : int
        Rows of the population.
    uniques : int
        Classes of one row in the population.
    k_map : int or None
        Smallest class of the population that a row of the export falls into.
    expected : float
        Rows that a random match within their class would link rightly: over the classes, rows
        over the size in the population, at most one person for each who is in it.
    unmatched : int
        Rows of the export whose class the population lacks.
    delta_min, delta_max : float
        Smallest and largest share of a population class that is in the export.

    References
    ----------
    Sweeney (2002) for k-map, doi:10.1142/S0218488502001648; Nergiz, Atzori and Clifton (2007) for
    delta-presence, doi:10.1145/1247480.1247554; El Emam and Dankar (2008) for the risks,
    doi:10.1197/jamia.M2716.
    """

    rows: int
    uniques: int
    k_map: int | None
    expected: float
    unmatched: int
    delta_min: float
    delta_max: float

    def joined(self, other: PopulationMeasures) -> PopulationMeasures:
        """Return the measures over two disjoint sets of classes."""
        found = [k for k in (self.k_map, other.k_map) if k is not None]
        return PopulationMeasures(
            rows=self.rows + other.rows,
            uniques=self.uniques + other.uniques,
            k_map=min(found) if found else None,
            expected=self.expected + other.expected,
            unmatched=self.unmatched + other.unmatched,
            delta_min=min(self.delta_min, other.delta_min),
            delta_max=max(self.delta_max, other.delta_max),
        )


def against(classes: Classes, population: Combinations) -> PopulationMeasures:
    """Return the measures of classes against the combinations of a population.

    Parameters
    ----------
    classes : Classes
        Of the export.
    population : Combinations
        Over the same quasi-identifiers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes import classes_of
    >>> from exports.combinations import combinations_of
    >>> export = classes_of(pa.table({"zip": ["1", "1", "2"]}), ["zip"])
    >>> found = against(export, combinations_of(pa.table({"zip": ["1", "1", "1", "2", "3"]}), ["zip"]))
    >>> found.k_map, round(found.expected, 3), found.delta_min, found.delta_max
    (1, 1.667, 0.0, 1.0)
    """
    sizes, missed = population_sizes(classes, population)
    rows = np.bincount(classes.of, classes.combinations.counts, minlength=len(classes)).astype(np.int64)
    found = sizes > 0
    everyone = population.over(classes.quasi_identifiers).counts
    presence = np.minimum(rows[found] / sizes[found], 1.0)
    return PopulationMeasures(
        rows=population.rows,
        uniques=int((everyone == 1).sum()),
        k_map=int(sizes[found].min()) if found.any() else None,
        expected=float(presence.sum()),
        unmatched=int(rows[~found].sum()),
        delta_min=0.0 if missed else float(presence.min(initial=1.0)),
        delta_max=float(presence.max(initial=0.0)),
    )


def population_sizes(classes: Classes, population: Combinations) -> tuple[Ints, int]:
    """Return the size in the population of each class, and how many of its classes the export lacks."""
    ours = [classes.combinations.columns[name] for name in classes.quasi_identifiers]
    theirs = [
        _recoded(population.columns[name], column)
        for name, column in zip(classes.quasi_identifiers, ours, strict=True)
    ]
    joint = [
        Coding(np.concatenate([column.codes, other.codes]), other.values)
        for column, other in zip(ours, theirs, strict=True)
    ]
    keys = packed(joint, len(classes.combinations) + len(population))
    known, totals = sums(keys[len(classes.combinations) :], population.counts)
    first = np.searchsorted(classes.of, np.arange(len(classes)))
    wanted = keys[: len(classes.combinations)][first]
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    if not len(known):
        return np.zeros(len(classes), np.int64), 0
    sizes = np.where(known[at] == wanted, totals[at], 0)
    return sizes, len(known) - int((sizes > 0).sum())


def _recoded(column: Coding, target: Coding) -> Coding:
    """Return a column under another's codes; values that the other lacks come after its own."""
    import pyarrow as pa

    at = places(column.values, target.values)
    codes = np.append(MISSING, numbers(at).astype(np.int64) + 1)
    if at.null_count:
        unknown = 1 + np.flatnonzero(missing(at))
        codes[unknown] = target.radix + np.arange(len(unknown))
    return Coding(codes[column.codes], pa.nulls(max(target.radix + at.null_count - 1, 0)))
