"""The figure that sets the simulation beside what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reidlab.plots import PALETTE
from reidlab.plots.style import Drawing, new

if TYPE_CHECKING:
    from simulate.calibration.card import Card, Verdict


def calibration_card(card: Card) -> Drawing:
    """Draw how far each simulated figure is from the published one, in units of its tolerance.

    Parameters
    ----------
    card : Card
        From `simulate.calibration.computed_card.compute_card`.

    Returns
    -------
    Drawing
        One line per figure with both numbers; the shaded band is the tolerance. An open circle is
        a figure that a parameter was fitted to, so that agreeing with it proves nothing.

    Examples
    --------
    >>> from simulate.calibration.card import Card, Figure, Verdict
    >>> figure = Figure("women", "visitors", "share", 0.6, 0.02, "2018", "a survey", "seen")
    >>> calibration_card(Card(1000, 1, (Verdict(figure, 0.61, 1000),)))
    Distances from the published figures: 1 of 1 figures within their tolerance at 1,000 people, seed 1.
    """
    figure, axes = new(
        "How near the simulation comes to what was published", width=9, height=0.24 * len(card.verdicts) + 1.4
    )
    axes.axvspan(-1, 1, color=PALETTE[5], alpha=0.2, label="within the tolerance")
    axes.axvline(0, color=PALETTE[6], linewidth=0.8)
    looks: dict[str, tuple[str, str, Literal["full", "none"]]] = {
        "agrees": ("o", PALETTE[0], "full"),
        "fitted to": ("o", PALETTE[7], "none"),
        "off": ("X", PALETTE[1], "full"),
    }
    for kind, (marker, colour, fill) in looks.items():
        shown = [(_distance(v), row) for row, v in enumerate(card.verdicts) if _kind(v) == kind]
        if shown:
            x, y = zip(*shown, strict=True)
            axes.plot(x, y, marker, color=colour, fillstyle=fill, label=kind)
    axes.set_yticks(range(len(card.verdicts)), [_label(v) for v in card.verdicts], fontsize=8)
    axes.set_ylim(len(card.verdicts) - 0.4, -0.6)
    reach = max([1.5, *(abs(_distance(v)) * 1.1 for v in card.verdicts)])
    axes.set_xlim(-reach, reach)
    axes.set_xlabel("difference, as a multiple of the tolerance")
    axes.set_ylabel("figure: published / simulated")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    off = "".join(f" Off: {v.figure.id}, {v.simulated:.4g} for {v.figure.published:.4g}." for v in card.off)
    return Drawing(figure, f"Distances from the published figures: {card!r}.{off}")


def _kind(verdict: Verdict) -> str:
    if verdict.fitted:
        return "fitted to"
    return "agrees" if verdict.passed else "off"


def _distance(verdict: Verdict) -> float:
    return verdict.difference / verdict.figure.tolerance


def _label(verdict: Verdict) -> str:
    name = verdict.figure.id.replace("_", " ")
    return f"{name}: {verdict.figure.published:.4g} / {verdict.simulated:.4g}"
