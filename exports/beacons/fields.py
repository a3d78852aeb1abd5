"""The fields of a message, however deep they are packed: JSON in forms in JSON, addresses, base64."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DEEPEST = 12
"""Packings and nestings that are followed."""

MOST_FIELDS = 20_000
"""Fields of one message that are looked at."""

FORM = re.compile(r"[\w.\-\[\]%]{1,200}=[^\s]*")
ADDRESS = re.compile(r"(?:https?:)?//\S+|/\S*\?\S+")
_PACKED = re.compile(r"(?:eyJ|W3si|W1s)[\w+/\-]{16,}={0,2}")


def fields(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every field, unpacking what is packed inside.

    Lists are named ``[]``; parts of an address are named ``path`` and by their parameters.

    Examples
    --------
    >>> list(fields({"data": '[{"em": ["a"], "u": "https://site.example/quiz?age=31"}]'}))
    [('data[].em[]', 'a'), ('data[].u/path', '/quiz'), ('data[].u?age', '31')]
    """
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _keyed(str(key), inner, name, depth)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, f"{name}[]", depth + 1)
    elif isinstance(value, str):
        yield from _text(value, name, depth)
    elif value is not None:
        yield name, json.dumps(value)


_PLAIN_KEY = re.compile(r"[\w$\-\[\]() ]{1,60}")


def _keyed(key: str, inner: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the fields below a key; a key that no programmer writes is a value, and looked at whole."""
    if _PLAIN_KEY.fullmatch(key):
        called = f"{name}.{key}" if name else key
    else:
        called = f"{name}.(key)" if name else "(key)"
        yield called, key
    yield from fields(inner, called, depth + 1)


def _text(text: str, name: str, depth: int) -> Iterator[tuple[str, str]]:
    stripped = text.strip()
    inner = unpacked(stripped)
    if inner is not None:
        yield from fields(inner, name, depth + 1)
    elif "/" in stripped and ADDRESS.fullmatch(stripped):
        yield from _address(stripped, name, depth)
    elif "=" in stripped and FORM.fullmatch(stripped):
        for key, value in parse_qsl(stripped, keep_blank_values=True, max_num_fields=None):
            yield from _keyed(key, value, name, depth)
    else:
        yield name, text


def unpacked(text: str) -> Any:
    """Return what JSON or JSON in base64 stands for; None where a text is neither."""
    if text[:1] in ("{", "[") or text[:2] in ('"{', '"['):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    if text[:2] in ("ey", "W3", "W1") and _PACKED.fullmatch(text):
        try:
            return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_"))
        except (ValueError, binascii.Error, RecursionError):
            return None
    return None


def _address(text: str, name: str, depth: int) -> Iterator[tuple[str, str]]:
    try:
        parts = urlsplit(text)
    except ValueError:
        yield name, text
        return
    if parts.path.strip("/"):
        yield f"{name}/path", unquote(parts.path)
    for mark, query in (("?", parts.query), ("#", parts.fragment)):
        for key, value in parse_qsl(query, keep_blank_values=True):
            yield from fields(value, f"{name}{mark}{key}", depth + 1)
