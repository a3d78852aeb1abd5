"""Everybody's answer comes out of noisy counts, up to noise of about the square root of n."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.counts.reconstruction import Reconstruction
from exports.errors import LabError
from exports.queries import Withheld, exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical

ROLES = Schema.of(person="id", sensitive=["low"])


def _people(n, name="people"):
    return pa.table(
        {
            "id": [f"p{i}" for i in range(n)],
            "low": np.where(Stream(2, "test", name).uniforms(n) < 0.5, "yes", "no"),
        }
    )


def _noisy(people, width, seed=4):
    exact = exact_counts(Export(people, ROLES)).ask
    noise = iter(
        np.rint(width * (2 * Stream(seed, "test", "noise").uniforms(10_000) - 1)).astype(int).tolist()
    )
    return Release("counts", ROLES, ask=lambda query: exact(query) + next(noise))


@pytest.mark.parametrize(("c", "least", "most"), [(0.1, 0.0, 0.01), (2.0, 0.30, 0.60)])
def test_the_published_threshold_lies_between_a_tenth_and_twice_the_root_of_n(c, least, most):
    people = _people(256)
    found = Reconstruction().run(_noisy(people, c * 16), Truth(people), seed=1)
    assert least <= 1 - found.attack.share <= most
    assert found.series["questions"]["asked"] == 1024 + 2


def test_noise_below_the_root_is_seen_and_above_it_is_no_better_than_guessing():
    people = _people(128)
    assert Reconstruction().run(_noisy(people, 1), Truth(people), seed=1).advantage.low > 0.9
    assert Reconstruction().run(_noisy(people, 200), Truth(people), seed=1).advantage.low <= 0.1


def test_only_the_named_part_of_a_larger_table_is_solved_for():
    people = _people(5_000)
    found = Reconstruction(people=60).run(_noisy(people, 0), Truth(people), seed=1)
    assert (found.attack.count, found.attack.of) == (60, 60)


def test_a_third_answer_is_none_of_the_counted_one():
    people = _people(60).set_column(1, "low", pa.array(["yes", "no", None] * 20))
    for value in ("yes", None):
        found = Reconstruction(value=value).run(_noisy(people, 0), Truth(people), seed=1)
        assert found.attack.share == 1.0


def test_withheld_small_groups_are_left_out_of_the_program():
    people = _people(64)
    exact = exact_counts(Export(people, ROLES)).ask

    def ask(query):
        answer = exact(query)
        if answer < 10:
            raise Withheld("fewer than 10.")
        return answer

    found = Reconstruction().run(Release("counts", ROLES, ask=ask), Truth(people), seed=1)
    assert found.attack.share == 1.0
    silent = Reconstruction(people=8).run(Release("counts", ROLES, ask=ask), Truth(people), seed=1)
    assert (silent.asked, silent.made) == (8, 0)


@pytest.mark.parametrize(("n", "made"), [(0, 0), (1, 1)])
def test_nobody_or_one_person_is_a_result(n, made):
    people = _people(n)
    assert Reconstruction().run(_noisy(people, 0), Truth(people), seed=1).made == made


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"people": 513}, "513"),
        ({"questions": 9_000}, "9,000"),
        ({"names": "x"}, "'x'"),
        ({"value": "maybe"}, "'low'"),
    ],
)
def test_more_than_the_program_can_hold_is_refused(fields, sentence):
    people = _people(20)
    with pytest.raises(LabError, match=sentence):
        Reconstruction(**fields).run(_noisy(people, 0), Truth(people), seed=1)
