from fractions import Fraction
from itertools import combinations_with_replacement
from math import ceil, exp

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc

from defenses.counts.dp_keys import DpKeys, people_per_key, release_threshold
from defenses.dp.noise import Laplace
from exports.errors import LabError
from exports.queries import Condition, CountQuery
from exports.release import Export
from exports.schema import Schema
from exports.shares import clopper_pearson

SCHEMA = Schema.of(person="user", insensitive=["site"])


def export(sites, users=None):
    return Export(pa.table({"user": users or list(range(len(sites))), "site": sites}), SCHEMA)


@given(st.fractions(Fraction(1, 10), 50), st.integers(1, 20), st.sampled_from(["1e-12", "1e-6", "0.05"]))
def test_the_threshold_is_the_least_that_keeps_delta(scale, keys, delta):
    threshold = release_threshold(Laplace(scale), keys, Fraction(delta))
    ratio = exp(-1 / float(scale))

    def shown(least):
        return keys * ratio ** (least - 1) / (1 + ratio)

    assert shown(threshold) <= float(Fraction(delta))
    assert threshold == 2 or shown(threshold - 1) > float(Fraction(delta)) * (1 - 1e-6)


def shown_counts(people: int, scale: float, threshold: int) -> np.ndarray:
    """Return the chances that a key of so many people is absent, shows each count, or a larger one."""
    ratio = exp(-1 / scale)
    counts = np.arange(threshold, threshold + 60 * ceil(scale))
    shown = (1 - ratio) / (1 + ratio) * ratio ** np.abs(counts - people).astype(float)
    more = ratio ** (counts[-1] + 1 - people) / (1 + ratio)
    return (
        np.array([max(0.0, 1 - shown.sum() - more), *shown, more]) if people else np.eye(len(counts) + 2)[0]
    )


def exact_delta_of(epsilon: float, scale: float, threshold: int, others: tuple[int, ...]) -> float:
    """Return the least delta at which one person more in each key, of so many others, is hidden."""
    worlds = [np.ones(1), np.ones(1)]
    for people in others:
        for world in (0, 1):
            worlds[world] = np.outer(worlds[world], shown_counts(people + world, scale, threshold)).ravel()
    one, other = worlds
    return max(np.maximum(a - exp(epsilon) * b, 0).sum() for a, b in ((one, other), (other, one)))


@pytest.mark.filterwarnings("ignore:delta is")
@pytest.mark.parametrize(("epsilon", "delta"), [("1", "1e-3"), ("0.5", "1e-5"), ("3", "0.05")])
@pytest.mark.parametrize("keys", [1, 2])
def test_the_promise_holds_by_exact_computation_whatever_the_person_adds(epsilon, delta, keys):
    scale = keys / Fraction(epsilon)
    threshold = release_threshold(Laplace(scale), keys, Fraction(delta))
    near = [0, 1, 2, threshold - 1, threshold, threshold + 5]
    worst = {
        least: max(
            exact_delta_of(float(epsilon), float(scale), least, others)
            for others in combinations_with_replacement(near, keys)
        )
        for least in (threshold, threshold - 1)
    }
    assert worst[threshold] <= float(delta) * (1 + 1e-9)
    assert keys > 1 or threshold == 2 or worst[threshold - 1] > float(delta)


@pytest.mark.filterwarnings("ignore:delta is")
@pytest.mark.parametrize("seed", [pytest.param(None, marks=pytest.mark.extra("dp")), 1])
def test_keys_of_one_person_show_as_often_as_computed_and_with_the_exact_distribution(seed):
    keys, scale = 20_000, 4
    one_each = export([f"k{number}" for number in range(keys)])
    release = DpKeys("site", epsilon=Fraction(1, scale), delta="0.1", seed=seed).transform(one_each)
    threshold, counts = release.manifest["threshold"], release.rows["count"].to_numpy()
    chance = 1 - shown_counts(1, scale, threshold)[0]
    low, high = clopper_pearson(len(counts), keys, 1 - 1e-6)
    assert low <= chance <= high
    assert chance <= 0.1
    ratio = exp(-1 / scale)
    last = 30
    seen = np.bincount(np.minimum(counts - threshold, last), minlength=last + 1)
    expected = np.append((1 - ratio) * ratio ** np.arange(last), ratio**last) * len(counts)
    assert chdtrc(last, ((seen - expected) ** 2 / expected).sum()) > 1e-6


@pytest.mark.filterwarnings("ignore:delta is")
@pytest.mark.parametrize("seed", [pytest.param(None, marks=pytest.mark.extra("dp")), 1])
def test_a_single_persons_value_shows_no_oftener_than_delta(seed):
    shown = 0
    for run in range(400):
        own = DpKeys("site", epsilon=1, delta="0.05", seed=None if seed is None else run)
        shown += own.transform(export(["common"] * 50 + ["rare"])).rows["site"].to_pylist() != ["common"]
    low, high = clopper_pearson(shown, 400, 1 - 1e-6)
    assert low <= 0.05
    assert high >= 0.01


def test_people_are_counted_and_not_rows_and_each_with_few_rows():
    counts = people_per_key(export(["a", "a", "b", "a", None], [1, 1, 1, 2, 3]), "site", 3)
    assert counts == {"a": 2, "b": 1}
    assert people_per_key(export(["a", "a", "b", "a"], [1, 1, 1, 2]), "site", 2) == {"a": 2}


def test_the_oracle_sums_what_is_shown():
    release = DpKeys("site", epsilon=50, delta=1e-9, seed=1).transform(
        export(["a"] * 90 + ["b"] * 60 + ["c"])
    )
    assert release.rows.to_pydict() == {"site": ["a", "b"], "count": [90, 60]}
    assert release.ask(CountQuery((Condition("site", ["a"], negated=True),))) == 60
    with pytest.raises(LabError, match="Only conditions"):
        release.ask(CountQuery())


def test_a_ledger_needs_a_budget_of_delta(tmp_path):
    data = export(["a"] * 90)
    with pytest.raises(LabError, match="needed delta 1e-09, left 0"):
        DpKeys("site", 1, 1e-9, ledger=tmp_path / "a", dataset="intake", budget=1, seed=1).transform(data)
    DpKeys(
        "site", 1, 1e-9, ledger=tmp_path / "b", dataset="intake", budget="epsilon=1, delta=1e-9", seed=1
    ).transform(data)


def test_replacing_a_person_doubles_noise_and_delta_zero_is_refused():
    manifest = DpKeys("site", 1, 1e-9, neighbours="replace", seed=1).transform(export(["a"])).manifest
    assert manifest["threshold"] == release_threshold(Laplace(Fraction(2)), 2, Fraction("1e-9"))
    with pytest.raises(LabError, match="delta above 0"):
        DpKeys("site", 1, 0).transform(export(["a"]))
