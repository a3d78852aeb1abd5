"""Tables of people are put together whatever their columns hold, and owners must be those of the rows."""

import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from attacks.conformance import example_case
from attacks.records.uniqueness import Uniqueness
from attacks.targets import stacked
from exports.errors import LabError
from exports.queries import exact_counts
from exports.release import Export, Truth

DAY = datetime.date(1990, 2, 27)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ([40], [40.5], [40.0, 40.5]),
        ([40], ["40+"], ["40", "40+"]),
        ([DAY], [40], ["1990-02-27", "40"]),
        ([True], ["yes"], ["true", "yes"]),
        ([Decimal("1.50")], [7], ["1.50", "7"]),
        ([None], [7], [None, 7]),
    ],
    ids=["numbers", "text", "date", "truth", "decimal", "missing"],
)
def test_columns_of_different_kinds_are_read_as_text_and_of_one_kind_as_they_are(one, other, both):
    assert stacked([pa.table({"x": one}), pa.table({"x": other})])["x"].to_pylist() == both


@pytest.mark.parametrize(
    "owner", [np.arange(59), np.arange(61), np.arange(1, 61)], ids=["few", "many", "no row"]
)
def test_owners_that_are_not_those_of_the_rows_are_refused(owner):
    release, truth = example_case("records")
    with pytest.raises(LabError, match="truth names"):
        Uniqueness().run(release, Truth(truth.original, owner=owner), seed=1)


def test_a_column_of_lists_is_refused_in_a_sentence():
    release, truth = example_case("records")
    page = truth.original.column_names.index("page")
    lists = truth.original.set_column(page, "page", pa.array([[1, 2]] * 60))
    with pytest.raises(LabError, match="flatten it"):
        Uniqueness(known=("page",)).run(release, Truth(lists), seed=1)
    with pytest.raises(LabError, match=r"'page' .* flatten it"):
        exact_counts(Export(lists, release.schema))


def test_two_columns_of_one_name_are_refused():
    release, truth = example_case("records")
    doubled = truth.original.append_column("page", truth.original["page"])
    with pytest.raises(LabError, match="two columns of the original"):
        Uniqueness().run(release, Truth(doubled), seed=1)
