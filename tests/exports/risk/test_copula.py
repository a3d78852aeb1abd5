import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from exports.classes.combinations import combinations_of
from exports.risk.copula import fit_copula, uniqueness
from exports.sources.frames import arrow_table

pytestmark = pytest.mark.statistical


def truth(people, columns):
    return (people.groupby(columns).size() == 1).sum() / len(people)


@pytest.mark.parametrize("fraction", [0.01, 0.05])
def test_uniqueness_of_a_questionnaire_is_predicted_from_a_small_sample(shared, fraction):
    people = pd.read_parquet(shared / "data/microdata/arx_mach2019_int.parquet")
    errors = []
    for count in (4, 6, 7, 9):
        columns = list(people.columns[:count])
        sample = arrow_table(people.sample(frac=fraction, random_state=count))
        copula = fit_copula(combinations_of(sample, columns), columns)
        errors.append(abs(copula.population_uniqueness(len(people)) - truth(people, columns)))
    assert np.mean(errors) < 0.02


def test_independent_columns_have_the_product_of_their_shares():
    rng = np.random.default_rng(1)
    people = pa.table({"a": rng.integers(0, 5, 20_000), "b": rng.integers(0, 7, 20_000)})
    combinations = combinations_of(people, ["a", "b"])
    found = fit_copula(combinations, ["a", "b"]).probabilities(
        [combinations.columns[name].codes for name in ("a", "b")]
    )
    assert found.sum() == pytest.approx(1.0, abs=1e-3)
    np.testing.assert_allclose(found, combinations.counts / 20_000, atol=0.004)


def test_correlated_columns_have_their_joint_shares():
    rng = np.random.default_rng(2)
    normal = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.2], [0.6, 1, -0.4], [0.2, -0.4, 1]], 60_000)
    people = pa.table({name: np.digitize(normal[:, i], [-1, 0, 0.5]) for i, name in enumerate("abc")})
    combinations = combinations_of(people, list("abc"))
    copula = fit_copula(combinations, list("abc"))
    np.testing.assert_allclose(copula.correlation[0], [1, 0.6, 0.2], atol=0.05)
    found = copula.probabilities([combinations.columns[name].codes for name in "abc"], points=512)
    np.testing.assert_allclose(found, combinations.counts / 60_000, atol=0.006)


def test_correlation_is_found_between_columns_of_as_many_values_as_rows():
    rng = np.random.default_rng(5)
    normal = rng.multivariate_normal([0, 0], [[1, -0.6], [-0.6, 1]], 30_000)
    people = pa.table({"a": normal[:, 0], "b": normal[:, 1].round(1)})
    found = fit_copula(combinations_of(people, ["a", "b"]), ["a", "b"])
    assert found.correlation[0, 1] == pytest.approx(-0.6, abs=0.05)


def test_uniqueness_is_that_of_the_paper():
    p, n = np.array([0.0, 1e-6, 1.0]), 1_000_000
    np.testing.assert_allclose(uniqueness(p, n), [1.0, (1 - 1e-6) ** (n - 1), 0.0], atol=1e-9)


def test_a_column_with_one_value_changes_nothing():
    rng = np.random.default_rng(3)
    people = pa.table({"a": rng.integers(0, 50, 500), "b": rng.integers(0, 9, 500), "same": ["x"] * 500})
    pair, triple = (
        fit_copula(combinations_of(people, names), names).population_uniqueness(5000)
        for names in (["a", "b"], ["a", "b", "same"])
    )
    assert triple == pytest.approx(pair, abs=0.01)
