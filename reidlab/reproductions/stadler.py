"""Stadler, Oprisanu and Troncoso on outliers in synthetic data, and the answer of Sarmin and others."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import tanh
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

import defenses
from attacks.advantage import difference
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Schema
from exports.shares import Share
from reidlab.bench.materials.answers import ANSWERS
from reidlab.reproductions.finding import Finding

if TYPE_CHECKING:
    import pyarrow as pa

PEOPLE, RUNS, EPSILON = 250, 40, 1
COLUMNS = ("sex", "relationship", "religion", "orientation", "finances", "sleep")
RARE = {"religion": "rare", "orientation": "rare"}
"""Answers that only the outlier gives, as many others there may be who could."""
SOURCE = "Stadler, Oprisanu and Troncoso (2022), arXiv:2011.07018"
_Row = tuple[str, str, dict[str, Any], dict[str, str], str, float, Literal["at least", "at most"], str, str]
ANSWER = "Sarmin, Sarkar, Wang and Mohammed (2024), arXiv:2407.07926"


def stadler(seed: int) -> tuple[Finding, ...]:
    """Ask of one outlier and of one ordinary person whether they were in the data.

    Somebody knows the record, the other people's distribution and the generator, and sees one
    synthetic table. Half of the tables, made with and without the person, teach the threshold; the
    others are judged. The paper reports that outliers are recognised, under differential privacy
    too; the answer, that this came from domains read from the data. Both are measured.
    """
    people = _people(seed)
    outlier = {**people.slice(0, 1).to_pylist()[0], **RARE}
    ordinary = people.slice(0, 1).to_pylist()[0]
    bound = tanh(EPSILON / 2)
    promise = {"epsilon": EPSILON, "delta": "1e-9"}
    under = f"PrivBayes at epsilon {EPSILON}, domain"
    rows: tuple[_Row, ...] = (
        (
            "an outlier, Gaussian copula",
            "gaussian-copula", {}, outlier, "declared", 0.2, "at least", SOURCE,
            "synthetic data does not protect outliers",
        ),
        (
            "an ordinary person, Gaussian copula",
            "gaussian-copula", {}, ordinary, "declared", 0.2, "at most", SOURCE,
            "the gain is unevenly spread: others are hard to recognise",
        ),
        (
            f"an outlier, {under} read from the data",
            "privbayes", promise, outlier, "read", bound, "at least", SOURCE,
            "more than epsilon allows: the violation that the paper reports",
        ),
        (
            f"an outlier, {under} declared",
            "privbayes", promise, outlier, "declared", bound, "at most", ANSWER,
            "the other side: with the domain as an input what epsilon allows, tanh(epsilon / 2), holds",
        ),
    )  # fmt: skip
    findings = []
    for label, name, settings, person, domain, published, relation, source, note in rows:
        stream = Stream(seed, "reproduction", f"stadler/{label}")
        gap, low, high = _recognised(name, settings, people.slice(1), person, domain, stream)
        findings.append(
            Finding(
                f"true less false positives on {label}", published, relation, 0.0,
                gap, low, high, RUNS, source, "seen" if source == ANSWER else "believed",
                f"{note}; simulated answers, the bar is ours",
            )
        )  # fmt: skip
    return tuple(findings)


def _people(seed: int) -> pa.Table:
    import pyarrow as pa

    from simulate.people.tables import simulate_people

    people = simulate_people(4 * PEOPLE, seed=seed, groups=("core", "home", "identity", "health", "intake"))
    return pa.table({name: people[name].cast(pa.string()) for name in COLUMNS})


def _recognised(
    name: str,
    settings: dict[str, Any],
    people: pa.Table,
    person: dict[str, str],
    domain: str,
    stream: Stream,
) -> tuple[float, float, float]:
    """Return true less false positives over fresh tables, with the threshold learnt on as many others."""
    import pyarrow as pa

    one = pa.table({column: [person[column]] for column in COLUMNS})
    scores: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * RUNS):
        drawn = people.take(stream.at(name=f"people {number}").sample(people.num_rows, PEOPLE))
        for inside, found in scores.items():
            table = pa.concat_tables([drawn, one]) if inside else drawn
            own = 1_000_000 * stream.seed + 2 * number + inside
            defense = defenses.find(name)(**settings, seed=own)
            export = Export(table, _schema(table, domain))
            found.append(_score(defense.fit_transform(export).rows, person))
    learnt, judged = ({world: np.array(s[part]) for world, s in scores.items()} for part in _HALVES)
    cuts = np.unique(np.concatenate(list(learnt.values())))
    best = max(cuts, key=lambda cut: (learnt[True] >= cut).mean() - (learnt[False] >= cut).mean())
    hits, false = (Share(int((judged[world] >= best).sum()), RUNS, "estimated") for world in (True, False))
    gap = difference(hits, false)
    assert gap is not None
    return gap


_HALVES = (slice(0, RUNS), slice(RUNS, None))


def _schema(table: pa.Table, domain: str) -> Schema:
    """Return the schema with the domain that was declared, or with what the data shows."""
    columns = {}
    for name in COLUMNS:
        declared = (*(ANSWERS.columns[name].domain or ()), *([RARE[name]] if name in RARE else []))
        seen = tuple(sorted(table[name].unique().to_pylist()))
        columns[name] = replace(ANSWERS.columns[name], domain=declared if domain == "declared" else seen)
    return Schema(MappingProxyType(columns))


def _score(released: pa.Table, person: dict[str, str]) -> float:
    """Return how often pairs of the person's answers occur together."""
    import pyarrow.compute as pc

    same = {name: pc.equal(released[name], person[name]).to_numpy() for name in COLUMNS}
    pairs: list[NDArray[np.bool_]] = [same[one] & same[other] for one, other in combinations(COLUMNS, 2)]
    rare = [same[name] for name in RARE]
    return float(sum(pair.mean() for pair in pairs) + sum(one.any() for one in rare))
