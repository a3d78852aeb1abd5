"""One pass over an export: in memory where its combinations fit, else part by part through the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from exports.classes.classes import Classes, partition, smallest_sizes
from exports.classes.combinations import Combinations
from exports.classes.reference import Reference, own_reference, reference_of
from exports.classes.wildcards import compatible_persons, compatible_rows
from exports.coding import Coding, Floats, arrow_integers, encode, numbers
from exports.engines.duckdb_engine import OUTSIDE_ENGINE
from exports.engines.protocol import Engine
from exports.errors import LabError
from exports.reading.distinct_rows import combinations_within, parts, spread
from exports.risk.measures import ClassMeasures, measured
from exports.risk.population_match import PopulationMeasures, against, best_chances, population_sizes
from exports.schema import Role, Schema
from exports.sources.origins import Source
from exports.values.missing import missing_evidence, suspected
from reidlab.installation import memory_bytes


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over an export yields.

    Parameters
    ----------
    measures : ClassMeasures
        Over all classes, or over all rows when missing values match everything.
    classes : Classes or None
        The classes themselves, when their combinations fit into memory.
    population : Combinations or None
        Of the population, when it was given and fits.
    wild : bool
        Whether a missing value matched everything, so that there are no classes.
    """

    measures: ClassMeasures
    classes: Classes | None
    population: Combinations | None = None
    wild: bool = False


def survey(
    source: Source,
    schema: Schema,
    engine: Engine,
    *,
    also: Sequence[str] = (),
    population: Source | None = None,
    reference: Source | None = None,
    limit: int,
) -> Survey:
    """Measure the classes of an export.

    Parameters
    ----------
    source : Source
        The export.
    schema : Schema
        Its roles.
    engine : Engine
        Where queries run.
    also : sequence of str
        Further columns to keep with the classes.
    population : Source, optional
        A table of the population with the same quasi-identifiers; where it has the schema's column
        of persons too, persons are counted, else rows.
    reference : Source, optional
        Table whose sensitive columns say what is usual; the export's own by default.
    limit : int
        Bytes that coded rows may take.

    Raises
    ------
    LabError
        When the export has no rows, a row does not say whose it is, or the population lacks a column.
    """
    known = schema.quasi_identifiers
    extra = [schema.person] if schema.person else []
    names = list(dict.fromkeys([*known, *schema.sensitive, *also, *extra])) or [_any_read(source, schema)]
    if population is not None:
        absent = [name for name in known if name not in population.columns]
        if absent:
            raise LabError(
                f"The population {population.name} lacks the quasi-identifier {absent[0]!r} "
                f"({len(absent)} of {len(known)} lacking): add it."
            )
    outside = _outside(reference, schema, engine, limit)
    combinations = combinations_within(source, names, engine, limit)
    everybody = None
    if combinations is not None and population is not None:
        everybody = combinations_within(population, _listed(population, schema), engine, limit)
    if combinations is None or (population is not None and everybody is None):
        return in_parts(source, schema, engine, names, population=population, outside=outside, limit=limit)
    if not combinations.rows:
        raise LabError(f"{source.name} has a header and no rows: give at least one row.")
    _require_persons_in(source, combinations, schema)
    if population is not None and everybody is not None:
        _require_persons_in(population, everybody, schema)
    return _in_memory(partition(combinations, known, person=schema.person), schema, everybody, outside)


def _in_memory(
    classes: Classes, schema: Schema, everybody: Combinations | None, outside: Mapping[str, Combinations]
) -> Survey:
    known = classes.quasi_identifiers
    columns = classes.combinations.columns
    wild = [name for name in known if schema.columns[name].nulls == "wildcard"]
    if any((columns[name].codes == 0).any() for name in wild):
        return Survey(_compatible(classes, wild), classes, everybody, wild=True)
    references = {
        name: _reference(name, outside.get(name), columns[name], schema)
        or own_reference(classes, name, schema.columns[name])
        for name in schema.sensitive
    }
    measures = measured(classes, references)
    if everybody is not None:
        measures = replace(measures, population=against(classes, everybody))
    return Survey(measures, classes, everybody)


def limit_within(memory: int | None) -> int:
    """Return the bytes that coded rows may take: half of what is left beside the engine's own."""
    if memory is not None:
        return (memory - OUTSIDE_ENGINE) // 2
    return (memory_bytes() or 4_000_000_000) // 4


