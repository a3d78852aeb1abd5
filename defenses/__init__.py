"""What can be done before it leaves, one module per defence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from defenses.defense import Defense

BUILT_IN: dict[str, str] = {
    "dp-histogram": "defenses.histogram:DpHistogram",
    "hash": "defenses.hashing:Hash",
    "hmac": "defenses.hashing:Hmac",
    "salt": "defenses.hashing:Salt",
    "truncate": "defenses.truncation:Truncate",
}
"""Registered name -> ``module:class`` of each defence in this package."""


def available() -> dict[str, str]:
    """Return every defence by registered name; third parties use the entry point ``reidlab.defenses``."""
    return plugins.available("reidlab.defenses", BUILT_IN)


def find(name: str) -> type[Defense]:
    """Return the defence class of a registered name; raises LabError naming the nearest."""
    found: type[Defense] = plugins.load(name, available(), "defence")
    return found
