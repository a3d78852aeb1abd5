"""Generalised values: which values a released label such as ``[20, 30)`` or ``021**`` can stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from exports.hierarchies.hierarchy import Hierarchy
from exports.hierarchies.levels import ANY, Label, set_members
from exports.schema import Column
from exports.values.dates import dates_of, declared_dates

_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_BETWEEN = re.compile(rf"([\[\](]?)\s*{_NUMBER}\s*(?:,|;|\.\.|-|–|\bto\b)\s*{_NUMBER}\s*([\[\])]?)")
_BEYOND = re.compile(rf"(<=|>=|<|>|≤|≥)\s*{_NUMBER}")
_AT_LEAST = re.compile(rf"{_NUMBER}\s*\+")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}.*")
_EARLIER = re.compile(r"\d{4}(-\d{2}(-\d{2}([ T]\d{2}(:\d{2}){0,2})?)?)?|\d{3}0s")


def covered(
    labels: Sequence[Label], values: Sequence[Label], declared: Column | None = None
) -> NDArray[np.bool_]:
    """Return which values each label can stand for.

    A label stands for itself. Read as generalisations are intervals (``[20, 30)``, ``20-29``,
    ``20..29``, ``20 to 29``, ``>=65``, ``65+``), ranges of text in its order (``cook..smith``), sets
    (``{a, b}``), hidden characters (``021**``), the year, month or decade of dates (``1990-02``,
    ``1990s``), ``*``, and every label of the declared hierarchy. A missing value stands for itself
    only, or for anything where the schema declares it a wildcard.

    Parameters
    ----------
    labels : sequence of str or None
        Values of a released column.
    values : sequence of str or None
        Values that people have.
    declared : Column, optional
        The column as declared; its hierarchy is public knowledge.

    Returns
    -------
    array of bool, shape (labels, values)

    Examples
    --------
    >>> covered(["[20, 30)", "4*", "34", "*"], ["20", "34", "41"]).astype(int)
    array([[1, 0, 0],
           [0, 0, 1],
           [0, 1, 0],
           [1, 1, 1]])
    """
    place: dict[Label, int] = {value: at for at, value in enumerate(values)}
    found = np.zeros((len(labels), len(values)), dtype=bool)
    known = np.array([value is not None for value in values], dtype=bool)
    numbers = _numbers(values)
    moments, days = _moments(values, declared)
    leaves = _leaves(declared, place)
    for row, label in enumerate(labels):
        if label in place or label in leaves:
            found[row, [*leaves.get(label, []), *([place[label]] if label in place else [])]] = True
        elif label is None and declared is not None and declared.nulls == "wildcard":
            found[row] = True
        elif label is not None and set(label) <= {ANY}:
            found[row] = known
        elif label is not None:
            found[row] = _inside(label, numbers) | _listed(label, place, len(values))
            if not found[row].any() and ".." in label:
                found[row] = _from_to(label, values, moments, declared)
            if ANY in label:
                found[row] |= _masked(label, values)
            if _EARLIER.fullmatch(label):
                found[row] |= _dated(label, values, days)
    return found


def _dated(label: str, values: Sequence[Label], days: Mapping[str, str]) -> NDArray[np.bool_]:
    """Return which dates and times lie in a year, month, decade or the like."""
    start = label.removesuffix("0s")
    within = (
        value is not None
        and days.get(value, value).startswith(start)
        and bool(_MOMENT.fullmatch(days.get(value, value)))
        for value in values
    )
    return np.fromiter(within, dtype=bool, count=len(values))


def _numbers(values: Sequence[Label]) -> NDArray[np.float64]:
    numbers = np.full(len(values), np.nan)
    for at, value in enumerate(values):
        try:
            numbers[at] = np.nan if value is None else float(value)
        except ValueError:
            continue
    return numbers


def _leaves(declared: Column | None, place: dict[Label, int]) -> dict[Label, list[int]]:
    """Return the values under each label of the declared hierarchy file."""
    if declared is None or declared.hierarchy is None:
        return {}
    hierarchy = Hierarchy.from_csv(declared.hierarchy)
    leaves: dict[Label, list[int]] = {}
    for level in range(1, hierarchy.height + 1):
        for leaf, label in zip(hierarchy.labels[0], hierarchy.label(level), strict=True):
            if leaf in place:
                leaves.setdefault(label, []).append(place[leaf])
    return leaves


def _inside(label: str, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    if match := _BETWEEN.fullmatch(label.strip()):
        opening, low, high, closing = match[1], float(match[2]), float(match[3]), match[4]
        above = numbers > low if opening in ("(", "]") else numbers >= low
        below = numbers < high if closing in (")", "[") else numbers <= high
        return above & below
    if match := _AT_LEAST.fullmatch(label.strip()):
        return numbers >= float(match[1])
    if match := _BEYOND.fullmatch(label.strip()):
        bound = float(match[2])
        if match[1] in ("<", ">"):
            return numbers < bound if match[1] == "<" else numbers > bound
        return numbers <= bound if match[1] in ("<=", "≤") else numbers >= bound
    return np.zeros(len(numbers), dtype=bool)


def _listed(label: str, place: dict[Label, int], size: int) -> NDArray[np.bool_]:
    found = np.zeros(size, dtype=bool)
    members = set_members(label.strip()) or []
    found[[place[member] for member in members if member in place]] = True
    return found


def _moments(values: Sequence[Label], declared: Column | None) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Return moment and day of values that are dates in the declared format, or in one beyond doubt."""
    known = [value for value in dict.fromkeys(values) if value is not None]
    if declared is not None and declared.format is not None:
        found = declared_dates(known, declared.format)
    else:
        readings = dates_of(known)
        found = readings[0] if len(readings) == 1 else None
    if found is None:
        return {}, {}
    return dict(zip(known, found.moments.tolist(), strict=True)), dict(zip(known, found.days, strict=True))


