"""What every case assumes of the world: parameters with their ranges, residents, platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from exports.toml_file import checked, read_toml

Status = Literal["seen", "secondary", "believed", "measured", "assumed"]
"""Read in a stored page; in a secondary summary; recalled, not re-read; computed; no source."""

BRACKETS = ("13-17", "18-24", "25-29", "30-49", "50-64", "65+")
"""Ages that the surveys of platform use tell apart; nobody under 13 has an account."""

WORLD = Path(__file__).with_name("world.toml")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number about the world with the range in which it may lie.

    Parameters
    ----------
    value, low, high : float
        The number that is used, and the ends of its range.
    status : {"seen", "secondary", "believed", "measured", "assumed"}
        How far it was checked.
    source, meaning : str
        Where it stands; what it is.

    Raises
    ------
    ValueError
        When ``low <= value <= high`` does not hold.
    """

    value: float
    low: float
    high: float
    status: Status
    source: str
    meaning: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} must lie between low {self.low} and high {self.high}")


@dataclass(frozen=True, slots=True)
class Residents:
    """People aged 13 and over by age bracket, women and men."""

    men: Mapping[str, int]
    women: Mapping[str, int]
    status: Status
    source: str

    def __post_init__(self) -> None:
        _all_brackets(self.men)
        _all_brackets(self.women)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that takes lists of hashed addresses and matches them to its accounts.

    Parameters
    ----------
    name, title : str
        Key in files and JSON; name in print.
    profile : str
        How it normalises and hashes the addresses of its accounts.
    request_rows : int
        Most entries that one upload request may hold.
    minimum_matched : int
        Fewer matched accounts than this, and the list cannot be used.
    rounding : {"exact", "two_digits", "bounds"}
        How it shows the size of a list to the advertiser.
    reach : mapping of bracket to float
        Share of residents of that age who have an account.
    reach_by_sex : mapping or None
        Share of adult men and women who have an account.
    reach_error : float
        Half-width of the range of the reach, in share points.
    mailboxes : tuple of str
        Mail domains whose every holder has an account here.
    ads : float
        Share of the advertisements by which visitors came that ran here. Assumed.
    """

    name: str
    title: str
    profile: str
    request_rows: int
    minimum_matched: int
    rounding: Literal["exact", "two_digits", "bounds"]
    reach: Mapping[str, float]
    reach_error: float
    status: Status
    source: str
    reach_by_sex: Mapping[Literal["men", "women"], float] | None = None
    mailboxes: tuple[str, ...] = ()
    ads: float = 0.0

    def __post_init__(self) -> None:
        _all_brackets(self.reach)
        for share in [*self.reach.values(), *(self.reach_by_sex or {}).values()]:
            if not 0 <= share <= 1:
                raise ValueError(f"a reach is a share between 0 and 1, not {share}")


@dataclass(frozen=True, slots=True)
class World:
    """The parameters, residents and platforms that all cases share.

    ``disclosure`` holds the parameters of what goes beyond the match.
    """

    parameters: Mapping[str, Parameter]
    disclosure: Mapping[str, Parameter]
    residents: Residents
    platforms: Mapping[str, Platform]


@cache
def load_world(path: Path = WORLD) -> World:
    """Return the world of ``world.toml``, or of another file of that form.

    Raises
    ------
    LabError
        When the file is malformed.

    Examples
    --------
    >>> load_world().platforms["facebook"].reach["30-49"]
    0.77
    """
    raw = read_toml(path)
    for name, platform in raw.get("platforms", {}).items():
        platform["name"] = name
    return checked(World, raw, path)


def _all_brackets(by_age: Mapping[str, Any]) -> None:
    if tuple(by_age) != BRACKETS:
        raise ValueError(f"the ages must be {', '.join(BRACKETS)}, in this order")
