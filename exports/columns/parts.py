"""What columns are to the table as a whole: whose row it is, household, weight, time, consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exports.columns.detection import Detection
from exports.columns.names.parts import patterns
from exports.columns.names.words import folded, words_of
from exports.columns.scanning import Values
from exports.columns.tally import Tally
from exports.schema import Role

PERSON_KINDS = (
    "external_id", "medical_record", "health_plan", "national_id", "ssn", "email", "phone", "token", "uuid",
    "advertising_id", "device_id", "account", "card",
)  # fmt: skip
"""Kinds of columns that tell whose row it is, the best first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One column, and what a role is concluded from.

    Parameters
    ----------
    name : str
        Of the column.
    values : Values
        How many there are, and how many differ.
    tally : Tally
        What the cells look like.
    place : int
        Of the column in the tally.
    found : Detection
        The kind of personal data in it.
    """

    name: str
    values: Values
    tally: Tally
    place: int
    found: Detection

    @property
    def once(self) -> bool:
        """Whether every value is different."""
        return not self.values.repeated and self.values.different == self.values.cells

    @property
    def decimal(self) -> bool:
        """Whether all values are numbers, some of them with a fraction."""
        return self.numeric and self.tally.of("decimal", self.place) > 0

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        tally, place = self.tally, self.place
        return 0 < self.values.cells <= tally.of("decimal", place) + tally.of("integer", place)

    @property
    def timed(self) -> bool:
        """Whether all values are months, times of day or ratios."""
        return 0 < self.values.cells <= self.tally.of("partial date", self.place)

    @property
    def form(self) -> str:
        """What the cells are, the same whatever file they come from."""
        if self.numeric:
            return "numbers with fractions" if self.decimal else "whole numbers"
        kind = str(self.values.kind)
        return kind if kind in ("bool",) or "<" in kind else "text"


def parts_of(columns: Sequence[Facts]) -> dict[str, tuple[str, str]]:
    """Return, by name of the column, what it is to the table, and what that rests on."""
    found: dict[str, tuple[str, str]] = {}
    for part, choose in (
        ("weight", _weight), ("household", _household), ("person", _person), ("consent", _consent),
        ("time", _time),
    ):  # fmt: skip
        best = choose([one for one in columns if one.name not in found and one.values.cells])
        if best is not None:
            found[best[0].name] = part, best[1]
    return found


def _called(one: Facts, part: str) -> bool:
    return patterns()[part].search(folded(words_of(one.name))) is not None


def _several(one: Facts) -> str | None:
    """Say how many rows each value has, where it has several."""
    values = one.values
    if values.different < 2 or values.different == values.cells or not values.different:
        return None
    return f"{values.cells:,} rows of {values.different:,} values: several rows per value"


def _weight(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    for one in columns:
        if _called(one, "weight") and one.numeric and one.values.different > 1 and one.found.kind is None:
            return one, "called like a sampling weight, which no outsider knows, and all numbers"
    return None


def _household(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    for one in columns:
        several = _several(one)
        many = one.values.different * 50 >= one.values.cells
        if several and many and _called(one, "household") and not one.decimal:
            return one, f"called like a household; {several}"
    return None


def _person(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    ranked: list[tuple[bool, int, int, Facts, str]] = []
    for one in columns:
        several, kind = _several(one), one.found.kind
        if several is None or kind not in PERSON_KINDS or one.found.role not in (Role.IDENTIFIER, Role.TOKEN):
            continue
        if one.found.share.count * 2 >= one.values.cells:
            ranked.append((not _called(one, "person"), PERSON_KINDS.index(kind), len(ranked), one, several))
    if not ranked:
        return None
    *_, best, several = min(ranked, key=lambda entry: entry[:3])
    return best, f"tells whose row it is; {several}"


def _consent(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    for one in columns:
        numbered = one.numeric and not one.decimal and one.values.different == 2
        answers = one.values.cells if numbered else one.tally.of("yes or no", one.place)
        if _called(one, "consent") and one.values.different <= 4 and answers == one.values.cells:
            return one, "called like a consent, and answered by yes or no"
    return None


def _time(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    dated = [one for one in columns if one.found.kind == "date" and one.found.role == Role.QUASI_IDENTIFIER]
    called = [one for one in dated if _called(one, "time")] or dated
    if not called:
        return None
    return called[0], "dates that span no lifetime: when a row happened"
