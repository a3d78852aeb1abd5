"""Sweeney and Golle: how many Americans are alone in ZIP code, sex and date of birth, by two definitions."""

from __future__ import annotations

from reidlab.reproductions.finding import Finding
from simulate.uniqueness import expected_unique, group_sizes, pigeonhole_unique

NOTE = "2010 census by ZCTA, the country's ages and sexes in each; nothing is drawn, so there is no interval"


def reproduce(seed: int) -> tuple[Finding, ...]:  # noqa: ARG001 - a complete count draws nothing
    """Count the residents who are expected to be alone, and those in groups no larger than a year's dates."""
    sizes = group_sizes()
    people = round(float(sizes.sum()))
    golle, sweeney = expected_unique(sizes), pigeonhole_unique(sizes)
    return (
        Finding(
            "expected to be alone in ZCTA, sex and date of birth",
            0.63,
            "about",
            0.03,
            golle,
            golle,
            golle,
            people,
            "Golle (2006), doi:10.1145/1179601.1179615",
            "seen",
            NOTE,
        ),
        Finding(
            "in a group of ZCTA, sex and year no larger than the dates in a year",
            0.87,
            "about",
            0.05,
            sweeney,
            sweeney,
            sweeney,
            people,
            "Sweeney (2000), Simple demographics often identify people uniquely, CMU working paper 3",
            "seen",
            NOTE + "; she had age groups of the 1990 census",
        ),
    )
