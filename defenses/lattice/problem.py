"""The problem that a recoding solves: an export's coded rows, and the conditions on its classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from defenses.columns import weights_of
from defenses.conditions.release_conditions import Conditions
from defenses.conditions.requirements import Requirements, SensitiveColumn, sensitive_columns
from defenses.lattice.lattice import Lattice, lattice_from
from defenses.lattice.suppression import Judge, PersonJudge, RowJudge
from exports.coding import Floats, Ints
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of, labels_and_codes
from exports.release import Export

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Problem:
    """An export as the search sees it.

    Parameters
    ----------
    coded : mapping of str to array of int, shape (rows + population,)
        Code of each quasi-identifier in its hierarchy; the population's rows come last.
    hierarchies : mapping of str to Hierarchy
        One per quasi-identifier.
    weights : sequence of array of float
        What each row counts in the export, and in the population.
    values : mapping of str to SensitiveColumn
        The sensitive columns that conditions read.
    conditions : Conditions
        What every class that leaves satisfies.
    person : array of int, shape (rows,), or None
        Whose row it is.
    others : array of int, shape (population,), or None
        With ``person``, whose row it is in the population.
    masses : array of float, shape (persons,), or None
        With ``person``, how many members of the population each person stands for.
    """

    coded: Mapping[str, NDArray[Any]]
    hierarchies: Mapping[str, Hierarchy]
    weights: Sequence[Floats]
    values: Mapping[str, SensitiveColumn]
    conditions: Conditions
    person: Ints | None
    others: Ints | None = None
    masses: Floats | None = None

    def lattice(self) -> Lattice:
        """Return the lattice over all rows."""
        values = [(column.codes, column.size) for column in self.values.values()]
        return lattice_from(self.coded, self.hierarchies, self.weights, values)

    def judge(self, lattice: Lattice) -> Judge:
        """Return who tells what a node suppresses."""
        if self.person is None:
            return RowJudge(lattice, self.conditions)
        codes = {name: column.codes for name, column in self.values.items()}
        return PersonJudge(lattice, self.conditions, self.person, codes, self.others, self.masses)


def hierarchies_of(export: Export, population: pa.Table | None = None) -> dict[str, Hierarchy]:
    """Return the declared or proposed hierarchy of each quasi-identifier, for a population's values too.

    Raises
    ------
    LabError
        When there is no quasi-identifier, or a hierarchy is wrong.
    """
    schema = export.schema
    names = [name for name in schema.quasi_identifiers if name not in schema.naming]
    if not export.table.num_rows:
        raise LabError("The table has 0 rows: there is nothing to release.")
    if not names:
        raise LabError("The schema declares no quasi-identifier: give at least one column that role.")
    return {
        name: hierarchy_of(_with_others(export.table[name], name, population), name, schema.columns[name])
        for name in names
    }


def _with_others(column: pa.ChunkedArray, name: str, population: pa.Table | None) -> pa.ChunkedArray:
    """Return a column with a population's rows of it."""
    import pyarrow as pa

    if population is None or name not in population.column_names:
        return column
    try:
        others = population[name].cast(column.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise LabError(
            f"The population's column {name!r} is {population[name].type} and the table's is {column.type}: "
            "convert one of them."
        ) from None
    return pa.chunked_array([*column.chunks, *others.chunks], column.type)


def problem_of(
    export: Export, asked: Requirements, hierarchies: Mapping[str, Hierarchy], *, narrow_first: bool = False
) -> Problem:
    """Return the problem of an export.

    Raises
    ------
    LabError
        When a hierarchy misses a value, or what is asked cannot be had from this table.
    """
    rows = export.table.num_rows
    person = export.schema.person
    asked.require_size(export)
    coded = {name: one.encode(export.table[name], name) for name, one in hierarchies.items()}
    weights: list[Floats] = []
    outside = 0
    persons = None if person is None else labels_and_codes(export.table[person])[1].astype(np.intp)
    others = masses = None
    if asked.population is not None:
        outside = asked.population.num_rows
        people = _population(asked.population, hierarchies)
        coded = {name: np.concatenate([codes, people[name]]) for name, codes in coded.items()}
        weights = [np.repeat([1.0, 0.0], [rows, outside]), np.repeat([0.0, 1.0], [rows, outside])]
        if person in asked.population.column_names:
            others = labels_and_codes(asked.population[person])[1].astype(np.intp)
        elif person is not None:
            others = np.arange(outside)
    elif asked.k_map is not None and (weight := weights_of(export)) is not None:
        weights = [np.ones(rows), weight]
        if persons is not None:
            masses = np.bincount(persons, weight) / np.bincount(persons)
    each = asked.of_rows(export)
    values: dict[str, SensitiveColumn] = {}
    histograms = {}
    start = max(len(weights), 1)
    for name in sensitive_columns(export, asked) if asked.protects_values else ():
        column = SensitiveColumn.of(export, name, persons)
        each += asked.of_values(name, column)
        histograms[name] = slice(start, start + column.size)
        start += column.size
        values[name] = replace(column, codes=np.append(column.codes, np.full(outside, -1)))
    references = {name: column.reference.shares for name, column in values.items()}
    samples = asked.of_sample(export)
    conditions = Conditions(
        each,
        asked.suppression,
        samples,
        1 if weights else None,
        histograms,
        references,
        narrow_first,
    )
    return Problem(coded, hierarchies, weights, values, conditions, persons, others, masses)


def _population(population: pa.Table, hierarchies: Mapping[str, Hierarchy]) -> dict[str, NDArray[np.int32]]:
    missing = [name for name in hierarchies if name not in population.column_names]
    if missing:
        raise LabError(f"The population has no column {missing[0]!r}: give every quasi-identifier.")
    return {name: one.encode(population[name], name) for name, one in hierarchies.items()}
