"""A message as a tree, with all that is packed inside unpacked: JSON in forms in JSON, addresses, base64."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from exports.beacons.fields import ADDRESS, DEEPEST, FORM, unpacked

Tree = str | list[Any] | dict[str, Any]

MOST_PRINTED = 0.02
"""Share of characters that are no text, above which a body is bytes."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


def tree(value: Any, depth: int = 0) -> Tree:
    """Return a message with everything unpacked that is packed in it; numbers and truths become text.

    Examples
    --------
    >>> tree({"body": "payload=%7B%22schema%22%3A%22EMAIL%22%7D&n=1"})
    {'body': {'payload': {'schema': 'EMAIL'}, 'n': '1'}}
    """
    if depth > DEEPEST:
        return ""
    if isinstance(value, dict):
        return {str(name): tree(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [tree(inner, depth + 1) for inner in value]
    if isinstance(value, str):
        return _text(value, depth)
    return "" if value is None else json.dumps(value)


def _text(text: str, depth: int) -> Tree:
    stripped = text.strip()
    inner = unpacked(stripped)
    if inner is not None:
        return tree(inner, depth + 1)
    if "/" in stripped and ADDRESS.fullmatch(stripped):
        return _address(stripped, depth)
    if "=" in stripped and FORM.fullmatch(stripped):
        return _form(parse_qsl(stripped, keep_blank_values=True), depth)
    lines = stripped.splitlines()
    if len(lines) > 1:
        return _lines(lines, depth)
    return text


def _form(pairs: list[tuple[str, str]], depth: int) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for name, value in pairs:
        inner = tree(value, depth + 1)
        if name in found:
            held = found[name]
            found[name] = [*held, inner] if isinstance(held, list) else [held, inner]
        else:
            found[name] = inner
    return found


def _address(text: str, depth: int) -> Tree:
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    query = _form(parse_qsl(parts.query, keep_blank_values=True), depth)
    fragment = _form(parse_qsl(parts.fragment, keep_blank_values=True), depth)
    path = [unquote(part) for part in parts.path.split("/") if part]
    return {"(host)": parts.hostname or "", "(path)": path, **query, **fragment}


def _lines(lines: list[str], depth: int) -> Tree:
    """Return several lines as objects, as a table with names, or as a list."""
    objects = [unpacked(line.strip()) for line in lines if line.strip()]
    if all(isinstance(one, dict | list) for one in objects):
        return [tree(one, depth + 1) for one in objects]
    mark = next((one for one in ("\t", ";", ",") if one in lines[0]), None)
    cells = [
        [cell.strip().strip('"') for cell in (line.split(mark) if mark else [line])] for line in lines if line
    ]
    if all(len(row) == len(cells[0]) for row in cells):
        return (
            {"columns": cells[0], "rows": cells[1:], "data": cells}
            if mark
            else {"rows": [row[0] for row in cells]}
        )
    return "\n".join(lines)


def is_understood(body: Any) -> bool:
    """Tell whether a body is empty, or of a form that is read to its end.

    Examples
    --------
    >>> is_understood('{"a": 1}'), is_understood("a=1&b=2"), is_understood('{"a": [1, 2'), is_understood(None)
    (True, True, False, True)
    """
    if not isinstance(body, str) or not body.strip():
        return True
    text = body.strip()
    if len(_CONTROL.findall(text)) > MOST_PRINTED * len(text) or text.endswith(("[cut]", "[truncated]")):
        return False
    found = _text(text, 0)
    return not isinstance(found, str) and not _cut(found)


def _cut(node: Tree) -> bool:
    """Tell whether a text inside begins as JSON and does not end so."""
    if isinstance(node, dict):
        return any(map(_cut, node.values()))
    if isinstance(node, list):
        return any(map(_cut, node))
    return bool(re.match(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])", node))
