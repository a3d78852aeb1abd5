"""What claims read off a release single out on planted and on worthless releases."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.records.singling_out import SinglingOut
from attacks.records.singling_out_world import at_size
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema
from exports.shares import Share

pytestmark = pytest.mark.statistical

PEOPLE = 6_000


def _run(attack, original, released, control=None, seed=1, kind="synthetic", person=None):
    schema = Schema.of(person, quasi_identifier=[name for name in original.column_names if name != person])
    return attack.run(Release(kind, schema, table=released), Truth(original, control), seed=seed)


def _worlds(table, seed, leaked=0, control=PEOPLE):
    order = np.random.default_rng(seed).permutation(table.num_rows)
    original, fresh = (table.take(order[i * PEOPLE : (i + 1) * PEOPLE]) for i in range(2))
    others = table.take(order[2 * PEOPLE : 2 * PEOPLE + control])
    return original, pa.concat_tables([original.slice(0, leaked), fresh.slice(leaked)]), others


@pytest.mark.parametrize("mode", ["univariate", "multivariate"])
def test_exact_copies_are_singled_out_and_strangers_by_chance_only(adult, mode):
    original, _, control = _worlds(adult, 1)
    found = _run(SinglingOut(mode, targets=300), original, original, control, kind="records")
    assert found.attack.count == found.attack.of > 0
    assert found.baseline.share is None or found.baseline.share < 0.5
    if mode == "multivariate":
        assert found.made == 300
        assert found.advantage.low > 0.95


def test_over_random_splits_a_fresh_sample_gives_no_advantage_and_a_leaked_fifth_does(adult):
    covered, seen, seeds = 0, 0, 5
    for seed in range(seeds):
        original, fresh, control = _worlds(adult, seed)
        found = _run(SinglingOut(targets=1_500), original, fresh, control, seed)
        covered += found.advantage.low <= 0 <= found.advantage.high
        assert found.advantage.high - found.advantage.low < 0.12
        original, leaked, control = _worlds(adult, seed, leaked=PEOPLE // 5)
        seen += _run(SinglingOut(targets=1_500), original, leaked, control, seed).advantage.low > 0
    assert covered >= seeds - 1
    assert seen >= seeds - 1


def test_a_leaked_fifth_is_seen_in_few_columns_too(nist):
    table = nist.select(["PUMA", "AGEP", "SEX", "MSP", "RAC1P", "EDU"])
    part = table.num_rows // 3
    seen, covered, seeds = 0, 0, 6
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(table.num_rows)
        original, fresh, control = (table.take(order[at * part : (at + 1) * part]) for at in range(3))
        leaked = pa.concat_tables([original.slice(0, part // 5), fresh.slice(part // 5)])
        seen += _run(SinglingOut(), original, leaked, control, seed).advantage.low > 0
        found = _run(SinglingOut(), original, fresh, control, seed).advantage
        covered += found.low <= 0 <= found.high
    assert seen >= seeds - 1
    assert covered >= seeds - 1


def test_the_baseline_reads_no_release_and_stays_near_its_ceiling(adult):
    original, fresh, control = _worlds(adult, 2)
    with_control = _run(SinglingOut(), original, original, control)
    without = _run(SinglingOut(), original, fresh)
    assert 0.1 < with_control.baseline.share < 0.4
    assert without.advantage.reference == "baseline"
    assert 0.1 < without.baseline.share < 0.4


def test_a_smaller_or_larger_control_gives_about_the_same_rate(adult):
    original, fresh, control = _worlds(adult, 4)
    same = _run(SinglingOut(), original, fresh, control).control.share
    larger = _run(SinglingOut(), original, fresh, _worlds(adult, 4, control=12_000)[2]).control.share
    smaller = _run(SinglingOut(), original, fresh, control.slice(0, PEOPLE // 3))
    assert larger == pytest.approx(same, abs=0.04)
    assert smaller.control.share == pytest.approx(same, abs=0.06)
    assert any("2,000 people" in note for note in smaller.notes)


@pytest.mark.parametrize("ratio", [0.5, 2.0, 5.0])
def test_a_rate_is_brought_to_another_size_as_a_gamma_mixture_would(ratio):
    rng = np.random.default_rng(1)
    weight = rng.gamma(0.7, 0.9, 400_000)
    counted, wanted = rng.poisson(weight), rng.poisson(ratio * weight)
    ones = Share(int((counted == 1).sum()), len(counted))
    assert at_size(np.minimum(counted, 2), ones, ratio).share == pytest.approx((wanted == 1).mean(), rel=0.03)


def test_everyone_identical_singles_nobody_out():
    people = pa.table({"a": ["x"] * 50, "b": [1] * 50})
    as_records = _run(SinglingOut(columns=2), people, people, kind="records")
    assert (as_records.made, as_records.asked) == (0, 2_000)
    assert any("only 0 claims" in note for note in as_records.notes)
    assert _run(SinglingOut(columns=2), people, people).attack.count == 0


def test_names_with_spaces_and_quotes_and_missing_values_are_no_obstacle():
    rng = np.random.default_rng(1)
    people = pa.table(
        {
            "my 'age'": pa.array([None if i % 7 == 0 else int(i) for i in rng.integers(0, 999, 500)]),
            'a "b" c.d': rng.choice(["x y", "it's", "z"], 500),
            "é \n": rng.choice([True, False, None], 500),
        }
    )
    found = _run(SinglingOut(targets=10), people, people, kind="records")
    assert found.attack.count == found.made == 10
    assert found.notes == ()


def test_two_rows_of_one_person_single_her_out():
    people = pa.table({"id": ["p", "p", "q", "q"], "a": ["x", "x", "y", "z"]})
    found = _run(SinglingOut("univariate"), people, people, kind="records", person="id")
    assert (found.attack.count, found.attack.of) == (3, 3)
    released = pa.table({"id": ["1", "2"], "a": ["x", "y"]})
    found = _run(SinglingOut("univariate"), people, released, kind="records", person="id")
    assert (found.attack.count, found.attack.of) == (2, 2)


def test_groups_are_those_of_the_records_that_claims_are_read_off(adult):
    original, fresh, control = _worlds(adult, 1)
    released = pa.concat_tables(
        [original.filter(pa.array(np.array(original["sex"]) == "Female")), fresh]
    ).filter(
        pa.array(
            np.r_[np.ones(sum(np.array(original["sex"]) == "Female"), bool), np.array(fresh["sex"]) == "Male"]
        )
    )
    found = _run(SinglingOut(by="sex"), original, released, control, kind="records")
    assert found.worst_group == "Female"
    assert found.groups["Female"].attack.share > found.groups["Male"].attack.share + 0.3


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (SinglingOut("trivariate"), "not 'trivariate'"),
        (SinglingOut(columns=0), "at least 1"),
        (SinglingOut(numbers="both"), "not 'both'"),
        (SinglingOut(use=("nme",)), "no column 'nme'"),
    ],
)
def test_a_wrong_question_is_one_sentence(attack, sentence):
    people = pa.table({"name": ["a", "b"]})
    with pytest.raises(LabError, match=sentence):
        _run(attack, people, people)
