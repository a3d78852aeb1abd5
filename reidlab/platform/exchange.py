"""One request as a vendor's code sees it, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

from reidlab.platform.entries import Rows

FORM = "application/x-www-form-urlencoded"

LARGEST = 64 << 20
"""Bytes of a body above which a request is refused; ``reidlab assess`` reads lines up to that size."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON object or bytes, and headers."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body as bytes; JSON in ASCII, whatever characters a client sent."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


class Refusal(Exception):
    """A request that the vendor's documentation answers with an error; it changes nothing."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Arrival:
    """Rows that came with a request: what the recorder keeps of them.

    Parameters
    ----------
    rows : Rows
        As they came, invalid ones included.
    operation : str
        ``add``, ``remove``, ``replace``, ``event`` or ``map``.
    audience, audience_name : str
        Which list they are for.
    first : int
        Number of the first row within its list, from 0.
    """

    rows: Rows
    operation: str
    audience: str
    audience_name: str
    first: int = 0


@dataclass(slots=True)
class Exchange:
    """A request.

    Parameters
    ----------
    method, path : str
        As sent; the path is decoded.
    named : mapping of str to str
        Parts of the path by name.
    query, headers : mapping of str to str
        Decoded; names of headers in lower case.
    body : bytes
        As sent.
    arrivals : list of Arrival
        Filled by the vendor's code as soon as rows are read, so that refused ones are recorded too.
    """

    method: str
    path: str
    named: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    arrivals: list[Arrival] = field(default_factory=list)
    _fields: dict[str, str] | None = None

    @property
    def content_type(self) -> str:
        """The media type in lower case, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Return the body as JSON.

        Raises
        ------
        ValueError
            When it is none: cut off, nested too deep, or not UTF-8.
        """
        return read_json(self.body)

    def form(self) -> dict[str, str]:
        """Return the fields of a form body.

        Raises
        ------
        ValueError
            When it is not UTF-8.
        """
        if self._fields is None:
            pairs = parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=1_000)
            self._fields = dict(pairs)
        return self._fields

    def bearer(self) -> str | None:
        """Return the token of the Authorization header; None without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "oauth") else None


class Handler(Protocol):
    """Answers the requests of one endpoint; raises `Refusal` for the vendor's documented errors."""

    def __call__(self, exchange: Exchange, /) -> Answer:
        """Return the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path of a vendor.

    Parameters
    ----------
    vendor, host : str
        Whose it is; the host that it stands for in the record.
    methods : tuple of str
        HTTP methods.
    path : str
        With named parts, as ``/{version}/{audience}/users``.
    handler : Handler
        What answers.
    """

    vendor: str
    host: str
    methods: tuple[str, ...]
    path: str
    handler: Handler


class Vendor(Protocol):
    """One vendor's interface over the shared state."""

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered, the more particular paths first."""
        ...


def json_object(exchange: Exchange, refuse: Callable[[str], Refusal]) -> dict[str, Any]:
    """Return the JSON object of a body, or raise the vendor's own refusal.

    Parameters
    ----------
    exchange : Exchange
        The request.
    refuse : callable
        Makes the vendor's error for a bad request out of a message.
    """
    found = json_value(exchange, refuse)
    if not isinstance(found, dict):
        raise refuse("the body must be a JSON object")
    return found


def json_value(exchange: Exchange, refuse: Callable[[str], Refusal]) -> Any:
    """Return the JSON of a body, or raise the vendor's own refusal."""
    if exchange.content_type not in ("application/json", ""):
        raise refuse("the content type must be application/json")
    try:
        return exchange.json()
    except ValueError:
        raise refuse("the body is no JSON") from None


def read_json(text: str | bytes) -> Any:
    """Return a JSON text as an object; what Python alone would take (``NaN``) is none.

    Raises
    ------
    ValueError
        When it is no JSON.

    Examples
    --------
    >>> read_json('{"a": [1]}')
    {'a': [1]}
    """
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
