"""The people from whom a platform learns a look-alike model, and what it knows of each of its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.attributes.demography import Population, Site
from simulate.case import Case
from simulate.disclosure.events import DEPRESSED
from simulate.people.tables import people_block

GROUPS = ("core", "home", "identity", "health", "network")
SIGNAL_NOISE = 2.0
"""Standard deviations of noise on what behaviour shows of distress: a correlation of about 0.45. Assumed."""


@dataclass(frozen=True, slots=True)
class Users:
    """Users of a platform.

    Parameters
    ----------
    features : pyarrow.Table
        What the platform knows of each: numbers only.
    depressed : array of bool
        What it does not know: a PHQ-9 score of 10 or more.
    """

    features: Any
    depressed: NDArray[np.bool_]


def users(case: Case, site: Site, count: int, population: Population, *, seed: int) -> Users:
    """Return the first ``count`` people of a population as a platform knows its users.

    Parameters
    ----------
    count : int
        At most one block.
    population : {"visitors", "outsiders"}
        Those on the uploaded list, or people who never visited.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    people = people_block(seed, 0, count, site=site, population=population, groups=GROUPS)
    noise = Stream(seed, "disclosure", f"{case.name}/behaviour {population}").normals(count)
    distress = people["distress"].to_numpy(zero_copy_only=False)
    columns = {
        "age": people["age"].cast(pa.float64()),
        "woman": pc.equal(people["sex"], "female").cast(pa.float64()),
        "household_size": people["household_size"].cast(pa.float64()),
        "single": pc.equal(people["relationship"].cast(pa.string()), "single").cast(pa.float64()),
        "mobile": pc.equal(people["connection"].cast(pa.string()), "mobile").cast(pa.float64()),
        "behaviour": pa.array(np.nan_to_num(distress) + SIGNAL_NOISE * noise),
    }
    score = people["phq9"].combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)
    return Users(pa.table(columns), score >= DEPRESSED)
