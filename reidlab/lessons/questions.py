"""What is asked of a learner: a hint, and the digests of what is right, so that no file shows an answer."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

QUESTIONS = Path(__file__).with_name("questions.json")
ROUNDS = 2_000
"""Rounds of the key derivation: a check takes milliseconds, a search through all numbers a day."""

Kind = Literal["word", "count", "number"]
"""A word; a whole number, which must be exact; or a number, of which three digits must be right."""


@dataclass(frozen=True, slots=True)
class Question:
    """One exercise with its hint; the answer is held as digests of its spellings.

    Parameters
    ----------
    name : str
        Lesson and exercise.
    hint : str
        Where to look.
    among : tuple of str
        The words to choose from; empty for a number.
    kind : str
        ``word``, ``count`` or ``number``.
    right : tuple of str
        Digest of the answer; two where it lies between two roundings.
    coarse : str
        Digest of a number that is rounded to two digits.

    Examples
    --------
    >>> share = Question("x/share", "Divide.").answered(0.5473)
    >>> share.taken("54.7 %"), share.taken(0.55)
    ('', None)
    >>> share.slip(0.4527, ()), share.slip(0.55, ())
    ('That is the complement: 1 minus the answer.', 'Rounded too far: give three digits.')
    """

    name: str
    hint: str
    among: tuple[str, ...] = ()
    kind: Kind = "word"
    right: tuple[str, ...] = ()
    coarse: str = ""

    def answered(self, answer: Any) -> Question:
        """Return the question with the digests of its right answer."""
        value = getattr(answer, "share", answer)
        if isinstance(value, str | bool):
            return Question(self.name, self.hint, self.among, "word", (self._digest(_word(value)),))
        number = float(value)
        kind: Kind = "count" if number == round(number) and abs(number) >= 2 else "number"
        found = Question(self.name, self.hint, self.among, kind)
        near = (number, number * (1 - 1e-9), number * (1 + 1e-9))
        right = tuple(dict.fromkeys(map(found._told, near))) if kind == "number" else (found._told(number),)
        return Question(self.name, self.hint, self.among, kind, right, found._digest(f"{number:.1e}"))

    def taken(self, answer: Any) -> str | None:
        """Return what to say of a right answer, perhaps nothing; None when it is not right."""
        if self.kind == "word":
            return "" if self._digest(_word(getattr(answer, "share", answer))) in self.right else None
        for number, note in _numbers(answer):
            if self._told(number) in self.right:
                return note
            if self.kind == "number" and 1 < abs(number) <= 100 and self._told(number / 100) in self.right:
                return "(That is in percent; as a share it is a hundredth.)"
        return None

    def slip(self, answer: Any, among: Collection[str]) -> str:
        """Return the kind of slip behind a wrong answer, or that it is not right yet."""
        if self.kind == "word":
            words = [word for word in among if _word(word) == _word(answer)]
            return "Not yet." if words or not among else f"Choose one of {', '.join(map(repr, among))}."
        numbers = [number for number, _ in _numbers(answer) if math.isfinite(number)]
        if not numbers:
            return f"That is no number but a {type(answer).__name__}, or one without an end."
        for number in numbers:
            for said, meant in self._slips(number):
                if self._told(meant) in self.right:
                    return said
            if self.kind == "number" and self._digest(f"{number:.1e}") == self.coarse:
                return "Rounded too far: give three digits."
        return "Not yet."

    def _slips(self, number: float) -> Iterator[tuple[str, float]]:
        yield "That is the complement: 1 minus the answer.", 1 - number
        yield "The sign is the other way round.", -number
        if number:
            yield "That is upside down: divide the one by the other, not the other by the one.", 1 / number
        if self.kind == "count":
            yield "Off by one.", number - 1
            yield "Off by one.", number + 1
            yield "Nearly: give the whole number, not a rounded one.", float(round(number))
        for power, unit in ((100, "hundred"), (1000, "thousand"), (1e6, "million")):
            yield f"The unit is another one: that is a {unit} times too much.", number / power
            yield f"The unit is another one: that is a {unit} times too little.", number * power

    def _told(self, number: float) -> str:
        if not math.isfinite(number):
            return ""
        exact = self.kind == "count"
        return self._digest(f"{number:.9g}" if exact else f"{number + 0.0:.2e}")

    def _digest(self, text: str) -> str:
        return hashlib.pbkdf2_hmac("sha256", text.encode(), self.name.encode(), ROUNDS).hex()[:32]


def _word(answer: Any) -> str:
    return str(answer).strip().strip("\"'`").casefold()


def _numbers(answer: Any) -> Iterator[tuple[float, str]]:
    """Yield the numbers that an answer may mean, with what to say of its spelling."""
    value = getattr(answer, "share", answer)
    comma = "(Python writes decimals with a point.)"
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, int) for part in value):
        yield float(f"{value[0]}.{value[1]}"), comma
    elif isinstance(value, str):
        yield from _read(value, comma)
    else:
        try:
            yield float(value), ""
        except (TypeError, ValueError, OverflowError):
            return


def _read(text: str, comma: str) -> Iterator[tuple[float, str]]:
    bare = re.sub(r"[\s'_]", "", text)
    scale = 0.01 if bare.endswith("%") else 1.0
    bare = bare.removesuffix("%")
    spellings = {bare: ""}
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        spellings[bare.replace(",", "")] = ""
    if bare.count(",") == 1:
        spellings[bare.replace(".", "").replace(",", ".")] = comma
    for spelling, note in spellings.items():
        try:
            yield scale * float(spelling), note
        except ValueError:
            continue


@cache
def questions() -> dict[str, Question]:
    """Return every question by name.

    Examples
    --------
    >>> questions()["00/receiver"].among
    ('a', 'b', 'c')
    """
    raw = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    several = ("among", "right")
    return {
        name: Question(name, **{**one, **{key: tuple(one.get(key, ())) for key in several}})
        for name, one in raw.items()
    }


def written(found: Collection[Question]) -> str:
    """Return questions as the text of their file.

    Examples
    --------
    >>> written([Question("00/x", "Look.").answered("b")]).splitlines()[1]
    ' "00/x": {'
    """
    raw = {}
    for one in sorted(found, key=lambda question: question.name):
        raw[one.name] = {key: value for key, value in asdict(one).items() if key != "name" and value}
    return json.dumps(raw, indent=1, ensure_ascii=False) + "\n"
