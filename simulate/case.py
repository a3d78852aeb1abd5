"""A case: what was sent, when, to whom, and what is known or assumed about it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from exports.errors import LabError, nearest
from exports.filesystem.named_files import require_component
from exports.identifiers.profiles.catalogue import profile_names
from exports.toml_file import checked, read_toml, unknown_key, unknown_value
from simulate.people.tables import COLUMNS
from simulate.world import Parameter, Status, load_world

CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about the case with its source and how far it was checked.

    Parameters
    ----------
    name, value : str
        What it is about; what is known.
    status : {"seen", "secondary", "believed", "measured", "assumed"}
        How far it was checked.
    source : str
        Where it stands.
    """

    name: str
    value: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """A published match at one platform, to which address reuse is fitted.

    Parameters
    ----------
    platform : str
        Key of the platform.
    matched, uploaded : int
        Accounts found, of addresses sent.
    status, source : str
        As of a fact.
    """

    platform: str
    matched: int
    uploaded: int
    status: Status
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.matched <= self.uploaded:
            raise ValueError("matched must be at least 1 and at most uploaded")

    @property
    def share(self) -> float:
        """The match rate aimed at."""
        return self.matched / self.uploaded


@dataclass(frozen=True, slots=True)
class Signups:
    """Visitors who gave their address, by year.

    Parameters
    ----------
    by_year : mapping of int to int
        Year to number of visitors, at the case's size.
    status, source : str
        As of a fact.
    """

    by_year: Mapping[int, int]
    status: Status
    source: str

    def __post_init__(self) -> None:
        if not self.by_year or min(self.by_year.values()) < 0:
            raise ValueError("by_year needs at least one year, and no count below 0")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One list of addresses sent to one platform.

    Parameters
    ----------
    platform : str
        Key of the platform.
    date : datetime.date
        Only people collected by then are on the list.
    count : int
        Addresses sent, at the case's size.
    audience : {"visitors", "users"}
        Everyone who gave an address, or those who also enrolled.
    profile : str or None
        How the sender normalises; None for the platform's own rules.
    identifier : {"email", "ad_id"}
        What is sent: hashed addresses, or the advertising identifiers of telephones and tablets.
    ip : bool
        Whether the IP addresses of the visits went with them.
    status, source : str
        As of a fact.
    """

    platform: str
    date: datetime.date
    count: int
    audience: Literal["visitors", "users"]
    status: Status
    source: str
    profile: str | None = None
    identifier: Literal["email", "ad_id"] = "email"
    ip: bool = False

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("count must be at least 1")


@dataclass(frozen=True, slots=True)
class Event:
    """What a web beacon sends when somebody gives an answer.

    Parameters
    ----------
    name : str
        As it is sent; obscure where its meaning was to stay with the sender.
    column, value : str
        The answer that fires it: a column of the people or one of the case's attributes, and its
        value as text (``true`` for yes).
    status, source : str
        As of a fact.
    """

    name: str
    column: str
    value: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An answer that only this case's site asks for, with the share of each value.

    Parameters
    ----------
    name : str
        What is asked.
    shares : mapping of str to float
        Share of each answer; they add up to 1.
    status, source : str
        As of a fact.
    """

    name: str
    shares: Mapping[str, float]
    status: Status
    source: str

    def __post_init__(self) -> None:
        if not self.shares or abs(sum(self.shares.values()) - 1) > 1e-6 or min(self.shares.values()) < 0:
            raise ValueError(f"the shares of {self.name} must be at least 0 and add up to 1")


@dataclass(frozen=True, slots=True)
class Refund:
    """Who is paid back: those who paid between two days.

    Parameters
    ----------
    start, end : datetime.date
        First and last day.
    people : int or None
        Number of them as published; None if none is.
    status, source : str
        As of a fact.
    """

    start: datetime.date
    end: datetime.date
    status: Status
    source: str
    people: int | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("end must not come before start")


