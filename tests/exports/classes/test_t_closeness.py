import class_oracle as oracle
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.classes.classes import classes_of
from exports.classes.l_diversity import cells_of
from exports.classes.reference import own_reference, reference_of
from exports.classes.t_closeness import t_equal, t_hierarchical, t_ordered
from exports.errors import LabError
from exports.schema import Column, Role

JOBS = "clerk;office;any\nmanager;office;any\nsmith;trade;any\nwelder;trade;any\nnone;none;any\n"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    path = tmp_path_factory.mktemp("tree") / "jobs.csv"
    path.write_text(JOBS)
    return Column(Role.SENSITIVE, hierarchy=path)


def apart(one: str, other: str) -> float:
    parents = dict(line.split(";")[:2] for line in JOBS.split())
    return 0.0 if one == other else 0.5 if parents[one] == parents[other] else 1.0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["clerk", "manager", "smith", "welder", "none"])),
        min_size=2,
        max_size=15,
    )
)
def test_hierarchical_distance_is_the_cost_of_the_cheapest_transport(jobs, pairs):
    rows = [{"zip": place, "job": job} for place, job in pairs]
    classes = classes_of(pa.Table.from_pylist(rows), ["zip"], ["job"])
    found = t_hierarchical(cells_of(classes, "job"), own_reference(classes, "job", jobs)).max()
    everybody = oracle.shares(rows, "job")
    costs = [
        oracle.earth_movers(oracle.shares(group, "job"), everybody, apart)
        for group in oracle.classes(rows, ["zip"])
    ]
    assert found == pytest.approx(max(costs), abs=1e-9)


def test_two_classes_of_salaries_have_the_distances_of_the_paper():
    # Li, Li and Venkatasubramanian 2007, section 5.1: salaries 3k to 11k, nine people
    salaries = [3, 4, 5, 6, 11, 8, 7, 9, 10]
    reference = reference_of(pa.array(range(3, 12)), np.append(0.0, np.ones(9)))
    for values, distance in (([3, 4, 5], 0.375), ([6, 8, 11], 1 / 6)):
        table = pa.table({"zip": ["1"] * 3, "salary": values})
        cells = cells_of(classes_of(table, ["zip"], ["salary"]), "salary")
        assert t_ordered(cells, reference)[0] == pytest.approx(distance)
    assert sorted(salaries) == list(range(3, 12))


def test_numbers_that_came_as_text_are_ordered_as_numbers():
    values = ["9", "10", "11", "9", "11", "11"]
    texts = pa.table({"zip": list("aaabbb"), "pay": values})
    numbers = texts.set_column(1, "pay", texts["pay"].cast(pa.int64()))
    distances = []
    for table in (texts, numbers):
        classes = classes_of(table, ["zip"], ["pay"])
        distances.append(t_ordered(cells_of(classes, "pay"), own_reference(classes, "pay")))
    assert distances[0] == pytest.approx(distances[1])


def test_texts_without_an_order_have_no_ordered_distance_unless_one_is_declared():
    table = pa.table({"zip": list("aab"), "stage": ["early", "middle", "late"]})
    classes = classes_of(table, ["zip"], ["stage"])
    cells = cells_of(classes, "stage")
    assert t_ordered(cells, own_reference(classes, "stage")) is None
    order = Column(Role.SENSITIVE, order=("early", "middle", "late"))
    assert t_ordered(cells, own_reference(classes, "stage", order)).tolist() == pytest.approx([1 / 4, 1 / 2])
    with pytest.raises(LabError, match="lacks 1 of 3 values"):
        own_reference(classes, "stage", Column(Role.SENSITIVE, order=("early", "late")))


def test_the_reference_may_be_another_table_with_more_and_fewer_values():
    table = pa.table({"zip": ["a", "a"], "illness": ["flu", "new"]})
    cells = cells_of(classes_of(table, ["zip"], ["illness"]), "illness")
    usual = reference_of(pa.array(["flu", "cold"]), np.array([0.0, 3.0, 1.0]), also=cells.values)
    assert t_equal(cells, usual).tolist() == [0.5]
