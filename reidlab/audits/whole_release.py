"""All that can be seen of a release: values by cell, what is there, types, names, manifest, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.queries import Condition, CountQuery
from reidlab.audits.canaries import Pair

if TYPE_CHECKING:
    from exports.release import Export, Release

ASKED = 20
"""How often the same question, and how many questions about the same person, are put."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One run.

    Parameters
    ----------
    facts : mapping of str to str
        What is the same or another: types, names, roles, texts of the manifest, a refusal.
    numbers : mapping of str to float
        Values by cell, counts of rows by what they say, numbers of the manifest.
    promises : mapping of str to any
        The guarantee as JSON; empty where nothing was released.
    """

    facts: Mapping[str, str]
    numbers: Mapping[str, float]
    promises: Mapping[str, Any]


def seen(make: Callable[[], Any], export: Export, pair: Pair) -> Seen:
    """Run a new object of a mechanism once and return all that can be seen of what it does."""
    try:
        release = make().fit(export).transform(export)
        facts, numbers = _looked_at(release)
        for name, value in _told(release, pair).items():
            (facts if isinstance(value, str) else numbers)[name] = value
        return Seen(facts, numbers, release.guarantee.to_json())
    except Exception as error:
        return Seen({"exception": f"{type(error).__name__}: {error}"}, {}, {})


def _looked_at(release: Release) -> tuple[dict[str, str], dict[str, float]]:
    facts = {
        "exception": "",
        "guarantee": json.dumps(release.guarantee.to_json(), sort_keys=True, default=str),
        "schema of the release": repr(release.schema),
    }
    numbers: dict[str, float] = {}
    for name, value in _flat("manifest", release.manifest):
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers[name] = float(value)
        else:
            facts[name] = str(value)
    table = release.table
    if table is not None:
        facts["columns and types"] = ", ".join(f"{one.name} {one.type}" for one in table.schema)
        numbers["rows"] = float(table.num_rows)
        numbers.update(_cells(release))
    return facts, numbers


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """Return the single values of nested mappings and lists by path."""
    if isinstance(value, Mapping):
        return [one for key, part in value.items() for one in _flat(f"{name}.{key}", part)]
    if isinstance(value, list | tuple):
        return [one for place, part in enumerate(value) for one in _flat(f"{name}.{place}", part)]
    return [(name, value)]


def _cells(release: Release) -> dict[str, float]:
    """Return each number of a table of counts by its cell, and how often each row and value occurs."""
    table = release.rows
    columns = table.to_pydict()
    found: dict[str, float] = {}
    valued = [
        name
        for name in table.column_names
        if release.kind in {"counts", "model"}
        and name not in release.schema.columns
        and all(isinstance(value, int | float) for value in columns[name])
    ]
    keyed = [name for name in table.column_names if name not in valued]
    keys = list(zip(*(columns[name] for name in keyed), strict=True)) or [()] * table.num_rows
    for place, key in enumerate(keys):
        label = ", ".join(map(str, key))
        found[f"row {label}"] = found.get(f"row {label}", 0.0) + 1
        for name in valued:
            value = columns[name][place]
            found[f"cell {label} {name}"] = float(value)
            if isinstance(value, float):
                found[f"low bits of {label} {name}"] = float(value * 2.0**53 % 1.0 != 0.0)
    if release.kind not in {"counts", "model"}:
        for name in keyed:
            for value in columns[name]:
                found[f"value {name}={value}"] = found.get(f"value {name}={value}", 0.0) + 1
    return found


def _told(release: Release, pair: Pair) -> dict[str, Any]:
    """Return what an oracle answers to one question again and again, and to many about one person."""
    if release.score is not None:
        scored = release.score(pair.there.table)
        return {f"score {row}": float(score) for row, score in enumerate(scored[-3:])}
    if release.ask is None:
        return {}
    name, value = next(iter(pair.values.items()))
    same = [CountQuery((Condition(name, [value]),))] * ASKED
    other = [CountQuery((Condition(name, [value, f"nobody {number}"]),)) for number in range(ASKED)]
    found: dict[str, Any] = {}
    for label, questions in {
        "one question": same,
        "many questions": other,
        "everybody": [CountQuery()],
    }.items():
        answers = []
        for question in questions:
            try:
                answers.append(release.ask(question))
            except Exception as refusal:
                found[f"refusal of {label}"] = f"{len(answers)}: {type(refusal).__name__} {refusal}"
                break
        if answers:
            found[f"mean answer to {label}"] = sum(answers) / len(answers)
            found[f"different answers to {label}"] = float(len(set(answers)))
    return found
