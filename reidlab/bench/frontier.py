"""What each defence bought, for what, over all seeds: the frontier and the worst of all attacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from attacks.advantage import Advantage, advantage, difference
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

Reference = Literal["control", "baseline"]


@dataclass(frozen=True, slots=True)
class Point:
    """One defence at one parameter against one attack, over all seeds.

    Parameters
    ----------
    defense, family, attack, guarantee : str
        What stands against what, and what the release promises.
    advantage : Advantage
        From the counts of all seeds together: the interval over people.
    between_seeds : float or None
        Standard deviation of the advantage from seed to seed; None with one seed.
    utility : mapping of str to float
        Mean over the seeds.
    seeds : int
        Seeds that were done.
    """

    defense: str
    family: str
    attack: str
    guarantee: str
    advantage: Advantage
    between_seeds: float | None
    utility: Mapping[str, float]
    seeds: int


@dataclass(frozen=True, slots=True)
class Worst:
    """The strongest of several attacks on one defence, without the bias of picking it.

    Parameters
    ----------
    defense : str
        The defence.
    attack : str
        The attack that was strongest on the seeds set aside for choosing.
    advantage : Advantage
        Its advantage on the other seeds; with one seed on the same, its interval widened by
        Bonferroni for the number of attacks.
    covers : tuple of str
        The attacks among which it was chosen.
    method : {"holdout", "bonferroni"}
        How the choice was paid for.
    """

    defense: str
    attack: str
    advantage: Advantage
    covers: tuple[str, ...]
    method: Literal["holdout", "bonferroni"]


def points(table: pa.Table) -> list[Point]:
    """Return one point per defence, parameter and attack with at least one finished seed."""
    rows = [row for row in table.to_pylist() if row["status"] == "done"]
    utilities: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        if row["role"] == "utility":
            utilities.setdefault(row["defense"], {}).setdefault(row["probe"], []).append(row["utility"])
    found = []
    for (defense, attack), group in _by_attack(rows).items():
        values = [row["advantage"] for row in group if row["advantage"] is not None]
        found.append(
            Point(
                defense,
                group[0]["family"],
                attack,
                group[0]["guarantee"],
                pooled(group),
                float(np.std(values, ddof=1)) if len(values) > 1 else None,
                {name: float(np.mean(seen)) for name, seen in utilities.get(defense, {}).items()},
                len(group),
            )
        )
    return found


def pooled(rows: Sequence[Mapping[str, Any]], confidence: float = 0.95) -> Advantage:
    """Return the advantage from the counts of several seeds, whose people are different ones."""
    rows = [row for row in rows if row["attack_of"]] or list(rows)
    name: Reference = "control" if rows[0]["control_of"] else "baseline"
    attack = Share(
        sum(row["attack_count"] for row in rows), sum(row["attack_of"] for row in rows), "estimated"
    )
    reference = Share(
        sum(row[f"{name}_count"] for row in rows), sum(row[f"{name}_of"] for row in rows), "estimated"
    )
    if any(row["is_difference"] for row in rows):
        gap = difference(attack, reference, confidence)
        if gap is not None:
            return Advantage(*gap, name)
    return advantage(attack, reference, name, confidence)


def worst(table: pa.Table) -> list[Worst]:
    """Return the strongest attack on each defence; recomputed whenever an attack is added."""
    rows = [row for row in table.to_pylist() if row["status"] == "done"]
    groups = _by_attack(rows)
    found = []
    for defense in dict.fromkeys(defense for defense, _ in groups):
        mine = {attack: group for (name, attack), group in groups.items() if name == defense}
        seeds = sorted({row["seed"] for group in mine.values() for row in group})
        choosing = set(seeds[::2]) if len(seeds) > 1 else set(seeds)
        chosen = max(
            mine,
            key=lambda attack: _value(
                pooled([r for r in mine[attack] if r["seed"] in choosing] or mine[attack])
            ),
        )
        judged = [row for row in mine[chosen] if row["seed"] not in choosing]
        verdict = pooled(judged) if judged else pooled(mine[chosen], 1 - 0.05 / len(mine))
        method: Literal["holdout", "bonferroni"] = "holdout" if judged else "bonferroni"
        found.append(Worst(defense, chosen, verdict, tuple(mine), method))
    return found


def dominated(found: Sequence[Point], utility: str, *, lower_is_better: bool) -> dict[str, str]:
    """Name each defence that another equals or beats in both respects, and beats in one, with that other.

    The respects are the strongest of the attacks, and the utility; a defence on which no attack has
    an advantage to tell is left out.
    """
    scores: dict[str, tuple[float, float]] = {}
    for point in found:
        if utility in point.utility and point.advantage.value is not None:
            cost = point.utility[utility] if lower_is_better else -point.utility[utility]
            strongest = max(_value(point.advantage), scores.get(point.defense, (-np.inf, 0.0))[0])
            scores[point.defense] = (strongest, cost)
    beaten = {}
    for name, (gain, cost) in scores.items():
        better = [
            other for other, (g, c) in scores.items() if g <= gain and c <= cost and (g, c) != (gain, cost)
        ]
        if better:
            beaten[name] = min(better, key=lambda other: scores[other])
    return beaten


def _by_attack(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["role"] == "attack":
            groups.setdefault((row["defense"], row["probe"]), []).append(row)
    return groups


def _value(one: Advantage) -> float:
    return -np.inf if one.value is None else one.value
