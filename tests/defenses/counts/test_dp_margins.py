from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defenses.counts.dp_margins import DpMargins
from defenses.dp.consistent_margins import consistent
from exports.errors import LabError
from exports.queries import Condition, CountQuery
from exports.release import Export
from exports.schema import Column, Role, Schema

SIZES = {"a": 2, "b": 3, "c": 4, "d": 2}
SCHEMA = Schema(
    {
        name: Column(Role.QUASI_IDENTIFIER, domain=tuple(f"{name}{k}" for k in range(size)))
        for name, size in SIZES.items()
    }
)


@pytest.fixture
def export():
    rng = np.random.default_rng(1)
    return Export(
        pa.table({n: [f"{n}{k}" for k in rng.integers(0, size, 2000)] for n, size in SIZES.items()}), SCHEMA
    )


def project(table, clique, onto):
    return table.sum(axis=tuple(axis for axis, name in enumerate(clique) if name not in onto))


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3]))
def test_consistent_tables_agree_on_every_common_margin(seed, order):
    rng = np.random.default_rng(seed)
    tables = {
        clique: rng.normal(10, 5, [SIZES[name] for name in clique]) for clique in combinations(SIZES, order)
    }
    agreed = consistent(tables)
    for one, other in combinations(agreed, 2):
        common = [name for name in one if name in other]
        assert np.allclose(project(agreed[one], one, common), project(agreed[other], other, common))


def test_consistent_tables_stay_as_they_are():
    joint = np.random.default_rng(2).integers(0, 9, list(SIZES.values())).astype(float)
    names = tuple(SIZES)
    tables = {clique: project(joint, names, clique) for clique in combinations(names, 2)}
    for clique, table in consistent(tables).items():
        assert np.allclose(table, tables[clique])


def test_averaging_takes_noise_away():
    rng = np.random.default_rng(3)
    joint = rng.integers(50, 90, list(SIZES.values())).astype(float)
    names = tuple(SIZES)
    before, after = [], []
    for _ in range(50):
        tables = {clique: project(joint, names, clique) for clique in combinations(names, 2)}
        noisy = {clique: table + rng.normal(0, 10, table.shape) for clique, table in tables.items()}
        agreed = consistent(noisy)
        before += [((noisy[clique] - tables[clique]) ** 2).mean() for clique in tables]
        after += [((agreed[clique] - tables[clique]) ** 2).mean() for clique in tables]
    assert np.mean(after) < 0.8 * np.mean(before)


def test_with_much_budget_the_oracle_is_exact_on_what_was_counted(export):
    release = DpMargins(list(SIZES), epsilon=10_000, seed=1).transform(export)
    frame = export.table.to_pandas()
    assert release.ask(CountQuery()) == 2000
    query = CountQuery((Condition("a", ["a0"]), Condition("c", ["c1", "c2"])))
    assert release.ask(query) == ((frame.a == "a0") & frame.c.isin(["c1", "c2"])).sum()
    assert release.rows.num_rows == sum(SIZES[x] * SIZES[y] for x, y in combinations(SIZES, 2))
    with pytest.raises(LabError, match="a, b, c together"):
        release.ask(CountQuery(tuple(Condition(name, [f"{name}0"]) for name in "abc")))


def test_gaussian_noise_states_delta_and_is_less_for_many_tables(export):
    pure = DpMargins(list(SIZES), epsilon=1, seed=1).transform(export)
    gaussian = DpMargins(list(SIZES), epsilon=1, delta=1e-6, seed=1).transform(export)
    assert gaussian.guarantee.promises == {"epsilon": 1.0, "delta": 1e-6}
    assert pure.guarantee.promises == {"epsilon": 1.0}
    assert pure.manifest["noise"] == "Laplace(scale=Fraction(6, 1))"


@pytest.mark.parametrize("order", [0, 5])
def test_an_order_that_cannot_be_is_refused(order, export):
    with pytest.raises(LabError, match="order is"):
        DpMargins(list(SIZES), epsilon=1, order=order).transform(export)
