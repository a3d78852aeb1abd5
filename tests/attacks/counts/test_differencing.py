"""Two legal counts that differ by one person disclose her answer, unless the counts are noisy."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.counts.differencing import Differencing
from exports.errors import LabError
from exports.queries import Withheld, exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema

ROLES = Schema.of(quasi_identifier=["zip code", 'born "on"'], sensitive=["in therapy before"])


def _people(rows=400, births=40_000):
    stream = Stream(3, "test", "people")
    return pa.table(
        {
            "zip code": stream.at(name="zip").integers(rows, 5),
            'born "on"': stream.at(name="birth").integers(rows, births),
            "in therapy before": np.where(stream.at(name="low").uniforms(rows) < 0.4, "yes", "no"),
        }
    )


def _oracle(people, answer=lambda count, _: count):
    exact = exact_counts(Export(people, ROLES))
    return Release("counts", ROLES, ask=lambda query: answer(exact.ask(query), query))


def _at_least(smallest):
    def answer(count, query):
        if count < smallest:
            raise Withheld(f"{query.columns} count fewer than {smallest}.")
        return count

    return answer


def test_an_exact_oracle_gives_everybody_who_is_unique_away():
    found = Differencing().run(_oracle(_people()), Truth(_people()), seed=1)
    assert found.attack.share == 1.0
    assert 0.4 < found.baseline.share < 0.8
    assert found.advantage.low > 0.9


def test_a_minimum_cohort_size_does_not_stop_it():
    found = Differencing(targets=50).run(_oracle(_people(), _at_least(20)), Truth(_people()), seed=1)
    assert found.attack.share == 1.0


def test_a_staff_list_saves_questions_and_finds_the_same():
    people = _people()
    slow = Differencing(targets=50).run(_oracle(people), Truth(people), seed=1)
    fast = Differencing(targets=50, register=people).run(_oracle(people), Truth(people), seed=1)
    assert fast.attack == slow.attack
    assert fast.series["questions"]["asked"] < slow.series["questions"]["asked"]


def test_noise_on_each_count_stops_it():
    noise = iter(np.rint(40 * Stream(5, "test", "noise").normals(200_000)).astype(int).tolist())
    people = _people()
    release = _oracle(people, lambda count, _: count + next(noise))
    found = Differencing(targets=200, register=people).run(release, Truth(people), seed=1)
    assert found.advantage.low < 0.15
    assert found.made == 200


def test_everybody_alike_leaves_nothing_to_learn_and_is_a_result():
    people = pa.table({"zip code": [1] * 30, 'born "on"': [2] * 30, "in therapy before": ["no"] * 30})
    found = Differencing().run(_oracle(people), Truth(people), seed=1)
    assert found.advantage.value is None
    assert "always right" in found.advantage.reason


def test_a_withheld_oracle_makes_no_guess():
    found = Differencing(targets=10).run(_oracle(_people(), _at_least(10_000)), Truth(_people()), seed=1)
    assert (found.asked, found.made, found.attack.share) == (10, 0, None)


@pytest.mark.parametrize("people", [_people(0), _people(1)])
def test_nobody_or_one_person_is_a_result(people):
    assert Differencing().run(_oracle(people), Truth(people), seed=1).made == people.num_rows


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"secret": "x"}, "'x'"),
        ({"known": ()}, "quasi-identifier"),
        ({"targets": 0}, "between 1"),
        ({"known": ("y",)}, "'y'"),
    ],
)
def test_knowledge_that_does_not_fit_is_one_sentence(fields, sentence):
    with pytest.raises(LabError, match=sentence):
        Differencing(**fields).run(_oracle(_people()), Truth(_people()), seed=1)


def test_a_secret_with_too_many_values_is_refused():
    people = _people().set_column(2, "in therapy before", pa.array([str(n) for n in range(400)]))
    with pytest.raises(LabError, match="coarsen"):
        Differencing().run(_oracle(people), Truth(people), seed=1)
