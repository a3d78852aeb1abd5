from __future__ import annotations

import csv
import dataclasses
import json
import sys

import pytest

from reidlab.cli import main
from simulate.calibration import computed_card as calibration
from simulate.calibration.card import TABLES, Card, Figure, Verdict, load_card
from simulate.calibration.computed_card import average, compute_card, measure_country
from simulate.people.tables import people_block

pytestmark = pytest.mark.statistical

WOMEN, MEN = "age >= 18 and sex = 'female'", "age >= 18 and sex = 'male'"
GMAIL, YAHOO = "email_1 like '%@gmail.example'", "email_1 like '%@yahoo.example'"
ILL, TREATED = "mental_illness <> 'none'", "counselling_year or medication_year"
HOUSEHOLDS = "household_id = person_id"
BANDS = ((0, 4), (5, 9), (10, 14), (15, 27))

OTHER_CUTS: list[tuple[str, str, str, float, float]] = [
    ("LGBT, Generation X", "lgbt", "year(birth_date) between 1965 and 1980", 0.038, 0.008),
    ("LGBT, born before 1946", "lgbt", "year(birth_date) < 1946", 0.013, 0.006),
    ("LGBT, all", "lgbt", "age >= 18", 0.056, 0.008),
    ("bisexual among LGBT", "orientation = 'bisexual'", "lgbt and age >= 18", 0.546, 0.04),
    ("gay among LGBT", "orientation = 'gay'", "lgbt and age >= 18", 0.245, 0.04),
    ("lesbian among LGBT", "orientation = 'lesbian'", "lgbt and age >= 18", 0.117, 0.03),
    ("transgender among LGBT", "gender not in ('woman', 'man')", "lgbt and age >= 18", 0.113, 0.02),
    ("Gmail, all", GMAIL, "age >= 18", 0.44, 0.02),
    ("Gmail, Generation X in 2017", GMAIL, "age between 37 and 52", 0.54, 0.04),
    ("Gmail, 45-54", GMAIL, "age between 45 and 54", 0.36, 0.02),
    ("Yahoo, 18-29", YAHOO, "age between 18 and 29", 0.19, 0.02),
    ("Yahoo, 45-54", YAHOO, "age between 45 and 54", 0.32, 0.02),
    ("Yahoo, 65 and over", YAHOO, "age >= 65", 0.31, 0.02),
    ("Outlook, all", "email_1 like '%@outlook.example'", "age >= 18", 0.10, 0.02),
    *[
        (
            f"has an account at {provider}",
            " or ".join(f"coalesce(email_{n} like '%@{provider}.example', false)" for n in (1, 2, 3)),
            "age >= 18",
            share,
            0.02,
        )
        for provider, share in (("gmail", 0.70), ("yahoo", 0.46), ("outlook", 0.26), ("hotmail", 0.20))
    ],
    *[
        (f"PHQ-9 {low} to {high} where {among}", f"phq9 between {low} and {high}", among, share, 0.015)
        for among, shares in ((WOMEN, (0.713, 0.183, 0.067, 0.037)), (MEN, (0.816, 0.128, 0.034, 0.021)))
        for (low, high), share in zip(BANDS, shares, strict=True)
    ],
    ("GAD-7 5 to 9", "gad7 between 5 and 9", "age >= 18", 0.095, 0.015),
    ("GAD-7 10 to 14", "gad7 between 10 and 14", "age >= 18", 0.034, 0.01),
    ("any illness, all", ILL, "age >= 18", 0.206, 0.015),
    ("any illness, women", ILL, WOMEN, 0.245, 0.015),
    ("any illness, men", ILL, MEN, 0.163, 0.015),
    ("any illness, 18-25", ILL, "age between 18 and 25", 0.294, 0.02),
    ("any illness, 26-49", ILL, "age between 26 and 49", 0.250, 0.02),
    ("any illness, 50 and over", ILL, "age >= 50", 0.141, 0.015),
    ("serious illness, all", "mental_illness = 'serious'", "age >= 18", 0.052, 0.01),
    ("anxiety disorder, all", "anxiety_disorder", "age >= 18", 0.191, 0.015),
    ("anxiety disorder, 60 and over", "anxiety_disorder", "age >= 60", 0.090, 0.015),
    ("ever in therapy, all", "therapy_before", "age >= 18", 0.29, 0.015),
    ("ever in therapy, women", "therapy_before", WOMEN, 0.30, 0.015),
    ("ever in therapy, 20-29", "therapy_before", "age between 20 and 29", 0.34, 0.02),
    ("ever in therapy, 65 and over", "therapy_before", "age >= 65", 0.17, 0.02),
    ("any treatment, 18-44", TREATED, "age between 18 and 44", 0.185, 0.015),
    ("any treatment, 45-64", TREATED, "age between 45 and 64", 0.202, 0.015),
    ("any treatment, 65 and over", TREATED, "age >= 65", 0.194, 0.015),
    ("households of 2", "household_size = 2", HOUSEHOLDS, 0.345, 0.02),
    ("households of 3", "household_size = 3", HOUSEHOLDS, 0.15, 0.02),
    ("households of 4", "household_size = 4", HOUSEHOLDS, 0.13, 0.02),
    ("households of 5", "household_size = 5", HOUSEHOLDS, 0.06, 0.015),
    ("households of 6 and more", "household_size >= 6", HOUSEHOLDS, 0.03, 0.015),
    ("addresses of a machine in a month", "ips_in_month", HOUSEHOLDS, 6.0, 0.7),
]
"""Published numbers that are not on the card: what is averaged over which residents, and the number."""


