"""Attacks and defences by registered name, ours and third parties'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module, metadata
from typing import Any

from exports.errors import LabError


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like ``name``, for an error that suggests it.

    Examples
    --------
    >>> nearest("linkabilty", ["inference", "linkability"])
    'linkability'
    """
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.0)), "none")


def available(group: str, built_in: Mapping[str, str]) -> dict[str, str]:
    """Return registered name -> ``module:class``; an entry point cannot replace a built-in."""
    third_party = {entry.name: entry.value for entry in metadata.entry_points(group=group)}
    return dict(sorted({**third_party, **built_in}.items()))


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
