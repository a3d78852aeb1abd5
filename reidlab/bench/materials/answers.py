"""Simulated intake answers as the material of an experiment."""

from __future__ import annotations

import pyarrow as pa

from exports.release import Export, Truth
from exports.schema import Column, Role, Schema
from reidlab.bench.experiment import Material
from reidlab.bench.materials.prepared import Prepared
from simulate.attributes.households import RELATIONSHIPS
from simulate.attributes.identity import ORIENTATIONS, RELIGIONS
from simulate.attributes.intake import LEVELS, REASONS
from simulate.people.tables import simulate_people

GROUPS = ("core", "home", "identity", "health", "intake")
QUASI, SENSITIVE = Role.QUASI_IDENTIFIER, Role.SENSITIVE
YES_NO = ("false", "true")
AGES = (0, 18, 25, 35, 45, 55, 65, 120)

INTAKE = Schema(
    {
        "zcta": Column(QUASI, prefix=True),
        "sex": Column(QUASI),
        "age": Column(QUASI, intervals=AGES),
        "relationship": Column(QUASI),
        "religion": Column(QUASI),
        "therapy_before": Column(SENSITIVE, domain=YES_NO),
        "better_off_dead": Column(SENSITIVE, domain=YES_NO),
    }
)

ANSWERS = Schema(
    {
        "sex": Column(QUASI, domain=("female", "male")),
        "relationship": Column(QUASI, domain=tuple(RELATIONSHIPS)),
        "religion": Column(QUASI, domain=tuple(RELIGIONS)),
        "orientation": Column(QUASI, domain=tuple(ORIENTATIONS)),
        "finances": Column(QUASI, domain=tuple(LEVELS)),
        "sleep": Column(QUASI, domain=tuple(LEVELS)),
        "reason_1": Column(QUASI, domain=tuple(REASONS)),
        "sadness": Column(SENSITIVE, domain=YES_NO),
        "medication": Column(SENSITIVE, domain=YES_NO),
        "therapy_before": Column(SENSITIVE, domain=YES_NO),
        "better_off_dead": Column(SENSITIVE, domain=YES_NO),
    }
)

TWICE = Schema(
    {
        "age": Column(QUASI, intervals=AGES, domain=tuple(map(str, range(121)))),
        "sex": Column(QUASI, domain=("female", "male")),
        "relationship": Column(QUASI, domain=tuple(RELATIONSHIPS)),
        "religion": Column(QUASI, domain=tuple(RELIGIONS)),
        "reason_1": Column(SENSITIVE, domain=tuple(REASONS)),
    }
)


def intake(material: Material, seed: int) -> Prepared:
    """Return intake answers with what an acquaintance may know; the register is of everybody."""
    people = _people(INTAKE, 2 * material.people, seed)
    return _halved(people, INTAKE, material.people)


def answers(material: Material, seed: int) -> Prepared:
    """Return intake answers alone, each with all its possible values: what a synthesis may assume."""
    people = _people(ANSWERS, 2 * material.people, seed)
    text = pa.table({name: people[name].cast(pa.string()) for name in ANSWERS.columns})
    return _halved(text, ANSWERS, material.people)


def twice(material: Material, seed: int) -> Prepared:
    """Return answers to two sites of equal size; a quarter of the people of each came to both.

    These are the people attacked: whoever came to one site only is in one release only.
    """
    size, both = material.people, material.people // 4
    people = _people(TWICE, 3 * size, seed)
    first, strangers = people.slice(0, size), people.slice(2 * size - both)
    second = pa.concat_tables([people.slice(0, both), people.slice(size, size - both)])
    truth = Truth(first.slice(0, both), strangers)
    return Prepared(Export(first, TWICE), truth, {"population": people}, Export(second, TWICE))


def _people(schema: Schema, people: int, seed: int) -> pa.Table:
    return simulate_people(people, seed=seed, groups=GROUPS).select(list(schema.columns))


def _halved(people: pa.Table, schema: Schema, size: int) -> Prepared:
    """Return the first half as the export and the other as people who are not in it."""
    export = Export(people.slice(0, size), schema)
    return Prepared(export, Truth(export.table, people.slice(size)), {"population": people})
