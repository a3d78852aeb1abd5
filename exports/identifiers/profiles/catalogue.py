"""All profiles by name."""

from __future__ import annotations

from functools import cache

from exports.errors import LabError, nearest
from exports.identifiers.profile import Profile
from exports.identifiers.profiles.platforms import PUBLISHED
from exports.identifiers.profiles.rudderstack import RUDDERSTACK
from exports.identifiers.profiles.sdks import SDKS
from exports.identifiers.profiles.segment import SEGMENT

PROFILES: tuple[Profile, ...] = (*SDKS, *PUBLISHED, *SEGMENT, *RUDDERSTACK)


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
        Names the nearest known profile.

    Examples
    --------
    >>> find_profile("meta_capi").name
    'meta.conversions'
    """
    known = _by_name()
    found = known.get(name.strip().lower())
    if found is None:
        raise LabError(
            f"There is no profile {name!r}: the nearest known name is {nearest(name.lower(), known)!r}."
        )
    return found
