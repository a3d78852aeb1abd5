"""What an audit of messages reports: fields, receivers and lists, in counts of people and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exports.beacons.carried import Carries
from exports.shares import Share


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
    """One receiver and whom it learns of; a person is a distinct identifier, however often it is sent.

    Parameters
    ----------
    host : str
        Its registrable name, or its address.
    owner : str or None
        Who is known to own it.
    health, identifier, both : Share
        Of the people that it is told of: those with a protected fact, those with an identifier or token
        (all of them), those with both.
    messages : int
        Requests or events that it got.
    """

    host: str
    owner: str | None
    health: Share
    identifier: Share
    both: Share
    messages: int = 0

    def __repr__(self) -> str:
        owner = f" ({self.owner})" if self.owner else ""
        name = self.host or "unknown host"
        if not self.both.of:
            return f"{name}{owner}: nobody in {self.messages:,} messages"
        return f"{name}{owner}: a protected fact about {_people(self.both.count)} of {self.both.of:,}"

    def to_json(self) -> dict[str, Any]:
        """Return names and shares."""
        return {
            "host": self.host,
            "owner": self.owner,
            "messages": self.messages,
            "persons": self.both.of,
            "health": self.health.to_json(),
            "identifier": self.identifier.to_json(),
            "both": self.both.to_json(),
        }


@dataclass(frozen=True, slots=True)
class PeopleList:
    """One list or stream of events at one receiver, and the people on it.

    Parameters
    ----------
    host : str
        The receiver.
    number : int
        Which of its lists, in the order of the recording; names and identifiers of lists are not shown.
    persons, removed : int
        People who were ever sent to it; those of them who were sent to be removed.
    keys : int
        Most identifiers of one person in one row.
    topics : tuple of str
        Protected topics that its name tells of.
    """

    host: str
    number: int
    persons: int
    removed: int
    keys: int
    topics: tuple[str, ...]

    def __repr__(self) -> str:
        named = f", called after {', '.join(self.topics)}" if self.topics else ""
        gone = f", {self.removed:,} of them to be removed" if self.removed else ""
        where = f"list {self.number} at {self.host or 'unknown host'}"
        return f"{where}: {_people(self.persons)}{gone}{named}, up to {self.keys} keys per row"

    def to_json(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class BeaconAudit:
    """Whom the messages of one file tell of, and what; no value of theirs is kept.

    Parameters
    ----------
    name : str
        The file.
    messages : int
        Requests or events that were read.
    persons, told : int
        People over all receivers, a person at two receivers counted twice; those with a protected fact.
    unread : int
        Messages whose body was not understood to its end.
    without_consent, denied : int
        People for whom no signal grants consent; those of them for whom one denies it.
    most_keys : int
        Most identifiers of one person in one row.
    receivers : tuple of Receiver
        Hosts, those that learn most of known people first.
    lists : tuple of PeopleList
        Lists and streams of events, the largest first.
    findings : tuple of Finding
        Fields, the most frequent first for each host.
    unlisted : int
        Findings beyond the most that are kept.
    """

    name: str
    messages: int
    persons: int
    told: int
    unread: int
    without_consent: int
    denied: int
    most_keys: int
    receivers: tuple[Receiver, ...]
    lists: tuple[PeopleList, ...]
    findings: tuple[Finding, ...]
    unlisted: int = 0

    def __repr__(self) -> str:
        telling = sum(receiver.both.count > 0 for receiver in self.receivers)
        hosts = _counted(len(self.receivers), "host")
        unread = f"; {_counted(self.unread, 'message')} not understood" if self.unread else ""
        return (
            f"{self.name}: {_people(self.persons)} in {_counted(self.messages, 'message')} to {hosts}, "
            f"{telling:,} of which learn protected facts about {_people(self.told)}{unread}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return counts, receivers, lists and findings."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name in ("receivers", "lists", "findings"):
            plain[name] = [one.to_json() for one in plain[name]]
        return plain


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
