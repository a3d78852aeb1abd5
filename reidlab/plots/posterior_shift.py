"""The figure of what a release makes an adversary believe about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.errors import LabError
from reidlab.plots import MARKERS, PALETTE
from reidlab.plots.style import Drawing, new, percent

if TYPE_CHECKING:
    from attacks.result import AttackResult


@dataclass(frozen=True, slots=True)
class Shift:
    """What is believed about a person before a release, and after each thing it may show.

    Parameters
    ----------
    prior : float
        Probability before.
    posteriors : mapping of str to float
        Probability after, by what was seen.
    """

    prior: float
    posteriors: Mapping[str, float]

    @classmethod
    def of(cls, result: AttackResult) -> Shift:
        """Return the shift that a match of accounts makes.

        Raises
        ------
        LabError
            When the result holds no belief, or nobody is in one of the groups.
        """
        belief = result.series.get("belief", {})
        seen = {"matched": "posterior_matched", "not matched": "posterior_unmatched"}
        found = {label: belief[key] for label, key in seen.items() if belief.get(key) is not None}
        if not found or belief["prior"] is None:
            raise LabError(
                f"The result of {result.name} holds no belief before and after: give one of account-match."
            )
        return cls(belief["prior"], found)


def posterior_shift(shifts: Mapping[str, Shift], *, claim: str = "this person is a client") -> Drawing:
    """Draw how far each release moves the belief in a claim.

    Parameters
    ----------
    shifts : mapping of str to Shift
        Shifts by the name of the release.
    claim : str
        What is believed or not.

    Returns
    -------
    Drawing
        One line per release: an arrow from the prior (a bar) to each posterior (a marker).

    Examples
    --------
    >>> posterior_shift({"hash": Shift(0.03, {"matched": 1.0, "not matched": 0.01})})
    Belief that this person is a client. hash: 3.0 % before; 100.0 % then (matched); 1.0 % then (not matched).
    """
    figure, axes = new(f"How sure: {claim}", height=0.6 * len(shifts) + 1.6)
    labels = list(dict.fromkeys(seen for shift in shifts.values() for seen in shift.posteriors))
    for row, shift in enumerate(shifts.values()):
        axes.plot(
            shift.prior,
            row,
            "|",
            color="black",
            markersize=22,
            markeredgewidth=2,
            label="before" if row == 0 else None,
        )
        for seen, belief in shift.posteriors.items():
            place = labels.index(seen)
            colour, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
            # Each posterior has its own height, so that arrows in one direction do not hide one another.
            height = row + 0.16 * (place - (len(labels) - 1) / 2)
            axes.annotate(
                "",
                (belief, height),
                (shift.prior, height),
                arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 5},
            )
            known = seen in axes.get_legend_handles_labels()[1]
            axes.plot(belief, height, marker, color=colour, markersize=8, label=None if known else seen)
    axes.set_yticks(range(len(shifts)), list(shifts))
    axes.set_ylim(len(shifts) - 0.5, -0.5)
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.set_xlabel("probability")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    told = [
        "; ".join(
            [
                f"{name}: {percent(shift.prior)} before",
                *(f"{percent(belief)} then ({seen})" for seen, belief in shift.posteriors.items()),
            ]
        )
        for name, shift in shifts.items()
    ]
    return Drawing(figure, f"Belief that {claim}. " + " ".join(f"{line}." for line in told))
