"""Counts that are withheld or perturbed."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from defenses import check_defense
from defenses.counts.cell_key import CellKey, noise_of, perturbed
from defenses.counts.secondary_suppression import Dimension, exposed, extended, withheld_numbers
from defenses.counts.small_cells import SmallCells
from exports.errors import LabError
from exports.queries import Condition, CountQuery, Withheld
from exports.release import Export
from exports.schema import Column, Role, Schema


def export_of(sex: list[str], town: list[str]) -> Export:
    return Export(pa.table({"sex": sex, "town": town}), Schema.of(quasi_identifier=["sex", "town"]))


def ranges(values: np.ndarray, shown: np.ndarray, axes: list[Dimension], of: np.ndarray) -> np.ndarray:
    """Return the least and largest value of some numbers by a dense programme over the cells alone."""
    sums = [axis.sums for axis in axes]
    leaves = tuple(size - len(own) for size, own in zip(values.shape, sums, strict=True))
    member = []
    for size, own in zip(leaves, sums, strict=True):
        matrix = [np.eye(size)[one] for one in range(size)]
        for parts in own:
            matrix.append(np.sum([matrix[part] for part in parts], axis=0))
        member.append(np.array(matrix))
    rows = np.array(
        [
            reduce(np.kron, [one[n] for one, n in zip(member, node, strict=True)])
            for node in np.ndindex(values.shape)
        ]
    )
    seen = shown.ravel()
    found = []
    for row in rows[of.ravel()]:
        ends = []
        for sign in (1, -1):
            best = linprog(sign * row, A_eq=rows[seen], b_eq=values.ravel()[seen], bounds=(0, None))
            ends.append(sign * best.fun if best.status == 0 else np.inf)
        found.append(ends)
    return np.array(found).reshape(-1, 2)


TABLES = arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(0, 12))
CUBES = arrays(np.int64, (2, 3, 2), elements=st.integers(0, 9))


@settings(max_examples=15, deadline=None)
@given(TABLES | CUBES, st.sampled_from([2, 3, 5]))
def test_the_shown_numbers_tell_no_more_of_a_small_count_than_that_it_is_small(counts, threshold) -> None:
    axes = [Dimension.plain(size) for size in counts.shape]
    values = extended(counts, axes)
    withheld = withheld_numbers(values, values, axes, threshold)
    small = (values > 0) & (values < threshold)
    assert withheld[small].all()
    found = ranges(values, ~withheld, axes, small)
    assert (found[:, 0] <= 1e-6).all()
    assert (found[:, 1] >= threshold - 1 - 1e-6).all()


@settings(max_examples=8, deadline=None)
@given(arrays(np.int64, (6, 2), elements=st.integers(0, 9)))
def test_subtotals_of_a_hierarchy_tell_no_more_either(counts) -> None:
    axes = [Dimension(6, ((0, 1), (2, 3, 4), (6, 7, 5))), Dimension.plain(2)]
    values = extended(counts, axes)
    withheld = withheld_numbers(values, values, axes, 4)
    small = (values > 0) & (values < 4)
    found = ranges(values, ~withheld, axes, small)
    assert (found[:, 0] <= 1e-6).all()
    assert (found[:, 1] >= 3 - 1e-6).all()


def test_withholding_one_cell_alone_is_seen_through() -> None:
    axes = [Dimension.plain(3)]
    values = extended(np.array([1, 9, 9]), axes)
    alone = np.array([True, False, False, False])
    assert exposed(values, values, alone, axes, 3) == [(0,)]
    assert ranges(values, ~alone, axes, alone).tolist() == [[1, 1]]


def test_subtotals_and_totals_are_rows_when_asked_for() -> None:
    towns = ["0213"] * 9 + ["0214"] * 8 + ["0310"] * 2 + ["0320"] * 9 + ["0330"] * 8
    schema = Schema({"town": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    release = SmallCells(subtotals="town", totals=True).transform(Export(pa.table({"town": towns}), schema))
    shown = dict(zip(*release.table.to_pydict().values(), strict=True))
    assert shown["021*"] == 17
    assert shown["0310"] is None
    assert shown["03**"] == 19
    assert shown["*"] == 36
    assert sum(count is None for count in shown.values()) >= 2
    assert release.ask(CountQuery((Condition("town", ["0310", "0320", "0330"]),))) == 19
    with pytest.raises(LabError, match="no column of the table"):
        SmallCells("town", subtotals="sex").transform(Export(pa.table({"town": towns}), schema))


def test_weights_are_published_and_people_are_what_the_threshold_counts() -> None:
    table = pa.table({"town": ["a"] * 6 + ["b"] * 2 + ["c"] * 7, "w": [2.0] * 6 + [3.0] * 2 + [1.4] * 7})
    export = Export(table, Schema({"town": Column(Role.QUASI_IDENTIFIER)}, weight="w"))
    release = SmallCells("town").transform(export)
    counts = dict(zip(*release.table.to_pydict().values(), strict=True))
    assert counts["b"] is None
    assert list(counts.values()).count(None) == 2
    assert release.ask(CountQuery()) == 12 + 6 + 10
    perturbed_counts = CellKey("town", seed=1).transform(export).table["count"].to_pylist()
    unweighted = Export(table, Schema.of(quasi_identifier=["town"], insensitive=["w"]))
    plain = CellKey("town", seed=1).transform(unweighted).table["count"].to_pylist()
    means = (2, 3, 10 / 7)
    assert perturbed_counts == [round(count * mean) for count, mean in zip(plain, means, strict=True)]


def test_the_oracle_answers_cells_and_lines_but_nothing_that_tells_a_small_count() -> None:
    sex = ["f"] * 40 + ["m"] * 40
    town = ["a"] * 18 + ["b"] * 20 + ["c"] * 2 + ["a"] * 10 + ["b"] * 20 + ["c"] * 10
    release = SmallCells(threshold=5).transform(export_of(sex, town))
    shown = release.table.to_pylist()
    assert {"sex": "f", "town": "c", "count": None} in shown
    assert release.manifest["withheld"] == 4
    assert release.ask(CountQuery((Condition("sex", ["f"]),))) == 40
    assert release.ask(CountQuery()) == 80
    with pytest.raises(Withheld):
        release.ask(CountQuery((Condition("sex", ["f"]), Condition("town", ["c"]))))
    with pytest.raises(Withheld):
        release.ask(CountQuery((Condition("sex", ["f"]), Condition("town", ["c", "b"]))))


def test_persons_count_once_per_cell() -> None:
    table = pa.table({"user": [1, 1, 2, 3], "town": ["a", "a", "a", "a"]})
    export = Export(table, Schema.of(person="user", quasi_identifier=["town"]))
    assert SmallCells(threshold=2).transform(export).table["count"].to_pylist() == [3]


@given(st.integers(1, 6), st.floats(0.2, 8.0))
def test_the_noise_of_cell_keys_has_mean_zero_and_at_most_the_variance(size: int, variance: float) -> None:
    chances = noise_of(size, variance, 6)
    steps = np.arange(-size, 7)
    assert chances @ steps == pytest.approx(0, abs=1e-6)
    assert chances @ steps**2 == pytest.approx(min(variance, 0.9 * size * 6), rel=1e-4)


def test_the_same_people_give_the_same_number_in_every_table() -> None:
    rng = np.random.default_rng(0)
    sex, town = rng.choice(["f", "m"], 500).tolist(), ["a"] * 500
    export = export_of(sex, town)
    one = CellKey("sex", seed=3).transform(export).table["count"].to_pylist()
    two = CellKey("sex,town", seed=3).transform(export)
    assert one == two.table["count"].to_pylist()
    assert one[0] == two.ask(CountQuery((Condition("sex", ["f"]),)))
    assert one != CellKey("sex", seed=4).transform(export).table["count"].to_pylist()


def test_perturbed_counts_are_never_negative_and_zero_stays_zero() -> None:
    counts = np.arange(0, 8).repeat(2000)
    noisy = perturbed(counts, np.random.default_rng(0).random(len(counts)), 2.0, 4)
    assert noisy.min() == 0
    assert (noisy[counts == 0] == 0).all()
    assert (np.abs(noisy - counts) <= 4).all()
    assert abs((noisy - counts).mean()) < 0.03


def test_bad_settings_are_refused() -> None:
    export = export_of(["f", "m"], ["a", "b"])
    with pytest.raises(LabError, match="threshold is 1 but must be at least 2"):
        SmallCells(threshold=1).transform(export)
    with pytest.raises(LabError, match="All 2 cells"):
        SmallCells(threshold=5).transform(export)
    with pytest.raises(LabError, match="variance is 99"):
        CellKey(variance=99, seed=1).transform(export)
    with pytest.raises(LabError, match="only sex are counted"):
        CellKey("sex", seed=1).transform(export).ask(CountQuery((Condition("town", ["a"]),)))


@pytest.mark.parametrize("defense", [SmallCells("diagnosis"), CellKey("diagnosis", seed=1)])
def test_defences_of_tables_keep_the_rules(defense) -> None:
    check_defense(defense)
