"""The figure that shows what became of every address on the lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reidlab.plots import PALETTE
from reidlab.plots.style import Drawing, ink, new

if TYPE_CHECKING:
    from simulate.upload.match import Match

LABELS = {
    "matched": "matched to an account",
    "no_account": "no account",
    "other_address": "account under another address",
    "typo": "mistyped",
    "normalisation": "normalised differently",
    "duplicates": "on the list already",
    "invalid": "no address",
}
_NARROW = 0.05


def parts(match: Match) -> dict[str, int]:
    """Return the addresses of one list by what became of them, in the order of ``LABELS``."""
    found = {"matched": match.matched, **match.lost}
    found |= {"duplicates": match.duplicates, "invalid": match.invalid}
    return {name: found[name] for name in LABELS}


def where_they_went(matches: Mapping[str, Match], titles: Mapping[str, str], people: int) -> Drawing:
    """Draw one bar per list: the matched, and the lost by cause.

    Parameters
    ----------
    matches : mapping of platform name to Match
        What each platform made of its list.
    titles : mapping of platform name to str
        Names to print.
    people : int
        Collected people, for the title.

    Examples
    --------
    >>> from simulate.upload.match import Match
    >>> lost = {"no_account": 2, "other_address": 1, "typo": 0, "normalisation": 0}
    >>> found = Match("p", 7, 0, 0, 4, 0, 7, lost, accounts=20, requests=1, shown="below 100")
    >>> where_they_went({"p": found}, {"p": "P"}, 7).alt.split(". ")[1]
    'P: of 7 rows sent, matched to an account 4, no account 2, account under another address 1.'
    """
    figure, axes = new(f"Where {people:,} people's addresses went", width=9, height=0.75 * len(matches) + 1.6)
    names = [name for name in matches if matches[name].received]
    left = [0.0] * len(names)
    for colour, (part, label) in zip(PALETTE, LABELS.items(), strict=False):
        shares = [parts(matches[name])[part] / matches[name].received for name in names]
        bars = axes.barh(range(len(names)), shares, left=left, color=colour, label=label, height=0.7)
        wide = [f"{100 * share:.0f} %" if share >= _NARROW else "" for share in shares]
        axes.bar_label(bars, wide, label_type="center", color=ink(colour), fontsize=9)
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(names)), [f"{titles[n]}\n{matches[n].received:,} sent" for n in names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.set_xlabel("share of the list")
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return Drawing(figure, alt(matches, titles))


def alt(matches: Mapping[str, Match], titles: Mapping[str, str]) -> str:
    """Return the figure in words."""
    sentences = []
    for name, match in matches.items():
        told = ", ".join(f"{LABELS[part]} {count:,}" for part, count in parts(match).items() if count)
        sentences.append(f"{titles[name]}: of {match.received:,} rows sent, {told}.")
    return "Stacked bars of what became of each list. " + " ".join(sentences)
