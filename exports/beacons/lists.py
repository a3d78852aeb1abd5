"""Lists and events that rows are sent to: which messages speak of the same one, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from exports.beacons.consent import Stated, stated
from exports.beacons.lexicon import topic_of
from exports.beacons.tree import Tree
from exports.columns.names.words import words_of

NAMES = frozenset(
    {
        "name",
        "audience name",
        "list name",
        "display name",
        "title",
        "description",
        "segment name",
        "audience",
        "label",
    }
)
"""Names of fields that hold what a list is called."""

_ID_NAMES = re.compile(
    r"(?:(?:custom )?audience|user list|list|segment|dmp segment|contact list|customer list|product destination|job"
    r"|offline user data job|resource|data set|dataset|upload|file|cohort)?s? ?(?:ids?|names?|urn)|resource names?"
    r"|user lists?|audience ids?|id"
)
_VERSION = re.compile(r"v?\d{1,3}(?:\.\d+)*|\d{4}-\d{2}(?:-\d{2})?|v\d+\w*")
_ACCOUNTS = re.compile(
    r"(?:ad_?)?accounts?|ad-?accounts|customers?|advertisers?|business(?:es)?|managers?|organi[sz]ations?|users?|me"
)
_PLACES = re.compile(r"[a-z_.:\-]+", re.IGNORECASE)


class Joined:
    """Identifiers that messages mention together, joined into one list each."""

    def __init__(self) -> None:
        self._above: dict[tuple[str, str], tuple[str, str]] = {}

    def find(self, one: tuple[str, str]) -> tuple[str, str]:
        """Return what stands for all that ``one`` is joined with."""
        self._above.setdefault(one, one)
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, ones: Iterable[tuple[str, str]]) -> None:
        """Join identifiers of one list."""
        found = [self.find(one) for one in ones]
        for one in found[1:]:
            self._above[self.find(one)] = self.find(found[0])


@dataclass(slots=True)
class Named:
    """What is known of one list beside its rows."""

    topics: set[str] = field(default_factory=set)
    consents: list[Stated] = field(default_factory=list)


def ids_sent(path: list[str], body: Tree) -> list[str]:
    """Return the identifiers of lists and jobs that a request names, in its path and in what it holds.

    Examples
    --------
    >>> ids_sent(["v26.0", "2384", "users"], {}), ids_sent(["v26.0", "act_1", "customaudiences"], {})
    (['2384'], [])
    >>> ids_sent(["v21", "customers", "123", "offlineUserDataJobs", "1:addOperations"], {})
    ['1']
    """
    return list(dict.fromkeys([*_of_path(path), *_of_tree(body, deep=True)]))


def _of_path(path: list[str]) -> Iterator[str]:
    before = ""
    for place, part in enumerate(path):
        plain = part.split(":")[0]
        version = place == 0 and _VERSION.fullmatch(plain)
        account = plain.startswith("act_") or _ACCOUNTS.fullmatch(before.lower())
        drawn = re.search(r"\d", plain) or not _PLACES.fullmatch(plain)
        listed = before.lower() in ("custom_audiences", "audiences", "segments", "lists") and plain == part
        if plain and not version and not account and (drawn or listed):
            yield plain
        before = plain


def _of_tree(node: Tree, *, deep: bool) -> Iterator[str]:
    if isinstance(node, list):
        for one in node if deep or len(node) == 1 else []:
            yield from _of_tree(one, deep=deep)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        words = words_of(name)
        # What is called an id in rows is a person's.
        rows = words in ("user data", "user identifiers", "users", "data", "operating account")
        if deep and rows and not (words == "data" and isinstance(value, dict)):
            continue
        if isinstance(value, str) and value and _ID_NAMES.fullmatch(words) and words not in ("name", "names"):
            yield from _ids(value)
        elif isinstance(value, dict | list):
            yield from _of_tree(value, deep=deep)


def _ids(value: str) -> Iterator[str]:
    if "/" in value:
        yield from _of_path([part for part in value.split("/") if part])
    elif len(value) <= 80 and not value.startswith("act_"):
        yield value.rsplit(":", 1)[-1]


def ids_answered(response: Tree) -> list[str]:
    """Return the identifiers of the one list that an answer is about; none where it lists several.

    Examples
    --------
    >>> ids_answered({"id": "2384"}), ids_answered({"data": [{"id": "1"}, {"id": "2"}]})
    (['2384'], [])
    """
    return list(dict.fromkeys(_of_tree(response, deep=False)))


def names_answered(response: Tree) -> Iterator[tuple[str, str]]:
    """Yield identifier and topic of each list that an answer names: it was sent before this recording began."""
    if isinstance(response, list):
        for one in response:
            yield from names_answered(one)
    if not isinstance(response, dict):
        return
    ids = [
        one
        for key, value in response.items()
        if words_of(key) == "id" and isinstance(value, str)
        for one in _ids(value)
    ]
    for key, value in response.items():
        if isinstance(value, str) and words_of(key) in NAMES and (topic := topic_of(value)):
            yield from ((one, topic) for one in ids)
        elif isinstance(value, dict | list):
            yield from names_answered(value)


def named_in(node: Tree) -> Named:
    """Return the topics of what lists are called in a request, outside of its rows, and what it says of consent.

    Examples
    --------
    >>> sorted(named_in({"segments": [{"name": "therapy seekers"}]}).topics)
    ['mental health']
    """
    found = Named()
    _name(node, found)
    return found


def _name(node: Any, found: Named) -> None:
    if isinstance(node, list):
        for one in node:
            _name(one, found)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if isinstance(value, str):
            topic = topic_of(value) if words_of(key) in NAMES else None
            found.topics |= {topic} if topic else set()
            found.consents += stated(key, value)
        elif words_of(key) not in ("user data", "user identifiers", "custom data", "traits"):
            _name(value, found)
