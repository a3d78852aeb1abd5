"""The audit itself: whom the messages of a file tell of, what, and to which receiver."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Literal

from exports.beacons.carried import Carries, carried, carried_by
from exports.beacons.fields import MOST_FIELDS, fields
from exports.beacons.findings import BeaconAudit, Finding
from exports.beacons.lexicon import registrable
from exports.beacons.people import people_in, people_seen
from exports.beacons.register import Register
from exports.beacons.shown import shown
from exports.beacons.traffic import Message, messages
from exports.beacons.tree import is_understood, tree
from exports.errors import LabError

MOST_FINDINGS = 5_000
"""Different findings that are kept; further ones are counted together."""

LONGEST = 2_000
"""Characters of a value that are looked at."""

REMEMBERED = 200
"""Characters of a value up to which what it carries is kept, since values come again and again."""

Found = tuple[str, str, str, Carries, str, str]


def audit_beacons(path: Path | str, *, sender: Literal["health", "ordinary"] | None = None) -> BeaconAudit:
    """Read a HAR file or a file of JSON lines and say whom it tells of, what, and to whom.

    People are distinct identifiers per receiver, over all messages. What a list is called is said of
    everybody ever sent to it, before or after; what a receiver answers was not sent.

    Parameters
    ----------
    path : Path or str
        ``.har`` or JSON lines, either compressed with gzip or not.
    sender : {"health", "ordinary"}, optional
        For a sender of health services being on a list is the protected fact.

    Raises
    ------
    LabError
        When the file is broken, empty, or holds a message that is too large.
    """
    path = Path(path)
    counted: Counter[Found] = Counter()
    register = Register()
    total = unlisted = 0
    for message in messages(path):
        total += 1
        host = registrable(message.host)
        parts = tree(dict(message.parts))
        told = people_in(parts)
        if not is_understood(message.body):
            told.records += people_seen(str(message.body))
        register.add(host, message, parts, told)
        for key in set(_found(message, host, told.nouns)):
            if key in counted or len(counted) < MOST_FINDINGS:
                counted[key] += 1
            else:
                unlisted += 1
    if not total:
        raise LabError(f"{path} holds no requests or events: give a HAR file or JSON lines.")
    findings = tuple(Finding(*key, count) for key, count in sorted(counted.items(), key=_order))
    return register.audit(str(path), findings, unlisted, everybody=sender == "health")


def _order(item: tuple[Found, int]) -> tuple[object, ...]:
    key, count = item
    return key[0], key[3], -count, key


def _found(message: Message, host: str, nouns: set[str]) -> list[Found]:
    found: list[Found] = []
    for place, part in message.parts.items():
        for name, text in islice(fields(part), MOST_FIELDS):
            told = carried(name, text) if len(text) <= REMEMBERED else carried_by(name, text[:LONGEST])
            for carries, what, by in told:
                named = what
                if what == "digest or keyed token" and len(nouns) == 1:
                    named = f"digest of {next(iter(nouns))}"
                found.append((host, place, shown(name or place), carries, named, by))
    return found
