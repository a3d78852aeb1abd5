"""The one question that a counts release answers: how many people satisfy these conditions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import require_flat
from exports.errors import LabError
from exports.release import Export, Release
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa


class Withheld(LabError):
    """The oracle does not answer this query: the count is too small, or the budget is spent."""


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


@dataclass(frozen=True, slots=True)
class Counts:
    """A table whose columns are coded once, to answer any number of queries.

    Parameters
    ----------
    columns : mapping of str to (array of int, mapping of value to int)
        Code of each row and code of each value.
    person : array of int or None
        Code of each row's person; None where every row is one.
    types : mapping of str to pyarrow.DataType
        Type of each column.
    rows : int
        Rows of the table.
    """

    columns: Mapping[str, tuple[NDArray[np.int32], Mapping[Any, int]]]
    person: NDArray[np.int32] | None
    types: Mapping[str, Any]
    rows: int

    @classmethod
    def of(cls, table: pa.Table, schema: Schema, names: Collection[str] | None = None) -> Counts:
        """Code the columns ``names``, or all; a column of lists is refused."""
        for field in table.schema:
            if names is None or field.name in names:
                require_flat(field.name, field.type)
        columns = {name: _coded(table[name]) for name in table.column_names if names is None or name in names}
        person = None if schema.person is None else _coded(table[schema.person])[0]
        types = {name: table.schema.field(name).type for name in columns}
        return cls(columns, person, types, table.num_rows)

    def answer(self, query: CountQuery) -> int:
        """Return the exact answer: distinct persons, or rows where no person is declared.

        Raises
        ------
        LabError
            When the query names a column that is not there, or compares it with another type.
        """
        mask: NDArray[np.bool_] | None = None
        for condition in query.conditions:
            chosen = self._satisfy(condition)
            mask = chosen if mask is None else mask & chosen
        if self.person is None:
            return self.rows if mask is None else int(np.count_nonzero(mask))
        people = self.person if mask is None else self.person[mask]
        seen = np.zeros(int(self.person.max(initial=-1)) + 1, dtype=bool)
        seen[people] = True
        return int(np.count_nonzero(seen))

    def _satisfy(self, condition: Condition) -> NDArray[np.bool_]:
        if condition.column not in self.columns:
            raise LabError(
                f"The query names {condition.column!r}, which the table does not have: correct the name."
            )
        codes, known = self.columns[condition.column]
        wanted = [known[value] for value in condition.values if value in known]
        if len(wanted) < len(condition.values):
            self._require_type(condition, known)
        if len(wanted) == 1:
            alike: NDArray[np.bool_] = codes == wanted[0]
        else:
            accepted = np.zeros(len(known), dtype=bool)
            accepted[wanted] = True
            alike = accepted[codes]
        return ~alike if condition.negated else alike

    def _require_type(self, condition: Condition, known: Mapping[Any, int]) -> None:
        import pyarrow as pa

        kind = self.types[condition.column]
        try:
            pa.array([value for value in condition.values if value not in known], type=kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise LabError(
                f"The query compares {condition.column!r} ({kind}) with values of another type: give values "
                "of the column's type."
            ) from None


def _coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], dict[Any, int]]:
    """Return the code of each row and of each value, a missing one included."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = column.cast(pa.string()) if pa.types.is_null(column.type) else column
    coded = pc.dictionary_encode(whole.combine_chunks(), null_encoding="encode")
    values = coded.dictionary.to_pylist()
    return coded.indices.to_numpy(), {value: code for code, value in enumerate(values)}


def count(query: CountQuery, table: pa.Table, schema: Schema) -> int:
    """Return the exact answer to one query on ``table``.

    Raises
    ------
    LabError
        As ``Counts.answer``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"person": [1, 1, 2, 3], "visit": ["intake", "exit", "intake", None]})
    >>> count(CountQuery((Condition("visit", ["intake", None]),)), table, Schema(person="person"))
    3
    """
    return Counts.of(table, schema, query.columns).answer(query)


def exact_counts(export: Export) -> Release:
    """Return the oracle that answers every count query on ``export`` exactly and without limit."""
    return Release("counts", export.schema, ask=Counts.of(export.table, export.schema).answer)
