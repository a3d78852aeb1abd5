"""What guessing a secret and linking two halves find on planted and on worthless releases."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.records.inference import Inference
from attacks.records.linkability import Linkability
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical

PEOPLE = 4_000


def _worlds(table, seed, leaked=0):
    """Return original, release and control, three random parts; some released rows are the original's."""
    order = np.random.default_rng(seed).permutation(table.num_rows)
    original, fresh, control = (table.take(order[i * PEOPLE : (i + 1) * PEOPLE]) for i in range(3))
    return original, pa.concat_tables([original.slice(0, leaked), fresh.slice(leaked)]), control


def _invented(seed, rows=3 * PEOPLE):
    """Return people with two detailed columns in either half, and a secret that hangs on nothing."""
    rng = np.random.default_rng(seed)
    detail = {name: rng.integers(0, 10_000, rows) for name in ("birth day", "pay 'net'", "size", '"zip"')}
    return pa.table({**detail, "illness": rng.choice(list("abcdefgh"), rows)})


def _schema(table):
    return Schema.of(quasi_identifier=table.column_names[:-1], sensitive=table.column_names[-1:])


def _run(attack, original, released, control=None, seed=1):
    release = Release("synthetic", _schema(original), table=released)
    return attack.run(release, Truth(original, control), seed=seed)


@pytest.mark.parametrize("attack", [Inference(targets=500), Linkability(targets=500)])
def test_exact_copies_are_found_and_strangers_are_not(attack):
    original, _, control = _worlds(_invented(1), 1)
    found = _run(attack, original, original, control)
    assert found.attack.share > 0.99
    assert found.control.share < 0.2
    assert found.advantage.low > 0.9
    assert found.advantage.reference == "control"


