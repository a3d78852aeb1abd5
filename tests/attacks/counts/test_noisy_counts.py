"""Floating-point noise gives itself away, fresh noise averages out; exact and kept noise do neither."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.counts.averaging import Averaging
from attacks.counts.float_laplace import FloatLaplace
from exports.errors import LabError
from exports.queries import Withheld, exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical

ROLES = Schema.of(quasi_identifier=["name", "sex"])


def _people(start, n=1_500):
    return pa.table({"name": [f"n{i}" for i in range(start, start + n)], "sex": ["f", "m"] * (n // 2)})


def _floats(n):
    """Textbook Laplace noise of scale 1, drawn as numpy draws it."""
    draws = Stream(3, "test", "laplace").bit_generator()
    return iter(np.random.Generator(draws).laplace(size=n).tolist())


def test_textbook_noise_proves_27_percent_of_the_absent_absent_and_no_one_present():
    people, exact = _people(0), exact_counts(Export(_people(0), ROLES)).ask
    noise = _floats(4_000)
    naive = Release("counts", ROLES, ask=lambda query: exact(query) + next(noise))
    found = FloatLaplace(by="sex").run(naive, Truth(people, _people(5_000)), seed=1)
    assert [found.groups[sex].attack.of for sex in "fm"] == [750, 750]
    assert found.attack.share == pytest.approx(0.272, abs=0.035)
    assert found.control.count == 0
    assert found.control.of == 1_500


def test_exact_integer_noise_shows_nothing():
    people, exact = _people(0, 300), exact_counts(Export(_people(0, 300), ROLES)).ask
    noise = iter(np.rint(Stream(4, "test", "exact").normals(1_000) * 2).astype(int).tolist())
    found = FloatLaplace().run(
        Release("counts", ROLES, ask=lambda query: exact(query) + next(noise)),
        Truth(people, _people(900, 300)),
        seed=1,
    )
    assert found.attack.count == found.control.count == 0


def test_a_control_that_is_in_the_data_is_left_out_and_said():
    people = _people(0, 40)
    found = FloatLaplace().run(exact_counts(Export(people, ROLES)), Truth(people, _people(20, 40)), seed=1)
    assert (found.asked, found.made) == (40, 20)
    assert "20 of the control" in found.notes[0]


def _fresh(width, keep=False):
    exact = exact_counts(Export(_people(0, 400), ROLES)).ask
    draws = iter((width * Stream(5, "test", "fresh").normals(60_000)).round().astype(int).tolist())
    kept = {}

    def ask(query):
        if not keep:
            return exact(query) + next(draws)
        return kept.setdefault(query.key(), exact(query) + next(draws))

    return Release("counts", ROLES, ask=ask)


def test_fresh_noise_averages_out_with_the_root_of_the_askings():
    found = Averaging(repeats=900).run(_fresh(5), Truth(_people(0, 400)), seed=1)
    assert found.attack.share > 0.95
    assert found.advantage.low > 0.8
    error = dict(zip(*found.series["mean_error"].values(), strict=True))
    assert error[1] / error[256] == pytest.approx(16, rel=0.5)


def test_an_answer_that_is_kept_tells_no_more_at_the_second_asking():
    found = Averaging(repeats=50).run(_fresh(5, keep=True), Truth(_people(0, 400)), seed=1)
    assert found.attack == found.baseline
    assert found.advantage.value == 0


def test_a_budget_that_ends_leaves_what_was_told():
    exact = exact_counts(Export(_people(0, 400), ROLES)).ask
    left = iter(range(30))

    def ask(query):
        if next(left, None) is None:
            raise Withheld("the budget is spent.")
        return exact(query)

    found = Averaging(repeats=10, targets=5).run(
        Release("counts", ROLES, ask=ask), Truth(_people(0, 400)), seed=1
    )
    assert (found.asked, found.made, found.attack.count) == (5, 3, 3)


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (Averaging(repeats=0), "repeat"),
        (Averaging(columns=("x",)), "'x'"),
        (Averaging(repeats=10**6), "questions"),
        (FloatLaplace(targets=0), "target"),
        (FloatLaplace(known=("x",)), "'x'"),
        (FloatLaplace(known=()), "describes"),
    ],
    ids=str,
)
def test_knowledge_that_does_not_fit_is_one_sentence(attack, sentence):
    with pytest.raises(LabError, match=sentence):
        attack.run(_fresh(1), Truth(_people(0, 4), _people(9, 4)), seed=1)


@pytest.mark.parametrize("attack", [Averaging(), FloatLaplace()], ids=["averaging", "float"])
def test_nobody_is_a_result(attack):
    nobody = _people(0, 0)
    assert attack.run(exact_counts(Export(nobody, ROLES)), Truth(nobody, nobody), seed=1).made == 0


def test_cells_are_reported_by_the_value_that_they_count():
    found = Averaging(repeats=20, targets=30, columns=("sex", "name"), by="sex").run(
        _fresh(1), Truth(_people(0, 400)), seed=1
    )
    assert {"all", "f", "m"} >= set(found.groups) > {"all"}
    assert sum(one.attack.of for one in found.groups.values()) == found.attack.of
    with pytest.raises(LabError, match="'shoe'"):
        Averaging(by="shoe").run(_fresh(1), Truth(_people(0, 400)), seed=1)


def test_noise_between_whole_numbers_averages_out_as_well():
    exact, noise = exact_counts(Export(_people(0, 400), ROLES)).ask, _floats(60_000)
    naive = Release("counts", ROLES, ask=lambda query: exact(query) + next(noise))
    found = Averaging(repeats=600).run(naive, Truth(_people(0, 400)), seed=1)
    assert found.attack.share > 0.95