def _from_to(
    label: str, values: Sequence[Label], moments: Mapping[str, int], declared: Column | None
) -> NDArray[np.bool_]:
    """Return which values lie between the ends of a range: in the declared order, of dates, or of text."""
    low, _, high = label.partition("..")
    order = None if declared is None else declared.order
    rank = moments if order is None else {value: at for at, value in enumerate(order)}
    if not rank:
        return np.array([value is not None and low <= value <= high for value in values], dtype=bool)
    if low not in rank or high not in rank:
        return np.zeros(len(values), dtype=bool)
    places = [rank.get(value) if value is not None else None for value in values]
    return np.array([at is not None and rank[low] <= at <= rank[high] for at in places], dtype=bool)


def parts_below(hierarchy: Hierarchy) -> dict[Label, list[str]]:
    """Return, for each label of a hierarchy that divides, the labels of the level below it.

    Examples
    --------
    >>> parts_below(Hierarchy.from_rows([["clerk", "office", "*"], ["smith", "trade", "*"]]))
    {'*': ['office', 'trade']}
    """
    found: dict[Label, list[str]] = {}
    for level in range(1, hierarchy.height + 1):
        parts: dict[Label, set[str]] = {}
        for part, above in {*zip(hierarchy.label(level - 1), hierarchy.label(level), strict=True)}:
            if part not in (None, above):
                parts.setdefault(above, set()).add(str(part))
        found |= {
            above: sorted(some) for above, some in parts.items() if len(some) > 1 and above not in found
        }
    return found


def finer(
    label: Label, values: Sequence[Label], below: Mapping[Label, Sequence[str]] = MappingProxyType({})
) -> list[str]:
    """Return the next labels below one of a hierarchy, the members of a set, or the ends of a range.

    Whoever generalises as little as possible would have released one of these, had it stood for
    everybody in the class.

    Examples
    --------
    >>> finer("46..65", []), finer("{a, b}", []), finer("34", [])
    (['46', '65'], ['a', 'b'], [])
    """
    if label is None or label in values:
        return []
    if label in below:
        return list(below[label])
    members = set_members(label.strip())
    if members is not None:
        return members
    low, dots, high = label.partition("..")
    return [low, high] if dots and low != high else []


def _masked(label: str, values: Sequence[Label]) -> NDArray[np.bool_]:
    pattern = re.compile(re.escape(label).replace(r"\*", "."))
    return np.array([value is not None and bool(pattern.fullmatch(value)) for value in values], dtype=bool)
