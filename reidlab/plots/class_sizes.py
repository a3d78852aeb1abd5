"""The figure of how many people share a class with others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reidlab.plots import PALETTE
from reidlab.plots.style import Drawing, new, percent

if TYPE_CHECKING:
    from reidlab.assessment.findings import Assessment

_HATCHES = ("", "//", "..", "xx", "\\\\", "oo", "--", "++")


def class_sizes(assessments: Mapping[str, Assessment]) -> Drawing:
    """Draw how the people of one or several exports are spread over classes of each size.

    Parameters
    ----------
    assessments : mapping of str to Assessment
        Assessments by the name to print, such as before and after a defence; at most eight.

    Returns
    -------
    Drawing
        Bars; the number of people stands above each. The leftmost bars are people alone.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> from reidlab import assess
    >>> table = pa.table({"age": [30, 30, 41]})
    >>> class_sizes({"export": assess(table, Schema.of(quasi_identifier=["age"]))})
    Bars of people by the size of their class. export: of 3, 1 in a class of 1 (33.3 %), 2 in 2 to 4 (66.7 %).
    """
    figure, axes = new("How many people share the values that others may know")
    sizes = list(next(iter(assessments.values())).class_sizes) if assessments else []
    width, told = 0.8 / max(1, len(assessments)), []
    for place, ((label, found), colour, hatch) in enumerate(
        zip(assessments.items(), PALETTE, _HATCHES, strict=False)
    ):
        counts = list(found.class_sizes.values())
        total = max(1, sum(counts))
        left = [index - 0.4 + (place + 0.5) * width for index in range(len(sizes))]
        bars = axes.bar(
            left,
            [count / total for count in counts],
            width,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=label,
        )
        axes.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8)
        spread = ", ".join(
            f"{count:,} in {'a class of ' if size == sizes[0] else ''}{size} ({percent(count / total)})"
            for size, count in found.class_sizes.items()
            if count
        )
        told.append(f"{label}: of {sum(counts):,}, {spread}." if spread else f"{label}: nobody.")
    axes.set_xticks(range(len(sizes)), sizes)
    axes.set_xlabel("people in the class")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_ylabel("share of the people")
    if len(assessments) > 1:
        axes.legend(frameon=False, fontsize=9)
    return Drawing(figure, f"Bars of people by the size of their class. {' '.join(told)}")
