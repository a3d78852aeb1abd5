"""All profiles by name."""

from __future__ import annotations

from functools import cache

from exports.errors import LabError, nearest
from exports.identifiers.profile import Profile
from exports.identifiers.profiles.platforms import PUBLISHED
from exports.identifiers.profiles.rudderstack import RUDDERSTACK
from exports.identifiers.profiles.sdks import SDKS
from exports.identifiers.profiles.segment import SEGMENT
from exports.identifiers.profiles.segment_audiences import AUDIENCES

PROFILES: tuple[Profile, ...] = (*SDKS, *PUBLISHED, *SEGMENT, *AUDIENCES, *RUDDERSTACK)

FARTHEST = 2
"""Letters that a mistyped name may differ in from the one that is suggested."""


@cache
def _by_name() -> dict[str, Profile]:
    return {name.lower(): profile for profile in PROFILES for name in (profile.name, *profile.aliases)}


def profile_names() -> list[str]:
    """Return every name by which a profile is found."""
    return list(_by_name())


def find_profile(name: str) -> Profile:
    """Return the profile of a platform or connector by any of its names.

    Raises
    ------
    LabError
        Suggests a name that differs by a letter or two, or else lists all by category; never the
        profile that normalises nothing.

    Examples
    --------
    >>> find_profile("meta_capi").name
    'meta.conversions'
    """
    known = _by_name()
    asked = name.strip().lower()
    found = known.get(asked)
    if found is not None:
        return found
    offered = [one for one, profile in known.items() if profile.name != "plain"]
    near = nearest(asked, offered)
    if _distance(asked, near) <= FARTHEST:
        raise LabError(f"There is no profile {name[:60]!r}: did you mean {near!r}?")
    listed = "; ".join(f"{category}: {', '.join(names)}" for category, names in _categories().items())
    raise LabError(f"There is no profile {name[:60]!r}; {listed}.")


def _categories() -> dict[str, list[str]]:
    """Return the names of all profiles but the one that normalises nothing, by what they are of."""
    named: dict[str, list[str]] = {"platforms": [], "connectors": [], "programs": []}
    for category, profiles in (
        ("platforms", PUBLISHED),
        ("connectors", (*SEGMENT, *AUDIENCES, *RUDDERSTACK)),
        ("programs", SDKS),
    ):
        named[category] = [profile.name for profile in profiles if profile.name != "plain"]
    return named


def _distance(one: str, other: str) -> int:
    """Return how many letters must be put in, taken out or changed to make one text of another."""
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, 1):
        before, row[0] = row[0], line
        for column, wanted in enumerate(other, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (letter != wanted)),
            )
    return row[-1]
