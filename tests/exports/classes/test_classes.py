import class_oracle as oracle
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from class_oracle import Rows
from hypothesis import given
from hypothesis import strategies as st

from exports.classes.beta_likeness import basic_beta, delta, enhanced_beta
from exports.classes.classes import classes_of
from exports.classes.l_diversity import alpha, cells_of, distinct_l, entropy_l, recursive_c
from exports.classes.reference import own_reference
from exports.classes.t_closeness import t_equal, t_ordered
from exports.sources.frames import arrow_table

KNOWN = ["zip", "age"]

row = st.fixed_dictionaries(
    {
        "zip": st.sampled_from(["02139", "10001", "", None]),
        "age": st.sampled_from([31, 58, None]),
        "illness": st.sampled_from([1, 2, 5, None]),
    }
)
rows = st.lists(row, min_size=1, max_size=40)


def t_of(classes) -> float:
    return t_equal(cells_of(classes, "illness"), own_reference(classes, "illness")).max()


def table(rows: Rows) -> pa.Table:
    return pa.table(
        {
            "zip": pa.array([row["zip"] for row in rows], pa.string()),
            "age": pa.array([row["age"] for row in rows], pa.int64()),
            "illness": pa.array([row["illness"] for row in rows], pa.int32()),
        }
    )


@given(rows)
def test_every_measure_equals_its_definition(rows):
    classes = classes_of(table(rows), KNOWN, ["illness"])
    cells, usual = cells_of(classes, "illness"), own_reference(classes, "illness")
    assert (classes.k, classes.uniques) == (oracle.k(rows, KNOWN), oracle.uniques(rows, KNOWN))
    assert distinct_l(cells).min() == oracle.distinct_l(rows, KNOWN, "illness")
    assert entropy_l(cells).min() == pytest.approx(oracle.entropy_l(rows, KNOWN, "illness"))
    assert t_equal(cells, usual).max() == pytest.approx(oracle.t_equal(rows, KNOWN, "illness"))
    for l in (1, 2, 3):  # noqa: E741
        assert recursive_c(cells, l).max() == pytest.approx(oracle.recursive_c(rows, KNOWN, "illness", l))
    missing = any(row["illness"] is None for row in rows)
    order = [None] * missing + sorted({row["illness"] for row in rows} - {None})
    assert t_ordered(cells, usual).max() == pytest.approx(oracle.t_ordered(rows, KNOWN, "illness", order))


@given(rows)
def test_likeness_and_disclosure_equal_their_definitions(rows):
    classes = classes_of(table(rows), KNOWN, ["illness"])
    cells, usual = cells_of(classes, "illness"), own_reference(classes, "illness")
    assert basic_beta(cells, usual).max() == pytest.approx(oracle.basic_beta(rows, KNOWN, "illness"))
    assert delta(cells, usual).max() == pytest.approx(oracle.delta(rows, KNOWN, "illness"))
    found = float(enhanced_beta(cells, usual).max())
    assert oracle.enhanced_holds(rows, KNOWN, "illness", found) == np.isfinite(found)
    assert found == 0 or not oracle.enhanced_holds(rows, KNOWN, "illness", found * 0.99)


@given(rows, st.randoms(use_true_random=False))
def test_neither_the_index_nor_the_order_nor_unused_categories_matter(rows, random):
    frame = pd.DataFrame(rows, columns=["zip", "age", "illness"]).astype({"age": "Int64", "illness": "Int64"})
    shuffled = frame.sample(frac=1, random_state=random.randrange(1000))
    shuffled.index = [random.randrange(9) for _ in range(len(rows))]
    shuffled["zip"] = pd.Categorical(shuffled["zip"], categories=["nobody", "02139", "10001", "", "never"])
    found = [
        (c.k, c.uniques, distinct_l(cells_of(c, "illness")).min(), t_of(c))
        for c in (classes_of(arrow_table(f), KNOWN, ["illness"]) for f in (frame, shuffled))
    ]
    assert found[0] == pytest.approx(found[1])


def test_adult_has_the_classes_and_the_t_that_its_other_assessors_found(adult):
    known = [name for name in adult.column_names if name != "salary-class"]
    classes = classes_of(adult, known, ["salary-class"])
    cells = cells_of(classes, "salary-class")
    assert (classes.k, len(classes), classes.uniques) == (1, 18_109, 14_021)
    assert distinct_l(cells).min() == 1
    assert t_equal(cells, own_reference(classes, "salary-class")).max() == pytest.approx(
        0.7510775147536636, rel=1e-12
    )
    assert alpha(cells).max() == 1.0


def test_a_person_counts_once_in_a_class():
    visits = pa.table(
        {
            "zip": ["1", "1", "1", "2", "2", "2"],
            "who": ["ann", "ann", "bob", "ann", "bob", "eve"],
            "illness": ["flu", "cold", "flu", "flu", "flu", "cold"],
        }
    )
    classes = classes_of(visits, ["zip"], ["illness"], person="who")
    assert classes.sizes.tolist() == [2, 3]
    assert (classes.k, classes.uniques, classes.persons) == (2, 0, 3)
    cells = cells_of(classes, "illness")
    assert cells.totals.tolist() == [2.0, 3.0]
    assert cells.weights.tolist() == [1.5, 0.5, 2.0, 1.0]


def test_knowing_all_rows_of_a_person_singles_out_more():
    visits = pa.table({"zip": ["1", "2", "1", "2", "1", "1"], "who": ["a", "a", "b", "b", "c", "c"]})
    classes = classes_of(visits, ["zip"], person="who")
    assert classes.sizes.tolist() == [3, 2]
    assert classes.linked_k == 1


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=30),
)
def test_linked_k_counts_persons_with_the_same_rows(pairs):
    bundles = {who: tuple(sorted(place for w, place in pairs if w == who)) for who, _ in pairs}
    alike = [sum(other == bundle for other in bundles.values()) for bundle in bundles.values()]
    visits = pa.table({"who": [who for who, _ in pairs], "zip": [place for _, place in pairs]})
    assert classes_of(visits, ["zip"], person="who").linked_k == min(alike)


def test_columns_whose_codes_do_not_fit_into_one_integer_are_still_told_apart():
    rng = np.random.default_rng(5)
    wide = pa.table({f"c{i}": rng.permutation(3000) for i in range(8)})
    doubled = pa.concat_tables([wide, wide.slice(0, 2999)])
    classes = classes_of(doubled, doubled.column_names)
    assert (classes.k, len(classes), classes.uniques) == (1, 3000, 1)
