"""Sweeney and Golle: how many Americans are alone in ZIP code, sex and date of birth."""

from __future__ import annotations

from reidlab.reproductions.finding import Finding, Status

RESIDENTS = 312_457_673
"""People in the ZCTAs of 2010, Puerto Rico included."""


def sweeney(_seed: int) -> tuple[Finding, ...]:
    """Count people in groups no larger than the days of a year; nothing is drawn, the seed is not used."""
    from simulate.calibration.population_uniques import group_sizes, pigeonhole_unique

    found = pigeonhole_unique(group_sizes())
    source = "Sweeney (2000), Simple demographics often identify people uniquely"
    return (_finding("likely unique by ZIP, sex, date of birth", 0.87, 0.05, found, source, "seen"),)


def golle(_seed: int) -> tuple[Finding, ...]:
    """Compute the expected share of people alone, by day, month and year of birth; the seed is not used."""
    from simulate.calibration.population_uniques import expected_unique, group_sizes

    sizes, source = group_sizes(), "Golle (2006), doi:10.1145/1179601.1179615"
    rows = (("date", 365.25, 0.633, 0.03), ("month", 12.0, 0.042, 0.01))
    return tuple(
        _finding(
            f"unique by ZCTA, sex, {unit} of birth",
            published,
            tolerance,
            expected_unique(sizes, dates),
            source,
        )
        for unit, dates, published, tolerance in rows
    )


def _finding(
    label: str, published: float, tolerance: float, ours: float, source: str, status: Status = "believed"
) -> Finding:
    note = "places of 2010 and ages of 2018, not the census of the paper"
    return Finding(label, published, "about", tolerance, ours, ours, ours, RESIDENTS, source, status, note)
