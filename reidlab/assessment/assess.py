"""Assess an export: its classes, what they disclose, and the risk of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np

from exports.columns.header import require_header
from exports.columns.names.parts import says_yes
from exports.columns.proposal import Guess, propose, schema_of
from exports.engines.choice import open_engine
from exports.engines.protocol import Engine
from exports.errors import LabError
from exports.reading.distinct_rows import combinations_within
from exports.reading.read import read
from exports.risk.measures import ClassMeasures
from exports.risk.population_uniques import Estimate
from exports.risk.uniques_intervals import with_intervals
from exports.schema import Role, Schema
from exports.sources.origins import Source, SparkTable
from exports.tokens.sharing import TokenList, shared_tokens
from exports.tokens.survey import survey_tokens
from reidlab.assessment.contents import contents
from reidlab.assessment.findings import Assessment
from reidlab.assessment.in_full import full, groups
from reidlab.assessment.link_risks import link_risks
from reidlab.assessment.one_pass import Survey, limit_within, maybe_missing, survey

SIZES = {"1": 1, "2 to 4": 2, "5 to 9": 5, "10 to 99": 10, "100 and more": 100}
"""Classes of class sizes that a report counts persons in, with the smallest size of each."""

ESTIMATORS = ("pitman", "zayatz", "snb", "dankar")


def assess(
    data: Any,
    schema: Schema | None = None,
    *,
    population: Any = None,
    reference: Any = None,
    beside: Sequence[Any] = (),
    dictionary: Any = None,
    by: Sequence[str] = (),
    in_full: bool = False,
    missing: Sequence[str] = (),
    memory: int | None = None,
    engine: str | None = None,
    labels: bool = False,
) -> Assessment:
    """Measure an export.

    Parameters
    ----------
    data : path, table or Source
        Whatever ``exports.reading.read.read`` takes.
    schema : Schema, optional
        Declares every column; roles are proposed from names and shapes without one.
    population : path, table or Source, optional
        The population, with the same quasi-identifiers.
    reference : path, table or Source, optional
        What is usual for the sensitive columns; the export itself by default.
    beside : sequence of path, table or Source
        Further exports of the same sender, whose tokens are compared with this one's.
    dictionary : path, table or Source, optional
        Texts of which tokens may have been made, one per row.
    by : sequence of str
        Columns whose groups are to be measured on their own.
    in_full : bool, default False
        Whether to add what needs all distinct combinations at once, which takes longer.
    missing : sequence of str
        Texts that stand for a missing value, beside those of the schema.
    memory : int, optional
        Bytes that the process may use.
    engine : {"duckdb", "spark"}, optional
        Where queries run; DuckDB, or Spark for a Spark table.
    labels : bool, default False
        Whether to read the labels of every column for what they may stand for, as a policy needs it.

    Raises
    ------
    LabError
        When something cannot be read or does not fit together.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"zip": ["02139", "02139", "10001"], "illness": ["flu", "cold", "flu"]})
    >>> assess(table, Schema.of(quasi_identifier=["zip"], sensitive=["illness"]))
    table in memory: 3 rows, k = 1, 1 of 3 alone in a class
    """
    named = missing if schema is None else schema.lacking(missing).missing
    source, everybody, usual = (_opened(one, named, schema) for one in (data, population, reference))
    assert source is not None
    require_header(source)
    default = "spark" if isinstance(source.origin, SparkTable) else "duckdb"
    with closing(open_engine(engine or default, memory)) as running:
        guesses = propose(source, running)
        declared = (
            (schema_of(guesses) if schema is None else schema).lacking(missing).with_orders(source.orders)
        )
        declared.require(source.columns)
        found = _found(source, declared, running, everybody, usual, by, in_full, memory)
        columns: dict[str, dict[str, Any]] = {
            name: {
                **_told(name, declared, guesses[name], given=schema is not None),
            }
            for name in _doubtful_first(declared)
        }
        for name, column in columns.items():
            column.update(contents(name, column, source, running, limit_within(memory), every=labels))
        texts = None if dictionary is None else read(dictionary)
        details = _tokens(source, declared, columns, texts, running)
        if everybody is None and declared.population_size is not None:
            details["estimated"] = ["risk.journalist_max", "risk.marketer"]
        if beside:
            details["shared_tokens"] = _shared(source, declared, [read(one) for one in beside], running)
    return replace(found, columns=columns, details={**found.details, **details})


def _opened(data: Any, missing: Sequence[str], schema: Schema | None) -> Source | None:
    """Open a table in which what is declared missing is."""
    if data is None:
        return None
    source = read(data)
    known = schema or Schema()
    return source.lacking(lambda name: (*missing, *known.missing_in(name)))


def _doubtful_first(schema: Schema) -> list[str]:
    """Return every column: the unassessed first, last those that are only named for the whole table."""
    doubtful = schema.names(Role.UNASSESSED)
    apart = (name for name in schema.parts if name not in schema.columns)
    return [*doubtful, *(name for name in schema.columns if name not in doubtful), *apart]


def _kind(name: str, schema: Schema, guess: Guess) -> str | None:
    declared = schema.columns.get(name)
    return (declared.kind if declared else None) or guess.kind


def _told(name: str, schema: Schema, guess: Guess, *, given: bool) -> dict[str, Any]:
    """Return what is known of one column: its role, declared or proposed, and what was found in its cells."""
    column = schema.columns.get(name)
    kind = _kind(name, schema, guess)
    found: dict[str, Any] = {
        "role": schema.parts[name] if column is None else column.role.value,
        "evidence": ("declared in the schema; " if given else "") + guess.evidence,
        "kind": kind,
        "kinds": [*dict.fromkeys(one for one in (kind, *guess.kinds) if one)],
        "proposed": guess.role.value,
    }
    if column is not None and column.role == Role.TOKEN and column.kind and column.kind not in guess.kinds:
        found["stands_for"] = column.kind
    return found | ({"part": schema.parts[name]} if name in schema.parts else {})


def _tokens(
    source: Source,
    schema: Schema,
    columns: dict[str, dict[str, Any]],
    dictionary: Source | None,
    engine: Engine,
) -> dict[str, Any]:
    """Return what the tokens give away, and note beside each column what opens it."""
    plain = {
        name: column["kind"]
        for name, column in columns.items()
        if column["role"] in (Role.IDENTIFIER, Role.QUASI_IDENTIFIER)
    }
    if dictionary is not None:
        _require_tokens(source, schema)
    findings = survey_tokens(source, schema.names(Role.TOKEN), plain, engine, dictionary=dictionary)
    for found in findings:
        columns[found.column]["opens"] = found.opens
    if not findings:
        return {}
    return {
        "tokens": [found.row() for found in findings],
        "token_details": {found.column: found.to_json() for found in findings},
    }


def _require_tokens(source: Source, schema: Schema) -> None:
    if not schema.names(Role.TOKEN):
        raise LabError(
            f"{source.name} has no column of tokens to compare: give the one that holds them the role token."
        )


def _shared(source: Source, schema: Schema, others: Sequence[Source], engine: Engine) -> list[dict[str, Any]]:
    """Compare the tokens of this export with those of others, whose roles are proposed where not declared."""
    lists = []
    for one in (source, *others):
        guessed = schema_of(propose(one, engine)).columns
        roles = Schema({name: schema.columns.get(name, guessed[name]) for name in one.columns})
        _require_tokens(one, roles)
        known, sensitive = tuple(roles.quasi_identifiers), tuple(roles.sensitive)
        lists += [TokenList(one, name, known, sensitive) for name in roles.names(Role.TOKEN)]
    return [pair.row() for pair in shared_tokens(lists, engine)]


def _found(
    source: Source,
    schema: Schema,
    engine: Engine,
    everybody: Source | None,
    usual: Source | None,
    by: Sequence[str],
    in_full: bool,
    memory: int | None,
) -> Assessment:
    unknown = [name for name in by if name not in schema.columns]
    if unknown:
        raise LabError(f"There is no column {unknown[0]!r} to group by: give one of the schema's columns.")
    weight = [schema.weight] if in_full and schema.weight else []
    limit = limit_within(memory)
    found = survey(
        source, schema, engine, also=[*by, *weight], population=everybody, reference=usual, limit=limit
    )
    consent = _consent(source, schema, engine, limit)
    assessment = _assessment(source.name, schema, found, usual.name if usual else "the table itself")
    reasons = dict(assessment.reasons)
    details = _details(found, schema, by, in_full, reasons)
    notes = {**assessment.notes, **maybe_missing(found)}
    return replace(assessment, consent=consent, details=details, reasons=reasons, notes=notes)


def _details(
    found: Survey, schema: Schema, by: Sequence[str], in_full: bool, reasons: dict[str, str]
) -> dict[str, Any]:
    if found.classes is None or found.wild:
        if by or in_full:
            reasons["groups"] = reasons["full"] = (
                "missing values match everything, so that rows do not fall into classes"
                if found.wild
                else "the distinct combinations do not fit into memory: give more with --memory"
            )
        return {}
    size = found.measures.population.people if found.measures.population else schema.population_size
    details: dict[str, Any] = {"groups": groups(found.classes, by, schema)} if by else {}
    return details | (full(found.classes, schema, size, reasons) if in_full else {})


def _consent(source: Source, schema: Schema, engine: Engine, limit: int) -> dict[str, Any]:
    if schema.consent is None:
        return {}
    answers = combinations_within(source, [schema.consent], engine, limit)
    if answers is None:
        raise LabError(f"The consent column {schema.consent!r} has too many values to be yes or no.")
    column = answers.columns[schema.consent]
    given = [False] + [says_yes(str(value)) for value in column.values.to_pylist()]
    without = answers.counts[~np.array(given)[column.codes]].sum()
    return {"column": schema.consent, "without": int(without)}


def _assessment(name: str, schema: Schema, found: Survey, reference: str) -> Assessment:
    measures, reasons, notes = found.measures, dict[str, str](), dict[str, str]()
    size = measures.population.people if measures.population else schema.population_size
    disclosed = measures.disclosure
    if found.wild:
        reasons["classes"] = "a missing value matches everything, so that rows do not fall into classes"
    for column in schema.sensitive:
        if found.wild:
            for measure in ("l_distinct", "l_entropy", "t_equal", "t_ordered", "t_hierarchical"):
                reasons[f"{measure}.{column}"] = reasons["classes"]
        elif disclosed[column].t_ordered is None:
            reasons[f"t_ordered.{column}"] = "its values have no order: declare `order` in the schema"
        if not found.wild and disclosed[column].t_hierarchical is None:
            reasons[f"t_hierarchical.{column}"] = "it has no hierarchy: declare one in the schema"
    linked = found.classes.linked_k if found.classes and not found.wild else None
    if linked is None:
        reasons["linked_k"] = (
            "the schema names no person with several rows"
            if schema.person is None
            else "it needs the combinations of all rows in memory at once"
        )
    lacking = (
        "missing values match everything, so that no class can be looked up in the population"
        if found.wild and found.population is not None
        else "it needs the population: --population FILE, or population_size in the schema"
    )
    intervals: dict[str, list[float]] = {}
    risk = link_risks(found, size, lacking, reasons, notes, intervals)
    estimates = _estimates(found, schema, size)
    for model, one in estimates.items():
        if one.low is not None and one.high is not None:
            intervals[f"population_uniques.{model}"] = [one.low, one.high]
    reasons |= {
        f"population_uniques.{model}": one.reason for model, one in estimates.items() if one.share is None
    }
    if estimates["dankar"].share is not None:
        notes["population_uniques.dankar"] = f"chose {estimates['dankar'].reason}"
    if estimates["snb"].share is not None:
        notes["population_uniques.snb"] = estimates["snb"].reason
    return Assessment(
        name=name,
        rows=measures.rows,
        persons=measures.persons,
        classes=None if found.wild else measures.classes,
        k=int(measures.exposed_sizes[0]),
        uniques=measures.uniques,
        linked_k=linked,
        class_sizes=_binned(measures),
        risk=risk,
        population_uniques={model: one.share for model, one in estimates.items()},
        columns={column: {"role": one.role.value} for column, one in schema.columns.items()},
        reference=reference,
        population=_population(measures, size),
        reasons=reasons,
        notes=notes,
        intervals=intervals,
        **{
            measure: {column: getattr(disclosed.get(column), measure, None) for column in schema.sensitive}
            for measure in ("l_distinct", "l_entropy", "t_equal", "t_ordered", "t_hierarchical")
        },
    )


def _estimates(found: Survey, schema: Schema, size: int | None) -> Mapping[str, Estimate]:
    measures = found.measures
    if found.wild:
        return dict.fromkeys(ESTIMATORS, Estimate(None, "missing values match everything: no class sizes"))
    if size is None:
        reason = "it needs the population: --population FILE, or population_size in the schema"
        return dict.fromkeys(ESTIMATORS, Estimate(None, reason))
    if schema.person and int((measures.sizes * measures.times).sum()) != measures.persons:
        return dict.fromkeys(ESTIMATORS, Estimate(None, "persons have rows in several classes"))
    return with_intervals(measures.sizes, measures.times, size)


def _population(measures: ClassMeasures, size: int | None) -> dict[str, Any]:
    found = measures.population
    if found is None:
        return {} if size is None else {"size": size}
    return {
        "size": found.people,
        "uniques": found.uniques,
        "k_map": found.k_map,
        "delta_presence": [found.delta_min, found.delta_max],
        "unmatched": found.unmatched,
    }


def _binned(measures: ClassMeasures) -> dict[str, int]:
    edges = list(SIZES.values())
    bins = np.searchsorted(edges, measures.exposed_sizes, side="right") - 1
    counts = np.bincount(bins, measures.exposed, minlength=len(edges)).astype(np.int64)
    return dict(zip(SIZES, counts.tolist(), strict=True))
