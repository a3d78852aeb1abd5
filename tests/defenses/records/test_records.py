"""Laws of the defences that change records, on tables that hypothesis makes up."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import defenses
from defenses import check_defense
from defenses.records.local_suppression import LocalSuppression
from defenses.records.microaggregation import Microaggregation, mdav
from defenses.records.mondrian import Mondrian
from defenses.records.optimal_k_anonymity import OptimalKAnonymity
from defenses.records.perturbation import Noise, Pram, RankSwapping, Shuffling
from defenses.records.top_bottom_coding import TopBottomCoding
from defenses.records.top_down import TopDown
from exports.classes.classes import classes_of
from exports.classes.combinations import combinations_of
from exports.classes.l_diversity import cells_of, distinct_l
from exports.classes.reference import reference_of
from exports.classes.t_closeness import t_equal
from exports.errors import LabError
from exports.reading.loading import load
from exports.release import Export
from exports.risk.population_match import against
from exports.schema import Column, Role, Schema

ROWS = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["10115", "10117", "20095", None]),
        st.sampled_from("abc"),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=60,
)
MORE = st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59), st.integers(5, 14)), max_size=60)
SCHEMA = Schema(
    {
        "age": Column(Role.QUASI_IDENTIFIER, intervals=(0, 5, 10, 15, 21)),
        "zip": Column(Role.QUASI_IDENTIFIER, prefix=True),
        "illness": Column(Role.SENSITIVE),
        "user": Column(Role.INSENSITIVE),
    }
)


def export_of(rows: list, person: bool = False) -> Export:
    names = ["age", "zip", "illness", "user"]
    table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})
    return Export(table, Schema(SCHEMA.columns, person="user" if person else None))


def k_of(release) -> int:
    return classes_of(release.rows, release.schema.quasi_identifiers, person=release.schema.person).k


@pytest.mark.parametrize("defense", [Mondrian(k=2), Mondrian(k=2, cut="relaxed"), TopDown(k=2)])
@pytest.mark.parametrize("person", [False, True])
@settings(max_examples=30)
@given(rows=ROWS)
def test_local_recoding_keeps_every_row_in_a_class_of_k(defense, person: bool, rows: list) -> None:
    export = export_of(rows, person)
    if person and len({row[3] for row in rows}) < 2:
        with pytest.raises(LabError, match="k is 2 but the table has 1 persons"):
            defense.fit_transform(export)
        return
    release = defense.fit_transform(export)
    assert release.rows.num_rows == len(rows)
    assert k_of(release) >= 2
    assert release.rows["illness"].equals(export.table["illness"])
    assert release.guarantee.unit == ("person" if person else "record")


@settings(max_examples=40)
@given(rows=ROWS, cut=st.sampled_from(["strict", "relaxed"]))
def test_a_range_of_mondrian_holds_the_value_it_stands_for(rows: list, cut) -> None:
    export = export_of(rows)
    released = Mondrian(k=2, cut=cut).transform(export).rows["age"].to_pylist()
    for label, value in zip(released, export.table["age"].to_pylist(), strict=True):
        low, _, high = label.partition("..")
        assert int(low) <= value <= int(high or low)


@settings(max_examples=30)
@given(rows=ROWS, suppression=st.sampled_from([0.0, 0.3]))
def test_an_optimal_release_holds_what_it_promises_by_the_measures_of_exports(rows, suppression) -> None:
    export = export_of(rows)
    values = sorted({row[2] for row in rows})
    if len(values) < 2:
        return
    defense = OptimalKAnonymity(k=2, suppression=suppression, l=2, t=0.5)
    release = defense.fit_transform(export)
    classes = classes_of(release.rows, release.schema.quasi_identifiers, ["illness"])
    cells = cells_of(classes, "illness")
    shares = release.manifest["reference"]["illness"]
    reference = reference_of(pa.array(values), np.array([0.0, *(shares[value] for value in values)]))
    assert classes.k >= 2
    assert distinct_l(cells).min() >= 2
    assert t_equal(cells, reference).max() <= 0.5 + 1e-9
    assert release.manifest["suppressed"] <= suppression * len(rows)
    assert release.rows.num_rows == len(rows) - release.manifest["suppressed"]
    assert release.rows["illness"].to_pylist() == [rows[place][2] for place in release.owner]


@settings(max_examples=30)
@given(rows=ROWS)
def test_generalising_a_second_time_changes_nothing(rows: list) -> None:
    once = OptimalKAnonymity(k=2).fit_transform(export_of(rows))
    levels = ",".join(f"{name}:0" for name in once.schema.quasi_identifiers)
    from defenses.records.global_recoding import GlobalRecoding

    twice = GlobalRecoding(levels, k=2).fit_transform(once.as_export())
    assert twice.rows.equals(once.rows)


@settings(max_examples=30)
@given(rows=ROWS)
def test_person_level_suppression_removes_whole_persons(rows: list) -> None:
    export = export_of(rows, person=True)
    try:
        release = OptimalKAnonymity(k=2, suppression=0.6, loss="entropy").fit_transform(export)
    except LabError:
        return
    gone = {row[3] for row in rows} - {rows[place][3] for place in release.owner}
    assert release.rows.num_rows == sum(row[3] not in gone for row in rows)
    assert k_of(release) >= 2


@settings(max_examples=60)
@given(rows=ROWS, more=MORE, known=st.booleans(), suppression=st.sampled_from([0.0, 0.5]))
@pytest.mark.parametrize(
    "asked", [{"k_map": 4}, {"presence": (0.0, 0.4)}, {"k_map": 3, "presence": (0, 0.8)}]
)
def test_k_map_and_presence_count_persons_by_the_measures_of_exports(
    asked, rows: list, more: list, known: bool, suppression
) -> None:
    export = export_of(rows, person=True)
    picked = [(rows[a % len(rows)][0], rows[b % len(rows)][1], "a", user) for a, b, user in more]
    population = export_of([*rows, *picked]).table
    population = population if known else population.drop_columns(["user"])
    defense = OptimalKAnonymity(k=1, suppression=suppression, population=population, **asked)
    try:
        release = defense.fit_transform(export)
    except LabError as refused:
        assert "None of the" in str(refused) or "would be suppressed" in str(refused)  # noqa: PT017
        return
    names = list(release.schema.quasi_identifiers)
    for name, level in release.manifest["levels"].items():
        place = population.column_names.index(name)
        tree = defense.hierarchies_[name]
        labels = tree.generalise(tree.encode(population[name], name), level)
        population = population.set_column(place, name, labels)
    once = [*names, "user"] if known else names
    people = population.select(once).group_by(once).aggregate([]) if known else population
    ours = release.rows.select([*names, "user"])
    ours = ours.cast(pa.schema([(name, pa.string()) for name in ours.column_names]))
    found = against(
        classes_of(ours.group_by([*names, "user"]).aggregate([]), names), combinations_of(people, names)
    )
    assert found.unmatched == 0
    assert release.guarantee.unit == "person"
    assert found.k_map >= asked.get("k_map", 1)
    assert found.delta_max <= asked.get("presence", (0, 1))[1]


def test_a_population_may_hold_values_that_the_table_lacks() -> None:
    export = export_of([(3, "10115", "a", 0), (4, "10117", "b", 1)])
    population = export_of([(3, "10115", "a", 0), (4, "10117", "b", 1), (12, "20095", "a", 2)]).table
    release = OptimalKAnonymity(k=1, k_map=2, population=population).fit_transform(export)
    assert release.manifest["levels"] == {"age": 1, "zip": 1}
    text = population.set_column(0, "age", pa.array(["3", "4", "twelve"]))
    with pytest.raises(LabError, match="population's column 'age' is string and the table's is int64"):
        OptimalKAnonymity(k=1, k_map=2, population=text).fit(export)


@settings(max_examples=40)
@given(rows=ROWS, suppression=st.sampled_from([0.0, 0.5]))
def test_a_person_stands_for_as_many_as_the_mean_of_their_weights(rows: list, suppression) -> None:
    export = export_of(rows, person=True)
    weighed = Export(export.table, Schema(SCHEMA.columns, person="user", weight="age"))
    try:
        release = OptimalKAnonymity(k=1, k_map=30, suppression=suppression).fit_transform(weighed)
    except LabError:
        return
    mean = {who: np.mean([row[0] for row in rows if row[3] == who]) for who in {row[3] for row in rows}}
    masses: dict = {}
    columns = [release.rows[name].to_pylist() for name in ("age", "zip")]
    for *label, who in zip(*columns, (rows[place][3] for place in release.owner), strict=True):
        masses.setdefault(tuple(label), {})[who] = mean[who]
    assert min(sum(people.values()) for people in masses.values()) >= 30 - 1e-9


@settings(max_examples=40)
@given(rows=ROWS, k=st.integers(1, 4))
def test_microaggregation_groups_whole_persons_and_keeps_the_mean(rows: list, k: int) -> None:
    table = export_of(rows).table.select(["age", "user"]).append_column("w", pa.array([1.0] * len(rows)))
    schema = Schema({"age": Column(Role.QUASI_IDENTIFIER)}, person="user", weight="w")
    weights = [1.0 + row[0] for row in rows]
    export = Export(table.set_column(2, "w", pa.array(weights)), schema)
    persons = len({row[3] for row in rows})
    if k > persons:
        with pytest.raises(LabError, match=f"from 1 to the table's {persons} persons"):
            Microaggregation(k=k).transform(export)
        return
    release = Microaggregation(k=k).transform(export)
    classes = classes_of(release.rows, ["age"], person="user")
    assert classes.k >= k
    assert release.guarantee.unit == ("person" if k > 1 else "record")
    released = release.rows["age"].to_numpy()
    assert released @ weights == pytest.approx(np.array([row[0] for row in rows]) @ weights)
    assert len(set(zip(table["user"].to_pylist(), released, strict=True))) == persons


@settings(max_examples=40)
@given(rows=ROWS)
def test_local_suppression_only_empties_cells_and_reaches_k(rows: list) -> None:
    export = export_of(rows)
    release = LocalSuppression(k=2).transform(export)
    assert k_of(release) >= 2
    for name in ("age", "zip"):
        before = export.table[name].take(pa.array(release.owner)).to_pylist()
        after = release.rows[name].to_pylist()
        assert all(new is None or new == old for new, old in zip(after, before, strict=True))


def test_all_rows_of_sdcmicros_microaggregation_are_equal(shared: Path) -> None:
    table = load(shared / "data/microdata/sdcmicro_testdata.csv.gz").slice(0, 300)
    names = ["expend", "income", "savings"]
    export = Export(table.select(names), Schema.of(quasi_identifier=names))
    released = Microaggregation(k=3).transform(export).rows
    with (shared / "data/oracles/testdata300_mdav3.csv").open() as file:
        expected = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])
    found = np.stack([released[name].to_numpy() for name in names], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=60), st.integers(1, 5)
)
def test_groups_of_microaggregation_have_k_to_2k_less_one_rows(points: list, k: int) -> None:
    if k > len(points):
        return
    sizes = np.bincount(mdav(np.array(points, float), k))
    assert sizes.sum() == len(points)
    assert sizes.min() >= k
    assert sizes.max() <= max(2 * k - 1, k) or len(points) < 2 * k


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=80), st.floats(0.01, 1.0), st.integers(0, 9))
def test_rank_swapping_keeps_the_values_and_moves_ranks_within_the_window(values, window, seed) -> None:
    export = Export(pa.table({"x": values}), Schema.of(quasi_identifier=["x"]))
    released = RankSwapping(window=window, seed=seed).transform(export).rows["x"].to_pylist()
    assert sorted(released) == sorted(values)
    order = np.argsort(values, kind="stable")
    ranked = np.array(values)[order]
    width = max(int(window * len(values)), 1)
    for rank, value in enumerate(np.array(released)[order]):
        low, high = np.searchsorted(ranked, value, "left"), np.searchsorted(ranked, value, "right") - 1
        assert low - width <= rank <= high + width


def test_rank_swapping_moves_most_rows() -> None:
    values = np.arange(1001)
    export = Export(pa.table({"x": values}), Schema.of(quasi_identifier=["x"]))
    released = RankSwapping(window=0.05, seed=3).transform(export).rows["x"].to_numpy()
    assert 0 < np.abs(released - values).max() <= 50
    assert (released != values).mean() > 0.9


def test_pram_keeps_the_margin_in_expectation_and_touches_the_share_it_says() -> None:
    values = np.repeat(["a", "b", "c"], [6000, 3000, 1000])
    export = Export(pa.table({"x": values}), Schema.of(quasi_identifier=["x"]))
    released = np.array(Pram(keep=0.7, seed=5).transform(export).rows["x"].to_pylist())
    shares = np.array([(released == value).mean() for value in "abc"])
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.1], atol=0.02)
    same = 0.7 + 0.3 * (0.6**2 + 0.3**2 + 0.1**2)
    assert (released == values).mean() == pytest.approx(same, abs=0.02)


def test_noise_has_the_spread_and_the_correlation_that_were_asked() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=20_000)
    table = pa.table({"x": x, "y": 0.8 * x + 0.6 * rng.normal(size=len(x))})
    export = Export(table, Schema.of(quasi_identifier=["x", "y"]))
    released = Noise(share=0.5, correlated=True, seed=2).transform(export).rows
    added = np.stack([released[name].to_numpy() - table[name].to_numpy() for name in ("x", "y")])
    np.testing.assert_allclose(added.std(axis=1), 0.5, rtol=0.03)
    assert np.corrcoef(added)[0, 1] == pytest.approx(0.8, abs=0.02)


def test_shuffling_keeps_the_values_and_with_a_forecast_the_correlation() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=20_000)
    y = 0.8 * x + 0.6 * rng.normal(size=len(x))
    export = Export(pa.table({"x": x, "y": y}), Schema.of(quasi_identifier=["x"], sensitive=["y"]))
    plain = Shuffling(seed=1).transform(export).rows["y"].to_numpy()
    linked = Shuffling(given="x", seed=1).transform(export).rows["y"].to_numpy()
    for released in (plain, linked):
        np.testing.assert_array_equal(np.sort(released), np.sort(y))
    assert np.corrcoef(x, plain)[0, 1] == pytest.approx(0, abs=0.03)
    assert np.corrcoef(x, linked)[0, 1] == pytest.approx(0.8, abs=0.03)
    assert np.corrcoef(y, linked)[0, 1] < 0.7


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=30))
def test_top_and_bottom_coding_leaves_nothing_beyond_the_limits(values: list) -> None:
    export = Export(pa.table({"x": pa.array(values, pa.int64())}), Schema.of(quasi_identifier=["x"]))
    released = TopBottomCoding(top=60, bottom=20).transform(export).rows["x"].to_pylist()
    assert released == [None if value is None else min(max(value, 20), 60) for value in values]


@pytest.mark.parametrize(
    ("defense", "sentence"),
    [
        (Microaggregation(columns="illness"), "'illness' is string and not numeric"),
        (Microaggregation(k=9, columns="age"), "k is 9 but must be from 1 to the table's 4 rows"),
        (Mondrian(k=5), "k is 5 but the table has 4 rows"),
        (Mondrian(cut="diagonal"), "must be 'strict' or 'relaxed'"),
        (Mondrian(k=2, l=3), "l is 3 but 'illness' has 2 different values"),
        (Pram(keep=2), "keep is 2"),
        (RankSwapping(window=0), "window is 0"),
        (Noise(share=-1), "share is -1"),
        (TopBottomCoding(), "Give top, bottom or share"),
        (TopBottomCoding(top=1, bottom=2, columns="age"), "top must not be below bottom"),
        (LocalSuppression(k=5), "k is 5 but must be from 1 to the table's 4 rows"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(defense, sentence: str) -> None:
    rows = [(1, "10115", "a", 0), (2, "10115", "b", 1), (3, None, "a", 2), (4, "20095", "b", 3)]
    export = export_of(rows)
    with pytest.raises(LabError, match=sentence):
        defense.fit_transform(export)


@pytest.mark.parametrize(
    "defense",
    [
        OptimalKAnonymity(k=4),
        Mondrian(k=4),
        TopDown(k=4),
        Microaggregation(k=3, columns="income"),
        LocalSuppression(k=2),
        Pram(seed=1),
        RankSwapping(columns="age", seed=1),
        Noise(columns="age,income", seed=1),
        Shuffling(seed=1),
        TopBottomCoding(share=0.1, columns="age"),
    ],
    ids=lambda one: one.name,
)
def test_every_defence_of_records_keeps_the_rules(defense) -> None:
    release = check_defense(defense)
    assert defenses.find(defense.name) is type(defense)
    assert len(release.owner) == release.rows.num_rows


def test_weights_weigh_the_means_of_microaggregation() -> None:
    schema = Schema({"x": Column(Role.QUASI_IDENTIFIER)}, weight="w")
    export = Export(pa.table({"x": [0.0, 3.0], "w": [1.0, 2.0]}), schema)
    assert Microaggregation(k=2).transform(export).rows["x"].to_pylist() == [2.0, 2.0]


def test_a_lattice_too_large_to_search_stops_the_search_alone():
    draw = np.random.default_rng(1).integers(0, 8, (40, 26))
    columns = {f"c{at}": pa.array(column) for at, column in enumerate(draw.T)}
    export = Export(pa.table(columns), Schema.of(quasi_identifier=list(columns)))
    with pytest.raises(LabError, match=r"26 quasi-identifiers has [\d,]+ nodes .*mondrian"):
        OptimalKAnonymity(k=2).fit(export)
    assert defenses.find("global-recoding")().fit(export).transform(export).table.num_rows == 40
    assert k_of(Mondrian(k=2).transform(export)) >= 2


@pytest.mark.parametrize("defense", [Mondrian, TopDown])
def test_recursive_diversity_is_asked_of_local_classes_too(defense) -> None:
    rows = [(age % 20, "10115", "aaab"[age % 4] if age % 3 else "c", age) for age in range(200)]
    release = defense(k=5, l=2, diversity="recursive", c=1.5).fit_transform(export_of(rows))
    assert release.guarantee.promises == {"k": 5, "l_recursive": 2, "c": 1.5}
    classes: dict = {}
    names = (*release.schema.quasi_identifiers, "illness")
    for *label, value in zip(*(release.rows[name].to_pylist() for name in names), strict=True):
        classes.setdefault(tuple(label), []).append(value)
    for values in classes.values():
        counts = sorted((values.count(value) for value in set(values)), reverse=True)
        assert counts[0] < 1.5 * sum(counts[1:])
    assert len(classes) > 1
