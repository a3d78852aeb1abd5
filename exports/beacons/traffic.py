"""Requests out of HAR files and events out of JSON lines, one at a time, whatever the size of the file."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from exports.errors import LabError
from exports.reading.read import JSON_SUFFIXES

CHUNK = 1 << 20
LARGEST = 64 << 20
"""Characters of one request or event, above which a file is refused."""

EVENT_KEYS = frozenset({"event", "event_name", "eventName", "user_data", "request"})
"""Fields by which an event is told from a row of a table."""

RECEIVERS = ("host", "destination", "endpoint", "request_url")
"""Fields of an event that name the host it was sent to; an address beside them is the page's."""

ADDRESSES = ("url", "uri")
"""Fields of a request that name where it went, where nothing else does."""

ANSWERS = frozenset(
    {"response", "response_headers", "response_body", "responseBody", "status", "response_is", "statusCode"}
)
"""Fields of a logged request that hold what came back: it was not sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request or event.

    Parameters
    ----------
    host : str
        Where it went; empty where the log does not say.
    parts : mapping of str to object
        What was sent, by place: ``url``, ``header``, ``cookie``, ``body``, ``event``.
    page : str
        Address of the page that it tells of, where it says so.
    path : str
        Path of the request's own address.
    body : object
        The body as it was sent.
    answer : object
        What came back, which was not sent; it names the list that was made.
    """

    host: str
    parts: Mapping[str, Any]
    page: str = ""
    path: str = ""
    body: Any = None
    answer: Any = None


def is_har(path: Path) -> bool:
    """Whether a file is called as HAR files are."""
    return path.name.lower().endswith((".har", ".har.gz"))


def is_event_log(path: Path) -> bool:
    """Whether the first line of a file of JSON lines is an event or a request rather than a row."""
    if not path.name.lower().endswith(JSON_SUFFIXES) or not path.is_file():
        return False
    try:
        with _opened(path) as stream:
            first = json.loads(stream.readline(LARGEST))
    except (OSError, EOFError, ValueError, RecursionError):
        return False
    keys = {str(key) for key in first} if isinstance(first, dict) else set()
    return bool(keys & EVENT_KEYS) or (
        bool(keys & {"url", "path"}) and bool(keys & {"method", "body", "headers"})
    )


def messages(path: Path) -> Iterator[Message]:
    """Yield the requests of a HAR file or the events of a file of JSON lines.

    Raises
    ------
    LabError
        When the file cannot be read, is broken, or holds one message of more than 64 MB.
    """
    try:
        with _opened(path) as stream:
            yield from _requests(stream, path) if is_har(path) else _events(stream, path)
    except FileNotFoundError:
        raise LabError(f"{path} does not exist: check the path.") from None
    except (OSError, EOFError, UnicodeError):
        raise LabError(f"{path} cannot be read as UTF-8 text to its end: check that it is whole.") from None


def _opened(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _events(stream: IO[str], path: Path) -> Iterator[Message]:
    number = 0
    while line := stream.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            raise LabError(
                f"{path} has a line longer than {LARGEST >> 20} MB at line {number:,}: shorten it."
            )
        if not line.strip():
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise LabError(f"{path} has broken JSON at line {number:,}: mend or remove that line.") from None
        if not isinstance(event, dict):
            raise LabError(f"{path} has no JSON object at line {number:,}: every line must be one.")
        yield _event(event)


def _event(event: dict[str, Any]) -> Message:
    sent = {name: value for name, value in event.items() if name not in ANSWERS}
    headers = event.get("headers")
    given = headers if isinstance(headers, dict) else {}
    cookies = {
        called: one
        for name, value in given.items()
        if str(name).lower() == "cookie" and isinstance(value, str)
        for called, one in cookies_of(value).items()
    }
    if given:
        sent["headers"] = {
            name: value for name, value in given.items() if str(name).lower() not in UNTELLING | {"cookie"}
        }
    host, page, address = _ends(event, {str(name).lower(): value for name, value in given.items()})
    own = address or str(event.get("path") or "")
    sent = {name: value for name, value in sent.items() if name not in RECEIVERS or host == ""}
    parts = {"event": sent} | ({"cookie": cookies} if cookies else {})
    try:
        path = urlsplit(own).path
    except ValueError:
        path = ""
    return Message(
        host, parts, page, path, event.get("body"), event.get("response", event.get("response_body"))
    )


UNTELLING = frozenset(
    {
        "host",
        "authorization",
        "content-length",
        "content-type",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
    }
)
"""Headers that tell of the software, or that are secrets of the sender."""


def cookies_of(header: str) -> dict[str, str]:
    """Return the cookies of one ``Cookie`` header.

    Examples
    --------
    >>> cookies_of("_fbp=fb.1.1.2; x=1")
    {'_fbp': 'fb.1.1.2', 'x': '1'}
    """
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs if name}


