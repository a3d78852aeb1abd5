from __future__ import annotations

import datetime

import pandas as pd
import pytest

from simulate.people.tables import people_block, simulate_people

END = datetime.date(2018, 12, 31)


@pytest.fixture(scope="module")
def visitors() -> pd.DataFrame:
    frame: pd.DataFrame = simulate_people(
        131_072, seed=19, groups=["core", "visit", "identity", "home", "consent", "intake", "health"]
    ).to_pandas()
    return frame


def test_dates_follow_one_another(visitors: pd.DataFrame) -> None:
    users = visitors.dropna(subset="enrolled_on")
    payers = visitors.dropna(subset="paid_from")
    assert (users["enrolled_on"] >= users["visited_on"]).all()
    assert payers["enrolled_on"].notna().all()
    assert (payers["paid_from"] >= payers["enrolled_on"]).all()
    assert (payers["paid_to"] > payers["paid_from"]).all()


def test_visitors_come_by_the_sites_date_and_later_ones_after() -> None:
    visitors, later = (
        people_block(19, 0, 20_000, population=population, groups=["visit"])["visited_on"].to_pandas()
        for population in ("visitors", "later")
    )
    assert visitors.max() <= END < later.min()


def test_sub_brands_tell_orientation_religion_and_age(visitors: pd.DataFrame) -> None:
    by_brand = visitors.groupby("sub_brand", observed=True)
    lgbt = by_brand["lgbt"].mean()
    assert lgbt["pride_counseling"] > 0.9
    assert lgbt["betterhelp"] < 0.3
    assert (by_brand.get_group("faithful_counseling")["religion"] != "none").mean() > 0.9
    couples = by_brand.get_group("regain")["relationship"].isin(["married", "partnered"]).mean()
    assert couples > visitors["relationship"].isin(["married", "partnered"]).mean() + 0.2
    born = pd.to_datetime(visitors["birth_date"])
    years = (pd.to_datetime(visitors["visited_on"]) - born).dt.days / 365.25
    assert ((visitors["sub_brand"] == "teen_counseling") == (years < 18)).mean() > 0.999
    assert visitors["sub_brand"].eq("pride_counseling").mean() == pytest.approx(600_000 / 7_000_000, abs=0.02)


def test_consent_is_dated_and_not_given_by_all(visitors: pd.DataFrame) -> None:
    assert visitors["consent_service_on"].notna().all()
    given = visitors["consent_advertising_on"].dropna()
    assert 0.3 < len(given) / len(visitors) < 0.4
    assert (given == visitors.loc[given.index, "visited_on"]).all()


def test_answers_depend_on_the_questionnaires(visitors: pd.DataFrame) -> None:
    assert (visitors["better_off_dead"] == (visitors["phq9_9"] > 0)).all()
    depressed = visitors["phq9"] >= 10
    chosen = visitors["reason_1"] == "depression"
    assert chosen[depressed].mean() > 1.5 * chosen[~depressed].mean()
    assert (visitors["reason_1"].astype(str) != visitors["reason_2"].astype(str)).all()
    assert visitors.loc[visitors["medication"], "medication_year"].all()
