"""The figure of a membership attack where it matters: at few false positives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exports.errors import LabError
from exports.shares import Share
from reidlab.plots import MARKERS, PALETTE
from reidlab.plots.style import Drawing, new, percent

if TYPE_CHECKING:
    from attacks.result import AttackResult

_FLOOR = 1e-4


def operating_points(results: Mapping[str, AttackResult]) -> Drawing:
    """Draw true against false positive rates on log axes, with the interval of the former.

    Parameters
    ----------
    results : mapping of str to AttackResult
        Results of a membership attack by the name to print, at most eight.

    Returns
    -------
    Drawing
        On the dashed line an attack does no better than guessing. A rate below 1 in 10,000 is drawn
        there, at the edge.

    Raises
    ------
    LabError
        When a result holds no operating points.

    Examples
    --------
    >>> import numpy as np
    >>> from attacks.membership.operating_points import result_of_scores
    >>> found = result_of_scores(
    ...     "membership", np.arange(100.0) + 50, np.arange(100.0), rows=np.arange(100), prior=0.5,
    ...     asked=100, seed=1,
    ... )
    >>> operating_points({"copy": found})
    True against false positive rates. copy: 61.0 % [51.2, 70.0] (61 of 100) at 10.0 % false.
    """
    figure, axes = new("Members found, for each share of outsiders wrongly accused", width=6.5, height=5)
    axes.plot([_FLOOR, 1], [_FLOOR, 1], "--", color=PALETTE[6], label="guessing")
    told = []
    for (label, result), colour, marker in zip(results.items(), PALETTE, MARKERS, strict=False):
        if not result.series.get("at"):
            raise LabError(
                f"The result {label!r} of {result.name} holds no operating points: give one of membership."
            )
        points = sorted(result.series["at"].values(), key=lambda at: at["false_positives"]["share"])
        true, false = zip(*((at["true_positives"], at["false_positives"]) for at in points), strict=True)
        shares = [max(one["share"], _FLOOR) for one in true]
        low = [share - max(one["low"], _FLOOR) for share, one in zip(shares, true, strict=True)]
        high = [max(one["high"], _FLOOR) - share for share, one in zip(shares, true, strict=True)]
        axes.errorbar(
            [max(one["share"], _FLOOR) for one in false],
            shares,
            yerr=[low, high],
            color=colour,
            marker=marker,
            capsize=3,
            label=label,
        )
        rates = "; ".join(
            f"{Share(hit['count'], hit['of'], 'estimated')!r} at {percent(miss['share'])} false"
            for hit, miss in zip(true, false, strict=True)
        )
        told.append(f"{label}: {rates}.")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(_FLOOR, 1)
    axes.set_ylim(_FLOOR, 1.1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda rate, _: f"{100 * rate:g} %")
    axes.set_xlabel("false positive rate: outsiders taken for members")
    axes.set_ylabel("true positive rate: members found (95 % interval)")
    axes.legend(frameon=False, fontsize=9)
    return Drawing(figure, f"True against false positive rates. {' '.join(told)}")
