"""What is asked of the classes of a release, as its user states it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from defenses.conditions.beta_likeness import DeltaDisclosure, Likeness
from defenses.conditions.condition import Condition
from defenses.conditions.k_anonymity import DeltaPresence, KAnonymity, KMap
from defenses.conditions.l_diversity import (
    AlphaShare,
    DistinctDiversity,
    EntropyDiversity,
    RecursiveDiversity,
)
from defenses.conditions.options import ClassOptions, Distance, Diversity
from defenses.conditions.t_closeness import Closeness
from defenses.conditions.whole_table import (
    AverageRisk,
    Estimator,
    PopulationUniques,
    SampleCondition,
    SampleUniques,
)
from exports.classes.reference import Reference, reference_of
from exports.coding import MISSING, Ints, encode
from exports.errors import LabError
from exports.release import Export


@dataclass(eq=False, repr=False, kw_only=True)
class Requirements(ClassOptions):
    """What every class that leaves must satisfy, and how much may be suppressed for it.

    Parameters
    ----------
    k : int, default 1
        Rows (with a person column: persons) per class.
    suppression : float, default 0
        Largest share of the rows (persons) that may be left out.
    sensitive, l, diversity, c, t, distance, alpha, beta, enhanced, delta, k_map, significance, presence, \
population, average_risk, sample_uniques, population_uniques, estimator
        As in ``ClassOptions``.

    Raises
    ------
    LabError
        When a number is out of its range.

    Examples
    --------
    >>> Requirements(k=5, l=2).promises
    {'k': 5, 'l': 2}
    """

    k: int = 1
    suppression: float = 0.0

    @classmethod
    def of(cls, defense: object) -> Requirements:
        """Return what a defence asks: by those of these options that it has."""
        names = [field.name for field in fields(cls) if hasattr(defense, field.name)]
        return cls(**{name: getattr(defense, name) for name in names})

    def __post_init__(self) -> None:
        _within("k", self.k, 1, math.inf, whole=True)
        _within("suppression", self.suppression, 0, 1)
        _within("l", self.l, 1, math.inf)
        _within("c", self.c, 0, math.inf)
        _within("t", self.t, 0, 1)
        _within("alpha", self.alpha, 0, 1)
        _within("beta", self.beta, 0, math.inf)
        _within("delta", self.delta, 0, math.inf)
        _within("k_map", self.k_map, 1, math.inf, whole=True)
        _within("significance", self.significance, 0, 1)
        for name in ("average_risk", "sample_uniques", "population_uniques"):
            _within(name, getattr(self, name), 0, 1)
        _among("estimator", self.estimator, Estimator)
        _among("diversity", self.diversity, Diversity)
        _among("distance", self.distance, Distance)
        if self.l is not None and self.diversity == "recursive" and self.c is None:
            raise LabError("Recursive diversity needs c beside l: give c, for example c=3.")
        if self.presence is not None:
            if len(self.presence) != 2 or not 0 <= self.presence[0] <= self.presence[1] <= 1:
                raise LabError(
                    "presence must be two shares, low and high, between 0 and 1: give for example 0,0.2."
                )
            if self.population is None:
                raise LabError(
                    "presence needs the population that the export comes from: give population=FILE."
                )

    @property
    def promises(self) -> dict[str, float]:
        """What a release that satisfies the requirements promises."""
        l_name = {"distinct": "l", "recursive": "l_recursive"}.get(self.diversity, "l_entropy")
        found: dict[str, Any] = {
            "k": self.k if self.k > 1 else None,
            l_name: self.l,
            "c": self.c if self.l is not None and self.diversity == "recursive" else None,
            {"equal": "t", "ordered": "t_ordered", "hierarchical": "t_hierarchical"}[self.distance]: self.t,
            "alpha": self.alpha,
            "beta_enhanced" if self.enhanced else "beta": self.beta,
            "delta_disclosure": self.delta,
            "k_map": self.k_map,
            "average_risk": self.average_risk,
            "sample_uniques": self.sample_uniques,
            "population_uniques": self.population_uniques,
        }
        if self.presence is not None:
            found |= {"presence_low": self.presence[0], "presence_high": self.presence[1]}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def protects_values(self) -> bool:
        """Whether anything is asked of the sensitive values."""
        return any(value is not None for value in (self.l, self.t, self.alpha, self.beta, self.delta))

    def require_size(self, export: Export) -> None:
        """Check that the table has as many rows (persons) as one class needs.

        Raises
        ------
        LabError
            With the numbers, when it has fewer.
        """
        size, unit = size_of(export)
        if self.k > size:
            raise LabError(f"k is {self.k:,} but the table has {size:,} {unit}: give a k up to that.")

    def of_rows(self, export: Export) -> list[Condition]:
        """Return the conditions on the sizes of classes."""
        conditions: list[Condition] = []
        if self.presence is not None:
            conditions.append(DeltaPresence(*self.presence))
        if self.k > 1:
            conditions.append(KAnonymity(self.k))
        if self.k_map is None:
            return conditions
        if self.population is not None or export.schema.weight is not None:
            return [*conditions, KMap(self.k_map)]
        size = export.schema.population_size
        if size is None:
            raise LabError(
                "k_map needs the population: give population=FILE, or declare population_size or weight."
            )
        return [
            *conditions,
            KAnonymity(estimated_k(self.k_map, size_of(export)[0], size, self.significance)),
        ]

    def of_sample(self, export: Export) -> list[SampleCondition]:
        """Return the conditions on all classes together."""
        found: list[SampleCondition] = []
        if self.average_risk is not None:
            found.append(AverageRisk(self.average_risk))
        if self.sample_uniques is not None:
            found.append(SampleUniques(self.sample_uniques))
        if self.population_uniques is not None:
            size = export.schema.population_size
            if size is None:
                raise LabError("population_uniques needs population_size in the schema: declare it.")
            found.append(PopulationUniques(self.population_uniques, size, self.estimator))
        if found and export.schema.person is not None:
            raise LabError("Risks over all classes count rows, so they cannot be asked with a person column.")
        return found

    def of_values(self, name: str, column: SensitiveColumn) -> list[Condition]:
        """Return the conditions on the values of one sensitive column."""
        conditions: list[Condition] = []
        if self.l is not None:
            values = int(np.count_nonzero(column.reference.shares))
            if math.ceil(self.l) > values:
                raise LabError(
                    f"l is {self.l:g} but {name!r} has {values} different values: give at most that."
                )
            if self.diversity == "distinct":
                conditions.append(DistinctDiversity(name, self.l))
            elif self.diversity == "recursive":
                conditions.append(RecursiveDiversity(name, self.c or 0.0, self.l))
            else:
                conditions.append(EntropyDiversity(name, self.l, self.diversity == "grassberger"))
        if self.t is not None:
            conditions.append(Closeness(name, self.t, self.distance, column.levels(name, self.distance)))
        if self.alpha is not None:
            conditions.append(AlphaShare(name, self.alpha))
        if self.beta is not None:
            conditions.append(Likeness(name, self.beta, self.enhanced))
        if self.delta is not None:
            conditions.append(DeltaDisclosure(name, self.delta))
        return conditions


@dataclass(frozen=True, slots=True)
class SensitiveColumn:
    """A sensitive column as integers, and how it is distributed in the input table.

    Parameters
    ----------
    codes : array of int, shape (rows,)
        Code of each row, 0 for a missing value; -1 is not counted.
    reference : Reference
        Share of each code, and the distances between values.
    """

    codes: Ints
    reference: Reference

    @classmethod
    def of(cls, export: Export, name: str, person: Ints | None) -> SensitiveColumn:
        """Return the coding of a column; a person weighs one in its distribution."""
        coding = encode(export.table[name], name)
        codes = coding.codes.astype(np.intp)
        weights = None if person is None else 1 / np.bincount(person)[person]
        masses = np.bincount(codes, weights, coding.radix).astype(np.float64)
        return cls(codes, reference_of(coding.values, masses, export.schema.columns[name]))

    @property
    def size(self) -> int:
        """Number of codes."""
        return len(self.reference.shares)

    def levels(self, name: str, distance: Distance) -> tuple[Ints, ...]:
        """Return what the distance needs: nothing, the ranks, or the groups at each level of the tree.

        Raises
        ------
        LabError
            When the values have no order or no tree.
        """
        if distance == "equal":
            return ()
        if distance == "ordered":
            if self.reference.line is None:
                raise LabError(f"The values of {name!r} have no order: give order = [...] in the schema.")
            return (self.reference.line,)
        if not self.reference.levels:
            raise LabError(f"Hierarchical distance needs the tree of {name!r}: give its hierarchy.")
        return self.reference.levels


def size_of(export: Export) -> tuple[int, str]:
    """Return how many rows, or with a person column how many persons, a table has, and which.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"who": ["ann", "bob", "ann"], "age": [30, 30, 31]})
    >>> size_of(Export(table, Schema.of(person="who", quasi_identifier=["age"])))
    (2, 'persons')
    """
    if export.schema.person is None:
        return export.table.num_rows, "rows"
    person = encode(export.table[export.schema.person], export.schema.person)
    return len(person.values) + bool((person.codes == MISSING).any()), "persons"


def estimated_k(k: int, rows: int, population: int, significance: float) -> int:
    """Return the class size in the sample that makes k in the population likely.

    The size in the sample of a class with ``k`` members of the population is modelled as Poisson
    without zero; a class at least as large as the upper quantile is taken to have k members.

    References
    ----------
    El Emam and Dankar (2008), doi:10.1197/jamia.M2716.

    Examples
    --------
    >>> estimated_k(1000, 30_162, 317_238_626, 0.01)
    3
    """
    from scipy.stats import poisson

    mean = k * rows / population
    sizes = np.arange(1, k)
    likely = np.cumsum(poisson.pmf(sizes, mean)) / -np.expm1(-mean)
    return min(k, int(np.searchsorted(likely, 1 - significance)) + 2)


def _within(name: str, value: float | None, low: float, high: float, *, whole: bool = False) -> None:
    if value is None or (low <= value <= high and (not whole or value == int(value))):
        return
    kind = "a whole number" if whole else "a number"
    limits = f"of at least {low}" if high == math.inf else f"between {low} and {high}"
    raise LabError(f"{name} is {value} but must be {kind} {limits}: give such a value.")


def _among(name: str, value: str, allowed: Any) -> None:
    from typing import get_args

    if value not in get_args(allowed):
        raise LabError(f"{name} is {value!r} but must be one of {', '.join(get_args(allowed))}.")


def sensitive_columns(export: Export, asked: Requirements) -> tuple[str, ...]:
    """Return the sensitive columns that the requirements protect."""
    declared = tuple(name for name in export.schema.sensitive if name not in export.schema.naming)
    wanted = declared if asked.sensitive is None else tuple(asked.sensitive)
    strange = [name for name in wanted if name not in declared]
    if strange:
        raise LabError(f"The schema declares no sensitive column {strange[0]!r}: give it that role.")
    if not wanted:
        raise LabError("l, t, alpha, beta and delta protect sensitive columns and the schema declares none.")
    return wanted
