"""Members are found in planted releases, by each score, and not in a fresh sample."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import gaussian_kde, mannwhitneyu

from attacks.comparison.gower import compare
from attacks.membership.membership import Membership
from attacks.membership.scores import SCORES, WIDTHS, Evidence, kernel_mass, tree
from attacks.membership.shadow_models import ShadowModels
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical


def _detailed(rows, seed):
    rng = np.random.default_rng(seed)
    job = rng.integers(0, 30, rows)
    return pa.table(
        {"my pay": rng.normal(job, 1), "job": job.astype(str), "town": rng.integers(0, 40, rows).astype(str)}
    )


def _schema(table):
    return Schema.of(quasi_identifier=table.column_names)


def _run(attack, original, released, control, seed=1):
    return attack.run(
        Release("synthetic", _schema(original), table=released), Truth(original, control), seed=seed
    )


@pytest.mark.parametrize(
    ("score", "least"),
    [("distance", 0.95), ("density", 0.2), ("sharp-density", 0.95), ("classifier", 0.1), ("marginals", 0.1)],
)
def test_every_score_finds_members_in_a_copy_and_none_in_a_fresh_sample(score, least):
    original, fresh, control = (_detailed(1_500, seed) for seed in range(3))
    copied = _run(Membership(score), original, original, control)
    assert copied.advantage.low > least - 0.15
    assert copied.attack.share > least
    worthless = _run(Membership(score), original, fresh, control)
    assert worthless.advantage.low < 0.02
    assert worthless.advantage.high > -0.02


def test_over_random_splits_of_adult_a_fresh_sample_gives_nothing_and_a_leaked_fifth_does(adult):
    covered, seen, seeds, people = 0, 0, 6, 5_000
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(adult.num_rows)
        original, fresh, control = (adult.take(order[i * people : (i + 1) * people]) for i in range(3))
        found = _run(Membership(), original, fresh, control, seed)
        covered += found.advantage.low <= 0 <= found.advantage.high
        assert found.advantage.high - found.advantage.low < 0.1
        leaked = pa.concat_tables([original.slice(0, people // 5), fresh.slice(people // 5)])
        seen += _run(Membership(), original, leaked, control, seed).advantage.low > 0
    assert covered >= seeds - 1
    assert seen == seeds


def test_a_model_is_attacked_through_its_own_score():
    original, control = _detailed(800, 1), _detailed(800, 2)
    known = set(original["my pay"].to_pylist())
    overfitted = Release(
        "model",
        _schema(original),
        score=lambda table: np.array([pay in known for pay in table["my pay"].to_pylist()]),
    )
    found = Membership().run(overfitted, Truth(original, control), seed=1)
    assert found.attack.share == 1
    assert found.control.of == 800
    broken = Release("model", _schema(original), score=lambda table: np.full(table.num_rows, np.nan))
    with pytest.raises(LabError, match="no finite score"):
        Membership().run(broken, Truth(original, control), seed=1)


def test_the_few_who_leaked_are_the_most_exposed():
    original, fresh, control = (_detailed(1_500, seed) for seed in range(3))
    found = _run(Membership(), original, pa.concat_tables([original.slice(100, 5), fresh]), control)
    assert {record["row"] for record in found.series["most_exposed"]} >= set(range(100, 105))
    assert found.advantage.low < 0 < found.advantage.high


def test_a_population_given_leaves_the_whole_control_to_be_asked_about():
    original, control, population = (_detailed(600, seed) for seed in range(3))
    assert _run(Membership(), original, original, control).control.of == 300
    assert _run(Membership(population=population), original, original, control).control.of == 600


def test_an_empty_release_or_too_few_controls_is_one_sentence():
    original, control = _detailed(300, 1), _detailed(150, 2)
    with pytest.raises(LabError, match="no rows"):
        _run(Membership(), original, original.slice(0, 0), _detailed(300, 2))
    with pytest.raises(LabError, match="75 controls"):
        _run(Membership(), original, original, control)
    with pytest.raises(LabError, match="nearest is 'density'"):
        _run(Membership("dense"), original, original, _detailed(300, 2))


def test_constant_and_missing_columns_give_a_result():
    empty = pa.table({"a": pa.nulls(300, pa.int64()), "b": ["x"] * 300})
    for score in SCORES:
        found = _run(Membership(score), empty, empty, empty.slice(0, 250))
        assert found.advantage.low < 0 < found.advantage.high


def test_the_kernel_sums_to_the_number_of_records_at_no_distance_and_falls_with_width():
    one = pa.table({"a": ["x", "x", "y"], "b": [0.0, 0.5, 1.0]})
    columns, _ = compare(one, one, ["a", "b"], {})
    masses = [kernel_mass(columns, 3, 3, width) for width in WIDTHS]
    assert (np.diff(masses, axis=0) >= 0).all()
    assert masses[0] == pytest.approx([1, 1, 1], abs=1e-6)


def _area(scores, inside):
    return mannwhitneyu(scores[inside], scores[~inside]).statistic / (inside.sum() * (~inside).sum())


@pytest.mark.parametrize(("jitter", "sure"), [(0.5, 0.6), (0.2, 0.85)])
def test_the_density_ratio_finds_members_of_a_jittering_generator_as_well_as_gaussian_kernels(jitter, sure):
    rng = np.random.default_rng(5)
    spread = np.where(rng.random(1_800) < 0.2, 2.5, 1.0)[:, None]
    people = spread * rng.normal(size=(1_800, 4))
    members, others, reference = people[:300], people[300:600], people[600:]
    released = members[rng.integers(0, 300, 2_000)] + jitter * rng.normal(size=(2_000, 4))
    asked, inside = np.concatenate([members, others]), np.arange(600) < 300
    tables = [pa.table(dict(zip("abcd", part.T, strict=True))) for part in (asked, released, reference)]
    found = SCORES["density"](Evidence(*tables, tuple("abcd"), {}, Stream(1, "attack", "test")))
    oracle = gaussian_kde(released.T).logpdf(asked.T) - gaussian_kde(reference.T).logpdf(asked.T)
    assert _area(found, inside) > sure
    assert _area(found, inside) > _area(oracle, inside) - 0.02


def test_the_tree_joins_the_columns_that_depend_on_each_other():
    rng = np.random.default_rng(1)
    a, d = rng.integers(0, 4, 5_000), rng.integers(0, 4, 5_000)
    b = np.where(rng.random(5_000) < 0.1, rng.integers(0, 4, 5_000), a)
    c = np.where(rng.random(5_000) < 0.1, rng.integers(0, 4, 5_000), b)
    assert {frozenset(pair) for pair in tree(np.column_stack([a, d, b, c]))} >= {
        frozenset({0, 2}),
        frozenset({2, 3}),
    }


def _memorises(schema):
    """Return a defence that copies its people and moves their pay a little."""

    def train(table, seed):
        rng = np.random.default_rng(seed)
        pay = table["my pay"].to_numpy() + rng.normal(0, 0.2, table.num_rows)
        return Release("synthetic", schema, table=table.set_column(0, "my pay", pa.array(pay)))

    return train


@pytest.mark.parametrize("judge", ["likelihood-ratio", "classifier"])
def test_shadow_models_find_members_of_a_leaky_recipe_and_none_of_a_blind_one(judge):
    original, control = _detailed(500, 1), _detailed(1_500, 2)
    schema, truth = _schema(original), Truth(original, control)
    leaky = _memorises(schema)
    found = ShadowModels(leaky, judge, models=16, targets=200).run(leaky(original, 9), truth, seed=1)
    assert found.advantage.low > 0.3
    fixed = _detailed(500, 7)

    def blind(_table, _seed):
        return Release("synthetic", schema, table=fixed)

    nothing = ShadowModels(blind, judge, models=8, targets=200).run(blind(original, 9), truth, seed=1)
    assert nothing.advantage.low < 0.02


def _in_threes(table, seed):
    """Release the joint values of every three columns and nothing of how the threes hang together."""
    rng = np.random.default_rng(seed)
    names = table.column_names
    drawn = {one: rng.permutation(table.num_rows) for one in range(0, len(names), 3)}
    columns = {name: table[name].take(pa.array(drawn[at // 3 * 3])) for at, name in enumerate(names)}
    return Release("synthetic", _schema(table), table=pa.table(columns))


def test_focal_points_are_the_marginals_that_a_recipe_keeps_and_tell_nothing_of_a_fresh_release():
    def people(rows, seed):
        rng = np.random.default_rng(seed)
        return pa.table({name: rng.integers(0, 7, rows) for name in "abcdef"})

    original, fresh, control = people(300, 1), people(300, 2), people(3_000, 3)
    attack = ShadowModels(_in_threes, judge="focal-points", models=8, targets=300)
    found, other = (
        attack.run(_in_threes(source, 1), Truth(original, control), seed=1) for source in (original, fresh)
    )
    by_pairs = Membership("marginals").run(_in_threes(original, 1), Truth(original, control), seed=1)
    assert found.attack.share > by_pairs.attack.share + 0.1
    assert found.advantage.low > 0.1
    assert len(found.series["per_record"]) == 10
    assert other.advantage.low < 0 < other.advantage.high


def test_shadow_models_of_a_model_compare_its_scores():
    original, control = _detailed(400, 1), _detailed(1_200, 2)
    schema = _schema(original)

    def train(table, _seed):
        pay = np.sort(table["my pay"].to_numpy())
        return Release("model", schema, score=lambda asked: _nearness(pay, asked["my pay"].to_numpy()))

    found = ShadowModels(train, models=16, targets=150).run(
        train(original, 1), Truth(original, control), seed=1
    )
    assert found.attack.share > 0.8
    assert len(found.series["per_record"]) == 10


def _nearness(ordered, values):
    at = np.clip(np.searchsorted(ordered, values), 1, len(ordered) - 1)
    return -np.minimum(np.abs(values - ordered[at - 1]), np.abs(values - ordered[at]))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"models": 65}, "4 to 64 models, not 65"),
        ({"rows": 2_001}, "2 to 2,000 rows, not 2001"),
        ({"train": None}, "give train"),
        ({"judge": "jury"}, "'jury'"),
    ],
)
def test_shadow_models_beyond_their_limit_are_refused(wrong, sentence):
    original, control = _detailed(200, 1), _detailed(400, 2)
    attack = ShadowModels(**{"train": _memorises(_schema(original)), **wrong})
    with pytest.raises(LabError, match=sentence):
        _run(attack, original, original, control)
