"""The result of an assessment: measures, and reasons for those that could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The measures of one export.

    A measure that could not be had is None, and ``reasons`` says why under its dotted name.

    Parameters
    ----------
    name : str
        The export, without credentials.
    rows, persons, classes, k, uniques : int or None
        Size of the table, number of equivalence classes, size of the smallest, rows (persons)
        alone in one.
    linked_k : int or None
        As k, for an adversary who knows all rows of a person.
    class_sizes : mapping of str to int
        Rows (persons) by the size of their smallest class.
    l_distinct, l_entropy : mapping of str to float
        Smallest diversity of a class, per sensitive column.
    t_equal, t_ordered, t_hierarchical : mapping of str to float
        Largest distance of a class from the reference, per sensitive column.
    risk : mapping of str to float
        ``prosecutor_max``, ``prosecutor_mean``, ``journalist_max``, ``marketer`` and ``at_risk``.
    population_uniques : mapping of str to float
        Estimated share of the population that is unique, per model.
    columns : mapping of str to mapping
        Role of each column and the evidence for it.
    reference : str
        Where the reference distribution for t comes from.
    population : mapping of str to object
        Size of the population, k-map and delta-presence where a table of it is given.
    consent : mapping of str to object
        Column that holds the consent, and the rows ``without`` it.
    details : mapping of str to object
        Groups and what a full assessment adds; printed beside the other keys.
    reasons : mapping of str to str
        Why a measure is None.
    notes : mapping of str to str
        How a measure that is there was had, where that is not plain.
    intervals : mapping of str to [low, high]
        Range of each measure that is an estimate, under its dotted name.
    """

    name: str
    rows: int
    persons: int
    classes: int | None
    k: int
    uniques: int
    linked_k: int | None
    class_sizes: Mapping[str, int]
    l_distinct: Numbers
    l_entropy: Numbers
    t_equal: Numbers
    t_ordered: Numbers
    t_hierarchical: Numbers
    risk: Numbers
    population_uniques: Numbers
    columns: Mapping[str, Mapping[str, Any]]
    reference: str
    population: Mapping[str, Any] = field(default_factory=dict)
    consent: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    intervals: Mapping[str, list[float]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"{self.name}: {self.rows:,} rows, k = {self.k}, "
            f"{self.uniques:,} of {self.persons:,} alone in a class"
        )

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        return str(frame.to_html(index=False, escape=True))

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys of ``reidlab assess --json``."""
        found = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        details: dict[str, Any] = found.pop("details")
        return found | details

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure: its dotted name, its value and why it is missing."""
        import pandas as pd

        measures = {
            key: value for key, value in _flat(self.to_json()) if not key.startswith(("columns.", "reasons."))
        }
        rows = [(key, value, self.reasons.get(key, "")) for key, value in measures.items()]
        return pd.DataFrame(rows, columns=["measure", "value", "reason"])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _flat(found: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    pairs = []
    for key, value in found.items():
        pairs += _flat(value, f"{above}{key}.") if isinstance(value, Mapping) else [(above + key, value)]
    return pairs
