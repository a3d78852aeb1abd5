"""The frontier as one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attacks.advantage import Advantage
from reidlab.bench.experiment import Experiment
from reidlab.bench.frontier import Point, points, worst

if TYPE_CHECKING:
    import pyarrow as pa


def render(experiment: Experiment, table: pa.Table, palette: Sequence[str]) -> str:
    """Return the page: points by attack and utility, the worst attacks, the cells left open.

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

    environment = Environment(loader=PackageLoader("reidlab"), autoescape=True)
    return environment.get_template("frontier.html.j2").render(
        name=experiment.name,
        question=experiment.question,
        points=[_point(point) for point in points(table)],
        worst=[
            {
                "defense": one.defense,
                "attack": one.attack,
                "value": _shown(one.advantage),
                "interval": _interval(one.advantage),
                "method": one.method,
                "covers": ", ".join(one.covers),
            }
            for one in worst(table)
        ],
        open=[row for row in table.to_pylist() if row["status"] != "done"],
        palette=list(palette),
    )


def _point(point: Point) -> dict[str, Any]:
    return {
        "defense": point.defense,
        "family": point.family,
        "attack": point.attack,
        "guarantee": point.guarantee,
        "value": point.advantage.value,
        "low": point.advantage.low,
        "high": point.advantage.high,
        "shown": _shown(point.advantage),
        "interval": _interval(point.advantage),
        "between": "one seed" if point.between_seeds is None else f"{point.between_seeds:.3f}",
        "utility": dict(point.utility),
        "seeds": point.seeds,
    }


def _shown(one: Advantage) -> str:
    return one.reason if one.value is None else f"{one.value:.2f}"


def _interval(one: Advantage) -> str:
    return "" if one.low is None or one.high is None else f"[{one.low:.2f}, {one.high:.2f}]"
