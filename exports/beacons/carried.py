"""What one field of a message carries: a protected fact, an identifier, a digest; by name and by value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from exports.beacons.lexicon import topic_of
from exports.columns.names.words import words_of
from exports.columns.shapes import SHAPES, Shape
from exports.identifiers.kinds import canonical

Carries = Literal["health", "identifier", "token"]

EVENT_NAMES = frozenset({"event", "event name", "ev", "en", "event type", "action", "type", "name", "t"})
"""Names of fields that hold the name of an event."""

BROWSER_IDS = re.compile(
    r"_?(?:fbp|fbc|fbclid|gclid|wbraid|gbraid|msclkid|ttclid|ttp|scid|sccid|_?ga|_?gid|gcl_au|epik|pin_unauth"
    r"|li_fat_id|twclid|rdt_uuid|muid|cid|anonymous_?id|client_?id|device_?id|session_?id|visitor_?id|uid|uuid"
    r"|ajs_anonymous_id)"
)
"""Names of cookies and parameters that tell one browser or click from all others."""

HASHED_NOUNS = frozenset(
    ["email", "phone", "first_name", "last_name", "city", "state", "zip", "country", "dob", "gender"]
)


def carried_by(name: str, text: str) -> tuple[tuple[Carries, str, str], ...]:
    """Return what one field carries, by its name and by its value."""
    value = text.strip()
    called = _called(name)
    found: list[tuple[Carries, str, str]] = []
    if called.topic:
        found.append(("health", called.topic, "name"))
    if not value:
        return tuple(found)
    parts = value.split("/") if name.endswith("/path") else [value]
    told = [_identifier(called, part) for part in parts]
    found += list(dict.fromkeys(one for one in told if one))[:1]
    if not any(told) and "@" in value and _ADDRESS_INSIDE.search(value):
        found.append(("identifier", "email", "value"))
    left = " / ".join(
        _ADDRESS_INSIDE.sub(" ", part)
        for part, one in zip(parts, told, strict=True)
        if one is None or one[2] == "name"
    )
    if left and not _DRAWN.fullmatch(value) and (topic := topic_of(left)):
        found.append(("health", topic, "event name" if called.words in EVENT_NAMES else "value"))
    return tuple(found)


carried = lru_cache(1 << 15)(carried_by)


@dataclass(frozen=True, slots=True)
class _Called:
    """What the name of a field alone says.

    Parameters
    ----------
    noun, words : str
        The identifier it stands for in the language of platforms; its last part as words.
    topic : str or None
        The protected topic it tells of.
    browser : bool
        Whether it is called as identifiers of browsers and clicks are.
    alone, named : tuple of (Shape, pattern)
        Shapes that a value may have by itself, and those that the name speaks for.
    any_alone : pattern
        Matches where one of ``alone`` does.
    """

    noun: str
    words: str
    topic: str | None
    browser: bool
    alone: tuple[tuple[Shape, re.Pattern[str]], ...]
    named: tuple[tuple[Shape, re.Pattern[str]], ...]
    any_alone: re.Pattern[str]


@lru_cache(1 << 14)
def _called(name: str) -> _Called:
    last = re.split(r"[.?#/\[\]]+", name.rstrip("[]"))[-1]
    words = words_of(last)
    fitting = [
        (shape, pattern)
        for shape, pattern in _shapes()
        if not (shape.unless and re.search(shape.unless, words))
    ]
    alone = () if TECHNICAL.search(words) else tuple(pair for pair in fitting if pair[0].alone)
    named = tuple(
        (shape, pattern)
        for shape, pattern in fitting
        if not TECHNICAL.search(words)
        and not shape.alone
        and shape.kind in _NAMED
        and words != "name"
        and re.search(shape.names, words)
    )
    return _Called(
        canonical(last),
        words,
        topic_of(last),
        BROWSER_IDS.fullmatch(last.lower()) is not None and not re.search(r"session\.session_?id$", name),
        alone,
        named,
        _either(tuple(pattern.pattern for _, pattern in alone)),
    )


@cache
def _either(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns) or "(?!)", re.IGNORECASE | re.DOTALL)


def _identifier(called: _Called, value: str) -> tuple[Carries, str, str] | None:
    if called.any_alone.fullmatch(value):
        for shape, pattern in called.alone:
            if not pattern.fullmatch(value):
                continue
            if shape.kind == "token":
                digest = called.noun in HASHED_NOUNS
                return "token", f"digest of {called.noun}" if digest else "digest or keyed token", "value"
            if shape.kind not in ("url", "date", "street", "postal_code", "user_agent"):
                return "identifier", shape.kind, "value"
    if called.browser and len(value) >= 6 and not TECHNICAL.search(called.words):
        return "identifier", "identifier of a browser or click", "name"
    for shape, pattern in called.named:
        if pattern.fullmatch(value):
            return "identifier", shape.kind, "name"
    return None


_ADDRESS_INSIDE = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+")
_DRAWN = re.compile(r"(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[\w+/=.~:\-]{20,}")
"""Characters that are drawn rather than written, in which words would be found by chance."""

TECHNICAL = re.compile(
    r"\b(?:etag|commit|checksum|version|signature|nonce|proof|csrf|integrity|build|trace|span|request|message"
    r"|event id|order|transaction|hash of|access token|developer token|resource name|account id|ad account"
    r"|pixel|dataset id|app id|batch|job|campaign|schema|(?:oauth|oauth 2) \w+|authorization|appsecret)\b"
)
"""Names of fields whose digests and UUIDs stand for no person."""


@lru_cache(1 << 15)
def topics_in(name: str, text: str = "") -> frozenset[str]:
    """Return the protected topics that a field tells of, by its name and by its value."""
    value = text.strip()[:LONGEST]
    last = re.split(r"[.?#/\[\]]+", name.rstrip("[]"))[-1]
    found = {topic_of(last)} if last and not _is_digest(last) else set()
    if value and not _DRAWN.fullmatch(value) and not _is_digest(value):
        found.add(topic_of(value))
    return frozenset(one for one in found if one is not None)


def _is_digest(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{32,128}", text) is not None


LONGEST = 2_000
"""Characters of a value that are looked at."""

_NAMED = frozenset(
    {
        "phone",
        "first_name",
        "last_name",
        "name",
        "external_id",
        "ssn",
        "medical_record",
        "advertising_id",
        "device_id",
    }
)


@cache
def _shapes() -> tuple[tuple[Shape, re.Pattern[str]], ...]:
    """Return the shapes of columns with their patterns for Python, which knows no classes of letters."""
    return tuple(
        (
            shape,
            re.compile(
                shape.pattern.replace(r"[\p{L}]", r"[^\W\d_]")
                .replace(r"[\p{L}\p{M}'’.\- ]", r"[\w'’.\- ]")
                .replace(r"\p{L}", r"[^\W\d_]"),
                re.IGNORECASE | re.DOTALL,
            ),
        )
        for shape in SHAPES
    )
