"""The audit itself: which fields carry health facts or identifiers, and to which host."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from exports.beacons.fields import MOST_FIELDS, fields
from exports.beacons.lexicon import receiver_of, topic_of
from exports.beacons.traffic import Message, messages
from exports.columns.names.words import words_of
from exports.columns.shapes import SHAPES, Shape
from exports.errors import LabError
from exports.identifiers.kinds import canonical
from exports.shares import Share

Carries = Literal["health", "identifier", "token"]

MOST_FINDINGS = 5_000
"""Different findings that are kept; further ones are counted together."""

LONGEST = 2_000
"""Characters of a value that are looked at."""

REMEMBERED = 200
"""Characters of a value up to which what it carries is kept, since values come again and again."""

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One field that carries something it should not, to one host.

    Parameters
    ----------
    host : str
        Who receives it; empty where the log does not say.
    place : str
        ``url``, ``header``, ``cookie``, ``body`` or ``event``.
    field : str
        Name of the field; a name that is itself a value is shown as ``(value)``.
    carries : {"health", "identifier", "token"}
        A protected fact, an identifier as it stands, or a digest of one.
    what : str
        The topic of the fact, or the kind of the identifier.
    told_by : {"name", "value", "event name"}
        What says so.
    messages : int
        Requests or events that do it.
    """

    host: str
    place: str
    field: str
    carries: Carries
    what: str
    told_by: str
    messages: int

    def __repr__(self) -> str:
        return (
            f"{self.host or 'unknown host'}: {self.place} {self.field!r} carries {self.what} "
            f"({self.carries}, told by its {self.told_by}) in {self.messages:,} messages"
        )

    def to_json(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Receiver:
    """One host and what it learns.

    Parameters
    ----------
    host : str
        Its name.
    owner : str or None
        Who is known to own it.
    health, identifier, both : Share
        Of its messages: those with a protected fact, with an identifier or token, with both.
    """

    host: str
    owner: str | None
    health: Share
    identifier: Share
    both: Share

    def __repr__(self) -> str:
        owner = f" ({self.owner})" if self.owner else ""
        return f"{self.host or 'unknown host'}{owner}: a protected fact about a known person in {self.both}"

    def to_json(self) -> dict[str, Any]:
        """Return names and shares."""
        return {
            "host": self.host,
            "owner": self.owner,
            "health": self.health.to_json(),
            "identifier": self.identifier.to_json(),
            "both": self.both.to_json(),
        }


@dataclass(frozen=True, slots=True)
class BeaconAudit:
    """What the messages of one file tell, and whom; no value of theirs is kept.

    Parameters
    ----------
    name : str
        The file.
    messages : int
        Requests or events that were read.
    receivers : tuple of Receiver
        Hosts, those that learn most of known people first.
    findings : tuple of Finding
        Fields, the most frequent first for each host.
    unlisted : int
        Findings beyond `MOST_FINDINGS` different ones.
    """

    name: str
    messages: int
    receivers: tuple[Receiver, ...]
    findings: tuple[Finding, ...]
    unlisted: int = 0

    def __repr__(self) -> str:
        telling = sum(receiver.both.count > 0 for receiver in self.receivers)
        return (
            f"{self.name}: {self.messages:,} messages to {len(self.receivers):,} hosts, "
            f"{telling:,} of which learn protected facts about known people"
        )

    def to_json(self) -> dict[str, Any]:
        """Return counts, receivers and findings."""
        return {
            "name": self.name,
            "messages": self.messages,
            "receivers": [receiver.to_json() for receiver in self.receivers],
            "findings": [finding.to_json() for finding in self.findings],
            "unlisted": self.unlisted,
        }


def audit_beacons(path: Path | str) -> BeaconAudit:
    """Read a HAR file or a file of JSON lines and say what it tells whom.

    Parameters
    ----------
    path : Path or str
        ``.har`` or JSON lines, either compressed with gzip or not.

    Raises
    ------
    LabError
        When the file is broken, empty, or holds a message that is too large.
    """
    path = Path(path)
    counted: Counter[tuple[str, str, str, Carries, str, str]] = Counter()
    of_host: dict[str, Counter[str]] = {}
    total = unlisted = 0
    for message in messages(path):
        total += 1
        found = set(_found(message))
        for key in found:
            if key in counted or len(counted) < MOST_FINDINGS:
                counted[key] += 1
            else:
                unlisted += 1
        kinds = {"health" if key[3] == "health" else "identifier" for key in found}
        tally = of_host.setdefault(message.host, Counter())
        tally.update(["all", *kinds, *(["both"] if len(kinds) == 2 else [])])
    if not total:
        raise LabError(f"{path} holds no requests or events: give a HAR file or JSON lines.")
    receivers = [
        Receiver(
            host,
            receiver_of(host),
            *(Share(tally[kind], tally["all"]) for kind in ("health", "identifier", "both")),
        )
        for host, tally in of_host.items()
    ]
    return BeaconAudit(
        str(path),
        total,
        tuple(sorted(receivers, key=lambda r: (-r.both.count, -r.health.count, -r.identifier.count, r.host))),
        tuple(Finding(*key, count) for key, count in sorted(counted.items(), key=_order)),
        unlisted,
    )


def _order(item: tuple[tuple[str, ...], int]) -> tuple[Any, ...]:
    key, count = item
    return key[0], key[3], -count, key


def _found(message: Message) -> list[tuple[str, str, str, Carries, str, str]]:
    found = []
    for place, part in message.parts.items():
        for name, text in islice(fields(part), MOST_FIELDS):
            carried = _carried(name, text) if len(text) <= REMEMBERED else _carried_by(name, text[:LONGEST])
            if carried:
                shown = _shown(name or place)
                found += [(message.host, place, shown, *one) for one in carried]
    return found


def _carried_by(name: str, text: str) -> tuple[tuple[Carries, str, str], ...]:
    """Return what one field carries, by its name and by its value."""
    value = text.strip()
    called = _called(name)
    found: list[tuple[Carries, str, str]] = []
    if called.topic:
        found.append(("health", called.topic, "name"))
    if not value:
        return tuple(found)
    parts = value.split("/") if name.endswith("/path") else [value]
    identifier = next(filter(None, (_identifier(called, part) for part in parts)), None)
    if identifier:
        found.append(identifier)
    elif "@" in value and _ADDRESS_INSIDE.search(value):
        found.append(("identifier", "email", "value"))
    if (
        (not identifier or identifier[2] == "name")
        and not _DRAWN.fullmatch(value)
        and (topic := topic_of(value))
    ):
        found.append(("health", topic, "event name" if called.words in EVENT_NAMES else "value"))
    return tuple(found)


_carried = lru_cache(1 << 15)(_carried_by)


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
    alone = () if _TECHNICAL.search(words) else tuple(pair for pair in fitting if pair[0].alone)
    named = tuple(
        (shape, pattern)
        for shape, pattern in fitting
        if not shape.alone and shape.kind in _NAMED and words != "name" and re.search(shape.names, words)
    )
    return _Called(
        canonical(last),
        words,
        topic_of(last),
        BROWSER_IDS.fullmatch(last.lower()) is not None,
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
    if called.browser and len(value) >= 6:
        return "identifier", "identifier of a browser or click", "name"
    for shape, pattern in called.named:
        if pattern.fullmatch(value):
            return "identifier", shape.kind, "name"
    return None


_ADDRESS_INSIDE = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+")
_DRAWN = re.compile(r"(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[\w+/=.~:\-]{20,}")
"""Characters that are drawn rather than written, in which words would be found by chance."""

_TECHNICAL = re.compile(
    r"\b(?:etag|commit|checksum|version|signature|nonce|proof|csrf|integrity|build|trace|span|request|message"
    r"|event id|order|transaction|hash of)\b"
)
"""Names of fields whose digests and UUIDs stand for no person."""

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


@lru_cache(1 << 14)
def _shown(name: str) -> str:
    """Return a field's name, with every part that is itself a value or too long hidden."""
    parts = re.split(r"([.?#/\[\]]+)", name)
    return "".join(part if len(part) <= 40 and not _is_value(part) else "(value)" for part in parts)[:200]


def _is_value(part: str) -> bool:
    if re.fullmatch(r"[A-Za-z_$\-][\w$\- ]{0,39}|[.?#/\[\]]*|\d{1,2}", part):
        return any(pattern.fullmatch(part) for shape, pattern in _shapes() if shape.kind == "token")
    return True
