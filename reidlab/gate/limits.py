"""Rules on measures of a table: classes, what they disclose, and the risk of its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from reidlab.gate.answer import Answer, Verdict
from reidlab.gate.policy import Policy

POPULATION = "give the table of the population: --population FILE"


def of_measures(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    """Yield the verdicts on k, l, t and the risks; a measure that could not be had is not shown."""
    yield from _of_classes(policy, found)
    yield from _of_disclosure(policy, found)
    yield from _of_risks(policy, found)


def measured(
    rule: str,
    limit: float | None,
    value: Any,
    side: Literal["least", "most"],
    *,
    why: str = "it could not be measured",
    way: str = "",
    note: str = "",
) -> Iterator[Verdict]:
    """Yield the verdict on a number, which is not shown where there is none."""
    if limit is None:
        return
    if value is None:
        yield Verdict(rule, limit, None, Answer.NOT_SHOWN, why, way)
        return
    holds = value >= limit if side == "least" else value <= limit
    yield Verdict(rule, limit, value, Answer.HOLDS if holds else Answer.BREAKS, note, way)


def _of_classes(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    reasons = found.get("reasons", {})
    uniques, persons = found.get("uniques"), found.get("persons")
    alone = None if uniques is None or not persons else uniques / persons
    coarser = "coarsen or drop quasi-identifiers: reidlab defend mondrian --set k=K"
    note = _about_k(found)
    yield from measured(
        "k", policy.k, found.get("k"), "least", why=reasons.get("k", ""), way=coarser, note=note
    )
    linked = found.get("linked_k")
    if linked is None and not _linking(found):
        # Where nothing tells which rows are of one person, a row is all that somebody can look up.
        linked = found.get("k")
    yield from measured(
        "linked_k", policy.linked_k, linked, "least",
        why=reasons.get("linked_k", "it could not be measured"),
        way="name the column of the person in the schema: person = COLUMN; then drop it or coarsen the rows",
    )  # fmt: skip
    yield from measured("uniqueness", policy.uniqueness, alone, "most", way=coarser)


def _linking(found: Mapping[str, Any]) -> bool:
    """Tell whether some column tells which rows are of one person."""
    roles = {one["role"] for one in found.get("columns", {}).values()}
    return bool(roles & {"identifier", "token", "person", "household", "unassessed"})


def _about_k(found: Mapping[str, Any]) -> str:
    columns = found.get("columns", {})
    said = []
    if not any(one["role"] == "quasi_identifier" for one in columns.values()):
        said.append("it rests on no quasi-identifier, so that all rows are one class")
    linked, k = found.get("linked_k"), found.get("k")
    if linked is not None and k is not None and linked < k:
        said.append(f"of single rows; over all rows of a person it is {linked}: ask linked_k")
    elif found.get("reasons", {}).get("linked_k", "").startswith("the schema names no person"):
        said.append("rows are counted, since the schema names no person")
    return "; ".join(said)


def _of_disclosure(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    reasons = found.get("reasons", {})
    undefined = "no column is declared sensitive, and it speaks of one"
    for rule, limit, key, side in (
        ("l", policy.l, "l_distinct", "least"),
        ("t", policy.t, "t_equal", "most"),
    ):
        if limit is not None and not found.get(key):
            yield Verdict(
                rule,
                limit,
                None,
                Answer.NOT_SHOWN,
                undefined,
                "give a column the role sensitive in the schema",
            )
        for column, value in found.get(key, {}).items():
            yield from measured(
                f"{rule}.{column}", limit, value, "least" if side == "least" else "most",
                why=reasons.get(f"{key}.{column}", "it could not be measured"),
            )  # fmt: skip


def _of_risks(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    risk, reasons = found.get("risk", {}), found.get("reasons", {})
    estimated = found.get("estimated", ())
    for rule, key in (
        ("prosecutor", "prosecutor_max"),
        ("journalist", "journalist_max"),
        ("marketer", "marketer"),
    ):
        limit, name = getattr(policy, rule), f"risk.{key}"
        interval = found.get("intervals", {}).get(name)
        value = risk.get(key) if interval is None else interval[1]
        if (
            limit is not None
            and name in estimated
            and interval is None
            and value is not None
            and value <= limit
        ):
            why = "estimated from the size of the population alone, without an interval"
            yield Verdict(rule, limit, value, Answer.NOT_SHOWN, why, POPULATION)
            continue
        yield from measured(
            rule, limit, value, "most", why=reasons.get(name, "it could not be measured"),
            way="" if rule == "prosecutor" else POPULATION, note=found.get("notes", {}).get(name, ""),
        )  # fmt: skip
    population = found.get("population") or {}
    if (policy.journalist is not None or policy.marketer is not None) and "unmatched" in population:
        yield from measured(
            "unmatched", policy.unmatched, population["unmatched"], "most",
            way="give a population that has everybody's combination, written as the export writes it",
        )  # fmt: skip
