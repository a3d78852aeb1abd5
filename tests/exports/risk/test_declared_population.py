"""What is said of a population from its size alone holds the truth, on tables of which all is known."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.classes.classes import classes_of
from exports.risk.declared_population import chance_of, declared_risk

NHIS = ["fml", "hi", "hlth", "nwhite", "age", "yedu", "famsize", "empl"]
MACH = ["age", "familysize", "gender", "married", "race", "religion", "Q1A", "Q2A", "Q3A"]
FRACTIONS = (0.01, 0.05, 0.1, 0.2)


def _invented(seed, people=20_000):
    """Return tables that no model here was made from: skewed, dependent, a place within a place."""
    rng = np.random.default_rng(seed)
    place = (rng.pareto(1.2, people) * 20).astype(int) % 1_500
    first = rng.integers(0, 40, people)
    second = (first * 17 + rng.integers(0, 6, people)) % 40
    age = np.clip(rng.normal(40 + place % 20, 12, people), 0, 99).astype(int)
    yield pd.DataFrame({"place": place, "age": age, "sex": rng.integers(0, 2, people)})
    yield pd.DataFrame(
        {"a": first, "b": second, "c": rng.geometric(0.1, people), "d": rng.integers(0, 9, people)}
    )
    yield pd.DataFrame({"g": rng.geometric(0.02, people), "h": rng.zipf(1.6, people) % 500})


def _real(shared):
    folder = shared / "data/microdata"
    nhis = pq.read_table(folder / "nhis2009_extract.parquet").to_pandas()
    mach = pq.read_table(folder / "arx_mach2019_int.parquet").to_pandas()
    adult = pd.read_csv(folder / "adult_arx.csv", sep=";", dtype=str)
    acs = pd.read_csv(folder / "nist_acs_ma2019.csv", dtype=str)
    yield nhis[NHIS]
    yield nhis[["fml", "age", "inc", "yedu"]]
    yield mach[MACH[:6]]
    yield mach[MACH]
    yield adult.drop(columns="salary-class")
    yield adult[["sex", "age", "race", "education", "occupation"]]
    yield acs[["PUMA", "AGEP", "SEX", "MSP", "RAC1P", "EDU", "INDP_CAT"]]
    yield acs[["PUMA", "AGEP", "SEX", "RAC1P"]]


def _cells(tables):
    """Return for each table and fraction what holds: marketer, uniques, journalist, and half of the first."""
    for table in tables:
        code = table.astype(str).agg("|".join, axis=1)
        sizes = code.map(code.value_counts()).to_numpy()
        for fraction in FRACTIONS:
            pick = np.random.default_rng(0).choice(len(table), int(fraction * len(table)), replace=False)
            sample = pa.Table.from_pandas(table.iloc[pick].astype(str), preserve_index=False)
            found = declared_risk(classes_of(sample, sample.column_names), len(table))
            truth = (1 / sizes[pick]).mean()
            yield (
                found.marketer[1] <= truth <= found.marketer[2],
                found.uniques[1] <= (sizes == 1).mean() <= found.uniques[2],
                found.journalist_max[1] <= 1 / sizes[pick].min() <= found.journalist_max[2],
                found.marketer[0] >= truth / 2,
            )


def test_the_ranges_hold_the_truth_on_invented_people():
    held = np.array(list(_cells(_invented(7))))
    assert held[:, :3].mean() >= 0.9
    assert held[:, 3].all()


@pytest.mark.slow
def test_the_ranges_hold_the_truth_in_nine_of_ten_cells_of_real_tables(shared):
    held = np.array(list(_cells(_real(shared))))
    assert len(held) == 32
    assert (held[:, :3].mean(axis=0) >= 0.9).all()
    assert held[:, 3].all()


def test_one_expected_unique_is_enough_for_the_largest_risk():
    sample = pa.table({"key": np.arange(200)})
    assert declared_risk(classes_of(sample, ["key"]), 400).journalist_max[0] == 1.0


def test_who_writes_more_rows_is_at_no_other_risk():
    rng = np.random.default_rng(1)
    once = pa.table({"id": np.arange(500), "age": rng.integers(0, 80, 500), "zip": rng.integers(0, 40, 500)})
    twice = pa.concat_tables([once, once])
    found = [declared_risk(classes_of(one, ["age", "zip"], person="id"), 9_000) for one in (once, twice)]
    assert found[0] == found[1]


@pytest.mark.parametrize(("size", "mean"), [(1, 0.3), (2, 5.0), (3, 59.0), (1, 61.0), (4, 400.0)])
def test_the_mean_chance_is_that_of_drawn_classes(size, mean):
    drawn = 1 / (size + np.random.default_rng(1).poisson(mean, 400_000))
    found = chance_of(np.array([float(size)]), np.array([mean]))[0]
    assert found == pytest.approx(drawn.mean(), rel=0.01)
