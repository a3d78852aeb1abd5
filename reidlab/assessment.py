"""What an export gives away: its classes, what they disclose, and the risk of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exports.classes import Classes, partition
from exports.closeness import line_of, t_equal, t_ordered
from exports.combinations import Combinations, collect, combinations_of
from exports.diversity import cells_of, distinct_l, entropy_l
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.risks import ProsecutorRisk, prosecutor
from exports.schema import Column, Schema
from exports.sources import InMemory, Source, read

Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The measures of one export.

    A measure that could not be had is None, and ``reasons`` says why under its dotted name.

    Parameters
    ----------
    name : str
        The export, without credentials.
    rows, persons, classes, k, uniques : int
        Size of the table, number of equivalence classes, size of the smallest, rows (persons)
        alone in one.
    l_distinct, l_entropy : mapping of str to float
        Smallest diversity of a class, per sensitive column.
    t_equal, t_ordered : mapping of str to float
        Largest distance of a class from the reference, per sensitive column.
    risk : ProsecutorRisk
        Chance of linking rows.
    columns : mapping of str to Column
        The roles that were assessed.
    reasons : mapping of str to str
        Why a measure is None.
    reference : str
        Where the reference distribution for t comes from.
    """

    name: str
    rows: int
    persons: int
    classes: int
    k: int
    uniques: int
    linked_k: int | None
    l_distinct: Numbers
    l_entropy: Numbers
    t_equal: Numbers
    t_ordered: Numbers
    risk: ProsecutorRisk
    columns: Mapping[str, Column]
    reference: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"{self.name}: {self.rows:,} rows in {self.classes:,} classes, k = {self.k}, "
            f"{self.uniques:,} alone in theirs"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys of ``reidlab assess --json``."""
        return {
            "rows": self.rows,
            "persons": self.persons,
            "classes": self.classes,
            "k": self.k,
            "uniques": self.uniques,
            "linked_k": self.linked_k,
            "l_distinct": dict(self.l_distinct),
            "l_entropy": dict(self.l_entropy),
            "t_equal": dict(self.t_equal),
            "t_ordered": dict(self.t_ordered),
            "risk": self.risk.to_json(),
            "columns": {name: {"role": column.role.value} for name, column in self.columns.items()},
            "reference": self.reference,
            "reasons": dict(self.reasons),
        }


def assess(data: Any, schema: Schema, *, memory: int | None = None) -> Assessment:
    """Measure an export.

    Parameters
    ----------
    data : path, table or Source
        Whatever ``exports.sources.read`` takes.
    schema : Schema
        Declares every column.
    memory : int, optional
        Bytes that the process may use.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"zip": ["02139", "02139", "10001"], "illness": ["flu", "cold", "flu"]})
    >>> assess(table, Schema.of(quasi_identifier=["zip"], sensitive=["illness"]))
    table in memory: 3 rows in 2 classes, k = 1, 1 alone in theirs
    """
    source = read(data)
    schema.require(source.columns)
    names = [*schema.quasi_identifiers, *schema.sensitive, *([schema.person] if schema.person else [])]
    combinations = _combinations(source, names, memory)
    if not combinations.rows:
        raise LabError(f"{source.name} has a header and no rows: give at least one row.")
    classes = partition(combinations, schema.quasi_identifiers, person=schema.person)
    return _measured(source.name, classes, schema)


def _combinations(source: Source, names: list[str], memory: int | None) -> Combinations:
    if isinstance(source.origin, InMemory):
        return combinations_of(source.origin.table, names)
    with DuckDBEngine(memory) as engine:
        table = engine.scan(source)
        columns = ", ".join(source.position(name) for name in names)
        return collect(engine, f"select {columns}, count(*) from {table} group by all", names)


def _measured(name: str, classes: Classes, schema: Schema) -> Assessment:
    l_distinct, l_entropy, t_equals, t_ordereds, reasons = {}, {}, {}, {}, {}
    for column in schema.sensitive:
        cells = cells_of(classes, column)
        l_distinct[column] = float(distinct_l(cells).min())
        l_entropy[column] = float(entropy_l(cells).min())
        t_equals[column] = float(t_equal(cells).max())
        line = line_of(cells.values, schema.columns[column].order, missing=bool((cells.codes == 0).any()))
        t_ordereds[column] = None if line is None else float(t_ordered(cells, line).max())
        if line is None:
            reasons[f"t_ordered.{column}"] = "its values have no order: declare one in the schema"
    return Assessment(
        name=name,
        rows=classes.combinations.rows,
        persons=classes.persons,
        classes=len(classes),
        k=classes.k,
        uniques=classes.uniques,
        linked_k=classes.linked_k,
        l_distinct=l_distinct,
        l_entropy=l_entropy,
        t_equal=t_equals,
        t_ordered=t_ordereds,
        risk=prosecutor(classes),
        columns=schema.columns,
        reference="the table itself",
        reasons=reasons,
    )
