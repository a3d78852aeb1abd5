"""The options in which a user states what every class that leaves must satisfy: each stated once, here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from defenses.conditions.whole_table import Estimator

if TYPE_CHECKING:
    import pyarrow as pa

Diversity = Literal["distinct", "entropy", "grassberger", "recursive"]
Distance = Literal["equal", "ordered", "hierarchical"]


@dataclass(eq=False, repr=False, kw_only=True)
class ValueOptions:
    """What may be asked of the sensitive values of a class wherever classes are made one by one.

    Parameters
    ----------
    sensitive : sequence of str, optional
        Columns that l, t, alpha, beta and delta protect; every sensitive one by default.
    l : float, optional
        Diversity of the sensitive values, in the sense of ``diversity``.
    diversity : {"distinct", "entropy", "grassberger", "recursive"}
        What l counts: values, or the values that would have the same entropy; recursive needs c.
    c : float, optional
        Factor of recursive diversity.
    t : float, optional
        Largest distance from the table's distribution, in the sense of ``distance``.
    """

    sensitive: Sequence[str] | None = None
    l: float | None = None  # noqa: E741 - the literature's name
    diversity: Diversity = "distinct"
    c: float | None = None
    t: float | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class ClassOptions(ValueOptions):
    """What may be asked of the classes of a table that is recoded as a whole, sizes and values.

    Parameters
    ----------
    sensitive, l, diversity, c, t
        As in ``ValueOptions``.
    distance : {"equal", "ordered", "hierarchical"}
        Distance between two values: one; steps between them; height of their common ancestor.
    alpha : float, optional
        Largest share of one sensitive value.
    beta : float, optional
        Largest relative gain in confidence; ``enhanced`` also caps it at -ln(share).
    enhanced : bool
        See ``beta``.
    delta : float, optional
        Delta-disclosure privacy, in bits.
    k_map : int, optional
        Members of the population per class; without a ``population`` they are estimated from
        weights (a person counts the mean of theirs), or from the schema's population size at
        ``significance``.
    significance : float
        See ``k_map``.
    presence : pair of float, optional
        Smallest and largest share of a class's population that is in the export.
    population : pyarrow.Table, optional
        The population, the export's people included; with a person column, distinct persons
        count, or every row where the population lacks that column.
    average_risk : float, optional
        Largest number of classes per row.
    sample_uniques, population_uniques : float, optional
        Largest share of rows alone in their class; of people of the schema's population size
        estimated to be unique, by ``estimator``.
    estimator : {"dankar", "pitman", "zayatz", "snb"}
        See ``population_uniques``.
    """

    distance: Distance = "equal"
    alpha: float | None = None
    beta: float | None = None
    enhanced: bool = False
    delta: float | None = None
    k_map: int | None = None
    significance: float = 0.01
    presence: tuple[float, ...] | None = None
    population: pa.Table | None = None
    average_risk: float | None = None
    sample_uniques: float | None = None
    population_uniques: float | None = None
    estimator: Estimator = "dankar"
