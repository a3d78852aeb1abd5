"""Golle's and Sweeney's definitions on the real populations of places, ages and sexes."""

import duckdb
import numpy as np
import pytest

from simulate.calibration.population_uniques import expected_unique, pigeonhole_unique


@pytest.fixture(scope="module")
def sizes(shared):
    with duckdb.connect() as lab:
        places = f"'{shared}/data/geo/us_zcta2010_race_population.csv.gz'"
        ages = f"'{shared}/data/geo/us_population_age_sex_2010_2019.csv'"
        people = lab.sql(f"select population from read_csv({places}) order by zcta5").fetchnumpy()
        cells = lab.sql(
            f"select CENSUS2010POP as n from read_csv({ages}) where SEX > 0 and AGE < 999 order by SEX, AGE"
        ).fetchnumpy()
    return np.multiply.outer(people["population"].astype(float), cells["n"] / cells["n"].sum())


def test_63_percent_are_expected_to_be_alone_in_zip_sex_and_date_of_birth(sizes):
    assert expected_unique(sizes) == pytest.approx(0.63, abs=0.03)


def test_87_percent_are_in_a_group_no_larger_than_the_dates_of_a_year(sizes):
    assert pigeonhole_unique(sizes) == pytest.approx(0.87, abs=0.05)


def test_month_and_year_of_birth_leave_few_alone(sizes):
    assert expected_unique(sizes, 12) == pytest.approx(0.0405, abs=0.001)
    assert expected_unique(sizes, 1) < 0.003


def test_the_expected_share_is_that_of_drawn_birthdays():
    rng = np.random.default_rng(1)
    groups = np.array([40, 250, 900])
    drawn = [rng.integers(0, 365, n) for n in groups for _ in range(200)]
    alone = sum((np.bincount(dates, minlength=365) == 1).sum() for dates in drawn) / (200 * groups.sum())
    assert alone == pytest.approx(expected_unique(groups.astype(float), 365), abs=0.005)
