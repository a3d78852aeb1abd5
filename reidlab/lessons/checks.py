"""What the lessons share: friendly checks of exercises, and the numbers that prose quotes."""

from __future__ import annotations

import math
from collections.abc import Collection
from importlib.util import find_spec
from typing import Any

from exports.errors import MissingExtraError


class TryAgain(AssertionError):
    """A check that has not passed yet, with a hint; Jupyter shows only its sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check_number(answer: Any, expected: float, *, hint: str, tolerance: float = 1e-6) -> None:
    """Compare a learner's number with the expected one.

    Parameters
    ----------
    answer : object
        What the cell above computed, a number or a `Share`; ``...`` when it is still open.
    expected : float
        The number, to be computed by the notebook and not typed.
    hint : str
        What to look at when it is wrong.
    tolerance : float
        Relative difference that still counts as right.

    Raises
    ------
    TryAgain
        With the hint, and never with the expected number.

    Examples
    --------
    >>> check_number(0.5, 1 / 2, hint="Divide.")
    Right.
    >>> check_number(..., 1 / 2, hint="Divide.")
    Traceback (most recent call last):
    reidlab.lessons.checks.TryAgain: The cell above is still `...`: replace it by your answer. Divide.
    """
    _open(answer, hint)
    answer = getattr(answer, "share", answer)
    try:
        right = math.isclose(float(answer), expected, rel_tol=tolerance, abs_tol=1e-12)
    except (TypeError, ValueError):
        raise TryAgain(f"That is no number but a {type(answer).__name__}. {hint}") from None
    if not right:
        side = "low" if float(answer) < expected else "high"
        raise TryAgain(f"Not yet: your number is too {side}. {hint}")
    print("Right.")


def check_choice(answer: Any, right: Any, *, among: Collection[Any], hint: str) -> None:
    """Compare a learner's choice with the right one.

    Examples
    --------
    >>> check_choice("b", "b", among=["a", "b"], hint="Read the table.")
    Right.
    """
    _open(answer, hint)
    if answer not in among:
        raise TryAgain(f"Choose one of {', '.join(map(repr, among))}. {hint}")
    if answer != right:
        raise TryAgain(f"Not yet. {hint}")
    print("Right.")


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


def _open(answer: Any, hint: str) -> None:
    if answer is ...:
        raise TryAgain(f"The cell above is still `...`: replace it by your answer. {hint}")
