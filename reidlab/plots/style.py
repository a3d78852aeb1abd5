"""How every house figure is set up and written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from reidlab.plots import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def new(title: str, *, width: float = 8.0, height: float = 4.5) -> tuple[Figure, Axes]:
    """Return a figure with one set of axes in the house style; no window is opened.

    Parameters
    ----------
    title : str
        What the figure shows, as a sentence.
    width, height : float
        Inches.

    Examples
    --------
    >>> figure, axes = new("Where the list went")
    >>> axes.get_title(loc="left")
    'Where the list went'
    """
    from cycler import cycler
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.set_prop_cycle(cycler(color=PALETTE))
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Figure, path: Path, alt: str) -> None:
    """Write a figure aside and rename it; the alt text travels in the file and beside it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to write.
    path : Path
        ``.png`` or ``.svg``.
    alt : str
        The figure in words, for a reader who cannot see it; written to ``<path>.txt``.
    """
    aside = path.with_name(f".{os.getpid()}.{path.name}")
    key = "Title" if path.suffix == ".svg" else "Description"
    figure.savefig(aside, format=path.suffix[1:], dpi=150, metadata={key: alt})
    aside.replace(path)
    path.with_suffix(path.suffix + ".txt").write_text(alt + "\n", encoding="utf-8")
