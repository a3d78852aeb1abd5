from __future__ import annotations

import numpy as np
import pytest

from simulate.attributes.demography import residents_by_age
from simulate.attributes.distress import GAD7, PHQ9, QUESTIONNAIRES, Questionnaire
from simulate.people.tables import people_block


@pytest.mark.parametrize("scale", QUESTIONNAIRES, ids=lambda scale: scale.name)
def test_simulated_totals_follow_the_exact_distribution(scale: Questionnaire) -> None:
    people = people_block(17, 0, population="outsiders", groups=["core", "health"]).to_pandas()
    for sex, female in (("female", True), ("male", False)):
        totals = people.loc[(people["sex"] == sex) & people["age"].between(30, 39), scale.name]
        expected = scale.totals(female, 35)
        found = np.bincount(totals, minlength=len(expected)) / len(totals)
        assert np.abs(np.cumsum(found) - np.cumsum(expected)).max() < 1.9 / np.sqrt(len(totals))


@pytest.mark.parametrize(
    ("scale", "published"),
    [(PHQ9, (0.763, 0.156, 0.051, 0.029)), (GAD7, (0.844, 0.095, 0.034, 0.027))],
    ids=("phq9", "gad7"),
)
def test_expected_bands_of_adults_are_the_published_ones(
    scale: Questionnaire, published: tuple[float, ...]
) -> None:
    adults = residents_by_age()[:, 18:]
    totals = sum(
        adults[sex, age - 18] * scale.totals(sex == 0, age) for sex in (0, 1) for age in range(18, 105)
    )
    bands = np.add.reduceat(totals / adults.sum(), [0, 5, 10, 15])
    assert np.abs(bands - published).max() < 0.008


def test_items_share_one_factor() -> None:
    people = people_block(17, 1, population="outsiders", groups=["health"]).to_pandas()
    items = people[[f"phq9_{item}" for item in range(1, 10)]]
    k = items.shape[1]
    alpha = k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())
    assert 0.75 < alpha < 0.9
    assert np.corrcoef(people["phq9"], people["gad7"])[0, 1] > 0.5


def test_visitors_are_more_distressed_than_residents() -> None:
    visitors = people_block(17, 0, groups=["health"]).to_pandas()
    assert visitors["distress"].mean() == pytest.approx(1.4, abs=0.02)
    assert (visitors["phq9"] >= 10).mean() > 0.4
    assert visitors["therapy_before"].mean() == pytest.approx(0.6, abs=0.1)
