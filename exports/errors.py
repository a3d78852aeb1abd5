"""The one error that a user is meant to read, and the word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LabError(Exception):
    """A fault the user can mend: one sentence with the value, the limit and the way out.

    The command line prints the sentence and exits with 2; nothing else is shown, so the
    sentence never holds a cell value, a credential or a secret.

    Examples
    --------
    >>> raise LabError("--people is -3 but must be at least 1: give a positive number.")
    Traceback (most recent call last):
    exports.errors.LabError: --people is -3 but must be at least 1: give a positive number.
    """


class MissingExtraError(LabError):
    """An optional backend is not installed; the sentence names the extra that brings it.

    Parameters
    ----------
    what : str
        What was asked for, as the user would call it.
    extra : str
        Name of the extra in ``pyproject.toml``.

    Examples
    --------
    >>> print(MissingExtraError("Spark", "spark"))
    Spark needs the extra 'spark', which is not installed: in the lab's folder, pip install '.[spark]'.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed: {how_to_install(extra)}."
        )


def how_to_install(extra: str) -> str:
    """Return the advice that installs an extra from the lab's own folder, never by a name on an index.

    Examples
    --------
    >>> how_to_install("dp")
    "in the lab's folder, pip install '.[dp]'"
    """
    return f"in the lab's folder, pip install '.[{extra}]'"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known word most like ``name``, for an error that suggests it; case does not count.

    Examples
    --------
    >>> nearest("Linkabilty", ["inference", "linkability"])
    'linkability'
    """
    words = {word.lower(): word for word in known}
    close = get_close_matches(name.lower(), words, n=1, cutoff=0.0)
    return words[close[0]] if close else "none"
