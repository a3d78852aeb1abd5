"""What membership of a sub-brand's list alone discloses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.shares import Share
from simulate.attributes.visits import OF_AGE, SUB_BRANDS
from simulate.disclosure.visitors import MATCHED, SENT, Counts, Visitors

TRAITS = ("lgbt", "believer", "minor")


def count(people: Visitors) -> Counts:
    """Count the visitors of each sub-brand, those sent to and matched by each platform, and three traits."""
    brand = np.asarray(people.table["sub_brand"].combine_chunks().indices)
    religion = people.table["religion"].combine_chunks().cast("string").to_numpy(zero_copy_only=False)
    traits = {
        "lgbt": people.is_value("lgbt", "true"),
        "believer": ~np.isin(religion, ("none", "other")),
        "minor": people.days("visited_on") - people.days("birth_date") < OF_AGE * 365.25,
    }

    def by_brand(columns: list[NDArray[np.bool_]]) -> NDArray[np.int64]:
        counts = [np.bincount(brand, weights=column, minlength=len(SUB_BRANDS)) for column in columns]
        return np.array(counts).T.astype(np.int64)

    found = {"sub_brands": by_brand([np.ones(len(people), dtype=bool), *traits.values()])}
    for platform, codes in people.outcomes.items():
        found[f"sub_brands/{platform}"] = by_brand([SENT[codes], MATCHED[codes]])
    return found


def report(total: Counts) -> dict[str, Any]:
    """Return, by sub-brand, list sizes by platform and each trait's share beside that of all visitors."""
    counts = total["sub_brands"]
    everybody = counts.sum(axis=0)
    found: dict[str, Any] = {}
    lists = {name.partition("/")[2]: rows for name, rows in total.items() if name.startswith("sub_brands/")}
    for at, (brand, row) in enumerate(zip(SUB_BRANDS, counts, strict=True)):
        visitors = int(row[0])
        traits = {}
        for trait, here, overall in zip(TRAITS, row[1:], everybody[1:], strict=True):
            share = Share(int(here), visitors, "simulated").to_json()
            prior = float(overall / everybody[0]) if everybody[0] else None
            lift = share["share"] / prior if prior and share["share"] is not None else None
            traits[trait] = {**share, "prior": prior, "lift": lift}
        sent, matched = ({name: int(rows[at, side]) for name, rows in lists.items()} for side in (0, 1))
        found[brand] = {"visitors": visitors, "sent": sent, "matched": matched, "discloses": traits}
    return found
