"""Counts that are withheld or perturbed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from defenses import check_defense
from defenses.cell_key import CellKey, noise_of, perturbed
from defenses.small_cells import SmallCells, exposed_cells, withheld_cells
from exports.errors import LabError
from exports.queries import Condition, CountQuery, Withheld
from exports.release import Export
from exports.schema import Schema


def export_of(sex: list[str], town: list[str]) -> Export:
    return Export(pa.table({"sex": sex, "town": town}), Schema.of(quasi_identifier=["sex", "town"]))


@given(arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.integers(0, 12)))
def test_no_withheld_cell_is_alone_in_its_line(counts: np.ndarray) -> None:
    withheld = withheld_cells(counts, 4)
    assert withheld[(counts > 0) & (counts < 4)].all()
    for axis in (0, 1):
        assert not (withheld.sum(axis=axis) == 1).any()


@settings(max_examples=25)
@given(arrays(np.int64, (3, 3), elements=st.integers(0, 9)))
def test_a_withheld_count_does_not_follow_from_the_totals_unless_everything_is_withheld(counts) -> None:
    withheld = withheld_cells(counts, 3)
    for row, column in exposed_cells(counts, withheld, 3):
        assert withheld[row].all()
        assert withheld[:, column].all()


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
