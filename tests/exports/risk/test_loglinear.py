import numpy as np
import pyarrow as pa
import pytest

from exports.classes.combinations import combinations_of
from exports.risk.loglinear import loglinear_risk


def population(seed, people, sizes, *, tied):
    rng = np.random.default_rng(seed)
    a, b, c = (np.floor(rng.random(people) ** 4 * size).astype(int) for size in sizes)
    b = np.where(rng.random(people) < tied, a, b)
    return np.stack([a, b, c], axis=1)


@pytest.mark.parametrize(
    ("sizes", "tied", "interactions"), [((40, 40, 30), 0.0, False), ((9, 9, 25), 0.4, True)]
)
def test_the_expected_population_uniques_are_those_that_are_there(sizes, tied, interactions):
    people = population(5, 40_000, sizes, tied=tied)
    _, place, alike = np.unique(people, axis=0, return_inverse=True, return_counts=True)
    truth, found = [], []
    for seed in range(6):
        drawn = np.random.default_rng(seed).random(len(people)) < 0.2
        sample = pa.table({f"c{i}": people[drawn, i] for i in range(3)})
        _, inverse, counts = np.unique(people[drawn], axis=0, return_inverse=True, return_counts=True)
        alone = counts[inverse] == 1
        truth.append([(alike[place[drawn]][alone] == 1).sum(), (1 / alike[place[drawn]][alone]).sum()])
        risk = loglinear_risk(
            combinations_of(sample, sample.column_names), sample.column_names, 0.2, interactions=interactions
        )
        assert risk.uniques == alone.sum()
        found.append([risk.gr1, risk.gr2])
    assert np.mean(found, axis=0) == pytest.approx(np.mean(truth, axis=0), rel=0.2)


def test_a_full_table_that_is_too_large_is_refused():
    wide = pa.table({f"c{i}": np.arange(300) for i in range(3)})
    with pytest.raises(ValueError, match="more than ten million"):
        loglinear_risk(combinations_of(wide, wide.column_names), wide.column_names, 0.1, interactions=True)
