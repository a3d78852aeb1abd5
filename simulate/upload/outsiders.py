"""People who never visited the site but have accounts, so that lists can meet the wrong person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exports.errors import LabError, nearest
from exports.randomness import BLOCK
from simulate.addresses.numbering import Numbers, number_newcomers
from simulate.addresses.pieces import append_number
from simulate.case import load_case
from simulate.execution.workers import Workers
from simulate.people.tables import address_keys, blocks, people_block
from simulate.upload.collection import Collection, collection, number_collected
from simulate.world import load_world


@dataclass(frozen=True, slots=True)
class Outsiders:
    """Makes the account addresses of one block of outsiders; picklable.

    No outsider has a visitor's address. Two outsiders may share one: a pass over all of them
    would need memory in proportion, and no list of visitors can tell the difference.

    Parameters
    ----------
    collected : Collection
        Whose platforms and parameters; its people are the visitors.
    people : int
        Outsiders in all.
    taken : Path or array of uint64
        Keys of the visitors' addresses in increasing order, or the ``.npy`` file that holds them.
    """

    collected: Collection
    people: int
    taken: Path | NDArray[np.uint64]

    def __call__(self, block: int) -> dict[str, pa.Table]:
        """Make the table ``outsiders`` of one block, in the form of a collection's ``accounts``."""
        taken = np.load(self.taken, mmap_mode="r") if isinstance(self.taken, Path) else self.taken
        seed, size = self.collected.seed, min(BLOCK, self.people - block * BLOCK)
        numbers = number_newcomers(address_keys(seed, block, size, population="outsiders"), taken)
        people = people_block(
            seed, block, size, population="outsiders", groups=("core", "email"), numbers=numbers
        )
        return {"outsiders": self.collected.accounts(people, block, "outsiders")[0]}


def taken_keys(drafted: list[NDArray[np.uint64]], numbers: list[Numbers]) -> NDArray[np.uint64]:
    """Return the keys of all addresses after numbering, in increasing order."""
    settled = np.concatenate(
        [append_number(keys, part.between(0, len(keys))) for keys, part in zip(drafted, numbers, strict=True)]
    )
    settled.sort()
    return settled


def known_addresses(
    platform: str, *, people: int, outsiders: int = 0, seed: int, case: str = "betterhelp"
) -> pa.Table:
    """Return the addresses that a platform knows, of a few visitors and of others, in memory.

    Parameters
    ----------
    platform : str
        To which the case sent a list.
    people : int
        Visitors, the same as ``simulate_people(people, seed=seed)`` gives.
    outsiders : int, default 0
        People who never visited, in addition.
    seed : int
        Of the run.
    case : str
        Whose site and parameters; address reuse is the surveyed one.

    Returns
    -------
    pyarrow.Table
        ``address, person_id``; a person appears once per known address.

    Raises
    ------
    LabError
        When the case sent no list to the platform.

    Examples
    --------
    >>> known_addresses("facebook", people=1000, outsiders=500, seed=7).column_names
    ['address', 'person_id']
    """
    found = load_case(case)
    if platform not in found.widest():
        hint = nearest(platform, found.widest())
        raise LabError(f"The case {found.name} sent no list to {platform!r}; the nearest is {hint!r}.")
    values = {name: entry.value for name, entry in found.parameters.items()}
    collected = collection(found, load_world(), values, seed=seed, people=people)
    with Workers(1) as here:
        numbers, drafted = number_collected(collected, here)
    visitors = replace(collected, numbers=dict(enumerate(numbers)))
    others = Outsiders(collected, outsiders, taken_keys(drafted, numbers))
    parts = [visitors(block)["accounts"] for block, _ in blocks(people)]
    parts += [others(block)["outsiders"] for block, _ in blocks(outsiders)]
    rows = pa.concat_tables(parts)
    return rows.filter(rows[platform]).select(["address", "owner"]).rename_columns(["address", "person_id"])