def _ends(event: Mapping[str, Any], headers: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the receiver of an event, the page that it tells of, and the address it was sent to."""
    told = headers.get("host")
    named = [_host_in(told)] if isinstance(told, str) else []
    named += [_host_in(event[name]) for name in RECEIVERS if isinstance(event.get(name), str)]
    receiver = next(filter(None, named), "")
    urls = [event[name] for name in ADDRESSES if isinstance(event.get(name), str) and event[name]]
    url = urls[0] if urls else ""
    if not receiver:
        return _host_in(url), "", url
    is_page = bool(url) and host_of(url) not in ("", receiver)
    return receiver, url if is_page else "", "" if is_page else url


def _host_in(text: str) -> str:
    """Return the host that a field names, with or without the rest of an address."""
    if host := host_of(text):
        return host
    plain = text.rsplit(":", 1)[0].lower()
    return plain if re.fullmatch(r"[\w.-]+\.\w+|localhost", plain) else ""


def host_of(url: str) -> str:
    """Return the host of an address in lower case; empty where there is none.

    Examples
    --------
    >>> host_of("https://Pixel.example:8443/tr?id=1")
    'pixel.example'
    """
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _requests(stream: IO[str], path: Path) -> Iterator[Message]:
    """Decode one entry of ``log.entries`` after the other from a window that slides over the file."""
    decoder, window, number = json.JSONDecoder(), _Window(stream), 0
    if not window.seek(re.compile(r'"entries"\s*:\s*\[')):
        raise LabError(f"{path} has no log.entries: export it from the browser as HAR with content.")
    while True:
        window.skip(re.compile(r"[\s,]*"))
        if window.text[window.at : window.at + 1] == "]":
            return
        number += 1
        while True:
            try:
                entry, window.at = decoder.raw_decode(window.text, window.at)
                break
            except (ValueError, RecursionError):
                if len(window.text) - window.at > LARGEST:
                    raise LabError(
                        f"Request {number:,} of {path} is broken or larger than {LARGEST >> 20} MB: "
                        "leave it out."
                    ) from None
                if not window.grow():
                    raise LabError(
                        f"{path} has broken JSON in request {number:,}: export it again."
                    ) from None
        yield _request(entry)


class _Window:
    """The part of a text that is held: what precedes the current place is forgotten."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream, self.text, self.at = stream, "", 0

    def grow(self) -> bool:
        """Read more, at least as much as is held, so that retrying stays linear."""
        more = self.stream.read(max(CHUNK, len(self.text) - self.at))
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)

    def seek(self, pattern: re.Pattern[str]) -> bool:
        """Move behind the first match."""
        while not (match := pattern.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - 64)
            if not self.grow():
                return False
        self.at = match.end()
        return True

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Move behind what matches here."""
        while True:
            match = pattern.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text) or not self.grow():
                return


def _request(entry: Any) -> Message:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict):
        return Message("", {})
    url = str(request.get("url") or "")
    post = request.get("postData")
    body = post if isinstance(post, dict) else {}
    sent = body.get("text") or {
        str(pair.get("name")): pair.get("value") for pair in _pairs(body.get("params"))
    }
    headers = {str(pair.get("name")): pair.get("value") for pair in _pairs(request.get("headers"))}
    cookies = {str(pair.get("name")): pair.get("value") for pair in _pairs(request.get("cookies"))}
    telling = {
        name: value
        for name, value in headers.items()
        if name.lower() in ("referer", "x-forwarded-for", "sec-gpc")
    }
    for name, value in headers.items():
        if name.lower() == "cookie" and isinstance(value, str):
            cookies = cookies_of(value) | cookies
    page = next((str(value) for name, value in telling.items() if name.lower() == "referer"), "")
    parts = {"url": url, "header": telling, "cookie": cookies, "body": sent}
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    return Message(host_of(url), parts, page, path, body.get("text"), _answer(entry))


def _answer(entry: dict[str, Any]) -> Any:
    """Return the text that came back for one entry, where the file holds a short one."""
    response = entry.get("response")
    content = response.get("content") if isinstance(response, dict) else None
    text = content.get("text") if isinstance(content, dict) else None
    return text if isinstance(text, str) and len(text) <= CHUNK else None


def _pairs(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