def _listed(population: Source, schema: Schema) -> list[str]:
    """Return the columns of a population that are compared, the one of persons last."""
    persons = [schema.person] if schema.person in population.columns else []
    return [*schema.quasi_identifiers, *(name for name in persons if name)]


def _require_persons_in(source: Source, combinations: Combinations, schema: Schema) -> None:
    if schema.person is not None and schema.person in combinations.columns:
        unknown = int(combinations.counts[combinations.columns[schema.person].codes == 0].sum())
        _require_persons(source.name, unknown, combinations.rows, schema.person)


def _require_persons(name: str, unknown: int, rows: int, person: str) -> None:
    if unknown:
        raise LabError(
            f"{unknown:,} of {rows:,} rows of {name} do not say whose they are (column {person!r} is "
            "missing there): fill it, or leave `person` out of the schema."
        )


def _any_read(source: Source, schema: Schema) -> str:
    """Return a column to count rows by, one that somebody has read where there is any."""
    doubtful = schema.names(Role.UNASSESSED)
    return next((name for name in source.columns if name not in doubtful), source.columns[0])


def _outside(
    reference: Source | None, schema: Schema, engine: Engine, limit: int
) -> Mapping[str, Combinations]:
    """Return how often each value of each sensitive column occurs in the reference table."""
    if reference is None:
        return {}
    found = {}
    for name in schema.sensitive:
        if name not in reference.columns:
            raise LabError(f"The reference {reference.name} lacks the sensitive column {name!r}: add it.")
        values = combinations_within(reference, [name], engine, limit)
        if values is None or not values.rows:
            raise LabError(f"The reference {reference.name} has no rows, or more values than fit: check it.")
        found[name] = values
    return found


def _reference(name: str, outside: Combinations | None, column: Coding, schema: Schema) -> Reference | None:
    if outside is None:
        return None
    values = outside.columns[name]
    masses = np.bincount(values.codes, outside.counts, minlength=values.radix).astype(np.float64)
    return reference_of(values.values, masses, schema.columns[name], also=column.values)


def _compatible(classes: Classes, wild: Sequence[str]) -> ClassMeasures:
    """Measure how many rows, or persons, each could be taken for, as sizes of classes that overlap."""
    combinations, known = classes.combinations, classes.quasi_identifiers
    if classes.person is None:
        alike = compatible_rows(combinations, known, wild).astype(np.int64)
    else:
        alike = compatible_persons(combinations, known, wild, classes.person)
    sizes, exposed = smallest_sizes(combinations, alike, classes.person)
    nothing = np.zeros(0, np.int64)
    return ClassMeasures(combinations.rows, nothing, nothing, sizes, exposed, {})


def in_parts(
    source: Source,
    schema: Schema,
    engine: Engine,
    names: Sequence[str],
    *,
    population: Source | None = None,
    outside: Mapping[str, Combinations] | None = None,
    limit: int,
) -> Survey:
    """Spread the classes over parts on disk, measure one part at a time and join the measures."""
    known = schema.quasi_identifiers
    if any(schema.columns[name].nulls == "wildcard" for name in known):
        raise LabError(
            f"{source.name} has more combinations than fit into memory, and missing values that match "
            'everything need all at once: give more with --memory, or nulls = "value".'
        )
    table = spread(source, names, known, engine)
    listed = [] if population is None else _listed(population, schema)
    everybody = None if population is None else spread(population, listed, known, engine)
    references = {}
    for name in schema.sensitive:
        column, masses = _masses(table, source, name, schema, engine)
        references[name] = _reference(name, (outside or {}).get(name), column, schema) or reference_of(
            column.values, masses, schema.columns[name]
        )
    others = None if everybody is None else parts(everybody, listed, engine, limit)
    found, presences = [], []
    chances: list[str] = []
    for part in parts(table, names, engine, limit):
        classes = partition(part, known, person=schema.person)
        if part.rows:
            found.append(measured(classes, references))
        if others is not None:
            people = next(others)
            presences.append(against(classes, people))
            if schema.person is not None and part.rows:
                chances.append(_kept_chances(classes, people, engine, len(chances)))
    if not found:
        raise LabError(f"{source.name} has a header and no rows: give at least one row.")
    total = reduce(ClassMeasures.joined, found)
    against_all = reduce(PopulationMeasures.joined, presences) if presences else None
    if schema.person is not None:
        total = _persons(total, table, source, schema, engine)
        if against_all is not None and population is not None:
            against_all = _persons_against(against_all, chances, everybody, population, schema, engine)
    return Survey(replace(total, population=against_all), None)


