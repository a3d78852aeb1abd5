"""The calibration card computed: residents and visitors simulated, and counted as the surveys did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.calibration.card import Card, Verdict, load_card
from simulate.calibration.expectation import rows_per_person
from simulate.calibration.fit import FITTED, calibrate
from simulate.calibration.population_uniques import (
    expected_unique,
    full_name_collision,
    group_sizes,
    pigeonhole_unique,
)
from simulate.calibration.sample import sample_cells
from simulate.case import load_case
from simulate.people.tables import blocks, people_block
from simulate.platforms.accounts import NEVER
from simulate.upload.agreement import disagrees
from simulate.upload.collection import Collection, collection, days_since_1970, given_first
from simulate.world import load_world

RESIDENT_GROUPS = ("core", "email", "home", "identity", "health", "network")
VISITOR_GROUPS = ("core", "email", "visit", "health")
FEWEST = 1_000
SURVEYED_PLATFORMS = ("facebook", "snapchat", "pinterest")

ADULTS, YOUNG, OLD = "age >= 18", "age between 18 and 29", "age >= 65"
BORN = "age >= 18 and year(birth_date) between {} and {}"
HOUSEHOLDS = "household_id = person_id"
LIVE = "1 + coalesce(email_2_live, false)::int + coalesce(email_3_live, false)::int"

MEASURES: dict[str, tuple[str, str]] = {
    "facebook_18_29": ("facebook", YOUNG),
    "facebook_30_49": ("facebook", "age between 30 and 49"),
    "facebook_50_64": ("facebook", "age between 50 and 64"),
    "facebook_65": ("facebook", OLD),
    "facebook_women": ("facebook", f"{ADULTS} and sex = 'female'"),
    "facebook_men": ("facebook", f"{ADULTS} and sex = 'male'"),
    "snapchat_18_29": ("snapchat", YOUNG),
    "snapchat_65": ("snapchat", OLD),
    "pinterest_women": ("pinterest", f"{ADULTS} and sex = 'female'"),
    "pinterest_men": ("pinterest", f"{ADULTS} and sex = 'male'"),
    "gmail_18_29": ("email_1 like '%@gmail.example'", YOUNG),
    "gmail_65": ("email_1 like '%@gmail.example'", OLD),
    "yahoo_all": ("email_1 like '%@yahoo.example'", ADULTS),
    "aol_65": ("email_1 like '%@aol.example'", OLD),
    "addresses_per_person": (LIVE, ADULTS),
    "phq9_0_4": ("phq9 between 0 and 4", ADULTS),
    "phq9_5_9": ("phq9 between 5 and 9", ADULTS),
    "phq9_10_14": ("phq9 between 10 and 14", ADULTS),
    "phq9_15": ("phq9 >= 15", ADULTS),
    "phq9_women_10": ("phq9 >= 10", f"{ADULTS} and sex = 'female'"),
    "gad7_0_4": ("gad7 between 0 and 4", ADULTS),
    "gad7_15": ("gad7 >= 15", ADULTS),
    "counselling_year": ("counselling_year", ADULTS),
    "medication_year": ("medication_year", ADULTS),
    "lgbt_gen_z": ("lgbt", BORN.format(1997, 2002)),
    "lgbt_millennial": ("lgbt", BORN.format(1981, 1996)),
    "lgbt_boomer": ("lgbt", BORN.format(1946, 1964)),
    "religion_none": ("religion = 'none'", ADULTS),
    "religion_catholic": ("religion = 'catholic'", ADULTS),
    "household_mean": ("household_size", HOUSEHOLDS),
    "household_one": ("household_size = 1", HOUSEHOLDS),
    "one_ip_month": ("ips_in_month = 1", HOUSEHOLDS),
}
"""What is averaged over whom among residents, as SQL over their columns."""
VISITOR_MEASURES: dict[str, tuple[str, str]] = {
    "facebook_match_surveyed": ("facebook_match_surveyed", "true"),
    "facebook_match": ("facebook_match", "true"),
    "plus_tag": ("email_entry = 'plus tag'", "true"),
    "typo": ("email_entry = 'mistyped'", "true"),
    "therapy_before": ("therapy_before", "true"),
    "women_share": ("sex = 'female'", "true"),
}


def compute_card(
    people: int = 1_000_000,
    *,
    seed: int = 0,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
) -> Card:
    """Simulate residents and visitors and set every figure of the card beside them.

    Parameters
    ----------
    people : int
        Residents, and visitors, to simulate.
    seed : int
        Of the run.
    progress : callable
        Told stage, newly done and all.

    Examples
    --------
    >>> compute_card(30_000, seed=7)
    40 of 40 figures within their tolerance at 30,000 people, seed 7
    """
    case = load_case("betterhelp")
    values = {name: entry.value for name, entry in case.parameters.items()}
    platforms = collection(case, load_world(), values, seed=seed, people=people)
    facebook = _only(platforms, "facebook")
    cells = sample_cells(facebook)["facebook"]
    fit = calibrate(case, load_world(), cells)
    if fit is None:
        raise ValueError("the case states no match to fit address reuse to")
    reuse = {"facebook_match_surveyed": fit.surveyed, "facebook_match": fit.address_reuse}
    matching = {
        name: replace(facebook, values={**facebook.values, FITTED: share}) for name, share in reuse.items()
    }
    measured = _averages(_residents(platforms, people, progress), MEASURES)
    measured |= _averages(_visitors(matching, people, progress), VISITOR_MEASURES)
    for name in reuse:
        share, of = measured[name]
        measured[name] = share / float(rows_per_person(cells, values)), of
    measured |= {name: (value, None) for name, value in measure_country().items()}
    return Card(people, seed, tuple(Verdict(figure, *measured[figure.id]) for figure in load_card()))


def measure_country() -> dict[str, float]:
    """Return the figures of the whole country, which depend neither on a seed nor on people simulated."""
    sizes = group_sizes()
    return {
        "golle_zcta": expected_unique(sizes),
        "sweeney_zip": pigeonhole_unique(sizes),
        "full_name_collision": full_name_collision(),
    }


def average(people: Any, measures: Mapping[str, tuple[str, str]]) -> NDArray[np.float64]:
    """Return one row per measure: the sum of what is averaged, and over how many."""
    import duckdb

    sums = ", ".join(
        f"coalesce(sum(({what})::double) filter (where {among}), 0), count(*) filter (where {among})"
        for what, among in measures.values()
    )
    with duckdb.connect() as connection:
        connection.register("people", people)
        found = connection.sql(f"select {sums} from people").fetchall()
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _averages(
    tables: Iterator[Any], measures: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[float, int | None]]:
    total = np.sum([average(table, measures) for table in tables], axis=0)
    return {
        name: (float(count / of) if of else float("inf"), int(of))
        for name, (count, of) in zip(measures, total, strict=True)
    }


def _only(collected: Collection, *names: str) -> Collection:
    kept = [i for i, platform in enumerate(collected.platforms) if platform.name in names]
    return replace(
        collected,
        platforms=tuple(collected.platforms[i] for i in kept),
        reach=tuple(collected.reach[i] for i in kept),
    )


def _residents(
    collected: Collection, people: int, progress: Callable[[str, int, int], None]
) -> Iterator[Any]:
    """Yield blocks of residents with a column for each surveyed platform: who has an account there."""
    import pyarrow as pa

    surveyed = _only(collected, *SURVEYED_PLATFORMS)
    surveyed = replace(surveyed, values={**collected.values, "visitor_odds": 1.0})
    for block, size in (parts := list(blocks(people))):
        table = people_block(
            collected.seed,
            *(block, size),
            site=collected.site,
            population="residents",
            groups=RESIDENT_GROUPS,
        )
        for name, held in surveyed.draw(table, block, "residents").accounts.items():
            table = table.append_column(name, pa.array(held.opened != NEVER))
        yield table
        progress("residents", 1, len(parts))


def _visitors(
    matching: Mapping[str, Collection], people: int, progress: Callable[[str, int, int], None]
) -> Iterator[Any]:
    """Yield blocks of visitors with a column for each reuse of addresses: who is matched at Facebook."""
    import pyarrow as pa

    site, seed = next((collected.site, collected.seed) for collected in matching.values())
    for block, size in (parts := list(blocks(people))):
        table = people_block(seed, block, size, site=site, groups=VISITOR_GROUPS)
        addresses = given_first(table)
        for name, collected in matching.items():
            [platform], drawn = collected.platforms, collected.draw(table, block)
            start, end = drawn.accounts[platform.name].known(0, drawn.tenure)
            day = days_since_1970(collected.widest[platform.name])
            lost = disagrees(table, addresses[0], platform.profile, slips=True)
            table = table.append_column(name, pa.array((start <= day) & (day < end) & ~lost))
        yield table
        progress("visitors", 1, len(parts))
