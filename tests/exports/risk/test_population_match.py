import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.classes.classes import classes_of
from exports.classes.combinations import combinations_of
from exports.reading.loading import load
from exports.risk.population_match import against

places = st.lists(st.tuples(st.sampled_from(["1", "2", None]), st.sampled_from("fm")), max_size=25)


def table(pairs):
    return pa.table({"zip": [a for a, _ in pairs], "sex": [b for _, b in pairs]}).cast(
        pa.schema([("zip", pa.string()), ("sex", pa.string())])
    )


@given(places.filter(bool), places)
def test_measures_against_a_population_equal_their_definitions(export, population):
    found = against(
        classes_of(table(export), ["zip", "sex"]), combinations_of(table(population), ["zip", "sex"])
    )
    matched = [person for person in export if person in population]
    assert found.people == len(population)
    assert found.unmatched == len(export) - len(matched)
    assert found.k_map == min((population.count(person) for person in matched), default=None)
    presence = [min(1.0, export.count(person) / population.count(person)) for person in population]
    per_class = dict(zip(population, presence, strict=True))
    alone = {person for person in export if person not in population}
    assert found.expected == pytest.approx(sum(per_class.values()) + len(alone))
    assert found.delta_max == pytest.approx(max(presence, default=0.0))
    assert found.delta_min == pytest.approx(min(presence, default=1.0))
    assert found.uniques == sum(population.count(person) == 1 for person in set(population))


whose = st.tuples(st.sampled_from(["1", "2", None]), st.integers(0, 4))


def persons_table(rows, *, named=True):
    columns = {"zip": pa.array([place for place, _ in rows], pa.string())}
    return pa.table(columns | ({"who": pa.array([who for _, who in rows], pa.int64())} if named else {}))


@given(st.lists(whose, min_size=1, max_size=20), st.lists(whose, max_size=20), st.booleans())
def test_persons_with_several_rows_are_counted_once_in_each_class(export, population, named):
    listed = persons_table(population, named=named)
    found = against(
        classes_of(persons_table(export), ["zip"], person="who"),
        combinations_of(listed, listed.column_names),
    )
    others = {place: {who for p, who in population if p == place} for place, _ in population}
    sizes = {place: len(others[place]) for place in others}
    if not named:
        sizes = {place: sum(p == place for p, _ in population) for place in others}
    ours = {place: {who for p, who in export if p == place} for place, _ in export}
    chances = {
        who: max(1 / max(sizes.get(place, 0), len(ours[place])) for place, one in export if one == who)
        for _, who in export
    }
    assert found.people == (len({who for _, who in population}) if named else len(population))
    assert found.uniques == sum(size == 1 for size in sizes.values())
    assert found.k_map == min((sizes[place] for place in ours if place in sizes), default=None)
    assert found.expected == pytest.approx(sum(chances.values()))
    matched = {who for place, who in export if place in sizes}
    assert found.unmatched == len({who for _, who in export} - matched)
    shares = [min(1.0, len(ours.get(place, ())) / size) for place, size in sizes.items()]
    assert found.delta_min == pytest.approx(min(shares, default=1.0))
    assert found.delta_max == pytest.approx(max(shares, default=0.0))


def test_numbers_meet_the_same_numbers_written_as_text():
    export = classes_of(pa.table({"age": [31, 58]}), ["age"])
    found = against(export, combinations_of(pa.table({"age": ["31", "31", "58"]}), ["age"]))
    assert (found.k_map, found.unmatched) == (1, 0)


def test_an_export_that_is_drawn_from_its_population_has_the_delta_of_arx(shared, adult_texts):
    subset = load(shared / "data/microdata/adult_subset_arx.csv")
    known = ["sex", "race"]
    found = against(classes_of(subset, known), combinations_of(adult_texts, known))
    assert found.unmatched == 0
    assert 0.05 <= found.delta_min <= found.delta_max <= 0.15
