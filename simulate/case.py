"""A case: what was sent, when, to whom, and what is known or assumed about it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from exports.errors import LabError
from simulate.edge import checked, nearest, read_toml
from simulate.world import STRICT, Parameter, Status, load_world

CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about the case with its source and how far it was checked."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    value: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """A published match at one platform, to which address reuse is fitted."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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
    """Visitors who gave their address, by year."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    platform: str
    date: datetime.date
    count: int
    audience: Literal["visitors", "users"]
    status: Status
    source: str
    profile: str | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("count must be at least 1")


@dataclass(frozen=True, slots=True)
class Case:
    """A case file, its parameters completed by those of the world.

    Parameters
    ----------
    size : int
        Visitors collected by ``collected_by``; ``--people`` scales every count by it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    title: str
    size: int
    collected_by: datetime.date
    signups: Signups
    transfers: tuple[Transfer, ...]
    facts: tuple[Fact, ...]
    target: Target | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("size must be at least 1")
        platforms = load_world().platforms
        wanted = [transfer.platform for transfer in self.transfers]
        for platform in [*wanted, self.target.platform] if self.target else wanted:
            if platform not in platforms:
                raise ValueError(f"the platform {platform!r} is unknown: {nearest(platform, platforms)}")
        if self.target and self.target.platform not in wanted:
            raise ValueError(f"the target is at {self.target.platform}, to which no transfer goes")

    def value(self, name: str) -> float:
        """Return the central value of one parameter."""
        return self.parameters[name].value

    def widest(self) -> dict[str, Transfer]:
        """Return the largest transfer to each platform, in the order of the file."""
        widest: dict[str, Transfer] = {}
        for transfer in self.transfers:
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
    exports.errors.LabError: There is no case 'beterhelp': did you mean 'betterhelp'?
    """
    if name.endswith(".toml"):
        path = Path(name)
    elif name in known_cases():
        path = CASES / f"{name}.toml"
    else:
        raise LabError(f"There is no case {name!r}: {nearest(name, known_cases())}")
    case, assumed = checked(Case, read_toml(path), path), load_world().parameters
    for parameter in case.parameters:
        if parameter not in assumed:
            raise LabError(
                f"{path}: parameters.{parameter} is not a parameter, {nearest(parameter, assumed)}"
            )
    return replace(case, parameters={**assumed, **case.parameters})
