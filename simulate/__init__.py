"""The people, what they answered at intake, the platforms, the upload and its match.

- ``addresses``: E-mail addresses: drafted, numbered, spelt out, and typed into a form.
- ``attributes``: What people are and answer, one module per field of their lives.
- ``calibration``: The simulation held against published figures, and fitted to a published match.
- ``case``: A case: what was sent, when, to whom, and what is known or assumed about it.
- ``disclosure``: What left besides the match: IP addresses, events, years of lists, consent, sub-
  brands, remedies.
- ``execution``: Blocks of people made by workers within a bound of memory, and written as they come.
- ``lottery``: Draws from long tables of weights, in constant time per draw.
- ``people``: The people as tables, block by block.
- ``platforms``: What a platform is: who has an account there, and what it knows of them.
- ``populations``: Whole populations written to files: visitors, those who came later, and residents.
- ``replay``: A case replayed: collect the people, fit the reuse of addresses, upload each list and
  match it.
- ``replay_on_spark``: A case replayed on Spark: executors make the people, queries match them, and only
  counts come back.
- ``tables``: Small public tables that generation needs, and the script that derives them again.
- ``upload``: From the people collected to the list, the platform's match, and what it learns.
- ``world``: What every case assumes of the world: parameters with their ranges, residents, platforms.
"""

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
