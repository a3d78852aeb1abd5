"""The frontier as one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attacks.advantage import Advantage
from reidlab.bench.experiment import Experiment
from reidlab.bench.frontier import Point, dominated, points, worst
from reidlab.bench.utility.registry import UTILITIES

if TYPE_CHECKING:
    import pyarrow as pa

HOW = {
    "holdout": "half of the seeds chose it, the other half judged it",
    "bonferroni": "chosen and judged on the same seed, the interval widened for so many attacks",
}


def render(experiment: Experiment, table: pa.Table, palette: Sequence[str]) -> str:
    """Return the page: points by attack and utility, heat table, the worst attacks, what is dominated.

    Parameters
    ----------
    experiment : Experiment
        Gives the title and the question.
    table : pyarrow.Table
        The tidy table of the run.
    palette : sequence of str
        Colours of the families, in order.
    """
    from jinja2 import Environment, PackageLoader

    found = points(table)
    shown = [_point(point) for point in found]
    environment = Environment(loader=PackageLoader("reidlab"), autoescape=True)
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return environment.get_template("frontier.html.j2").render(
        name=experiment.name,
        question=experiment.question,
        points=shown,
        attacks=list(dict.fromkeys(point.attack for point in found)),
        rows={
            defense: {point["attack"]: point for point in shown if point["defense"] == defense}
            for defense in dict.fromkeys(point.defense for point in found)
        },
        status_quo=experiment.status_quo,
        utilities={
            name: {"title": UTILITIES[name].title, "lower": UTILITIES[name].lower_is_better}
            for name in experiment.utilities
        },
        worst=[
            {
                "defense": one.defense,
                "attack": one.attack,
                "value": _shown(one.advantage),
                "interval": _interval(one.advantage),
                "method": HOW[one.method],
                "covers": ", ".join(one.covers),
            }
            for one in worst(table)
        ],
        dominated={
            name: dominated(found, name, lower_is_better=UTILITIES[name].lower_is_better)
            for name in experiment.utilities
        },
        open=[row for row in table.to_pylist() if row["status"] != "done"],
        palette=list(palette),
    )


def _point(point: Point) -> dict[str, Any]:
    value = point.advantage.value
    return {
        "defense": point.defense,
        "family": point.family,
        "attack": point.attack,
        "guarantee": point.guarantee,
        "value": value,
        "low": point.advantage.low,
        "high": point.advantage.high,
        "shown": _shown(point.advantage),
        "interval": _interval(point.advantage),
        "strength": 0 if value is None else round(100 * min(1.0, max(0.0, value))),
        "between": "one seed" if point.between_seeds is None else f"{point.between_seeds:.3f}",
        "utility": dict(point.utility),
        "seeds": point.seeds,
    }


def _shown(one: Advantage) -> str:
    return one.reason if one.value is None else f"{one.value:z.2f}"


def _interval(one: Advantage) -> str:
    return "" if one.low is None or one.high is None else f"[{one.low:z.2f}, {one.high:z.2f}]"
