"""Classes of an export held against a population: k-map, delta-presence, journalist, marketer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exports.classes.classes import Classes
from exports.classes.combinations import Combinations
from exports.classes.reference import places
from exports.coding import MISSING, Coding, Floats, Ints, Passes, missing, numbers
from exports.keys import packed_codings, sums


@dataclass(frozen=True, slots=True)
class PopulationMeasures:
    """What an adversary who holds a table of the population can tell.

    Classes of the export that the population lacks can't be found in it: who has no other class
    counts as ``unmatched``, and is at risk as within the export, since another spelling hides nobody.
    With a person column people are persons, in either table that has it; else every row is one of them.

    Parameters
    ----------
    people : int
        People in the population.
    uniques : int
        Classes of one in the population.
    k_map : int or None
        Smallest class of the population that one of the export's people falls into.
    smallest : int or None
        The same, with the classes of the export that the population lacks.
    expected : float
        People of the export whom a random match within their class would link rightly: for each,
        one over the size of the class in the population (in the export, if that is larger), the
        largest of those where a person has several classes.
    unmatched : int
        People of the export with no class that the population has.
    delta_min, delta_max : float
        Smallest and largest share of a population class that is in the export.

    References
    ----------
    Sweeney (2002) for k-map, doi:10.1142/S0218488502001648; Nergiz, Atzori and Clifton (2007) for
    delta-presence, doi:10.1145/1247480.1247554; El Emam and Dankar (2008) for the risks,
    doi:10.1197/jamia.M2716.
    """

    people: int
    uniques: int
    k_map: int | None
    smallest: int | None
    expected: float
    unmatched: int
    delta_min: float
    delta_max: float

    def joined(self, other: PopulationMeasures) -> PopulationMeasures:
        """Return the measures over two disjoint sets of classes, persons with several counted in each."""
        found = [k for k in (self.k_map, other.k_map) if k is not None]
        least = [k for k in (self.smallest, other.smallest) if k is not None]
        return PopulationMeasures(
            people=self.people + other.people,
            uniques=self.uniques + other.uniques,
            k_map=min(found) if found else None,
            smallest=min(least) if least else None,
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
        Over the same quasi-identifiers, and the column of persons where the classes have one and
        the population too.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> from exports.classes.combinations import combinations_of
    >>> export = classes_of(pa.table({"zip": ["1", "1", "2"]}), ["zip"])
    >>> found = against(export, combinations_of(pa.table({"zip": ["1", "1", "1", "2", "3"]}), ["zip"]))
    >>> found.k_map, round(found.expected, 3), found.delta_min, found.delta_max
    (1, 1.667, 0.0, 1.0)
    """
    sizes, everyone = population_sizes(classes, population)
    chances, times, matched = best_chances(classes, sizes)
    found = sizes > 0
    bounded = np.where(found, sizes, classes.sizes)
    presence = np.minimum(classes.sizes[found] / sizes[found], 1.0)
    return PopulationMeasures(
        people=people_of(population, classes.person),
        uniques=int((everyone == 1).sum()),
        k_map=int(sizes[found].min()) if found.any() else None,
        smallest=int(bounded.min()) if len(bounded) else None,
        expected=float((chances * times).sum()),
        unmatched=int(times[~matched].sum()),
        delta_min=0.0 if found.sum() < len(everyone) else float(presence.min(initial=1.0)),
        delta_max=float(presence.max(initial=0.0)),
    )


def people_of(population: Combinations, person: str | None) -> int:
    """Return the number of people in a population: persons where it has their column, else rows."""
    if person is None or person not in population.columns:
        return population.rows
    return int(np.count_nonzero(np.bincount(population.columns[person].codes)))


def best_chances(classes: Classes, sizes: Ints) -> tuple[Floats, Ints, Passes]:
    """Return chances of a right match, given the class sizes in the population.

    One entry per class; with ``person`` one per code of that column, for the best of their classes. Beside
    them, how many people have each, and whether the population has a class of theirs.
    """
    chances, found = 1.0 / np.maximum(sizes, classes.sizes), sizes > 0
    if classes.person is None:
        return chances, classes.sizes, found
    person = classes.combinations.columns[classes.person]
    best, matched = np.zeros(person.radix), np.zeros(person.radix, dtype=bool)
    np.maximum.at(best, person.codes, chances[classes.of])
    np.logical_or.at(matched, person.codes, found[classes.of])
    return best, np.minimum(np.bincount(person.codes, minlength=person.radix), 1), matched


def population_sizes(classes: Classes, population: Combinations) -> tuple[Ints, Ints]:
    """Return the size in the population of each class, and of each class that the population has."""
    ours = [classes.combinations.columns[name] for name in classes.quasi_identifiers]
    theirs = [
        _recoded(population.columns[name], column)
        for name, column in zip(classes.quasi_identifiers, ours, strict=True)
    ]
    joint = [
        Coding(np.concatenate([column.codes, other.codes]), other.values)
        for column, other in zip(ours, theirs, strict=True)
    ]
    keys = packed_codings(joint, len(classes.combinations) + len(population))
    each = np.ones_like(population.counts) if classes.person in population.columns else population.counts
    known, totals = sums(keys[len(classes.combinations) :], each)
    first = np.searchsorted(classes.of, np.arange(len(classes)))
    wanted = keys[: len(classes.combinations)][first]
    if not len(known):
        return np.zeros(len(classes), np.int64), totals
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, totals[at], 0), totals


def _recoded(column: Coding, target: Coding) -> Coding:
    """Return a column under another's codes; values that the other lacks come after its own."""
    import pyarrow as pa

    at = places(column.values, target.values)
    codes = np.append(MISSING, numbers(at).astype(np.int64) + 1)
    if at.null_count:
        unknown = 1 + np.flatnonzero(missing(at))
        codes[unknown] = target.radix + np.arange(len(unknown))
    return Coding(codes[column.codes], pa.nulls(max(target.radix + at.null_count - 1, 0)))
