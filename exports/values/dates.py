"""Dates as people and programs write them, and whether their format is beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints

if TYPE_CHECKING:
    import pyarrow as pa

_CLOCK = r"(?P<time>[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"

NUMERIC = {
    f"{first}{mark}{second}{mark}{third}": (first, second, third, mark)
    for mark in "-/."
    for first, second, third in (("%Y", "%m", "%d"), ("%d", "%m", "%Y"), ("%m", "%d", "%Y"))
}
"""Formats of three numbers that may fit together: year, month and day, in the orders that are in use."""

WORDED = (
    "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%d. %B %Y",
)  # fmt: skip
"""Formats with the name of a month, which no two readings share."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Different texts read as moments.

    Parameters
    ----------
    format : str
        How they are written; a time of day may follow.
    moments : array of int64
        Microseconds since 1970 of each text.
    days : tuple of str
        Each as ``YYYY-MM-DD``.
    """

    format: str
    moments: Ints
    days: tuple[str, ...]


def dates_of(texts: Sequence[str]) -> tuple[Dates, ...]:
    """Return every reading of different texts as dates: none, one, or, where it is ambiguous, two.

    Every text must be a day that exists, and different texts different moments.

    Examples
    --------
    >>> [one.format for one in dates_of(["27.07.1989", "01.12.1950"])]
    ['%d.%m.%Y']
    >>> [one.format for one in dates_of(["03/04/2020", "05/06/2021"])]
    ['%d/%m/%Y', '%m/%d/%Y']
    >>> dates_of(["31.02.2020"])
    ()
    """
    if not len(texts) or not _looks_dated(texts[0]) or not _looks_dated(texts[-1]):
        return ()
    found = [one for written in NUMERIC if (one := _numeric(texts, written)) is not None]
    found += [one for written in WORDED if (one := declared_dates(texts, written)) is not None]
    kept: list[Dates] = []
    for one in found:
        same = any(np.array_equal(one.moments, other.moments) for other in kept)
        if not same and len(np.unique(one.moments)) == len(texts):
            kept.append(one)
    return tuple(kept)


def declared_dates(texts: Sequence[str], written: str) -> Dates | None:
    """Return texts read in one format of Python's ``strptime``; None where one does not fit.

    Examples
    --------
    >>> declared_dates(["3/12/47"], "%d/%m/%y").days
    ('2047-12-03',)
    """
    moments = np.zeros(len(texts), np.int64)
    days = []
    for place, text in enumerate(texts):
        try:
            moment = datetime.strptime(text.strip(), written)
        except ValueError:
            return None
        plain = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        moments[place] = int(np.datetime64(plain, "us").astype(np.int64))
        days.append(f"{plain.year:04d}-{plain.month:02d}-{plain.day:02d}")
    return Dates(written, moments, tuple(days))


def unfit(texts: Sequence[str], written: str) -> int:
    """Return how many texts do not fit a format."""
    return sum(declared_dates([text], written) is None for text in texts)


def _looks_dated(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return digits >= 5 and 8 <= len(text) <= 40 and not text.isdigit()


def _numeric(texts: Sequence[str], written: str) -> Dates | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    *parts, mark = NUMERIC[written]
    groups = {"%Y": r"(?P<year>\d{4})", "%m": r"(?P<month>\d{1,2})", "%d": r"(?P<day>\d{1,2})"}
    pattern = f"^{(chr(92) + mark).join(groups[part] for part in parts)}{_CLOCK}$"
    found = pc.extract_regex(pa.array(texts, pa.string()), pattern)
    if found.null_count:
        return None
    year, month, day = (_integers(found.field(name)) for name in ("year", "month", "day"))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    known = (month >= 1) & (month <= 12)
    longest = lengths[np.where(known, month, 0)] + ((month == 2) & leap)
    if not (known & (day >= 1) & (day <= longest) & (year >= 1)).all():
        return None
    first = (year - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1)
    dates = first.astype("M8[D]") + (day - 1)
    clocks = _clocks(found.field("time").to_pylist(), found.field("zone").to_pylist())
    if clocks is None:
        return None
    moments = dates.astype("M8[us]").astype(np.int64) + clocks
    return Dates(written, moments, tuple(str(one) for one in dates))


def _integers(column: pa.Array) -> NDArray[np.int64]:
    import pyarrow as pa

    return np.asarray(column.cast(pa.int64()), np.int64)


def _clocks(times: Sequence[str | None], zones: Sequence[str | None]) -> Ints | None:
    """Return microseconds since midnight in UTC; None where an hour or minute does not exist."""
    if not any(times) and not any(zones):
        return np.zeros(len(times), np.int64)
    if len({bool(zone) for zone in zones}) > 1 or any(
        zone and not time for zone, time in zip(zones, times, strict=True)
    ):
        return None
    found = np.zeros(len(times), np.int64)
    for place, (time, zone) in enumerate(zip(times, zones, strict=True)):
        hour, minute, second = ([float(part) for part in (time or " 0:0")[1:].split(":")] + [0.0])[:3]
        if hour > 23 or minute > 59 or second >= 61:
            return None
        shift = 0
        if zone and zone != "Z":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            shift = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
        found[place] = round(((hour * 60 + minute - shift) * 60 + second) * 10**6)
    return found
