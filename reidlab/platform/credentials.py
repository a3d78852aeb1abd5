"""What is never kept: access tokens, proofs, keys and cookies, whatever part of a request they come in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reidlab.platform.exchange import FORM, Exchange, read_json

KEPT_HEADERS = frozenset({"content-type", "user-agent", "linkedin-version", "x-restli-method"})
"""Headers that a record keeps; any other may hold a credential under a name that nobody foresaw."""

_SECRET = re.compile(
    r"token|secret|passw|proof|authoriz|cookie|credential|signature|api_?key|assertion", re.IGNORECASE
)
_WORDS = (
    "token", "secret", "passw", "proof", "authoriz", "cookie", "credential", "signature", "apikey",
    "api_key", "assertion", "bearer", "oauth",
)  # fmt: skip
_BEARER = re.compile(r"(?i)\b(bearer|oauth)\s+[^\s\"',;]+")
GONE = "(not kept)"
"""Stands where a credential stood."""
_DEEPEST = 20


def without_credentials(
    exchange: Exchange, secrets: tuple[str, ...]
) -> tuple[str, dict[str, str], str | dict[str, str]]:
    """Return path with query, headers and body of a request as they may be kept.

    A form is returned as its decoded fields.

    Parameters
    ----------
    exchange : Exchange
        The request.
    secrets : tuple of str
        Texts that are credentials wherever they stand.
    """
    query = urlencode([(name, value) for name, value in exchange.query.items() if not _SECRET.search(name)])
    headers = {name: value for name, value in exchange.headers.items() if name in KEPT_HEADERS}
    cleaned = {name: without(value, secrets) for name, value in headers.items()}
    path = exchange.path + (f"?{query}" if query else "")
    return without(path, secrets), cleaned, _body(exchange, secrets)


def _body(exchange: Exchange, secrets: tuple[str, ...]) -> str | dict[str, str]:
    if exchange.content_type == FORM:
        try:
            fields = exchange.form()
        except ValueError:
            return GONE
        return {name: _text(value, secrets) for name, value in fields.items() if not _SECRET.search(name)}
    text = exchange.body.decode(errors="replace")
    if not _suspect(text, secrets):
        return text
    try:
        return json.dumps(_cleaned(exchange.json(), secrets))
    except ValueError:
        return GONE


def _suspect(text: str, secrets: tuple[str, ...]) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in _WORDS) or any(secret in text for secret in secrets)


def _text(value: str, secrets: tuple[str, ...], depth: int = 0) -> str:
    """Return a text without credentials; JSON inside it is looked into."""
    if not _suspect(value, secrets):
        return value
    try:
        inner = read_json(value)
    except ValueError:
        return GONE if value.lstrip()[:1] in "{[" else without(value, secrets)
    if isinstance(inner, str | int | float) or inner is None:
        return without(value, secrets)
    return json.dumps(_cleaned(inner, secrets, depth + 1))


def _cleaned(value: Any, secrets: tuple[str, ...], depth: int = 0) -> Any:
    if depth > _DEEPEST:
        return GONE
    if isinstance(value, Mapping):
        return {
            without(name, secrets): _cleaned(inner, secrets, depth + 1)
            for name, inner in value.items()
            if not _SECRET.search(name)
        }
    if isinstance(value, list):
        return [_cleaned(inner, secrets, depth + 1) for inner in value]
    return _text(value, secrets, depth) if isinstance(value, str) else value


def without(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text without the secrets, and without what follows the word Bearer."""
    for secret in secrets:
        text = text.replace(secret, GONE)
    return _BEARER.sub(GONE, text)
