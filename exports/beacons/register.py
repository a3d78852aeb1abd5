"""Everybody that a recording tells of: people by receiver and list, and what is said of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from exports.beacons.consent import Stated
from exports.beacons.findings import BeaconAudit, Finding, PeopleList, Receiver
from exports.beacons.lexicon import receiver_of, topic_of
from exports.beacons.lists import Joined, Named, ids_answered, ids_sent, named_in, names_answered
from exports.beacons.people import Key, Record, Told
from exports.beacons.traffic import Message, host_of
from exports.beacons.tree import Tree, is_understood, tree
from exports.shares import Share

_REMOVES = re.compile(r"remove|delete|opt_?out|unsubscribe", re.IGNORECASE)

List = tuple[str, str]


@dataclass(slots=True)
class _OnList:
    """The people sent to one list."""

    people: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    keys: int = 0


@dataclass(slots=True)
class Register:
    """People are numbers; two rows with a strong key in common are of the same one."""

    _above: list[int] = field(default_factory=list)
    _known: dict[tuple[str, Key], int] = field(default_factory=dict)
    _host: list[str] = field(default_factory=list)
    _told: set[int] = field(default_factory=set)
    _consents: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _lists: dict[List, _OnList] = field(default_factory=lambda: defaultdict(_OnList))
    _named: dict[List, Named] = field(default_factory=lambda: defaultdict(Named))
    _joined: Joined = field(default_factory=Joined)
    _messages: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _unread: int = 0
    _keys: int = 0

    def add(self, host: str, message: Message, parts: Tree, told: Told) -> None:
        """Enter one message: its people, the list they go to, what it says of them and of the list."""
        self._messages[host] += 1
        self._unread += not is_understood(message.body)
        ids = self._ids(host, message)
        names = named_in(parts)
        for topic_id, topic in names_answered(tree(message.answer)):
            self._named[host, topic_id].topics.add(topic)
        for one in ids[:1]:
            self._named[one].topics |= names.topics
        said = told.loose.topics | _of_page(message)
        if ids and not told.records:
            self._named[ids[0]].consents += names.consents
        removes = _removes(message, parts)
        for record in told.records:
            person = self._person(host, record.strong)
            self._enter(person, record, said, told.loose.consents)
            here = self._lists[ids[0] if ids else (host, "")]
            here.people.add(person)
            here.keys = max(here.keys, _kinds(record))
            if removes:
                here.removed.add(person)

    def _ids(self, host: str, message: Message) -> list[List]:
        path = [part for part in message.path.split("/") if part]
        ids = [*ids_sent(path, tree(message.body)), *ids_answered(tree(message.answer))]
        found = [(host, one) for one in ids]
        self._joined.join(found)
        return found

    def _enter(self, person: int, record: Record, said: set[str], consents: Iterable[Stated]) -> None:
        if record.topics or said:
            self._told.add(person)
        own = record.consents or list(consents)
        self._consents[person] |= {one.answer for one in own}
        self._keys = max(self._keys, _kinds(record))

    def _person(self, host: str, keys: list[Key]) -> int:
        found = [self._known[host, key] for key in keys if (host, key) in self._known]
        person = self._root(found[0]) if found else self._new(host)
        for other in found[1:]:
            self._above[self._root(other)] = person
        for key in keys:
            self._known[host, key] = person
        return person

    def _new(self, host: str) -> int:
        self._above.append(len(self._above))
        self._host.append(host)
        return len(self._above) - 1

    def _root(self, person: int) -> int:
        while self._above[person] != person:
            self._above[person] = self._above[self._above[person]]
            person = self._above[person]
        return person

    def audit(
        self, name: str, findings: tuple[Finding, ...], unlisted: int, *, everybody: bool
    ) -> BeaconAudit:
        """Count everybody, after all that is said of lists is said of the people on them."""
        people = {self._root(one) for one in range(len(self._above))}
        lists = self._conclude()
        told = people if everybody else {self._root(one) for one in self._told}
        consents: dict[int, set[str]] = defaultdict(set)
        for one, answers in self._consents.items():
            consents[self._root(one)] |= answers
        denied = {one for one in people if "denied" in consents[one]}
        without = {one for one in people if "granted" not in consents[one]} | denied
        return BeaconAudit(
            name,
            sum(self._messages.values()),
            len(people),
            len(told),
            self._unread,
            len(without),
            len(denied),
            self._keys,
            self._receivers(people, told),
            lists,
            findings,
            unlisted,
        )

    def _conclude(self) -> tuple[PeopleList, ...]:
        """Join what messages say of the same list, and say it of everybody on it."""
        named: dict[List, Named] = defaultdict(Named)
        for one, said in self._named.items():
            whole = named[self._joined.find(one)]
            whole.topics |= said.topics
            whole.consents += said.consents
        joined: dict[List, _OnList] = defaultdict(_OnList)
        for one, here in self._lists.items():
            root = self._joined.find(one)
            people = {self._root(person) for person in here.people}
            joined[root].people |= people
            joined[root].removed |= {self._root(person) for person in here.removed}
            joined[root].keys = max(joined[root].keys, here.keys)
            for person in people:
                if named[root].topics:
                    self._told.add(person)
                self._consents[person] |= {said.answer for said in named[root].consents}
        numbers: dict[str, int] = defaultdict(int)
        lists = []
        for root, here in joined.items():
            numbers[root[0]] += 1
            topics = tuple(sorted(named[root].topics))
            lists.append(
                PeopleList(root[0], numbers[root[0]], len(here.people), len(here.removed), here.keys, topics)
            )
        return tuple(sorted(lists, key=lambda one: (-one.persons, one.host, one.number)))

    def _receivers(self, people: set[int], told: set[int]) -> tuple[Receiver, ...]:
        known: dict[str, int] = defaultdict(int)
        learnt: dict[str, int] = defaultdict(int)
        for one in people:
            known[self._host[one]] += 1
            learnt[self._host[one]] += one in told
        receivers = [
            Receiver(
                host,
                receiver_of(host),
                Share(learnt[host], known[host]),
                Share(known[host], known[host]),
                Share(learnt[host], known[host]),
                messages,
            )
            for host, messages in self._messages.items()
        ]
        return tuple(sorted(receivers, key=lambda one: (-one.both.count, -one.identifier.count, one.host)))


def _of_page(message: Message) -> set[str]:
    """Return the topics that the page of a message tells of, its host included."""
    if not message.page:
        return set()
    topic = topic_of(host_of(message.page)) or topic_of(message.page)
    return {topic} if topic else set()


def _kinds(record: Record) -> int:
    return len({key for key in record.keys if key[0] not in ("ip",)})


def _removes(message: Message, parts: Tree) -> bool:
    event = message.parts.get("event")
    method = event.get("method") if isinstance(event, dict) else None
    if method == "DELETE" or _REMOVES.search(message.path.rsplit("/", 1)[-1]):
        return True
    return _says_remove(parts)


def _says_remove(node: Tree) -> bool:
    if isinstance(node, dict):
        said = (value for name, value in node.items() if name in ("operation", "action", "operation_type"))
        return (
            "remove" in node
            or any(isinstance(one, str) and _REMOVES.search(one) for one in said)
            or any(_says_remove(one) for one in node.values() if isinstance(one, dict | list))
        )
    return isinstance(node, list) and any(_says_remove(one) for one in node[:1])
