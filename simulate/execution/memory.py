"""How much memory a run may use, and how many workers that leaves room for."""

from __future__ import annotations

import re

from exports.engines.duckdb_engine import SMALLEST, engine_limit
from exports.errors import LabError

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
PER_WORKER = 400_000_000
"""Bytes that one worker takes at most."""
PER_PERSON = 110
"""Bytes that the numbering of addresses and the account of losses take for each person."""


def bytes_of(size: str) -> int:
    """Return the bytes of a size such as ``4GB`` or ``512 MiB``.

    Raises
    ------
    LabError
        When it is no size, or too small for the engine.

    Examples
    --------
    >>> bytes_of("4GB"), bytes_of("1.5 GiB")
    (4000000000, 1610612736)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]I?B)?", size.strip().upper())
    if found is None:
        raise LabError(f"--memory is {size[:20]!r} but must be a size: give for example 4GB or 512MB.")
    memory = round(float(found[1]) * _UNITS[found[2] or ""])
    engine_limit(memory)
    return memory


def workers_within(memory: int, workers: int, people: int) -> int:
    """Return how many workers to start for so many people within ``memory`` bytes.

    Raises
    ------
    LabError
        When the memory does not even suffice for one.

    Examples
    --------
    >>> workers_within(4_000_000_000, 2, 7_000_000), workers_within(1_000_000_000, 2, 1_000_000)
    (2, 1)
    """
    here = PER_PERSON * people
    if memory < SMALLEST + here:
        raise LabError(
            f"--memory is {memory / 1e9:g}GB but {people:,} people need at least "
            f"{(SMALLEST + here) / 1e9:.1f}GB: give more, or fewer --people."
        )
    return max(1, min(workers, (memory - here - SMALLEST // 2) // PER_WORKER))
