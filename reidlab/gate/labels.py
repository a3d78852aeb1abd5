"""What a label may stand for: the worst value that a range, a set or a code cut off can mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import inf

from reidlab.gate.small_areas import is_small, known_area

_ISO = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_DAY = rf"(?:{_ISO}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}))(?:[T ]\d{{1,2}}[:h]\d{{2}}.*)?"
_MONTH = r"(?:\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|\d{4}[ \-]?[QWqw]\d{1,2}|[QWqw]\d[ \-/]?\d{4}|[^\W\d_]{3,12}\.?[ \-']\d{4})"
_CUT = r"\d{4}[-/.][\d*xX_]+(?:[-/.][\d*xX_]+)?|\d{8}|\d{4}[-/.]\d?\*+"
_YEAR = r"(?:1[6-9]|20|21)\d{2}(?:\.0+)?|(?:1[6-9]|20)\d?\*+|\d?\*{3,4}"
_WORDED = r"\d{1,2}(?:\.|st|nd|rd|th)? ?(?:de )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
_HIDDEN = re.compile(r"[*xX_?]*|any|all|suppressed|other|na|nan|none|null|unknown|-", re.IGNORECASE)
_RANGE = re.compile(
    r"(?P<open>[\[(]?)\s*(?P<low>[^,;{}\[\]()]*?)\s*(?:\.\.+|,|;| to | - |–)\s*(?P<high>[^,;{}\[\]()]*?)\s*(?P<close>[\])]?)"
)
_DASHED = re.compile(r"(?P<low>[\w*.]+)-(?P<high>[\w*.]+)(?P<close>)")
_ABOVE = re.compile(
    r"(?:>=|≥|from |over |above )\s*(?P<low>\S+)|(?P<plus>[\d.]+)\s*(?:\+|plus|and (?:over|older|above))"
)
_OVER = re.compile(r">\s*(?P<low>\S+)")
_BELOW = re.compile(r"(?:<=?|≤|up to |under |below )\s*(?P<high>\S+)")

FINEST = ("none", "year", "month", "day")
"""Parts of a date from coarse to fine."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of a label as written; an end that is left open is None.

    Parameters
    ----------
    values : tuple of str or None
        One end for a value, two for a range, all members for a set.
    ranged : bool
        Whether the two ends bound a range.
    beyond : bool
        Whether the upper end itself lies outside, as in ``[60, 90)``.
    """

    values: tuple[str | None, ...]
    ranged: bool = False
    beyond: bool = False


@lru_cache(1 << 14)
def ends(label: str) -> Ends:  # noqa: PLR0911 - one return per form of label
    """Return what a label is written of.

    Examples
    --------
    >>> ends("[60, 72)").values, ends("{02139, 02140}").values, ends("90+").values, ends("021**").values
    (('60', '72'), ('02139', '02140'), ('90', None), ('021**',))
    """
    text = label.strip()
    if text.startswith("{") and text.endswith("}"):
        return Ends(tuple(part.strip(" '\"") for part in re.split("[,;|]", text[1:-1])))
    if re.fullmatch(rf"{_DAY}|{_MONTH}|{_CUT}|{_WORDED}|-?\d+(?:\.\d+)?|\d{{5}}-\d{{4}}", text):
        return Ends((text,))
    if match := _ABOVE.fullmatch(text):
        return Ends((match["low"] or match["plus"], None), ranged=True)
    if match := _OVER.fullmatch(text):
        number = _number(match["low"])
        return Ends((match["low"] if number is None else str(int(number) + 1), None), ranged=True)
    if match := _BELOW.fullmatch(text):
        return Ends((None, match["high"]), ranged=True, beyond=text[:1] == "<" and "=" not in text)
    if match := _RANGE.fullmatch(text) or _DASHED.fullmatch(text):
        low, high = (
            None if one in ("", "inf", "-inf", "∞") else one for one in (match["low"], match["high"])
        )
        return Ends((low, high), ranged=True, beyond=match["close"] == ")" and high is not None)
    return Ends((text,))


def finest_date(label: str) -> str | None:
    """Return the finest part of a date that a label gives away; None where it is no date.

    Examples
    --------
    >>> [finest_date(label) for label in ("2024-01-05..2024-01-09", "2020..2024", "2024-0****", "flu")]
    ['day', 'year', 'month', None]
    >>> finest_date("2020-01-01..2023-12-31")
    'year'
    """
    written = ends(label)
    if _whole_years(written):
        return "year"
    parts = [_part(one) for one in written.values if one is not None and not _HIDDEN.fullmatch(one)]
    known = [one for one in parts if one is not None]
    if len(known) < len(parts) or not known:
        return None
    return max(known, key=FINEST.index)


def _whole_years(written: Ends) -> bool:
    low, high = (*written.values, None)[:2]
    if not written.ranged or not low or not high:
        return False
    first = re.fullmatch(r"\d{4}-0?1-0?1", low)
    last = re.fullmatch(r"\d{4}-0?1-0?1" if written.beyond else r"\d{4}-12-31", high)
    return bool(first and last)


def _part(text: str) -> str | None:
    for pattern, part in ((_YEAR, "year"), (_DAY, "day"), (_WORDED, "day"), (_MONTH, "month")):
        if re.fullmatch(pattern, text.strip()):
            return part
    if not re.fullmatch(_CUT, text.strip()):
        return None
    kept = re.search(r"\d", text.strip()[5:]) or re.fullmatch(r"\d{8}", text.strip())
    return "month" if kept else "year"


def postal_characters(label: str) -> int:
    """Return the most characters of a postal code that a label gives away.

    Examples
    --------
    >>> [postal_characters(label) for label in ("02139..02141", "021**", "SW12 3AB", "1000*")]
    [5, 3, 7, 4]
    """
    return max((len(_kept(one)) for one in ends(label).values if one), default=0)


def _kept(code: str) -> str:
    """Return the characters of a postal code before what is hidden of it."""
    if _HIDDEN.fullmatch(code):
        return ""
    return re.sub(r"[^0-9A-Za-z]", "", re.split(r"[*?#]|[xX_]+$", re.sub(r"\.0+$", "", code.strip()))[0])


def areas(label: str) -> list[str]:
    """Return the three-digit ZIP areas that a label names."""
    kept = [_kept(one) for one in ends(label).values if one]
    return [one[:3] for one in kept if len(one) >= 3]


def oldest_age(label: str, oldest: int = 89) -> float | None:
    """Return the oldest age that a label gives away; None where it holds no number.

    A label that is open upwards from one more than ``oldest`` or lower gives away no older age.

    Examples
    --------
    >>> [oldest_age(label) for label in ("60..72", "[84, 92)", "90+", "91..97", "95+", "[80, 90)", "97")]
    [72, 91, 0, 97, 95, 89, 97]
    """
    written = ends(label)
    if written.ranged:
        low, high = (None if one is None else _number(one) for one in written.values)
        if low is not None and written.values[1] is None:
            return low if low > oldest + 1 else 0
        if high is None:
            return None
        return max(low if low is not None else -inf, high - 1 if written.beyond else high)
    numbers = [_number(one) for one in written.values if one is not None and not _HIDDEN.fullmatch(one)]
    known = [one for one in numbers if one is not None]
    return None if not known or len(known) < len(numbers) else max(known)


def _number(text: str) -> int | float | None:
    match = re.search(r"-?\d+(?:\.\d+)?", text)
    if match is None or len(re.findall(r"\d+(?:\.\d+)?", text)) > 1:
        return None
    value = float(match.group())
    return int(value) if value.is_integer() else value


def oldest_birth(label: str, today: date, oldest: int = 89) -> float | None:
    """Return the oldest age that a year of birth, or a range of them, gives away on a day.

    Examples
    --------
    >>> [oldest_birth(label, date(2026, 12, 1)) for label in ("1950", "1925", "1930..1939", "<=1936")]
    [76, 101, 96, 0]
    """
    written = ends(label)
    if written.ranged and written.values[0] is None and written.values[1] is not None:
        year = _year(written.values[1])
        return None if year is None else 0 if today.year - year <= oldest + 1 else today.year - year
    years = [_year(one) for one in written.values if one is not None]
    known = [one for one in years if one is not None]
    return today.year - min(known) if known else None


def _year(text: str) -> int | None:
    match = re.search(r"(?:18|19|20)\d{2}", text)
    if match:
        return int(match.group())
    cut = re.fullmatch(r"((?:18|19|20)\d?)\*+", text.strip())
    return int(cut.group(1).ljust(4, "0")) if cut else None


@dataclass(slots=True)
class Content:
    """The worst that the labels of one column may stand for, as rules of a policy ask it."""

    dates: bool
    postal: bool
    ages: bool
    births: bool
    today: date
    found: dict[str, object] = field(default_factory=dict)

    def read(self, labels: Iterable[str]) -> dict[str, object]:
        """Return the worst of all labels, by the rules that ask of them."""
        texts = [label for label in labels if label and not _HIDDEN.fullmatch(label.strip())]
        unread: dict[str, int] = {}
        parts = [finest_date(one) for one in texts]
        known = [one for one in parts if one is not None]
        if self.dates or self.births or "day" in known or _mostly_dates(texts, known):
            fine = [one for one in known if self.dates or self.births or one in ("day", "month")]
            if fine:
                self.found["finest_date"] = max(fine, key=FINEST.index)
            if (self.dates or self.births) and len(known) < len(texts):
                unread["finest_date"] = len(texts) - len(known)
        if self.postal:
            self.found["zip_digits"] = max(map(postal_characters, texts), default=0)
            codes = {area for one in texts for area in areas(one)}
            self.found["small_areas"] = sum(map(is_small, codes))
            self.found["unknown_areas"] = sum(not known_area(code) for code in codes)
        if self.ages or self.births:
            ages = [oldest_birth(one, self.today) if self.births else oldest_age(one) for one in texts]
            read = [one for one in ages if one is not None]
            if read:
                self.found["oldest_age"] = int(max(read))
            if len(read) < len(ages):
                unread["oldest_age"] = len(ages) - len(read)
        if self.births:
            self.found["ages_counted_on"] = self.today.isoformat()
        return self.found | ({"unread": unread} if unread else {})


def _mostly_dates(texts: list[str], known: list[str]) -> bool:
    """Tell whether labels are dates whatever their column is called: a month needs company to be one."""
    return bool(texts) and known.count("month") >= 0.9 * len(texts)
