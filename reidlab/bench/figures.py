"""The figures of a run, as SVG and PNG."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from reidlab.bench.experiment import Experiment
from reidlab.bench.frontier import points
from reidlab.bench.utility.registry import UTILITIES
from reidlab.plots.frontier import frontier, heat
from reidlab.plots.style import save

if TYPE_CHECKING:
    import pyarrow as pa


def draw(experiment: Experiment, table: pa.Table, folder: Path) -> None:
    """Write the heat table, and the frontier of every attack against the first utility."""
    found = points(table)
    drawings = {"heat": heat(found)}
    for attack in dict.fromkeys(point.attack for point in found):
        for utility in experiment.utilities[:1]:
            told = UTILITIES[utility]
            caption = f"{told.title}{', less is better' if told.lower_is_better else ''}"
            drawings[f"{attack}-{utility}"] = frontier(
                found, attack, utility, status_quo=experiment.status_quo, caption=caption
            )
    for name, (figure, alt) in drawings.items():
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        for suffix in (".svg", ".png"):
            save(figure, folder / f"{stem}{suffix}", alt)
