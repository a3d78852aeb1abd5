"""Attacks and defences by registered name, ours and third parties'."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module, metadata
from typing import Any

from exports.errors import LabError, nearest


def available(group: str, built_in: Mapping[str, str]) -> dict[str, str]:
    """Return registered name -> ``module:class``; an entry point cannot replace a built-in."""
    return dict(sorted({**_third_party(group, tuple(sys.path)), **built_in}.items()))


@cache
def _third_party(group: str, path: tuple[str, ...]) -> Mapping[str, str]:  # noqa: ARG001
    """Return the entry points of a group; reading those of all packages takes long, so once per path."""
    return {entry.name: entry.value for entry in metadata.entry_points(group=group)}


def load(name: str, known: Mapping[str, str], noun: str) -> Any:
    """Import the class of a registered name.

    Raises
    ------
    LabError
        When the name is not registered; suggests the nearest one.
    """
    if name not in known:
        raise LabError(
            f"There is no {noun} {name!r}; the nearest of {len(known)} is {nearest(name, known)!r}."
        )
    module, _, attribute = known[name].partition(":")
    return getattr(import_module(module), attribute)
