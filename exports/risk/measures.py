"""The measures of all classes of a table, in one value that parts of a table can be joined by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from exports.classes.classes import Classes
from exports.classes.l_diversity import cells_of, distinct_l, entropy_l
from exports.classes.reference import Reference
from exports.classes.t_closeness import t_equal, t_hierarchical, t_ordered
from exports.coding import Floats, Ints
from exports.keys import sums
from exports.risk.population_match import PopulationMeasures


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What the worst class gives away of one sensitive column.

    Parameters
    ----------
    l_distinct : int
        Fewest different values in a class.
    l_entropy : float
        Smallest entropy l of a class.
    t_equal, t_ordered, t_hierarchical : float or None
        Largest distance from the reference; None where values have no order, no hierarchy.
    """

    l_distinct: int
    l_entropy: float
    t_equal: float
    t_ordered: float | None
    t_hierarchical: float | None

    def worse(self, other: Disclosure) -> Disclosure:
        """Return the worse of each measure."""
        return Disclosure(
            min(self.l_distinct, other.l_distinct),
            min(self.l_entropy, other.l_entropy),
            max(self.t_equal, other.t_equal),
            _larger(self.t_ordered, other.t_ordered),
            _larger(self.t_hierarchical, other.t_hierarchical),
        )


@dataclass(frozen=True, slots=True)
class ClassMeasures:
    """The measures over classes that a default assessment reports.

    Parameters
    ----------
    rows : int
        Rows of the table.
    sizes, times : array of int64
        Class sizes that occur, in increasing order, and the number of classes of each.
    exposed_sizes, exposed : array of int64
        Size of the smallest class of a row (of a person), and how many rows (persons) have it.
    disclosure : mapping of str to Disclosure
        Per sensitive column.
    population : PopulationMeasures or None
        Against a population, where one is given.
    """

    rows: int
    sizes: Ints
    times: Ints
    exposed_sizes: Ints
    exposed: Ints
    disclosure: Mapping[str, Disclosure]
    population: PopulationMeasures | None = None

    @property
    def classes(self) -> int:
        """Number of equivalence classes."""
        return int(self.times.sum())

    @property
    def k(self) -> int:
        """Size of the smallest class; 0 for an empty table."""
        return int(self.sizes[0]) if len(self.sizes) else 0

    @property
    def persons(self) -> int:
        """Distinct persons; every row is one where nothing tells whose it is."""
        return int(self.exposed.sum())

    @property
    def uniques(self) -> int:
        """Rows (persons) alone in one of their classes."""
        return int(self.exposed[self.exposed_sizes == 1].sum())

    def joined(self, other: ClassMeasures) -> ClassMeasures:
        """Return the measures of two disjoint sets of classes, but for persons and the population."""
        sizes, times = _added((self.sizes, self.times), (other.sizes, other.times))
        exposed_sizes, exposed = _added(
            (self.exposed_sizes, self.exposed), (other.exposed_sizes, other.exposed)
        )
        return ClassMeasures(
            rows=self.rows + other.rows,
            sizes=sizes,
            times=times,
            exposed_sizes=exposed_sizes,
            exposed=exposed,
            disclosure={name: found.worse(other.disclosure[name]) for name, found in self.disclosure.items()},
        )


def measured(classes: Classes, references: Mapping[str, Reference]) -> ClassMeasures:
    """Return the measures of classes.

    Parameters
    ----------
    classes : Classes
        With the sensitive columns among its combinations.
    references : mapping of str to Reference
        Per sensitive column to measure.
    """
    sizes, times = classes.histogram()
    exposed_sizes, exposed = classes.exposure()
    return ClassMeasures(
        rows=classes.combinations.rows,
        sizes=sizes,
        times=times,
        exposed_sizes=exposed_sizes,
        exposed=exposed,
        disclosure=MappingProxyType(
            {name: _disclosure(classes, name, reference) for name, reference in references.items()}
        ),
    )


def _disclosure(classes: Classes, sensitive: str, reference: Reference) -> Disclosure:
    cells = cells_of(classes, sensitive)
    return Disclosure(
        l_distinct=int(distinct_l(cells).min()),
        l_entropy=float(entropy_l(cells).min()),
        t_equal=float(t_equal(cells, reference).max()),
        t_ordered=_largest(t_ordered(cells, reference)),
        t_hierarchical=_largest(t_hierarchical(cells, reference)),
    )


def _largest(distances: Floats | None) -> float | None:
    return None if distances is None else float(distances.max())


def _larger(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)


def _added(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    return sums(np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]]))
