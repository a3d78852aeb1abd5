"""What a release is still good for, one number each: the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.plugins import load

if TYPE_CHECKING:
    from exports.release import Release
    from reidlab.bench.materials.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Utility:
    """One measure of usefulness.

    Parameters
    ----------
    kinds : tuple of str
        Kinds of release that it is defined on.
    title : str
        What its numbers are.
    lower_is_better : bool
        Whether it is an error.
    place : str
        ``module:function`` of (data, release) that measures it.
    """

    kinds: tuple[str, ...]
    title: str
    lower_is_better: bool
    place: str


UTILITIES: Mapping[str, Utility] = {
    "kept-rows": Utility(
        ("records", "tokens"), "share of the rows that left", False, "reidlab.bench.utility.tables:kept_rows"
    ),
    "matched-reach": Utility(
        ("tokens",),
        "share of the people whom the platform can advertise to",
        False,
        "reidlab.bench.utility.lists:matched_reach",
    ),
    "margin-error": Utility(
        ("records",),
        "how far the columns' distributions moved",
        True,
        "reidlab.bench.utility.tables:margin_error",
    ),
    "two-way-error": Utility(
        ("records", "synthetic"),
        "how far the distributions of pairs of columns moved",
        True,
        "reidlab.bench.utility.tables:two_way_error",
    ),
    "count-error": Utility(
        ("counts",),
        "mean distance of the counts from the true ones, in people",
        True,
        "reidlab.bench.utility.tables:count_error",
    ),
    "size-error": Utility(
        ("counts",),
        "mean relative distance of audience sizes from the true ones",
        True,
        "reidlab.bench.utility.tables:size_error",
    ),
}
"""Every measure by name."""


def measure(name: str, data: Prepared, release: Release) -> tuple[str, float | None]:
    """Return why a utility does not apply, or its value.

    Parameters
    ----------
    name : str
        A key of ``UTILITIES``.
    data : Prepared
        What the defence was given, and the recipient's accounts.
    release : Release
        What it made of it.
    """
    one = UTILITIES[name]
    if release.kind not in one.kinds:
        return f"{name} is of {', '.join(one.kinds)}, and this release is {release.kind}", None
    if one.kinds == ("counts",) and name == "count-error" and release.table is None:
        return f"{name} compares a table of counts, and these are answered one by one", None
    return "", load(name, {name: one.place}, "utility")(data, release)
