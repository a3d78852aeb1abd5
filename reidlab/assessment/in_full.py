"""What ``reidlab assess --full`` adds: everything that needs all distinct combinations at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exports.classes.beta_likeness import basic_beta, delta, enhanced_beta
from exports.classes.classes import Classes
from exports.classes.l_diversity import alpha, cells_of, recursive_c
from exports.classes.reference import own_reference
from exports.coding import Coding, Floats
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of
from exports.risk.bayes_vulnerability import Vulnerability, attribute, reidentification
from exports.risk.column_search import best_coarsenings, best_drops, contributions
from exports.risk.copula import fit_copula
from exports.risk.groups import risk_by_group
from exports.risk.individual import individual_risk
from exports.risk.loglinear import loglinear_risk
from exports.risk.suda import MinimalUniques, disclosure_scores, minimal_uniques
from exports.schema import Schema

USUAL_FRACTION = 0.01
"""Share of the population that SUDA takes as sampled where nothing says how large the population is."""

MOST_LISTED = 25
"""Sets of columns that a report lists."""

MOST_COARSENED = 20_000_000
"""Combinations times columns squared up to which states of coarsening are searched."""

COLUMN_COST = 5_000
"""Combinations whose coarsening takes as long as handling a column of none."""

MOST_CORRELATED = 50
"""Columns whose correlations are fitted pair by pair."""


def full(classes: Classes, schema: Schema, population: int | None, reasons: dict[str, str]) -> dict[str, Any]:
    """Return the further measures, each a number, an object or a list of flat objects.

    Parameters
    ----------
    classes : Classes
        With the weight of the schema among its combinations, where one is declared.
    schema : Schema
        Roles of the columns.
    population : int or None
        Size of the population.
    reasons : dict
        Takes why a measure is None.
    """
    known = classes.quasi_identifiers
    if not known:
        reasons["full"] = "the schema declares no quasi-identifier"
        return {}
    searched = minimal_uniques(classes.combinations, known, person=classes.person)
    return {
        "minimal_uniques": _listed(searched),
        "suda": _suda(searched, population, reasons),
        "drops": _drops(searched, classes, schema, reasons),
        "contributions": contributions(searched) if searched.complete else {},
        "loglinear": _loglinear(classes, population, reasons),
        "rocher": _rocher(classes, population, reasons),
        "weighted": _weighted(classes, schema, reasons),
        "bayes_vulnerability": {
            "identity": _vulnerable(reidentification(classes)),
            **{name: _vulnerable(attribute(classes, name)) for name in schema.sensitive},
        },
        "likeness": {name: _likeness(classes, name, reasons) for name in schema.sensitive},
    }


def _vulnerable(one: Vulnerability) -> dict[str, float]:
    return {"prior": one.prior, "posterior": one.posterior, "leakage": one.leakage}


def _listed(found: MinimalUniques) -> list[dict[str, Any]]:
    order = sorted(range(len(found.sets)), key=lambda i: (-found.minimal[i], len(found.sets[i])))
    return [
        {
            "columns": ", ".join(found.sets[i]),
            "size": len(found.sets[i]),
            "singled_out_minimally": int(found.minimal[i]),
            "singled_out": int(found.unique[i]),
            "of": found.people,
        }
        for i in order[:MOST_LISTED]
        if found.minimal[i]
    ]


def _suda(found: MinimalUniques, population: int | None, reasons: dict[str, str]) -> dict[str, Any]:
    fraction = USUAL_FRACTION if population is None else found.people / population
    scores = disclosure_scores(found, fraction=fraction) if found.complete else None
    fewest = found.fewest
    if scores is None:
        reasons["suda.expected"] = (
            "no two rows pair up, which the chance of a right match is estimated from"
            if found.complete
            else f"only sets of up to {found.largest} of {len(found.columns)} columns were searched"
        )
    return {
        "scored": len(found.worst),
        "largest_set": found.largest,
        "smallest_sets": {str(size): int((fewest == size).sum()) for size in range(1, found.largest + 1)},
        "expected": None if scores is None else float(found.of_people(scores).sum()),
        "fraction": fraction,
    }


def _drops(
    found: MinimalUniques, classes: Classes, schema: Schema, reasons: dict[str, str]
) -> list[dict[str, Any]]:
    sizes, times = classes.exposure()
    risk, unique = float((times / sizes).sum() / times.sum()), classes.uniques

    def step(action: str, left: float, uniques: int) -> dict[str, Any]:
        return {
            "do": action,
            "risk_left": left,
            "risk_removed": risk - left,
            "uniques_left": uniques,
            "uniques_removed": unique - uniques,
        }

    steps = []
    if found.complete:
        steps = [step(f"drop {', '.join(one.columns)}", one.risk, one.uniques) for one in best_drops(found)]
    else:
        reasons["drops"] = f"only sets of up to {found.largest} of {len(found.columns)} columns were searched"
    if (len(found.combinations) + COLUMN_COST) * len(found.columns) ** 2 > MOST_COARSENED:
        reasons["drops.coarsen"] = (
            f"{len(found.combinations):,} combinations of {len(found.columns):,} columns are too many to "
            "search states of coarsening: declare fewer quasi-identifiers"
        )
        return steps
    hierarchies = _hierarchies(classes, schema)
    for one in best_coarsenings(found.combinations, hierarchies, whose=found.whose):
        raised = [f"{name} to level {level}" for name, level in one.levels.items() if level]
        steps.append(step(f"coarsen {', '.join(raised)}", one.risk, one.uniques))
    return steps


def _hierarchies(classes: Classes, schema: Schema) -> dict[str, Hierarchy]:
    import pyarrow as pa

    found = {}
    for name in classes.quasi_identifiers:
        column = pa.chunked_array([classes.combinations.columns[name].values])
        if not len(column):
            continue
        found[name] = hierarchy_of(column, name, schema.columns[name])
    return found


def _loglinear(classes: Classes, population: int | None, reasons: dict[str, str]) -> dict[str, Any] | None:
    if population is None:
        reasons["loglinear"] = "it needs the size of the population"
        return None
    people = classes.people
    found = loglinear_risk(people, classes.quasi_identifiers, classes.persons / population)
    return {"gr1": found.gr1, "gr2": found.gr2, "uniques": found.uniques, "of": found.rows}


def _rocher(classes: Classes, population: int | None, reasons: dict[str, str]) -> dict[str, Any] | None:
    if population is None or len(classes.quasi_identifiers) < 2:
        reasons["rocher"] = "it needs the size of the population and two quasi-identifiers"
        return None
    if len(classes.quasi_identifiers) > MOST_CORRELATED:
        reasons["rocher"] = f"it correlates up to {MOST_CORRELATED} quasi-identifiers pair by pair"
        return None
    copula = fit_copula(classes.people, classes.quasi_identifiers)
    return {"population_uniqueness": copula.population_uniqueness(population), "population": population}


def _weighted(classes: Classes, schema: Schema, reasons: dict[str, str]) -> dict[str, Any] | None:
    if schema.weight is None:
        reasons["weighted"] = "the schema names no column of sampling weights"
        return None
    weights = numbers_of(classes.combinations.columns[schema.weight], schema.weight)
    rows = classes.sizes.astype(np.float64)
    total = np.bincount(classes.of, weights * classes.weights).astype(np.float64)
    risk = individual_risk(rows, total)
    return {
        "expected": float((risk * rows).sum()),
        "highest": float(risk.max()),
        "population": float(total.sum()),
        "of": int(rows.sum()),
    }


def numbers_of(column: Coding, name: str) -> Floats:
    """Return the number that each entry of a coded column stands for.

    Raises
    ------
    LabError
        When a value is missing or is no positive number.
    """
    import pyarrow as pa

    try:
        values = np.array(column.values.cast(pa.float64()).to_pylist(), np.float64)
    except pa.ArrowInvalid:
        values = np.zeros(len(column.values))
    if not (values > 0).all() or not np.isfinite(values).all() or (column.codes == 0).any():
        raise LabError(f"The weight {name!r} is missing or no positive number in some rows: correct it.")
    found: Floats = np.append(np.nan, values)[column.codes]
    return found


def _likeness(classes: Classes, sensitive: str, reasons: dict[str, str]) -> dict[str, float | None]:
    cells, usual = cells_of(classes, sensitive), own_reference(classes, sensitive)
    measures: Mapping[str, Floats] = {
        "alpha": alpha(cells),
        "recursive_c_at_2": recursive_c(cells, 2),
        "basic_beta": basic_beta(cells, usual),
        "enhanced_beta": enhanced_beta(cells, usual),
        "delta_disclosure": delta(cells, usual),
    }
    worst = {name: float(values.max()) for name, values in measures.items()}
    for name, value in worst.items():
        if not np.isfinite(value):
            reasons[f"likeness.{sensitive}.{name}"] = "no limit, however large, is kept by every class"
    return {name: value if np.isfinite(value) else None for name, value in worst.items()}


FEWEST_NAMED = 3
"""Rows below which a group keeps its number even where its name is the user's own word."""


def groups(classes: Classes, by: Sequence[str], schema: Schema) -> list[dict[str, Any]]:
    """Return the risk of every group, the worst of each column first.

    A group is called by its value only where the schema declares the values and it is large enough;
    else by its place in the order of sizes, since a report shows no value of the data.
    """
    found = []
    for column in by:
        declared = schema.columns[column]
        names = {*(declared.domain or ()), *(declared.order or ())}
        risks = risk_by_group(classes, column)
        by_size = sorted(range(len(risks)), key=lambda place: -risks[place].link.of)
        places = {of: place for place, of in enumerate(by_size, 1)}
        for of, one in enumerate(risks):
            named = str(one.value) in names and one.link.of >= FEWEST_NAMED
            found.append(
                {
                    "column": column,
                    "group": str(one.value) if named else f"number {places[of]} by size",
                    "rows": one.link.of,
                    "uniques": one.uniques,
                    "prosecutor_mean": one.link.mean,
                    "prosecutor_max": one.link.highest,
                    "at_risk": one.link.at_risk,
                }
            )
    return found