def _masses(table: str, source: Source, name: str, schema: Schema, engine: Engine) -> tuple[Coding, Floats]:
    """Return the values of a sensitive column with their mass, where a person weighs one."""
    value = source.position(name)
    if schema.person is None:
        found = engine.query(f"select {value}, count(*) from {table} group by {value}")
    else:
        person = source.position(schema.person)
        found = engine.query(
            f"select {value}, sum(1.0e0 / rows_) from (select {value}, count(*) over (partition by {person}) "
            f"as rows_ from {table}) as weighed group by {value}"
        )
    column = encode(found.column(0), name)
    weights = np.concatenate([numbers(chunk) for chunk in found.column(1).chunks] or [np.zeros(0)])
    return column, np.bincount(column.codes, weights, minlength=column.radix).astype(np.float64)


def _persons(
    total: ClassMeasures, table: str, source: Source, schema: Schema, engine: Engine
) -> ClassMeasures:
    """Count persons by their smallest class, which may lie in any part."""
    person = source.position(schema.person or "")
    known = ", ".join(["0", *source.positions(schema.quasi_identifiers)])
    unknown = engine.query(f"select count(*) from {table} where {person} is null").column(0)[0].as_py()
    _require_persons(source.name, unknown, total.rows, schema.person or "")
    found = engine.query(
        "select smallest, count(*) from (select min(size_) as smallest from (select "
        f"{person} as person_, count(*) over (partition by {known}) as size_ from "
        f"(select distinct {known}, {person} from {table}) as pairs) as sized group by person_) "
        "as persons group by smallest order by smallest"
    )
    sizes, persons = (np.array(found.column(position).to_pylist(), np.int64) for position in (0, 1))
    return replace(total, exposed_sizes=sizes, exposed=persons)


def _kept_chances(classes: Classes, people: Combinations, engine: Engine, number: int) -> str:
    """Keep each person's best chance of a right match in one part; return the name of the table."""
    import pyarrow as pa

    chances, times, matched = best_chances(classes, population_sizes(classes, people)[0])
    column = classes.combinations.columns[classes.person or ""]
    known = arrow_integers(np.flatnonzero(times[1:]))
    some = times[1:] > 0
    kept = pa.table(
        [
            column.values.take(known),
            pa.array(chances[1:][some]),
            arrow_integers(matched[1:][some].astype(np.int64)),
        ],
        names=["person_", "chance", "matched"],
    )
    engine.register(f"chances_{number}", kept)
    return f"chances_{number}"


def _persons_against(
    total: PopulationMeasures,
    chances: Sequence[str],
    everybody: str | None,
    population: Source,
    schema: Schema,
    engine: Engine,
) -> PopulationMeasures:
    """Count persons by the best of their chances, which may lie in any part."""
    every = " union all ".join(f"select person_, chance, matched from {name}" for name in chances)
    found = engine.query(
        "select chance, matched, count(*) from (select max(chance) as chance, max(matched) as matched from "
        f"({every}) as kept group by person_) as best group by chance, matched order by chance, matched"
    )
    for name in chances:
        engine.drop(name)
    best, matched, times = (numbers(column.combine_chunks()) for column in found.columns)
    people = total.people
    if schema.person in population.columns and people:
        person = population.position(schema.person)
        counted = engine.query(
            f"select count(distinct {person}), sum(case when {person} is null then 1 else 0 end), count(*) "
            f"from {everybody}"
        )
        people, unknown, rows = (int(column[0].as_py() or 0) for column in counted.columns)
        _require_persons(population.name, unknown, rows, schema.person)
    return replace(
        total, people=people, expected=float((best * times).sum()), unmatched=int(times[matched == 0].sum())
    )


def maybe_missing(found: Survey) -> dict[str, str]:
    """Ask of each measured column whether what is spelt like a missing value is one."""
    if found.classes is None:
        return {}
    combinations = found.classes.combinations
    asked = {}
    for name, coding in combinations.columns.items():
        cells = np.bincount(coding.codes, combinations.counts, coding.radix).astype(np.int64)
        asked[f"columns.{name}"] = missing_evidence(suspected(coding.values, cells[1:]))
    return {name: question for name, question in asked.items() if question}
