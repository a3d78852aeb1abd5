"""A sample of a case's visitors, counted into the cells of the closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulate.attributes.demography import Block
from simulate.attributes.intake import REFERRALS, draw_referrals
from simulate.calibration.expectation import Cells, count_cells
from simulate.people.tables import people_block
from simulate.platforms.accounts import DAYS_OF_YEAR
from simulate.upload.agreement import disagrees
from simulate.upload.collection import Collection, days_since_1970, given_first, holders, span_of

SAMPLE_BLOCKS = 4
"""262,144 visitors, whatever ``--people`` says: their mix gives the match to within 0.1 %."""


def sample_cells(collected: Collection) -> dict[str, Cells]:
    """Return, for each platform, visitors of the run's seed counted into cells.

    The sample does not depend on the number of people or workers, so neither does the fit.
    """
    people = pa.concat_tables(
        people_block(collected.seed, block, site=collected.site, groups=("core", "email", "visit"))
        for block in range(SAMPLE_BLOCKS)
    ).combine_chunks()
    addresses = given_first(people)
    visit = people["visited_on"].combine_chunks().view(pa.int32()).to_numpy()
    social = _social(collected.seed, people["age"].to_numpy())
    span, found = span_of(collected.site), {}
    for platform in collected.platforms:
        day = days_since_1970(collected.widest[platform.name])
        found[platform.name] = count_cells(
            holders(people, addresses, platform),
            disagrees(people, addresses[0], platform.profile),
            years=np.maximum(day - visit, 0) / DAYS_OF_YEAR,
            social=social,
            elapsed=float(np.clip((day - span.first) / max(span.last - span.first, 1), 0, 1)),
        )
    return found


def _social(seed: int, age: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which people of the sample came from social media."""
    parts = np.split(age, SAMPLE_BLOCKS)
    drawn = [draw_referrals(Block(seed, at, len(part), "visitors"), part) for at, part in enumerate(parts)]
    social: NDArray[np.bool_] = np.concatenate(drawn) == REFERRALS.index("social media")
    return social
