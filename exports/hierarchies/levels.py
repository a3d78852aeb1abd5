"""What each value of a column may become, level by level: hierarchies that nobody has written yet."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError
from exports.schema import Column
from exports.values.order import COMMA, Order, numerals, order_of

if TYPE_CHECKING:
    import pyarrow as pa

ANY = "*"
"""Label of the level at which every value is the same."""

Label = str | None
"""A value or its generalisation; None is a missing value, which generalises to itself below ``*``."""

Rows = list[list[Label]]

SEVERAL = 2
"""Numbers up to so many are no scale to cut."""

_CODE = re.compile(r"([A-Za-z]{1,3}\d{1,3})(?:[.\-]?(\w{1,4}))?|(\d{2,4})[.\-](\w{1,4})")
"""A code of letters and digits with a finer part, as in ICD: F32.1, 296.20."""


def proposed_rows(  # noqa: PLR0911 - one per kind of values
    distinct: Sequence[Label], values: pa.Array, declared: Column | None, name: str
) -> Rows:
    """Return levels that suit the values: groups, ranges, calendar, structure of codes, or only ``*``.

    Parameters
    ----------
    distinct : sequence of str or None
        The different values as text, None for a missing one.
    values : pyarrow.Array
        The same without the missing one, in their type.
    declared : Column, optional
        What the schema says of the column.
    name : str
        Of the column, for messages.

    Raises
    ------
    LabError
        When what is declared misses a value.
    """
    if declared is not None and declared.groups is not None:
        return grouped_rows(distinct, declared.groups, name)
    if declared is not None and (declared.prefix or declared.kind == "postal_code"):
        return prefix_rows(distinct)
    known = [value for value in distinct if value is not None]
    order = order_of(values, declared, name)
    if order is not None and order.ground == "dates":
        return calendar_rows(distinct, known, order)
    if order is not None and order.ground == "declared":
        return ordered_rows(distinct, known, order)
    if order is not None and order.ground == "numbers" and len(known) > SEVERAL:
        numbers = numbers_of(known, name, declared)
        if np.isfinite(numbers).all():
            return interval_rows(distinct, round_bounds(numbers), name, declared)
    if len(known) > SEVERAL and all(map(_CODE.fullmatch, known)) and any(map(_finer, known)):
        return code_rows(distinct)
    lengths = {len(value) for value in known}
    if len(known) > SEVERAL and len(lengths) == 1 and all(any(map(str.isdigit, value)) for value in known):
        return prefix_rows(distinct)
    return [[value, ANY] for value in distinct]


def interval_rows(
    distinct: Sequence[Label], bounds: Sequence[float], name: str, declared: Column | None = None
) -> Rows:
    """Return intervals ``[low, high)`` between bounds, merged in pairs level by level up to ``*``.

    Raises
    ------
    LabError
        When bounds do not increase, or a value is no number or lies outside of them.
    """
    edges = np.asarray(bounds, dtype=np.float64)
    if len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise LabError(f"The intervals of {name!r} must be at least two increasing numbers: sort the bounds.")
    numbers = numbers_of(distinct, name, declared)
    known = ~np.isnan(numbers)
    outside = known & ((numbers < edges[0]) | (numbers > edges[-1]))
    if outside.any():
        raise LabError(
            f"The intervals of {name!r} run from {edges[0]:g} to {edges[-1]:g} and miss {outside.sum()} "
            f"of {len(distinct)} values: widen them."
        )
    columns: list[list[Label]] = [list(distinct)]
    while True:
        cell = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
        names = [_interval(low, high, high == edges[-1]) for low, high in pairwise(edges)]
        columns.append([names[c] if there else None for c, there in zip(cell, known, strict=True)])
        if len(edges) == 2:
            break
        edges = np.append(edges[:-1:2], edges[-1])
    columns[-1] = [ANY] * len(distinct)
    return _transposed(columns)


def prefix_rows(distinct: Sequence[Label]) -> Rows:
    """Return levels that hide one character more each, from the right, up to ``*``.

    A star stands for one hidden character, so that shorter values keep theirs longer.
    """
    width = max((len(value) for value in distinct if value is not None), default=0)
    columns: list[list[Label]] = [
        [None if value is None else _hidden(value, width - cut) for value in distinct] for cut in range(width)
    ]
    return _transposed([*(columns or [list(distinct)]), [ANY] * len(distinct)])


def calendar_rows(distinct: Sequence[Label], known: Sequence[str], order: Order) -> Rows:
    """Return month, year and decade of dates, whatever their format."""
    days = order.dates.days if order.dates is not None else known
    day_of = dict(zip(known, days, strict=True))
    return [
        [None] * 4 + [ANY]
        if value is None
        else [value, day_of[value][:7], day_of[value][:4], f"{day_of[value][:3]}0s", ANY]
        for value in distinct
    ]


def ordered_rows(distinct: Sequence[Label], known: Sequence[str], order: Order) -> Rows:
    """Return ranges ``low..high`` of values in their declared order, twice as wide at each level."""
    arranged = [known[place] for place in np.argsort(order.ranks, kind="stable")]
    columns: list[list[Label]] = [list(distinct)]
    width = 2
    while width < len(arranged):
        label = {
            value: arranged[start] if len(part) == 1 else f"{part[0]}..{part[-1]}"
            for start in range(0, len(arranged), width)
            for part in [arranged[start : start + width]]
            for value in part
        }
        columns.append([None if value is None else label[value] for value in distinct])
        width *= 2
    return _transposed([*columns, [ANY] * len(distinct)])


def grouped_rows(distinct: Sequence[Label], groups: Mapping[str, Sequence[str]], name: str) -> Rows:
    """Return the declared group of each value, and ``*``.

    Raises
    ------
    LabError
        When a value belongs to no group.
    """
    place = {member: group for group, members in groups.items() for member in members}
    lacking = sum(value is not None and value not in place for value in distinct)
    if lacking:
        raise LabError(
            f"The groups of {name!r} lack {lacking} of its {len(distinct)} values: put each into one, or "
            "declare it missing."
        )
    return [[value, None if value is None else place[value], ANY] for value in distinct]


def code_rows(distinct: Sequence[Label]) -> Rows:
    """Return the structure of codes such as ICD's: the category, then less and less of its characters.

    Examples
    --------
    >>> code_rows(["F32.1", "F33.0"])[0]
    ['F32.1', 'F32.*', 'F3*.*', 'F**.*', '*']
    """
    stems = [None if value is None else _stem(value) for value in distinct]
    longest = max((len(stem) for stem in stems if stem is not None), default=0)
    rows: Rows = []
    for value, stem in zip(distinct, stems, strict=True):
        if value is None or stem is None:
            rows.append([None] * (longest + 1) + [ANY])
            continue
        masked = "".join("*" if character.isalnum() else character for character in value[len(stem) :])
        cuts = [_hidden(stem, longest - cut) + masked for cut in range(longest)]
        rows.append([value, *cuts, ANY])
    return rows


def set_label(values: Sequence[str], most: int) -> str:
    """Return the name of a set of values, ``*`` where they are more than ``most``.

    Examples
    --------
    >>> set_label(["never", "often"], 3), set_label(["Berlin, west", "Bonn"], 3), set_label("abcd", 3)
    ('{never, often}', '{"Berlin, west", Bonn}', '*')
    """
    return ANY if len(values) > most else "{" + ", ".join(map(_member, values)) + "}"


def set_members(label: str) -> list[str] | None:
    """Return the values of a set by its name; None for any other label.

    Examples
    --------
    >>> set_members('{"Berlin, west", Bonn}'), set_members("Bonn")
    (['Berlin, west', 'Bonn'], None)
    """
    if len(label) < len("{}") or label[0] != "{" or label[-1] != "}":
        return None
    inner = label[1:-1] if '"' in label else label[1:-1].replace(";", ",")
    return [member.strip() for member in next(csv.reader([inner], skipinitialspace=True), [])]


def _member(value: str) -> str:
    apart = set(',;{}"') & set(value) or value != value.strip() or not value
    return '"' + value.replace('"', '""') + '"' if apart else value


def round_bounds(numbers: NDArray[np.float64]) -> list[float]:
    """Return at most 64 equal intervals on round bounds of a width 1, 2 or 5 times a power of ten."""
    low, high = float(numbers.min()), float(numbers.max())
    least = max(
        (high - low) / 64, float(np.diff(np.sort(numbers)).min()), 1e-12 * max(abs(low), abs(high), 1.0)
    )
    power = 10.0 ** np.floor(np.log10(least))
    width = next(step * power for step in (1, 2, 5, 10) if step * power > least)
    first = np.floor(low / width)
    return [float((first + i) * width) for i in range(int(np.floor(high / width) - first) + 2)]


def numbers_of(values: Sequence[Label], name: str, declared: Column | None = None) -> NDArray[np.float64]:
    """Return the number that each text is, NaN for a missing value.

    Raises
    ------
    LabError
        When one is none.
    """
    comma = declared is not None and declared.format == COMMA
    try:
        return np.array(
            [
                np.nan if value is None else float(value.replace(",", ".") if comma else value)
                for value in values
            ]
        )
    except ValueError:
        pass
    pointed = [value.replace(",", ".") for value in values if value is not None]
    if not comma and numerals(list(dict.fromkeys(pointed))) is not None:
        raise LabError(f'The column {name!r} has numbers with a decimal comma: declare format = "," for it.')
    raise LabError(
        f"The column {name!r} has values that are no numbers, so it has no intervals: use a hierarchy file."
    )


def _interval(low: float, high: float, closed: bool) -> str:
    return f"[{low:.12g}, {high:.12g}{']' if closed else ')'}"


def _hidden(value: str, kept: int) -> str:
    return value[:kept] + ANY * max(len(value) - kept, 0)


def _stem(code: str) -> str:
    match = _CODE.fullmatch(code)
    return code if match is None else match[1] or match[3]


def _finer(code: str) -> bool:
    return len(_stem(code)) < len(code)


def _transposed(columns: Sequence[Sequence[Label]]) -> Rows:
    return [list(row) for row in zip(*columns, strict=True)]