@pytest.fixture(scope="module")
def card() -> Card:
    return compute_card(150_000, seed=2024)


@pytest.mark.parametrize("figure", load_card(), ids=lambda figure: figure.id)
def test_every_figure_of_the_card_is_met(card: Card, figure: Figure) -> None:
    (verdict,) = [verdict for verdict in card.verdicts if verdict.figure == figure]
    assert verdict.passed, verdict


def test_other_cuts_of_the_same_surveys_come_out_as_published() -> None:
    groups = ("core", "email", "home", "identity", "health", "network")
    measures = {name: (what, among) for name, what, among, _, _ in OTHER_CUTS}
    sums = sum(
        average(people_block(31, block, population="residents", groups=groups), measures) for block in (0, 1)
    )
    found = dict(zip(measures, sums[:, 0] / sums[:, 1], strict=True))
    off = {
        name: (round(found[name], 4), published)
        for name, _, _, published, tolerance in OTHER_CUTS
        if abs(found[name] - published) > tolerance
    }
    assert not off


def test_figures_of_the_country_depend_on_no_people() -> None:
    assert measure_country() == measure_country()


def test_the_fitted_figure_does_not_count_as_a_pass() -> None:
    verdicts = tuple(Verdict(figure, figure.published, None) for figure in load_card())
    assert repr(Card(1000, 1, verdicts)).startswith("40 of 40 figures")


def test_a_figure_that_is_off_is_named_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = dataclasses.replace(load_card()[-1], published=0.2)
    monkeypatch.setattr(calibration, "load_card", lambda: (*load_card()[:-1], wrong))
    monkeypatch.setattr(sys, "argv", ["reidlab", "calibration", "--people", "2000", "--json"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    result = json.loads(capsys.readouterr().out)["result"]
    assert "women_share" in result["off"]
    assert result["pass"] is False


def test_too_few_people_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["reidlab", "calibration", "--people", "-3"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "--people is -3 but must lie between" in capsys.readouterr().err


def test_every_published_number_has_a_status_and_a_source_or_says_that_there_is_none() -> None:
    text = (TABLES / "published.csv").read_text(encoding="utf-8")
    numbers = list(csv.DictReader(text.splitlines()))
    assert len(numbers) == 144
    assert all(row["source"] or row["value"].startswith("no published") for row in numbers)
    assert {row["status"] for row in numbers} <= {"seen", "believed", "measured", "assumed"}
