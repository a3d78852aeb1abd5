"""The figure of lists that are sent again every year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reidlab.plots import MARKERS, PALETTE
from reidlab.plots.style import Drawing, new, percent

LINES = {"matched_ever": "matched by any list so far", "matched_at_once": "matched by this year's list"}


def seven_years(by_year: Mapping[str, Mapping[str, Any]]) -> Drawing:
    """Draw the share of collected people whom each year's list matches, and whom any list so far did.

    Parameters
    ----------
    by_year : mapping of str to mapping
        ``by_year`` of `simulate.disclosure.years.report`.

    Examples
    --------
    >>> share = lambda count, of: {"count": count, "of": of, "share": count / of}
    >>> seven_years({"2013": {"matched_ever": share(4, 8), "matched_at_once": share(4, 8)},
    ...              "2014": {"matched_ever": share(12, 20), "matched_at_once": share(9, 20)}})
    Share of all collected people that is matched, 2013 to 2014. Matched by any list so far: 50.0 % (4 of 8)
    first, 60.0 % (12 of 20) last. Matched by this year's list: 50.0 % (4 of 8) first, 45.0 % (9 of 20) last.
    """
    figure, axes = new("What a new list every year adds")
    listed, told = list(by_year), []
    for (key, label), colour, marker in zip(LINES.items(), PALETTE, MARKERS, strict=False):
        shares = [by_year[year][key] for year in listed]
        axes.plot(listed, [one["share"] for one in shares], color=colour, marker=marker, label=label)
        first, last = (
            f"{percent(one['share'])} ({one['count']:,} of {one['of']:,})" for one in (shares[0], shares[-1])
        )
        told.append(f"{label.capitalize()}: {first} first, {last} last.")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_ylabel("share of everybody collected by then")
    axes.legend(frameon=False, fontsize=9)
    span = f"{listed[0]} to {listed[-1]}"
    return Drawing(figure, f"Share of all collected people that is matched, {span}. {' '.join(told)}")
