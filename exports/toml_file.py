"""TOML files at the edge of the lab: read and checked once, or refused in one sentence."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from exports.errors import LabError, nearest
from exports.filesystem.named_files import bounded_bytes

Shape = TypeVar("Shape")
Key = str | int

MOST_LISTED = 24
"""More known words than these are not listed; the nearest is named all the same."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed file.

    Raises
    ------
    LabError
        When the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(bounded_bytes(path).decode())
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): check the path.") from None
    except tomllib.TOMLDecodeError as error:
        raise LabError(f"{path} is not valid TOML ({error}): mend that line.") from None
    except UnicodeDecodeError as error:
        raise LabError(f"{path} is not valid UTF-8 at byte {error.start:,}: save it as UTF-8.") from None
    except RecursionError:
        raise LabError(f"{path} nests its lists and tables too deep: flatten them.") from None


def checked(
    shape: type[Shape],
    raw: Any,
    path: Path,
    *,
    at: tuple[Key, ...] = (),
    filled: Mapping[str, Any] = MappingProxyType({}),
) -> Shape:
    """Turn parsed TOML into the dataclass ``shape``, its nested dataclasses included.

    Parameters
    ----------
    shape : type
        A dataclass, or the type of one of its fields; limits stand in its annotations.
    raw : dict, list or scalar
        As ``read_toml`` returns it, or what stands there at ``at``.
    path : Path
        The file, for the sentence.
    at : tuple of str or int
        Where in the file ``raw`` stands.
    filled : mapping of str to value
        Fields of ``shape`` that are no keys of the file, with their values.

    Raises
    ------
    LabError
        Names the file, the key as it is written, and what may stand there: for a key or a choice
        that is misspelt, the nearest.
    """
    from pydantic import TypeAdapter, ValidationError

    for where, known in _misspelt(shape, raw, frozenset(filled)):
        raise LabError(f"{path}: {unknown_key((*at, *where), known)}")
    try:
        return TypeAdapter(shape).validate_python({**raw, **filled} if filled else raw)
    except ValidationError as error:
        faults: list[Any] = list(error.errors(include_url=False))
    where = _written(faults[0], raw)
    same = [fault for fault in faults if _written(fault, raw) == where]
    raise LabError(f"{path}: {_complaint(shape, same, where, at)}")


def unknown_key(where: tuple[Key, ...], known: Iterable[str]) -> str:
    """Return the sentence about a key that is not one of those known.

    Examples
    --------
    >>> unknown_key(("transfers", 0, "cuont"), ["count", "date"])
    "transfers.0.cuont is not a known key; the nearest is 'count', all are count, date."
    """
    return f"{dotted(where)} is not a known key; {_nearest_of(str(where[-1]), known)}"


def unknown_value(where: tuple[Key, ...], value: str, known: Iterable[str]) -> str:
    """Return the sentence about a word that is not one of those that may stand there.

    Examples
    --------
    >>> unknown_value(("target", "platform"), "facebok", ["facebook", "x"])
    "target.platform is 'facebok'; the nearest is 'facebook', all are facebook, x."
    """
    return f"{dotted(where)} is {value[:60]!r}; {_nearest_of(value, known)}"


def _nearest_of(given: str, known: Iterable[str]) -> str:
    words = list(dict.fromkeys(map(str, known)))
    if not words:
        return "none may stand there."
    listed = f", all are {', '.join(words)}" if len(words) <= MOST_LISTED else f" of {len(words)}"
    return f"the nearest is {nearest(given, words)!r}{listed}."


def dotted(where: Iterable[Key]) -> str:
    """Return a place in a file as TOML writes it.

    Examples
    --------
    >>> dotted(["columns", "zip code", "role"])
    'columns."zip code".role'
    """
    parts = map(str, where)
    return ".".join(
        part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=False)
        for part in parts
    )


def _misspelt(
    shape: Any, raw: Any, filled: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[Key, ...], list[str]]]:
    """Yield the place of every key that ``shape`` does not have, and the keys that it has there."""
    known = _keys(shape)
    if isinstance(raw, dict) and known is not None:
        known = [name for name in known if name not in filled]
        yield from (((key,), known) for key in raw if key not in known)
    for key, value in (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    ):
        for where, inner in _misspelt(_inside(shape, key), value):
            yield (key, *where), inner


def _keys(shape: Any) -> list[str] | None:
    """Return the keys that a table of this shape may have; None where any may stand."""
    shape = _given(shape)
    if is_dataclass(shape):
        return [field.name for field in fields(shape)]
    keys = _given(next(iter(get_args(shape)), None))
    return [str(word) for word in get_args(keys)] if get_origin(keys) is Literal else None


def _inside(shape: Any, key: Key) -> Any:
    """Return the shape of what stands under ``key``; None where it is not known."""
    shape = _given(shape)
    if is_dataclass(shape):
        return get_type_hints(shape).get(str(key))
    inner = [one for one in get_args(shape) if one is not ...]
    if get_origin(shape) is tuple and len(inner) > 1 and isinstance(key, int):
        return inner[min(key, len(inner) - 1)]
    return inner[-1] if inner and get_origin(shape) is not Literal else None


def _given(shape: Any) -> Any:
    """Return a shape without its limits, and without None where it may be left out."""
    while True:
        parts = get_args(shape)
        if hasattr(shape, "__metadata__"):
            shape = parts[0]
        elif type(None) in parts and len(parts) == 2:
            shape = next(part for part in parts if part is not type(None))
        else:
            return shape


def _held(raw: Any) -> Iterable[tuple[Key, Any]]:
    """Return what a table holds by key, or a list by place."""
    return raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()


def _written(fault: Mapping[str, Any], raw: Any) -> tuple[Key, ...]:
    """Return the place of a fault as far as the file holds it, and the key that is missing there."""
    where: tuple[Key, ...] = ()
    for key in fault["loc"]:
        held = dict(_held(raw))
        if key not in held:
            return (*where, key) if fault["type"].startswith("missing") else where
        where, raw = (*where, key), held[key]
    return where


def _complaint(shape: Any, faults: list[Any], where: tuple[Key, ...], at: tuple[Key, ...]) -> str:
    first, place = faults[0], dotted((*at, *where))
    if first["type"].startswith("missing"):
        return f"the key {place} is missing: add it."
    for key in where:
        shape = _inside(shape, key)
    choices = _choices(_given(shape))
    if choices and isinstance(first["input"], str):
        return unknown_value((*at, *where), first["input"], choices)
    said = "; or ".join(dict.fromkeys(fault["msg"].removeprefix("Value error, ") for fault in faults))
    said = said.removesuffix(".").replace("Input should", "it should")
    return f"{place}: {said}." if place else f"{said}."


def _choices(shape: Any) -> list[str]:
    """Return the words of a literal type or an enumeration."""
    if isinstance(shape, type) and issubclass(shape, Enum):
        return [str(one.value) for one in shape]
    return [str(word) for word in get_args(shape)] if get_origin(shape) is Literal else []
