"""People who never visited the site but have accounts, so that lists can meet the wrong person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.numbering import Numbers, number_newcomers
from simulate.addresses.pieces import append_number
from simulate.people.tables import address_keys, people_block
from simulate.upload.collection import Collection


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
        return {"outsiders": self.collected.accounts(people, block, "outsiders")}


def taken_keys(
    drafted: list[NDArray[np.uint64]], numbers: list[Numbers], others: NDArray[np.uint64] | None = None
) -> NDArray[np.uint64]:
    """Return the keys of all addresses after numbering, and of those of others, in increasing order."""
    settled = np.concatenate(
        [append_number(keys, part.between(0, len(keys))) for keys, part in zip(drafted, numbers, strict=True)]
        + ([] if others is None else [others])
    )
    settled.sort()
    return settled
