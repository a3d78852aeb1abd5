import importlib
from fractions import Fraction
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

import defenses
from defenses.dp.budget import rho_of_epsilon
from defenses.dp.coded_table import Coded
from defenses.dp.selection import noisy_max, selection_cost
from defenses.synthetic import noisy_margins
from defenses.synthetic.noisy_margins import private_tree
from defenses.synthetic.private_synthesis import rational_root
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Column, Role, Schema

SIZES = {"age": 8, "sex": 2, "state": 20, "brand": 4, "mood": 4, "before": 2}
SCHEMA = Schema({name: Column(Role.QUASI_IDENTIFIER, bounds=(0, size - 1)) for name, size in SIZES.items()})
PRIVATE = [
    "independent-margins",
    "privbayes",
    *(pytest.param(name, marks=pytest.mark.extra("synth")) for name in ("mst", "aim")),
]
OPEN = ["gaussian-copula", "sequential-trees"]


def intake(rows=20_000, seed=1):
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 8, rows)
    brand = (age // 2 + rng.integers(0, 2, rows)) % 4
    mood = (brand + rng.integers(0, 2, rows)) % 4
    columns = {
        "age": age,
        "sex": rng.integers(0, 2, rows),
        "state": rng.integers(0, 20, rows),
        "brand": brand,
        "mood": mood,
        "before": (mood > 1) & (rng.random(rows) < 0.8),
    }
    return Export(pa.table({name: values.astype(np.int64) for name, values in columns.items()}), SCHEMA)


def shares(table, pair):
    one, other = (table[name].to_numpy() for name in pair)
    cells = SIZES[pair[0]] * SIZES[pair[1]]
    return np.bincount(one * SIZES[pair[1]] + other, minlength=cells) / len(one)


def two_way_error(table, other):
    return np.mean([0.5 * np.abs(shares(table, p) - shares(other, p)).sum() for p in combinations(SIZES, 2)])


def made(name, epsilon=10, seed=1, **more):
    parameters = {"epsilon": epsilon, "delta": 1e-9} if name not in OPEN else {}
    if name == "aim":
        parameters["rounds"] = 4
    return defenses.find(name)(**parameters, seed=seed, **more)


@pytest.mark.parametrize("name", [*PRIVATE, *OPEN])
def test_synthetic_rows_keep_the_shape_and_belong_to_nobody(name):
    export = intake(3000)
    release = made(name).transform(export)
    assert release.kind == "synthetic"
    assert release.rows.schema.equals(export.table.schema)
    assert abs(release.rows.num_rows - 3000) < 200
    assert set(release.owner.tolist()) == {-1}
    assert repr(release.guarantee) == ("none" if name in OPEN else "epsilon=10.0, delta=1e-09")
    assert made(name).transform(export).rows == release.rows
    release.as_export()


@pytest.mark.parametrize("name", [name for name in [*PRIVATE, *OPEN] if name != "independent-margins"])
def test_every_synthesiser_beats_independence(name):
    export = intake()
    floor = two_way_error(export.table, made("independent-margins", 1000).transform(export).rows)
    error = two_way_error(export.table, made(name).transform(export).rows)
    assert error < (0.95 if name == "gaussian-copula" else 0.6) * floor


def dependence(table, one, other, given=None):
    """Return the total variation between two columns and their independence, within the values of a third."""
    one, other = table[one].to_numpy(), table[other].to_numpy()
    groups = np.zeros(len(one), int) if given is None else table[given].to_numpy()
    found = 0.0
    for group in np.unique(groups):
        inside = groups == group
        joint = np.histogram2d(one[inside], other[inside], (np.arange(51), np.arange(51)))[0] / inside.sum()
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        found += inside.mean() * np.abs(joint - product).sum() / 2
    return found


@pytest.mark.parametrize("name", [*PRIVATE, *OPEN])
def test_what_is_independent_stays_so_given_what_it_depends_on(name):
    export = intake()
    rows = made(name).transform(export).rows
    assert dependence(rows, "sex", "state") < dependence(export.table, "sex", "state") + 0.04
    assert dependence(rows, "age", "before", "mood") < 0.15
    if name not in {"gaussian-copula"}:
        assert (
            dependence(rows, "age", "mood", "brand") < dependence(export.table, "age", "mood", "brand") + 0.05
        )


@pytest.mark.extra("synth")
def test_at_epsilon_ten_mst_is_nearly_as_good_as_the_same_tree_without_noise():
    export = intake(50_000)
    noisy = two_way_error(export.table, made("mst", 10).transform(export).rows)
    exact = two_way_error(export.table, made("mst", 10**6).transform(export).rows)
    assert noisy <= 1.3 * exact + 0.001


@pytest.mark.parametrize("name", ["independent-margins", "privbayes"])
def test_less_budget_means_more_error(name):
    export = intake(3000)
    errors = [
        two_way_error(export.table, made(name, epsilon).transform(export).rows) for epsilon in (0.1, 100)
    ]
    assert errors[0] > errors[1]


@pytest.mark.extra("dp")
def test_the_tree_finds_the_dependent_pairs_when_the_budget_allows():
    data = Coded.of(intake(), None, None)
    margins = [data.counts((name,)).astype(float) for name in SIZES]
    tree = {frozenset(pair) for pair in private_tree(data, margins, Fraction(1000), 1, None)}
    assert {frozenset(pair) for pair in (("age", "brand"), ("brand", "mood"), ("mood", "before"))} <= tree
    assert len(tree) == len(SIZES) - 1


def test_the_score_of_a_pair_moves_by_one_with_one_row():
    data = Coded.of(intake(500), None, None)
    less = Coded(data.domain, [codes[1:] for codes in data.codes], 1)
    for pair in combinations(SIZES, 2):
        model = np.full([SIZES[name] for name in pair], 3)
        score, other = (int(np.abs(one.counts(pair) - model).sum()) for one in (data, less))
        assert abs(score - other) == 1


@pytest.mark.parametrize("name", PRIVATE)
def test_nothing_that_is_drawn_depends_on_values_outside_the_domain(name):
    export = intake(2000)
    odd = pa.table({column: [77] for column in SIZES}, schema=export.table.schema)
    more = Export(pa.concat_tables([export.table, odd]), SCHEMA)
    exact = [Coded.of(one, None, None) for one in (export, more)]
    assert all((a == b).all() for a, b in zip(exact[0].codes, exact[1].codes, strict=True))
    assert made(name).transform(more).rows["age"].to_pylist().count(77) == 0


def test_a_synthesis_is_charged_once_in_rho(tmp_path):
    export = intake(1000)
    rho = rho_of_epsilon(Fraction(1), Fraction("1e-9"))
    budget = f"rho={float(rho) * 1.5}"
    first = made("independent-margins", 1, ledger=tmp_path / "l", dataset="intake", budget=budget).transform(
        export
    )
    again = made("independent-margins", 1, ledger=tmp_path / "l", dataset="intake").transform(export)
    assert first.rows == again.rows
    with pytest.raises(LabError, match="needed rho"):
        made("privbayes", 1, ledger=tmp_path / "l", dataset="intake").transform(export)


@pytest.mark.extra("dp")
def test_a_synthesis_in_earnest_is_private():
    release = made("independent-margins", 1, seed=None).transform(intake(1000))
    assert release.private


def test_intervals_come_back_as_numbers_within_them():
    schema = Schema(
        {
            "age": Column(Role.QUASI_IDENTIFIER, intervals=(18, 40, 65, 90)),
            "x": Column(Role.SENSITIVE, bounds=(0, 1)),
        }
    )
    rng = np.random.default_rng(1)
    table = pa.table({"age": rng.integers(18, 91, 5000), "x": rng.integers(0, 2, 5000)})
    rows = made("independent-margins", 5).transform(Export(table, schema)).rows
    assert rows["age"].type == pa.int64()
    age = rows["age"].to_numpy()
    assert age.min() >= 18
    assert age.max() <= 90
    assert abs((age < 40).mean() - (table["age"].to_numpy() < 40).mean()) < 0.03


def test_a_column_without_a_domain_is_refused_and_so_is_an_empty_table():
    export = Export(pa.table({"free": ["a"]}), Schema.of(quasi_identifier=["free"]))
    with pytest.raises(LabError, match="may not be read from the data"):
        made("independent-margins").transform(export)
    with pytest.raises(LabError, match="no rows"):
        made("gaussian-copula").transform(Export(export.table.slice(1), export.schema))
    with pytest.raises(LabError, match="delta above 0"):
        defenses.find("independent-margins")(1, 0).transform(intake(10))


@pytest.mark.parametrize("value", ["1e-12", "0.5", "2", "12345.678"])
def test_the_rational_root_is_just_below_the_root(value):
    root = float(rational_root(Fraction(value)))
    assert root <= float(Fraction(value)) ** 0.5 * (1 + 1e-15)
    assert root >= float(Fraction(value)) ** 0.5 * (1 - 1e-4)


@pytest.mark.parametrize("distance", [1, 2])
@pytest.mark.parametrize("name", PRIVATE)
def test_every_look_at_the_data_together_costs_no_more_than_the_budget(name, distance, monkeypatch):
    spent = []
    modules = [importlib.import_module(type(made(name)).__module__), noisy_margins]

    original = Coded.noisy

    def noisy(data, cliques, noise, stream):
        spent.append(noise.rho(len(cliques) * distance))
        return original(data, cliques, noise, stream)

    def choice(scores, epsilon, stream, sensitivity=1):
        assert sensitivity == distance
        spent.append(selection_cost(epsilon).rho)
        return noisy_max(scores, epsilon, stream, sensitivity)

    monkeypatch.setattr(Coded, "noisy", noisy)
    for one in modules:
        if hasattr(one, "noisy_max"):
            monkeypatch.setattr(one, "noisy_max", choice)
    data = Coded.of(intake(2000), None, None)
    rho = Fraction(1, 7)
    made(name).measured(data, rho, distance, Stream(1, "defence", "cost"))
    assert rho * Fraction(95, 100) <= sum(spent) <= rho
