"""The one question that a counts release answers: how many people satisfy these conditions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.errors import LabError
from exports.release import Export, Release
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Condition:
    """A column takes one of ``values``, or none of them when ``negated``.

    A missing value is a value of its own: it satisfies a condition only if ``values`` holds None,
    and a negated one only if it does not.

    Parameters
    ----------
    column : str
        Name of the column.
    values : collection
        Accepted values; kept as a frozenset.
    negated : bool, default False
        Accept every other value instead.

    Examples
    --------
    >>> Condition("zip", ["02139", "02139"])
    Condition(column='zip', values=frozenset({'02139'}), negated=False)
    """

    column: str
    values: Collection[Any]
    negated: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozenset(self.values))


@dataclass(frozen=True, slots=True)
class CountQuery:
    """How many distinct people satisfy every condition; no condition means everybody.

    An uploaded audience is a condition on the token column, a cohort one on quasi-identifiers,
    a subset of named people one on the person column.

    Examples
    --------
    >>> query = CountQuery((Condition("sex", ["f"]), Condition("birth", ["1961-02-03"], negated=True)))
    >>> query.columns
    ('sex', 'birth')
    """

    conditions: tuple[Condition, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the query reads."""
        return tuple(condition.column for condition in self.conditions)

    def key(self) -> str:
        """Return a digest that is equal for equal queries, in every process and on every machine."""
        parts = [
            [condition.column, condition.negated, sorted(map(repr, condition.values))]
            for condition in self.conditions
        ]
        text = json.dumps(sorted(parts, key=repr), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def count(query: CountQuery, table: pa.Table, schema: Schema) -> int:
    """Return the exact answer on ``table``: distinct persons, or rows where no person is declared.

    Raises
    ------
    LabError
        When the query names a column that the table does not have, or compares it with values
        of another type.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"person": [1, 1, 2, 3], "visit": ["intake", "exit", "intake", None]})
    >>> count(CountQuery((Condition("visit", ["intake", None]),)), table, Schema(person="person"))
    3
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = None
    for condition in query.conditions:
        if condition.column not in table.column_names:
            raise LabError(
                f"The query names {condition.column!r}, which the table does not have: correct the name."
            )
        column = table[condition.column]
        try:
            values = pa.array(list(condition.values), type=column.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise LabError(
                f"The query compares {condition.column!r} ({column.type}) with values of another type: "
                "give values of the column's type."
            ) from None
        chosen = pc.is_in(column, value_set=values)
        chosen = pc.invert(chosen) if condition.negated else chosen
        mask = chosen if mask is None else pc.and_(mask, chosen)
    if schema.person is None:
        return table.num_rows if mask is None else int(pc.sum(mask).as_py() or 0)
    people = table[schema.person]
    return int(pc.count_distinct(people if mask is None else people.filter(mask), mode="all").as_py())


def exact_counts(export: Export) -> Release:
    """Return the oracle that answers every count query on ``export`` exactly and without limit."""
    return Release("counts", export.schema, ask=lambda query: count(query, export.table, export.schema))
