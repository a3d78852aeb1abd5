"""The people, what they answered at intake, the platforms, the upload and its match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.front_door import front_door

if TYPE_CHECKING:
    from simulate.case import Case as Case
    from simulate.case import known_cases as known_cases
    from simulate.case import load_case as load_case
    from simulate.people.tables import simulate_people as simulate_people
    from simulate.world import World as World
    from simulate.world import load_world as load_world

_FRONT: dict[str, str] = {
    "Case": "simulate.case",
    "World": "simulate.world",
    "known_cases": "simulate.case",
    "load_case": "simulate.case",
    "load_world": "simulate.world",
    "simulate_people": "simulate.people.tables",
}
"""Offered name -> module that holds it; loaded when it is asked for."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = front_door(__name__, _FRONT)
