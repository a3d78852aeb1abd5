"""The figure of an attacker's work: tokens opened against guesses made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exports.errors import LabError
from reidlab.plots import MARKERS, PALETTE
from reidlab.plots.style import Drawing, new

if TYPE_CHECKING:
    from attacks.result import AttackResult


def guesses_against_share(results: Mapping[str, AttackResult]) -> Drawing:
    """Draw the share of people whose token was opened, after 1, 10, 100, ... guesses.

    Parameters
    ----------
    results : mapping of str to AttackResult
        Results of ``hash-reversal`` by the name to print, at most eight.

    Returns
    -------
    Drawing
        Full lines are opened tokens. A dotted line of the same colour is the share of the released
        addresses that the guesses covered, where the result tells it.

    Raises
    ------
    LabError
        When a result holds no curve of guesses.

    Examples
    --------
    >>> from attacks import AttackResult
    >>> from attacks.advantage import advantage
    >>> from exports import Share
    >>> opened, blind = Share(30, 40, "estimated"), Share(0, 40, "estimated")
    >>> curve = {"guesses": [1, 10, 100], "share": [0.0, 0.25, 0.75]}
    >>> stolen = AttackResult(
    ...     "hash-reversal", opened, None, blind, advantage(opened, blind, "baseline"), 40, 40,
    ...     series={"curve": curve},
    ... )
    >>> guesses_against_share({"old list": stolen})
    Share of tokens opened against guesses. old list: 75.0 % [59.8, 85.8] (30 of 40) after 100 guesses.
    """
    figure, axes = new("How many guesses open how many tokens")
    told = []
    for (label, result), colour, marker in zip(results.items(), PALETTE, MARKERS, strict=False):
        if "curve" not in result.series:
            raise LabError(
                f"The result {label!r} of {result.name} holds no curve of guesses: give one of hash-reversal."
            )
        curve = result.series["curve"]
        axes.plot(curve["guesses"], curve["share"], color=colour, marker=marker, label=label)
        if "coverage" in curve:
            axes.plot(
                curve["guesses"], curve["coverage"], color=colour, linestyle=":", label=f"{label}: covered"
            )
        tried = curve["guesses"][-1] if curve["guesses"] else 0
        told.append(f"{label}: {result.attack!r} after {tried:,} guesses.")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("guesses made")
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_ylabel("people whose token is open")
    axes.legend(frameon=False, fontsize=9)
    return Drawing(figure, f"Share of tokens opened against guesses. {' '.join(told)}")
