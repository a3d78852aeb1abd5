"""Withheld cells and whole records come back from published totals; noise and good hiding stop it."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.counts.dashboard_differencing import DashboardDifferencing, ranges
from attacks.counts.margin_reconstruction import MarginReconstruction
from exports.errors import LabError
from exports.queries import Withheld, exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema

ROLES = Schema.of(quasi_identifier=["town", "illness"])
TALL = {
    ("a", "x"): 3,
    ("a", "y"): 30,
    ("a", "z"): 40,
    ("b", "x"): 50,
    ("b", "y"): 20,
    ("b", "z"): 2,
    ("c", "x"): 9,
}


def _people(counts=None):
    rows = [cell for cell, number in (counts or TALL).items() for _ in range(number)]
    return pa.table({"town": [town for town, _ in rows], "illness": [illness for _, illness in rows]})


def _dashboard(people, hidden):
    exact = exact_counts(Export(people, ROLES)).ask

    def ask(query):
        cell = tuple(next(iter(one.values)) for one in query.conditions)
        if cell in hidden:
            raise Withheld("small")
        return exact(query)

    return Release("counts", ROLES, ask=ask)


def test_a_single_withheld_cell_of_a_line_is_the_total_less_the_others():
    found = DashboardDifferencing().run(
        _dashboard(_people(), {("a", "x"), ("b", "z")}), Truth(_people()), seed=1
    )
    assert (found.attack.count, found.attack.of) == (2, 2)
    assert found.series["determined"] == 2


def test_further_cells_withheld_leave_a_range():
    hidden = {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    found = DashboardDifferencing().run(_dashboard(_people(), hidden), Truth(_people()), seed=1)
    assert found.series["determined"] == 0
    assert found.attack.of == 4


def test_nothing_withheld_leaves_nothing_to_attack():
    found = DashboardDifferencing().run(_dashboard(_people(), set()), Truth(_people()), seed=1)
    assert found.attack.of == 0


def test_totals_that_contradict_one_another_tell_nothing():
    low, high = ranges(np.array([[1.0], [1.0]]), np.array([3.0, 5.0]))
    assert (low[0], high[0]) == (0, np.inf)


def _block(number, people=12):
    stream = Stream(number, "test", "block")
    age = stream.at(name="age").integers(people, 6)
    return pa.table(
        {
            "block": [f"b{number}"] * people,
            "sex": np.where(stream.at(name="sex").uniforms(people) < 0.5, "f", "m"),
            "age": age,
            "race": np.array(list("wbah"))[stream.at(name="race").choices(people, [6, 2, 1, 1])],
        }
    )


PLACES = Schema.of(quasi_identifier=["block", "sex", "age", "race"])


def test_tables_of_two_columns_give_most_records_of_small_blocks_and_beat_guessing():
    people = pa.concat_tables([_block(number) for number in range(12)])
    oracle = exact_counts(Export(people, PLACES))
    found = MarginReconstruction(block="block", blocks=6).run(oracle, Truth(people), seed=1)
    assert (found.asked, found.made) == (72, 72)
    assert found.attack.share > 0.7
    assert found.advantage.low > 0.2
    assert found.series["agree"] == 6


def test_tables_of_all_columns_are_the_records():
    people = _block(3)
    oracle = exact_counts(Export(people, PLACES))
    found = MarginReconstruction(columns=("sex", "age", "race"), order=3).run(oracle, Truth(people), seed=1)
    assert found.attack.share == 1.0
    assert found.series["exact"] == 1


def test_noise_in_the_tables_leaves_no_list_that_agrees():
    people = _block(4)
    exact = exact_counts(Export(people, PLACES)).ask
    noise = iter(np.rint(2 * Stream(9, "test", "noise").normals(1_000)).astype(int).tolist())
    noisy = Release("counts", PLACES, ask=lambda query: exact(query) + next(noise))
    found = MarginReconstruction(columns=("sex", "age", "race")).run(noisy, Truth(people), seed=1)
    assert (found.asked, found.made, found.series["agree"]) == (12, 0, 0)


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (DashboardDifferencing(columns=("town",)), "two columns"),
        (DashboardDifferencing(columns=("town", "x")), "'x'"),
        (MarginReconstruction(columns=("x",)), "'x'"),
        (MarginReconstruction(order=0), "1 column"),
    ],
    ids=["one", "absent", "margin absent", "order"],
)
def test_columns_that_do_not_fit_are_one_sentence(attack, sentence):
    with pytest.raises(LabError, match=sentence):
        attack.run(_dashboard(_people(), set()), Truth(_people()), seed=1)


def test_withheld_cells_are_reported_by_a_column_of_the_dashboard():
    oracle = _dashboard(_people(), {("a", "x"), ("b", "z")})
    found = DashboardDifferencing(by="town").run(oracle, Truth(_people()), seed=1)
    assert {name: one.attack.count for name, one in found.groups.items()} == {"a": 1, "b": 1}
    with pytest.raises(LabError, match="'shoe'"):
        DashboardDifferencing(by="shoe").run(oracle, Truth(_people()), seed=1)


def test_reconstructed_records_are_reported_by_any_column_and_pair_off_within_a_cell():
    people = pa.concat_tables([_block(number) for number in range(6)])
    people = people.append_column("minor", pa.array(np.where(np.array(people["age"]) < 2, "yes", "no")))
    oracle = exact_counts(Export(people.drop_columns(["minor"]), PLACES))
    attack = MarginReconstruction(columns=("sex", "age", "race"), block="block", by="minor")
    found = attack.run(oracle, Truth(people), seed=1)
    assert sum(one.attack.count for one in found.groups.values()) == found.attack.count
    minors = sum(minor == "yes" for minor in people["minor"].to_pylist())
    assert found.groups["yes"].attack.of == minors
    # tables of one column tell each age exactly: as many minors are listed as there are
    single = MarginReconstruction(columns=("age",), block="block", by="minor", order=1)
    assert single.run(oracle, Truth(people), seed=1).groups["yes"].attack.share == 1


def test_places_too_large_and_persons_of_several_rows_are_said():
    people = pa.concat_tables([_block(3)] * 6)
    oracle = exact_counts(Export(people, PLACES))
    found = MarginReconstruction(columns=("sex", "age"), block="block").run(oracle, Truth(people), seed=1)
    assert (found.asked, found.made, "over 60 people" in found.notes[0]) == (72, 0, True)
    twice = people.append_column("who", pa.array([n // 2 for n in range(72)]))
    schema = Schema.of("who", quasi_identifier=["sex"])
    with pytest.raises(LabError, match="one row per person"):
        MarginReconstruction().run(
            exact_counts(Export(twice.select(["who", "sex"]), schema)), Truth(twice), seed=1
        )
