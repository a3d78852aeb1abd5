"""Pairs of tables that differ in one person, chosen so that what a mechanism should hide would show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exports.release import Export
from exports.schema import Column, Schema

if TYPE_CHECKING:
    import pyarrow as pa

Rows = list[dict[str, Any]]

MANY = 20
"""Rows of a person who has many."""
BASE = 24
"""Rows that both tables of most pairs have."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbouring tables.

    Parameters
    ----------
    name : str
        What the one has that the other has not.
    there, away : Export
        With the person, and without them or with another in their place.
    values : mapping of str to any
        What the person's first row says, for questions about them.
    """

    name: str
    there: Export
    away: Export
    values: Mapping[str, Any]


def pairs(schema: Schema, neighbours: Literal["add-remove", "replace"], seed: int) -> list[Pair]:
    """Return pairs of neighbours under a relation: records without a person column, else persons.

    Parameters
    ----------
    schema : Schema
        Its columns have a domain, bounds, intervals or none of them (free keys).
    neighbours : {"add-remove", "replace"}
        Whether the person is away, or somebody else is in their place.
    seed : int
        Of the small random tables.

    Examples
    --------
    >>> from exports import Role
    >>> schema = Schema({"sex": Column(Role.SENSITIVE, domain=("f", "m"))})
    >>> [one.name for one in pairs(schema, "add-remove", 1)][:2]
    ['one more like others', 'a declared value nobody else has']
    """
    return [_pair(schema, neighbours, *one) for one in _people(schema, seed)]


def _people(schema: Schema, seed: int) -> list[tuple[str, Rows, Rows]]:
    """Return, by name, the rows of everybody else and those of the person."""
    names = [name for name in schema.columns if name != schema.person]
    usual = {name: _usual(name, schema.columns[name]) for name in names}
    first = {name: values[0] for name, values in usual.items()}
    last = {name: _last(name, schema.columns[name]) for name in names}
    base = [{name: values[row % len(values)] for name, values in usual.items()} for row in range(BASE)]
    alike = [dict(first) for _ in range(BASE)]
    found: list[tuple[str, Rows, Rows]] = [
        ("one more like others", base, [first]),
        ("a declared value nobody else has", alike, [last]),
        ("alone against an empty table", [], [first]),
        ("alone with the last value", [], [last]),
        ("the second of two", [first], [first]),
        ("one of five", base[:4], [first]),
        ("a tie that the person breaks", _tied(usual), [last]),
    ]
    for kind, strange in _STRANGE.items():
        found.append((kind, base, [{name: strange(schema.columns[name], first[name]) for name in names}]))
    for name in names:
        found.append((f"only {name!r} is unlike others", alike, [{**first, name: last[name]}]))
    if schema.person is not None:
        different = [
            {name: values[row % len(values)] for name, values in usual.items()} for row in range(MANY)
        ]
        found += [
            ("a person with many rows alike", base, [dict(first) for _ in range(MANY)]),
            ("a person with many rows unlike", base, different),
            (
                "a person with many rows of free keys",
                base,
                [_numbered(schema, first, row) for row in range(MANY)],
            ),
            ("many rows without a person", base, [{**first, schema.person: None} for _ in range(MANY)]),
        ]
    rng = np.random.default_rng(seed)
    for number in range(2):
        rows = [_drawn(usual, rng) for _ in range(int(rng.integers(1, 9)))]
        found.append((f"small table {number + 1}", rows, [_drawn(usual, rng)]))
    return found


def _usual(name: str, column: Column) -> list[Any]:
    """Return up to three values that many have, and not the last declared one."""
    if column.domain is None and column.intervals is None and column.bounds is not None:
        low, high = column.bounds
        whole = float(low).is_integer() and float(high).is_integer()
        steps = [low, low + (high - low) / 4, low + (high - low) / 2]
        return list(dict.fromkeys(int(step) if whole else step for step in steps))
    if column.domain is not None:
        return list(column.domain[: max(1, min(3, len(column.domain) - 1))])
    if column.intervals is not None:
        return [*column.intervals[:-2][:2]] or [column.intervals[0]]
    return [f"{name} one", f"{name} two", f"{name} three"]


def _last(name: str, column: Column) -> Any:
    """Return a permitted value that is none of the usual ones, where there is one."""
    if column.domain is not None:
        return column.domain[-1]
    if column.intervals is not None:
        return column.intervals[-2]
    if column.bounds is not None:
        return int(column.bounds[1]) if float(column.bounds[1]).is_integer() else column.bounds[1]
    return f"{name} of nobody else"


def _tied(usual: Mapping[str, Sequence[Any]]) -> Rows:
    """Return rows over the first two values of each column, each combination as often."""
    pairs = [{name: values[bit % len(values)] for name, values in usual.items()} for bit in (0, 1)]
    return pairs * (BASE // 2)


def _drawn(usual: Mapping[str, Sequence[Any]], rng: np.random.Generator) -> dict[str, Any]:
    return {name: values[int(rng.integers(len(values)))] for name, values in usual.items()}


def _numbered(schema: Schema, first: Mapping[str, Any], row: int) -> dict[str, Any]:
    """Return a row with free keys that nobody else has, each another."""
    free = [
        name
        for name, column in schema.columns.items()
        if column.domain is None and column.bounds is None and column.intervals is None
    ]
    return {**first, **{name: f"{name} number {row}" for name in free if name in first}}


def _between(column: Column, usual: Any) -> Any:
    return 18.5 if column.domain is None and column.bounds is None else _number(usual, 0.5)


def _number(value: Any, more: float) -> Any:
    try:
        return float(value) + more
    except (TypeError, ValueError):
        return f"{value}?"


def _far_above(column: Column, usual: Any) -> Any:
    return _number(usual, 10**9) if column.domain is not None else 10**9


def _undeclared(column: Column, usual: Any) -> Any:
    return f"nothing that {column.role} declares, unlike {usual}"


def _missing(column: Column, usual: Any) -> Any:  # noqa: ARG001 - whatever the column is
    return None


_STRANGE: Mapping[str, Callable[[Column, Any], Any]] = {
    "a value outside the domain": _undeclared,
    "a number between whole numbers": _between,
    "a missing value": _missing,
    "a value far above": _far_above,
}


def _pair(schema: Schema, neighbours: str, name: str, others: Rows, own: Rows) -> Pair:
    there = [*_owned(others, schema, "other"), *_owned(own, schema, "target", same=True)]
    away = _owned(others, schema, "other")
    if neighbours == "replace":
        in_place = {
            key: _usual(key, schema.columns[key])[-1] for key in schema.columns if key != schema.person
        }
        away = [*away, *_owned([in_place], schema, "target", same=True)]
    return Pair(name, _export(there, schema), _export(away, schema), own[0])


def _owned(rows: Rows, schema: Schema, label: str, *, same: bool = False) -> Rows:
    """Return rows with the person that each is of, where persons are told apart."""
    if schema.person is None:
        return rows
    return [{schema.person: label if same else f"{label} {number}", **row} for number, row in enumerate(rows)]


def _export(rows: Rows, schema: Schema) -> Export:
    import pyarrow as pa

    names = list(dict.fromkeys([*([schema.person] if schema.person else []), *schema.columns]))
    return Export(pa.table([_array([row.get(name) for row in rows]) for name in names], names=names), schema)


def _array(values: Sequence[Any]) -> pa.Array:
    """Return values in the type that a reader would find for all of them together."""
    import pyarrow as pa

    known = [value for value in values if value is not None]
    if all(isinstance(value, int) for value in known):
        return pa.array(values, pa.int64())
    if all(isinstance(value, int | float) for value in known):
        return pa.array(values, pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
