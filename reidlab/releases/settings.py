"""``--set key=value``: text from the command line as the values that a class takes."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from math import isnan
from pathlib import Path
from typing import Any, Literal, get_origin

from exports.errors import LabError
from exports.plugins import nearest
from exports.reading.loading import load


def split(pairs: Iterable[str]) -> dict[str, str]:
    """Return ``key=value`` pairs as a mapping; a later pair wins.

    Raises
    ------
    LabError
        When a pair has no ``=``.

    Examples
    --------
    >>> split(["k=5", "salt=a=b"])
    {'k': '5', 'salt': 'a=b'}
    """
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise LabError(f"--set takes key=value, not {pair!r}: write for example --set budget=1000.")
        found[key] = value
    return found


def typed(given: Mapping[str, str], owner: type, types: Mapping[str, Any]) -> dict[str, Any]:
    """Return each value in the type that its name is declared with.

    Parameters
    ----------
    given : mapping of str to str
        From ``split``.
    owner : type
        The class that is set up; its module resolves names of literal types.
    types : mapping of str to str or type
        Annotation of every name that can be set. A table and a key are read from the file that
        the text names (``env:NAME`` reads a key from the environment).

    Raises
    ------
    LabError
        When a name is not known, or its value is not of its type.

    Examples
    --------
    >>> typed({"k": "5", "columns": "zip,age"}, object, {"k": "int", "columns": "tuple[str, ...] | None"})
    {'k': 5, 'columns': ('zip', 'age')}
    """
    name = getattr(owner, "name", owner.__name__)
    values = {}
    for key, text in given.items():
        if key not in types:
            raise LabError(f"{name} has no setting {key!r}; the nearest is {nearest(key, types)!r}.")
        values[key] = _value(f"{name}: {key}", text, _parts(types[key], owner))
    return values


def _parts(declared: Any, owner: type) -> list[str]:
    """Return the members of an annotation, which is text where annotations are postponed."""
    text = declared if isinstance(declared, str) else getattr(declared, "__name__", str(declared))
    namespace = vars(sys.modules[owner.__module__])
    parts = [part.strip() for part in text.split(" | ")]
    return [str(namespace[part]) if get_origin(namespace.get(part)) is Literal else part for part in parts]


def _value(label: str, text: str, parts: list[str]) -> Any:
    if "None" in parts and text.lower() == "none" and not any("'none'" in part for part in parts):
        return None
    for part in parts:
        reader = _READERS.get("Literal" if "Literal[" in part else part)
        if reader is not None:
            try:
                return reader(text)
            except (ValueError, KeyError):
                continue
    readable = [part for part in parts if part in _READERS]
    if not readable:
        raise LabError(f"{label} cannot be given on the command line: set it from Python.")
    raise LabError(f"{label} is {text!r} but must be {' or '.join(readable)}: give such a value.")


def _truth(text: str) -> bool:
    return {"true": True, "false": False, "yes": True, "no": False}[text.lower()]


def _words(text: str) -> tuple[str, ...]:
    """Return the words between commas; one that holds a comma stands in double quotes, as in CSV."""
    words = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(word.strip() for word in words if word.strip())


def _number(text: str) -> float:
    number = float(text)
    if isnan(number):
        raise ValueError(text)
    return number


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(word) for word in _words(text))


def _halves(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, second = text.split(";")
    return _words(first), _words(second)


def _key(text: str) -> bytes:
    """Read a secret from a file, or from the environment; it never stands on the command line."""
    if text.startswith("env:"):
        secret = os.environ.get(text[4:])
        if secret is None:
            raise LabError(f"The environment has no variable {text[4:]!r}: export it or name a file.")
        return secret.encode()
    try:
        return Path(text).read_bytes().removesuffix(b"\n")
    except OSError:
        raise LabError("A key is read from a file or from env:NAME, and there is no such file.") from None


_READERS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": _number,
    "bool": _truth,
    "bytes": _key,
    "pa.Table": load,
    "Table": load,
    "tuple[str, ...]": _words,
    "Sequence[str]": _words,
    "tuple[float, ...]": _numbers,
    "tuple[tuple[str, ...], tuple[str, ...]]": _halves,
    "Path": Path,
    "Literal": str,
    "str": str,
}
