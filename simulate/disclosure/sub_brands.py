"""What membership of a sub-brand's list alone discloses."""

from __future__ import annotations

from typing import Any

import numpy as np

from exports.shares import Share
from simulate.attributes.visits import OF_AGE, SUB_BRANDS
from simulate.disclosure.visitors import MATCHED, SENT, Counts, Visitors

TRAITS = ("lgbt", "believer", "minor")


def count(people: Visitors) -> Counts:
    """Count the visitors of each sub-brand, those sent and matched anywhere, and three traits."""
    brand = np.asarray(people.table["sub_brand"].combine_chunks().indices)
    sent = np.zeros(len(people), dtype=bool)
    matched = np.zeros(len(people), dtype=bool)
    for codes in people.outcomes.values():
        sent |= SENT[codes]
        matched |= MATCHED[codes]
    religion = people.table["religion"].combine_chunks().cast("string").to_numpy(zero_copy_only=False)
    traits = {
        "lgbt": people.is_value("lgbt", "true"),
        "believer": ~np.isin(religion, ("none", "other")),
        "minor": people.days("visited_on") - people.days("birth_date") < OF_AGE * 365.25,
    }
    columns = [np.ones(len(people), dtype=bool), sent, matched, *traits.values()]
    return {
        "sub_brands": np.array(
            [np.bincount(brand, weights=column, minlength=len(SUB_BRANDS)) for column in columns]
        ).T.astype(np.int64)
    }


def report(total: Counts) -> dict[str, Any]:
    """Return, by sub-brand, list sizes and each trait's share beside that of all visitors."""
    counts = total["sub_brands"]
    everybody = counts.sum(axis=0)
    found: dict[str, Any] = {}
    for brand, row in zip(SUB_BRANDS, counts, strict=True):
        visitors, sent, matched = map(int, row[:3])
        traits = {}
        for trait, here, overall in zip(TRAITS, row[3:], everybody[3:], strict=True):
            share = Share(int(here), visitors, "simulated").to_json()
            prior = float(overall / everybody[0]) if everybody[0] else None
            lift = share["share"] / prior if prior and share["share"] is not None else None
            traits[trait] = {**share, "prior": prior, "lift": lift}
        found[brand] = {"visitors": visitors, "sent": sent, "matched": matched, "discloses": traits}
    return found
