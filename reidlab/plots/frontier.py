"""Advantage of an attack against what the release is still good for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reidlab.plots import MARKERS, PALETTE, style

if TYPE_CHECKING:
    from reidlab.bench.frontier import Point


LOWEST = -0.15
"""Advantages below are drawn here: the reference is right more often than the attack."""


def frontier(
    points: Sequence[Point], attack: str, utility: str, *, status_quo: str = "", caption: str = ""
) -> style.Drawing:
    """Draw one attack: families of defences as lines over their parameter.

    Parameters
    ----------
    points : sequence of Point
        From `reidlab.bench.frontier.points`.
    attack, utility : str
        Which attack upwards, which utility to the right.
    status_quo : str
        Family that is ringed as what is done today; the line at 0 is not to send.
    caption : str
        What the utility's numbers are.

    Returns
    -------
    Drawing
        One marker and colour per family.
    """
    shown = [
        point
        for point in points
        if point.attack == attack and utility in point.utility and point.advantage.value is not None
    ]
    figure, axes = style.new(f"What each defence leaves to the attack: {attack}", width=9.5, height=5)
    for index, family in enumerate(dict.fromkeys(point.family for point in shown)):
        mine = [point for point in shown if point.family == family]
        x = [point.utility[utility] for point in mine]
        y = np.array([point.advantage.value for point in mine], dtype=float)
        low = np.array([point.advantage.low for point in mine], dtype=float)
        high = np.array([point.advantage.high for point in mine], dtype=float)
        place, again = index % len(PALETTE), index // len(PALETTE)
        low, seen, high = (np.clip(part, LOWEST, 1) for part in (low, y, high))
        axes.errorbar(
            x,
            seen,
            yerr=[
                np.maximum(seen - np.clip(low, LOWEST, 1), 0),
                np.maximum(np.clip(high, LOWEST, 1) - seen, 0),
            ],
            marker=MARKERS[(place + again) % len(MARKERS)],
            linestyle="--" if again else "-",
            label=f"{family} (status quo)" if family == status_quo else family,
            color=PALETTE[place],
        )
        if family == status_quo:
            axes.plot(x, seen, "o", markersize=14, fillstyle="none", color="#000000", zorder=3)
    axes.axhline(0, color="#7f7f7f", linewidth=0.8)
    axes.text(0.01, 0.005, "do not send: 0, whatever the attack", transform=axes.get_yaxis_transform(),
              fontsize=8, va="bottom")  # fmt: skip
    axes.set_ylim(LOWEST - 0.03, 1.05)
    axes.set_xlabel(f"{utility}: {caption}" if caption else utility)
    axes.set_ylabel("advantage of the attack (95 % interval)")
    if shown:
        figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    told = "; ".join(
        f"{point.defense}: advantage {point.advantage.value:.2f}, {utility} {point.utility[utility]:.3g}"
        for point in shown
    )
    return style.Drawing(
        figure, f"Advantage of {attack} against {utility}. {told or 'No cell has both numbers'}."
    )


def heat(points: Sequence[Point]) -> style.Drawing:
    """Draw all defences against all attacks as one table of advantages.

    Parameters
    ----------
    points : sequence of Point
        From `reidlab.bench.frontier.points`.

    Returns
    -------
    Drawing
        An empty field is a cell without a number.
    """
    rows = list(dict.fromkeys(point.defense for point in points))
    columns = list(dict.fromkeys(point.attack for point in points))
    values = np.full((len(rows), len(columns)), np.nan)
    for point in points:
        if point.advantage.value is not None:
            values[rows.index(point.defense), columns.index(point.attack)] = point.advantage.value
    figure, axes = style.new(
        "Advantage of each attack after each defence",
        width=2 + 0.07 * max(map(len, rows), default=0) + 1.2 * len(columns),
        height=2.5 + 0.3 * len(rows),
    )
    axes.imshow(np.ma.masked_invalid(values), cmap="cividis", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=20, ha="right", fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value < 0.5 else "black"
            axes.text(column, row, f"{value:z.2f}", ha="center", va="center", fontsize=8, color=colour)
    told = "; ".join(
        f"{point.defense} against {point.attack} {point.advantage.value:.2f}"
        for point in points
        if point.advantage.value is not None
    )
    return style.Drawing(figure, f"Table of advantages. {told or 'No cell has a number'}.")
