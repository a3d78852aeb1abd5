"""The figures of a run, as SVG and PNG."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from reidlab.bench.frontier import points
from reidlab.plots.frontier import frontier, heat
from reidlab.plots.style import save

if TYPE_CHECKING:
    import pyarrow as pa


def draw(table: pa.Table, folder: Path) -> None:
    """Write the heat table, and the frontier of every attack against every utility."""
    found = points(table)
    drawings = {"heat": heat(found)}
    for attack in dict.fromkeys(point.attack for point in found):
        for utility in dict.fromkeys(name for point in found for name in point.utility):
            drawings[f"{attack}-{utility}"] = frontier(found, attack, utility)
    for name, (figure, alt) in drawings.items():
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        for suffix in (".svg", ".png"):
            save(figure, folder / f"{stem}{suffix}", alt)