@pytest.mark.parametrize("attack", [Inference(targets=500), Linkability(targets=500)])
def test_a_leaked_fifth_is_seen_and_is_about_a_fifth(attack):
    original, leaked, control = _worlds(_invented(1), 1, leaked=PEOPLE // 5)
    found = _run(attack, original, leaked, control)
    assert found.advantage.low > 0.1
    assert found.advantage.value == pytest.approx(0.2, abs=0.06)


def test_over_many_random_splits_of_adult_a_fresh_sample_gives_no_advantage(adult):
    table = adult.select(
        ["age", "sex", "race", "education", "marital-status", "native-country", "occupation"]
    )
    covered, seeds = 0, 20
    for seed in range(seeds):
        original, released, control = _worlds(table, seed)
        found = _run(Inference(targets=1_000), original, released, control, seed)
        covered += found.advantage.low <= 0 <= found.advantage.high
        assert found.advantage.high - found.advantage.low < 0.11
    assert covered >= seeds - 4


def test_without_a_control_the_commonest_secret_is_the_reference(adult):
    original, released, _ = _worlds(adult, 1)
    found = _run(Inference(), original, released)
    assert found.control is None
    assert found.advantage.reference == "baseline"
    assert found.baseline.share == pytest.approx(0.75, abs=0.03)


def test_a_fractional_secret_is_right_within_five_in_a_hundred_and_a_negative_one_too():
    people = pa.table({"key": ["a", "b", "c", "d"], "pay": [100.0, -100.0, 50.0, None]})
    released = pa.table({"key": ["a", "b", "c", "d"], "pay": [104.0, -96.0, -50.0, None]})
    assert _run(Inference(), people, released).attack.count == 3
    assert _run(Inference(tolerance=0.0), people, released).attack.count == 1


def test_a_model_learns_what_the_nearest_record_misses_and_memorises_nothing(adult):
    original, released, control = _worlds(adult, 5)
    near = _run(Inference(), original, released, control)
    learnt = _run(Inference(model="boosting"), original, released, control)
    assert learnt.attack.share > near.attack.share + 0.01
    assert learnt.advantage.low < 0 < learnt.advantage.high


def test_a_model_reads_generalised_columns_and_predicts_fractions():
    rng = np.random.default_rng(1)
    age = rng.integers(20, 60, 600)
    people = pa.table({"age": age, "pay": 100.0 * (age // 10)})
    decades = people.set_column(0, "age", pa.array([f"{a // 10 * 10}-{a // 10 * 10 + 9}" for a in age]))
    found = _run(Inference(model="boosting"), people, decades)
    assert found.attack.share > 0.99
    missing = people.set_column(1, "pay", pa.nulls(600, pa.float64()))
    assert _run(Inference(model="boosting"), people, missing).advantage.value <= 0
    constant = people.set_column(1, "pay", pa.array(["x"] * 600))
    assert _run(Inference(model="boosting"), constant, constant).attack.share == 1


def test_an_empty_release_allows_no_guess_and_a_single_row_one():
    people = _invented(1, 50)
    for attack in (Inference(), Linkability()):
        empty = _run(attack, people, people.slice(0, 0))
        assert (empty.made, empty.asked) == (0, 2_000)
        assert empty.advantage.value is None
        assert any("no rows" in note for note in empty.notes)
        assert _run(attack, people, people.slice(0, 1), _invented(2, 20)).made == 50


def test_everyone_identical_is_no_link():
    people = pa.table({"a": ["x"] * 200, "b": [1] * 200, "secret": ["y"] * 200})
    linked = _run(Linkability(), people, people)
    assert linked.attack.count < 10
    inferred = _run(Inference(), people, people)
    assert inferred.attack.share == 1
    assert inferred.advantage.value is None
    assert "always right" in inferred.advantage.reason


def test_a_control_that_holds_the_originals_people_is_thinned_or_refused():
    original, released, control = _worlds(_invented(2), 2)
    mixed = pa.concat_tables([control.slice(0, 500), original.slice(0, 500)])
    found = _run(Inference(targets=400), original, released, mixed)
    assert any("500 of 1,000 control rows were left out" in note for note in found.notes)
    with pytest.raises(LabError, match="All 4,000 rows of the control"):
        _run(Inference(), original, released, original)


def test_a_chance_coincidence_of_control_and_original_is_left_in(adult):
    original, released, control = _worlds(adult, 3)
    assert _run(Inference(targets=200), original, released, control).notes == ()


def test_a_person_is_one_target_however_many_rows_she_has():
    people = pa.table({"id": ["p", "p", "p", "q"], "a": [1, 2, 3, 4], "s": ["x", "y", "z", "x"]})
    schema = Schema.of(person="id", quasi_identifier=["a"], sensitive=["s"])
    found = Inference().run(Release("records", schema, table=people), Truth(people), seed=1)
    assert found.attack.of == 2


def test_more_people_are_attacked_where_most_share_the_secret_until_the_interval_is_narrow():
    rng = np.random.default_rng(1)
    rows = 30_000
    town, ill = rng.integers(0, 900, rows), rng.random(rows) < 0.25
    people = pa.table({"town": town, "illness": np.where(ill, "yes", "no")})
    original, released, control = (people.slice(at, 10_000) for at in (0, 10_000, 20_000))
    wide = _run(Inference(targets=2_000), original, released, control)
    narrow = _run(Inference(), original, released, control)
    assert (wide.asked, wide.made) == (2_000, 2_000)
    assert 2_000 < narrow.made == narrow.asked <= 10_000
    assert narrow.advantage.high - narrow.advantage.low < 0.11
    few = _run(Inference(), original.slice(0, 3_000), released, control)
    assert few.made == 3_000
    rare = original.set_column(1, "illness", pa.array(rng.integers(0, 50, 10_000).astype(str)))
    assert _run(Inference(), rare, rare, control).made == 2_000


@pytest.mark.parametrize("number", [1, 150, 2_500])
def test_as_many_people_are_attacked_as_were_asked_for_however_wide_the_interval(number):
    rng = np.random.default_rng(1)
    people = pa.table({"town": rng.integers(0, 900, 9_000), "ill": rng.choice(["n", "n", "n", "y"], 9_000)})
    original, released, control = (people.slice(at, 3_000) for at in (0, 3_000, 6_000))
    found = _run(Inference(targets=number), original, released, control)
    assert (found.asked, found.made) == (number, number)
    assert found.control.of == min(3 * number, 3_000)


def test_groups_report_their_own_numbers_and_the_worst_one():
    original, _, control = _worlds(_invented(1), 1)
    released = original.filter(pa.array(np.array(original["illness"]) < "c"))
    found = _run(Linkability(by="illness"), original, released, control)
    assert found.groups["a"].attack.share == 1
    assert found.groups["h"].attack.share < 0.1
    assert found.worst_group in ("a", "b")
    assert sum(one.made for one in found.groups.values()) == found.made


def test_categories_that_no_released_value_stands_for_are_said_and_not_guessed():
    people = pa.table({"job": ["cook", "smith"], "town": ["x", "y"], "secret": ["1", "2"]})
    foreign = people.set_column(0, "job", pa.array(["Koch", "Schmied"]))
    assert any("'job'" in note for note in _run(Inference(), people, foreign).notes)
    with pytest.raises(LabError, match="None of the 1 known"):
        _run(Inference(known=("job",)), people, foreign)


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (Inference(secret="ilness"), "'illness'"),
        (Inference(targets=0), "targets=0"),
        (Inference(model="oracle"), "not 'oracle'"),
        (Inference(width=0.0), "above 0"),
        (Inference(width=float("nan")), "above 0"),
        (Linkability(halves=(("size",), ())), "at least two columns"),
        (Inference(by="sex"), "by='sex'"),
    ],
)
def test_a_wrong_knowledge_is_one_sentence(attack, sentence):
    original, released, control = _worlds(_invented(1), 1)
    with pytest.raises(LabError, match=sentence):
        _run(attack, original, released, control)
