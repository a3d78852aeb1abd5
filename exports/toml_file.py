"""TOML files at the edge of the lab: read and checked once, or refused in one sentence."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from exports.errors import LabError

Shape = TypeVar("Shape")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed file.

    Raises
    ------
    LabError
        When the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"{path} is not valid TOML ({error}): mend that line.") from None


def checked(shape: type[Shape], raw: dict[str, Any], path: Path) -> Shape:
    """Turn parsed TOML into the dataclass ``shape``, its nested dataclasses included.

    Raises
    ------
    LabError
        Names the file, the key, what stands there and what may stand there.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(shape).validate_python(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    misspelt = [
        fault for fault in faults if fault["type"] in ("unexpected_keyword_argument", "extra_forbidden")
    ]
    first = (misspelt or faults)[0]
    where = ".".join(str(part) for part in first["loc"])
    if misspelt:
        known = _keys(shape, first["loc"][:-1])
        raise LabError(f"{path}: {where} is not a known key, {nearest(str(first['loc'][-1]), known)}")
    if first["type"].startswith("missing"):
        raise LabError(f"{path}: the key {where} is missing: add it.")
    found = "" if isinstance(first["input"], dict | list) else f" is {str(first['input'])[:60]!r}"
    complaint = first["msg"].removeprefix("Value error, ").removesuffix("?")
    raise LabError(f"{path}: {where}{found}: {complaint}." if where else f"{path}: {complaint}.")


def nearest(given: str, known: Iterable[str]) -> str:
    """Return a hint that names the known word nearest to ``given``.

    Examples
    --------
    >>> nearest("facebok", ["facebook", "snapchat"])
    "did you mean 'facebook'?"
    >>> nearest("zzz", ["facebook", "snapchat"])
    'choose one of facebook, snapchat'
    """
    words = list(known)
    close = difflib.get_close_matches(given.lower(), words, n=1)
    return f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(words)}"


def _keys(shape: Any, loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed at ``loc`` of a nested dataclass; [] where anything is."""
    for part in loc:
        if is_dataclass(shape):
            shape = get_type_hints(shape).get(str(part))
        else:
            shape = next((arg for arg in reversed(get_args(shape)) if arg not in (..., type(None))), None)
        while shape is not None and not is_dataclass(shape) and type(None) in get_args(shape):
            shape = next(arg for arg in get_args(shape) if arg is not type(None))
    return [field.name for field in fields(shape)] if is_dataclass(shape) else []