@dataclass(frozen=True, slots=True)
class Case:
    """A case file, its parameters completed by those of the world.

    Parameters
    ----------
    name, title : str
        What it is called, on the command line and in print.
    size : int
        Visitors collected by ``collected_by``; ``--people`` scales every count by it.
    collected_by : datetime.date
        Day of the largest list; later visitors come in addition.
    signups : Signups
        Visitors by year.
    transfers : tuple of Transfer
        Lists that were sent, one of e-mail addresses at least.
    facts : tuple of Fact
        What is known about the case.
    target : Target or None
        Published match to which the reuse of addresses is fitted.
    parameters : mapping of str to Parameter
        Other values and ranges for parameters of the world.
    purpose : {"service", "email", "advertising", "research"}
        What the transfers were for; consent to it is what counts.
    sub_brands : bool
        Whether the site has sub-brands whose lists are told apart.
    events : tuple of Event
        What a beacon sends.
    attributes : tuple of Attribute
        What only this site asks for.
    refund : Refund or None
        Who is paid back.
    """

    name: str
    title: str
    size: int
    collected_by: datetime.date
    signups: Signups
    transfers: tuple[Transfer, ...]
    facts: tuple[Fact, ...]
    target: Target | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    purpose: Literal["service", "email", "advertising", "research"] = "advertising"
    sub_brands: bool = False
    events: tuple[Event, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    refund: Refund | None = None

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("size must be at least 1")
        self._require_known_words()
        if not self.widest():
            raise ValueError("transfers needs at least one list of e-mail addresses")
        if self.target and self.target.platform not in {transfer.platform for transfer in self.transfers}:
            raise ValueError(f"the target is at {self.target.platform}, to which no transfer goes")

    def _require_known_words(self) -> None:
        """Check every word that is one of a list which stands elsewhere."""
        platforms = load_world().platforms
        answers = {name for group in COLUMNS.values() for name in group}
        answers |= {attribute.name for attribute in self.attributes}
        words: list[tuple[tuple[str | int, ...], str, Iterable[str]]] = []
        for row, transfer in enumerate(self.transfers):
            words.append((("transfers", row, "platform"), transfer.platform, platforms))
            if transfer.profile is not None:
                words.append((("transfers", row, "profile"), transfer.profile, profile_names()))
        if self.target:
            words.append((("target", "platform"), self.target.platform, platforms))
        for row, event in enumerate(self.events):
            words.append((("events", row, "column"), event.column, sorted(answers)))
        for where, word, known in words:
            if word not in known:
                raise ValueError(unknown_value(where, word, known))

    def values(self) -> dict[str, float]:
        """Return the central value of every parameter, of the match and beyond."""
        beyond = {name: entry.value for name, entry in load_world().disclosure.items()}
        return beyond | {name: entry.value for name, entry in self.parameters.items()}

    def value(self, name: str) -> float:
        """Return the central value of one parameter."""
        found = self.parameters.get(name) or load_world().disclosure[name]
        return found.value

    @property
    def beacon_platform(self) -> str:
        """The platform that receives the events: the target's, else the first transfer's."""
        return self.target.platform if self.target else next(iter(self.widest()))

    @property
    def address_platform(self) -> str:
        """The platform that receives the IP addresses of visits: the beacon's, where no list has them."""
        return next((one.platform for one in self.lists() if one.ip), self.beacon_platform)

    def lists(self) -> tuple[Transfer, ...]:
        """Return every list of addresses, in the order of the file."""
        return tuple(transfer for transfer in self.transfers if transfer.identifier == "email")

    def widest(self) -> dict[str, Transfer]:
        """Return the largest list of addresses sent to each platform, in the order of the file."""
        widest: dict[str, Transfer] = {}
        for transfer in self.lists():
            best = widest.setdefault(transfer.platform, transfer)
            if transfer.count > best.count:
                widest[transfer.platform] = transfer
        return widest


def known_cases() -> list[str]:
    """Return the names of the cases that come with the lab."""
    return sorted(path.stem for path in CASES.glob("*.toml"))


def load_case(name: str) -> Case:
    """Return a case of the lab by name, or one's own by the path of its TOML file.

    Raises
    ------
    LabError
        When there is no such case, or its file is malformed; names the key and what may stand
        there.

    Examples
    --------
    >>> load_case("betterhelp").target.share
    0.5714285714285714
    >>> load_case("beterhelp")
    Traceback (most recent call last):
    exports.errors.LabError: There is no case 'beterhelp'; the nearest is 'betterhelp'.
    """
    if name.endswith(".toml"):
        path = Path(name)
    elif name in known_cases():
        path = CASES / f"{name}.toml"
    else:
        raise LabError(f"There is no case {name!r}; the nearest is {nearest(name, known_cases())!r}.")
    case, assumed = checked(Case, read_toml(path), path), load_world().parameters
    require_component(case.name, path)
    for parameter in case.parameters:
        if parameter not in assumed:
            raise LabError(f"{path}: {unknown_key(('parameters', parameter), assumed)}")
    return replace(case, parameters={**assumed, **case.parameters})
