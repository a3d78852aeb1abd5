"""Grading of longer work: what can be measured is measured, what cannot is graded by its author."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from reidlab.lessons.checks import TryAgain

CLAIMS = ("anonymous", "anonymised", "anonymized", "anonym", "safe", "sicher", "guaranteed", "solved")
"""Words that promise more than a measurement can show."""
DENIALS = (
    "not",
    "no",
    "never",
    "nobody",
    "nothing",
    "without",
    "nor",
    "nicht",
    "kein",
    "keine",
    "nie",
    "ohne",
)

RATE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:%|percent|Prozent)")
COUNT = re.compile(r"\d[\d.,' ]*\s+(?:out\s+of|of|von|aus)\s+(?:the\s+|den\s+)?\d[\d.,']*")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that an answer must do.

    Parameters
    ----------
    what : str
        In words, as a learner reads it.
    points : int
        For doing it.
    met : callable
        Whether an answer does it; an error of the lab counts as no, and its sentence is shown.
    """

    what: str
    points: int
    met: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Grade:
    """Points of one part, criterion by criterion.

    Parameters
    ----------
    part : str
        Its title.
    lines : tuple of (str, int, int)
        Criterion, points reached, points to be had.
    """

    part: str
    lines: tuple[tuple[str, int, int], ...]

    @property
    def points(self) -> int:
        """Points reached."""
        return sum(points for _, points, _ in self.lines)

    @property
    def of(self) -> int:
        """Points to be had."""
        return sum(most for _, _, most in self.lines)

    def __repr__(self) -> str:
        marks = (
            f"  {'yes' if points else 'not yet':<8}{what} ({points} of {most})"
            for what, points, most in self.lines
        )
        return "\n".join([f"{self.part}: {self.points} of {self.of} points", *marks])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(what)}</td><td>{points} of {most}</td></tr>"
            for what, points, most in self.lines
        )
        head = f"{escape(self.part)}: {self.points} of {self.of} points"
        return f"<table><caption>{head}</caption><tr><th>criterion</th><th>points</th></tr>{rows}</table>"


def check_part(part: str, answer: Any, criteria: Sequence[Criterion]) -> Grade:
    """Grade one part by its criteria; what is not met costs its points and stops nothing.

    Raises
    ------
    TryAgain
        When the answer is still open.

    Examples
    --------
    >>> even = Criterion("It is even", 2, lambda n: n % 2 == 0)
    >>> check_part("Sums", 4, [even, Criterion("It is 5", 3, lambda n: n == 5)])
    Sums: 2 of 5 points
      yes     It is even (2 of 2)
      not yet It is 5 (0 of 3)
    """
    if answer is ... or (isinstance(answer, Mapping) and any(value is ... for value in answer.values())):
        raise TryAgain(f"{part}: the cell above is still `...`: replace it by your answer.")
    lines = []
    for criterion in criteria:
        reason = ""
        try:
            met = bool(criterion.met(answer))
        except Exception as error:
            # A learner's function may fail in any way, and costs this criterion only.
            met, reason = False, f" [{type(error).__name__}: {error}]"
        lines.append((criterion.what + reason, criterion.points if met else 0, criterion.points))
    return Grade(part, tuple(lines))


def check_own(part: str, points: Mapping[str, Any], criteria: Mapping[str, int]) -> Grade:
    """Take the points that an author gives to work of their own.

    Parameters
    ----------
    part : str
        Title.
    points : mapping of str to int
        Points by criterion; ``...`` while it is open.
    criteria : mapping of str to int
        The most points of each.

    Raises
    ------
    TryAgain
        When a criterion is open, or has points it cannot have.

    Examples
    --------
    >>> check_own("Letter", {"It is short": 1}, {"It is short": 2}).points
    1
    """
    for what, most in criteria.items():
        given = points.get(what, ...)
        if given is ...:
            raise TryAgain(f"{part}: give yourself 0 to {most} points for {what!r}.")
        if not isinstance(given, int) or not 0 <= given <= most:
            raise TryAgain(f"{part}: {what!r} takes 0 to {most} points, not {given!r}.")
    return Grade(part, tuple((what, points[what], most) for what, most in criteria.items()))


def overclaims(text: str) -> list[str]:
    """Return the words of a text that promise more than was measured; one that is denied promises nothing.

    Examples
    --------
    >>> overclaims("The list is anonymous, so everybody is safe.")
    ['anonymous', 'safe']
    >>> overclaims("We do **not** claim that the table is anonymous.")
    []
    """
    found = set()
    for clause in re.split(r"[.;:!?,]|\bbut\b|\bso\b|\baber\b", text.lower()):
        words = re.findall(r"[a-zäöüß]+", clause)
        denied = min((words.index(word) for word in DENIALS if word in words), default=len(words))
        found |= {word for word in words[:denied] if word in CLAIMS}
    return [claim for claim in CLAIMS if claim in found]


def names_every(text: str, topics: Sequence[Sequence[str]]) -> bool:
    """Tell whether a text names each topic by one of its words, in any case and with any ending.

    Examples
    --------
    >>> names_every("Die Liste, die Antworten.", [("list", "liste"), ("answer", "antwort")])
    True
    """
    lower = " ".join(text.lower().replace("*", "").split())
    return all(any(re.search(rf"\b{re.escape(word)}", lower) for word in words) for words in topics)


def bare_rates(text: str) -> list[str]:
    """Return the percentages in whose sentence no count stands.

    Examples
    --------
    >>> bare_rates("57.1 % (4,000,000 of 7,000,000) matched. Another 35 % had agreed.")
    ['35 %']
    >>> bare_rates("57,1 % (4.000.000 von 7.000.000) wurden erkannt.")
    []
    """
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return [rate for one in sentences if not COUNT.search(one) for rate in RATE.findall(one)]


def total(grades: Sequence[Grade]) -> Grade:
    """Return all parts as one grade, a line each.

    Examples
    --------
    >>> total([Grade("A", (("x", 1, 2),)), Grade("B", (("y", 3, 3),))])
    All parts: 4 of 5 points
      yes     A (1 of 2)
      yes     B (3 of 3)
    """
    return Grade("All parts", tuple((grade.part, grade.points, grade.of) for grade in grades))
