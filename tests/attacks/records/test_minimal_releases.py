"""What composition, minimality and tight labels give away, on planted tables and against enumeration."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.comparison.generalised import covered, finer, parts_below
from attacks.records.composition import Composition
from attacks.records.copies import Copies
from attacks.records.downcoding import Downcoding
from attacks.records.minimality import Minimality, posteriors
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy
from exports.release import Release, Truth
from exports.schema import Column, Role, Schema

SCHEMA = Schema.of(quasi_identifier=["age"], sensitive=["illness"])


def _people(rows, seed):
    rng = np.random.default_rng(seed)
    return pa.table({"age": rng.integers(2_000, 9_000, rows), "illness": rng.choice(list("abcdefgh"), rows)})


def _ranges(people, k, shift=0):
    """Return the people in classes of k neighbours by age, labelled by the ages that occur in them."""
    age = people["age"].to_numpy()
    order = np.argsort(age, kind="stable")
    place = np.empty(len(age), dtype=np.int64)
    place[order] = np.arange(len(age))
    part = (place + shift) // k
    labels = [f"{age[part == p].min()}..{age[part == p].max()}" for p in part]
    labels = [low if low == high else f"{low}..{high}" for low, high in (one.split("..") for one in labels)]
    return people.set_column(0, "age", pa.array(labels))


def test_two_releases_pin_more_people_than_either_and_than_people_outside():
    people, control = _people(900, 1), _people(900, 2)
    first, second = _ranges(people, 4), _ranges(people, 4, shift=2)
    found = Composition(second).run(Release("records", SCHEMA, table=first), Truth(people, control), seed=1)
    pinned = {name: share["share"] for name, share in found.series["pinned"].items()}
    assert pinned["both"] > max(pinned["first"], pinned["second"])
    assert found.advantage.low > 0
    alone = Composition(first).run(Release("records", SCHEMA, table=first), Truth(people, control), seed=1)
    assert alone.series["pinned"]["both"] == alone.series["pinned"]["first"]
    assert alone.attack.share < found.attack.share


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=3), st.integers(1, 4), st.integers(2, 3))
def test_the_chances_after_minimality_are_those_of_counting_all_placements(groups, cases, limit):
    people = np.repeat(np.arange(len(groups)), groups)
    cases = min(cases, len(people))
    broken = []
    for placed in combinations(range(len(people)), cases):
        inside = np.bincount(people[list(placed)], minlength=len(groups))
        if (inside * limit > groups).any():
            broken.append(inside / groups)
    wanted = np.mean(broken, axis=0) if broken else [cases / len(people)] * len(groups)
    assert posteriors(groups, cases, limit) == pytest.approx(wanted)


def _minimal(classes, seed):
    """Return groups of people merged in pairs only where one of the two has too many cases (l = 2)."""
    rng = np.random.default_rng(seed)
    ages, labels, secrets = [], [], []
    for one in range(classes):
        pair = [rng.random(size) < 0.25 for size in (2, 8)]
        merged = any(2 * cases.sum() > len(cases) for cases in pair)
        for at, cases in enumerate(pair):
            age = str(20 + 2 * one + at)
            ages += [age] * len(cases)
            labels += [f"{20 + 2 * one}..{21 + 2 * one}" if merged else age] * len(cases)
            secrets += ["yes" if case else "no" for case in cases]
    finer_table = pa.table({"age": ages})
    return finer_table, pa.table({"age": labels, "illness": secrets})


def test_that_a_class_was_formed_tells_who_is_above_the_promise():
    below, released = _minimal(400, 1)
    release = Release("records", SCHEMA, table=released)
    found = Minimality(below, l=2, positive="yes").run(release, Truth(released), seed=1)
    assert found.attack.of > 30
    assert found.attack.share > 0.6
    assert found.advantage.low > 0.2
    assert found.series["chances"]["greatest"] > 0.5


def test_minimality_reports_the_groups_of_the_people_called():
    below, released = _minimal(100, 1)
    sexes = pa.array(["f", "m"] * (released.num_rows // 2) + ["f"] * (released.num_rows % 2))
    truth = Truth(released.append_column("sex", sexes), owner=np.arange(released.num_rows))
    release = Release("records", SCHEMA, table=released)
    found = Minimality(below, l=2, positive="yes", by="sex").run(release, truth, seed=1)
    assert sorted(found.groups) == ["f", "m"]
    assert sum(group.attack.of for group in found.groups.values()) == found.attack.of
    with pytest.raises(LabError, match="owner"):
        Minimality(below, l=2, positive="yes", by="illness").run(release, Truth(released), seed=1)


def test_where_nothing_was_generalised_minimality_says_nothing():
    below, _ = _minimal(50, 1)
    secrets = pa.array(["no", "yes"] * (below.num_rows // 2))
    release = Release("records", SCHEMA, table=below.append_column("illness", secrets))
    found = Minimality(below, l=2, positive="yes").run(release, Truth(release.rows), seed=1)
    assert found.made == 0
    with pytest.raises(LabError, match="l of at least 2"):
        Minimality(below).run(release, Truth(release.rows), seed=1)


def test_tight_labels_name_somebody_at_either_end():
    people = _people(600, 3)
    release = Release("records", SCHEMA, table=_ranges(people, 5))
    found = Downcoding().run(release, Truth(people, owner=np.arange(600)), seed=1)
    assert found.attack.share == 1
    assert found.baseline.share < 0.9
    assert found.advantage.value == 1
    assert 0 < found.series["records"]["refined"] < 600


def test_wide_labels_that_nobody_needs_do_not_downcode():
    people = _people(600, 3)
    labels = [
        f"{1_000 * (age // 1_000)}..{1_000 * (age // 1_000) + 999}" for age in people["age"].to_pylist()
    ]
    wide = people.set_column(0, "age", pa.array(labels))
    release, truth = Release("records", SCHEMA, table=wide), Truth(people, owner=np.arange(600))
    assert Downcoding().run(release, truth, seed=1).attack.share < 0.5


def test_the_parts_of_a_label_come_from_its_hierarchy(tmp_path):
    file = tmp_path / "jobs.csv"
    file.write_text("clerk;office;*\nmanager;office;*\nsmith;trade;*\n")
    job = Column(Role.QUASI_IDENTIFIER, hierarchy=file)
    jobs = parts_below(Hierarchy.from_csv(file))
    assert finer("office", ["clerk"], jobs) == ["clerk", "manager"]
    assert finer("*", ["clerk"], jobs) == ["office", "trade"]
    assert covered(["office"], ["clerk", "office", "smith"], job).tolist() == [[True, True, False]]
    assert covered(["b..d", "20..29"], ["a", "c", "25", "d"]).astype(int).tolist() == [
        [0, 1, 0, 1],
        [0, 0, 1, 0],
    ]
    assert covered(["65+", "20 to 29", "-5 to -1"], ["20", "65", "-3"]).astype(int).tolist() == [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
    ]
    ordered = Column(Role.QUASI_IDENTIFIER, order=("low", "mid", "high"))
    assert covered(["low..mid"], ["high", "low", "mid"], ordered).tolist() == [[False, True, True]]


def test_copies_are_counted_against_people_outside():
    people, control = (pa.table({"x": np.random.default_rng(i).normal(size=400)}) for i in (1, 2))
    schema = Schema.of(quasi_identifier=["x"])
    mixed = pa.concat_tables([people.slice(0, 100), control.slice(0, 0)])
    found = Copies().run(Release("synthetic", schema, table=mixed), Truth(people, control), seed=1)
    assert (found.attack.count, found.control.count) == (100, 0)
    assert any("no sign of protection" in note for note in found.notes)
    assert found.series["distance"]["inside"][0] == 0


def test_nobody_released_is_a_result_for_each():
    people, none = _people(50, 1), _people(50, 1).slice(0, 0)
    release = Release("records", SCHEMA, table=none)
    truth = Truth(people, _people(50, 2), np.zeros(0, np.int64))
    for attack in (Composition(none), Downcoding(), Copies(), Minimality(none, l=2)):
        found = attack.run(release, truth, seed=1)
        assert found.attack.count == 0


def test_what_she_holds_beside_the_quasi_identifiers_forms_no_groups():
    below, released = _minimal(100, 1)
    names = pa.array([f"p{n}" for n in range(released.num_rows)])
    schema = Schema.of("name", quasi_identifier=["age"], sensitive=["illness"])
    release = Release("records", schema, table=released.append_column("name", names))
    register = below.append_column("name", names).append_column("illness", released["illness"])
    whole, plain = (
        Minimality(table, l=2, positive="yes").run(release, Truth(released), seed=1)
        for table in (register, below)
    )
    assert whole.attack == plain.attack
    assert whole.series == plain.series


def test_downcoding_counts_a_claim_for_each_group_in_the_class():
    people = pa.table({"age": [46, 52, 65, 20, 30], "sex": ["f", "m", "f", "f", "f"]})
    labels = pa.array(["46..65"] * 3 + ["20..31"] * 2)
    schema = Schema.of(quasi_identifier=["age"])
    release = Release("records", schema, table=people.set_column(0, "age", labels).select(["age"]))
    found = Downcoding(by="sex").run(release, Truth(people, owner=np.arange(5)), seed=1)
    assert (found.attack.count, found.attack.of) == (3, 4)
    assert {name: (one.attack.count, one.attack.of) for name, one in found.groups.items()} == {
        "f": (3, 4),
        "m": (2, 2),
    }


def test_an_original_that_holds_the_released_labels_is_named_as_the_reason():
    released = pa.table({"age": ["46..65"] * 3})
    release = Release("records", Schema.of(quasi_identifier=["age"]), table=released)
    found = Downcoding().run(release, Truth(released, owner=np.arange(3)), seed=1)
    assert (found.made, "before the defence" in found.notes[0]) == (0, True)
