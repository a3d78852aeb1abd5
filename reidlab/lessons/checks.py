"""What the lessons share: friendly checks of exercises, and the numbers that prose quotes."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from typing import Any

from exports.errors import MissingExtraError
from reidlab.lessons.questions import Question, questions


class TryAgain(AssertionError):
    """A check that has not passed yet, with a hint; Jupyter shows only its sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(name: str, answer: Any, *, among: Collection[str] = ()) -> None:
    """Compare a learner's answer with the right one, which stands nowhere in clear.

    A number is taken as a number, a `Share`, or text with a percent sign or a decimal comma, rounded
    to three digits or finer; a word in capitals or not.

    Parameters
    ----------
    name : str
        Lesson and exercise, ``"06/advantage"``.
    answer : object
        What the cell above computed; ``...`` while it is open.
    among : collection of str, optional
        The words to choose from, where the lesson computes them.

    Raises
    ------
    TryAgain
        With a hint by the kind of slip, and never with the answer.

    Examples
    --------
    >>> check("05/counted", 1)
    Right.
    >>> check("05/counted", "1,0")
    Right. (Python writes decimals with a point.)
    >>> check("05/counted", ...)
    Traceback (most recent call last):
    reidlab.lessons.checks.TryAgain: Exercise 05/counted is still `...`: replace it by your answer. ...
    """
    known = questions()
    if name not in known:
        raise TryAgain(f"There is no exercise {name!r}: leave the name in this cell as it was.")
    question = known[name]
    if answer is ...:
        raise TryAgain(f"Exercise {name} is still `...`: replace it by your answer. {question.hint}")
    note = question.taken(answer)
    if note is None:
        raise TryAgain(f"{name}: {_advice(question, answer, tuple(among) or question.among)}")
    print(f"Right. {note}".rstrip())


def _advice(question: Question, answer: Any, among: Collection[str]) -> str:
    slip = question.slip(answer, among)
    return f"{slip} {question.hint}"


def needs(extra: str, module: str) -> None:
    """Stop a lesson at its first cell when the extra that it needs is not installed.

    Parameters
    ----------
    extra : str
        Name of the extra.
    module : str
        A module that comes with it.

    Raises
    ------
    MissingExtraError
        Says what to install.

    Examples
    --------
    >>> needs("linkage", "no_such_module")
    Traceback (most recent call last):
    exports.errors.MissingExtraError: This lesson needs the extra 'linkage', which is not installed: ...
    """
    if find_spec(module) is None:
        raise MissingExtraError("This lesson", extra)


def quoted(text: str, value: float) -> None:
    """Check that a number quoted in prose is the computed one, at the digits it is quoted with.

    Raises
    ------
    AssertionError
        With both numbers.

    Examples
    --------
    >>> quoted("57.1 %", 4 / 7)
    >>> quoted("7,000,000", 7e6)
    """
    digits = text.replace(",", "").replace("%", "").strip()
    scale = 100 if "%" in text else 1
    decimals = len(digits.partition(".")[2])
    found = f"{scale * value:.{decimals}f}"
    assert found == digits, f"the prose quotes {text}, and the computed number is {found}"
