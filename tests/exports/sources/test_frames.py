"""Tables in memory of every library come out as Arrow columns that can be compared, grouped and counted."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from exports.errors import LabError
from exports.schema import Schema
from exports.sources.frames import arrow_table
from reidlab.assessment.assess import assess

TEXTS = ["b", "a", None, "b"]
WANTED = pa.table({"c": TEXTS, "n": [1, 2, 2, 1]})


def measured(table, column="c"):
    names = [name for name in arrow_table(table).column_names if name != column]
    found = assess(table, Schema.of(quasi_identifier=[column], sensitive=names), in_full=True)
    return found.rows, found.classes, found.k, dict(found.l_distinct)


def polars_frames():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"c": TEXTS, "n": [1, 2, 2, 1]})
    return [frame, frame.lazy(), frame.with_columns(c=frame["c"].cast(pl.Categorical))]


@pytest.mark.parametrize("place", range(3), ids=["frame", "lazy", "categorical"])
def test_a_polars_table_is_assessed_as_the_same_rows_in_arrow(place):
    frame = polars_frames()[place]
    assert measured(frame) == measured(WANTED)
    kinds = {name: column["kind"] for name, column in assess(frame).columns.items()}
    assert kinds == {name: column["kind"] for name, column in assess(WANTED).columns.items()}


@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS, pa.string_view()),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 0]), pa.array(["b", "a", None, "unused"])),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), pa.array(["b", "a"], pa.string_view())),
        pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 3, 4], pa.int32()), pa.array(TEXTS)),
        pa.array([b"\xff", b"\xfe", None, b"\xff"]),
        pa.array([b"\xff", b"\xfe", None, b"\xff"], pa.binary_view()),
        pa.array([True, False, None, True]),
        pa.array([Decimal("1.10"), Decimal(-3), None, Decimal("1.1")], pa.decimal128(20, 2)),
        pa.array([2**64 - 1, 0, None, 2**64 - 1], pa.uint64()),
        pa.array([datetime.date(2020, 1, 1), datetime.date(1950, 1, 1), None, datetime.date(2020, 1, 1)]),
        pa.array([datetime.time(1), datetime.time(2), None, datetime.time(1)]),
        pa.array([np.float16(1), np.float16(2), None, np.float16(1)], pa.float16()),
        pa.array([1.5, float("inf"), float("nan"), 1.5]),
    ],
    ids=range(15),
)
def test_the_type_of_a_column_does_not_change_its_classes(column):
    assert measured(pa.table({"c": column, "n": [1, 2, 2, 1]})) == measured(WANTED)


@pytest.mark.parametrize(
    "column",
    [
        pd.Categorical(TEXTS, categories=["unused", "a", "b"]),
        pd.array([1, 2, None, 1], "Int64"),
        pd.array([True, False, None, True], "boolean"),
        pd.array(TEXTS, "string"),
        pd.PeriodIndex(["2020-01", "2020-02", None, "2020-01"], freq="M"),
        pd.to_datetime(["2020-01-01", "2020-02-01", None, "2020-01-01"]).tz_localize("Europe/Berlin"),
        pd.to_timedelta([1, 2, None, 1], "D"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_a_pandas_table_in_any_order_is_assessed_as_the_same_rows_in_arrow(column):
    frame = pd.DataFrame({"c": column, "n": [1, 2, 2, 1]})
    assert measured(frame) == measured(WANTED)
    assert measured(frame.iloc[[3, 0, 2, 1]]) == measured(WANTED)
    assert measured(frame.set_index(np.zeros(4, int))) == measured(WANTED)


@pytest.mark.parametrize("kind", [pa.string_view(), pa.dictionary(pa.int8(), pa.string_view()), pa.int8()])
def test_a_table_without_rows_is_one_sentence_whatever_its_type(kind):
    with pytest.raises(LabError, match="has a header and no rows"):
        measured(pa.table({"c": pa.chunked_array([], kind)}))


def test_a_table_of_very_many_columns_is_taken_as_it_is():
    wide = pa.table({f"c{i}": [1] for i in range(2_000)})
    assert arrow_table(wide) is wide
    assert arrow_table(wide.append_column("v", pa.array(["a"], pa.string_view()))).num_columns == 2_001


def test_a_quasi_identifier_without_any_value_is_one_class():
    nothing = pa.table({"c": pa.nulls(4), "n": [1, 2, 2, 1]})
    assert measured(nothing) == (4, 1, 4, {"n": 2})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: pd.DataFrame({"c": [1, "x", 2.5]}), "'c' mixes types"),
        (lambda: pd.DataFrame({"c": [10**30, 1]}), "'c' mixes types, or holds values that Arrow"),
        (lambda: pd.DataFrame({"c": [1j]}), "'c' mixes types, or holds values that Arrow"),
        (lambda: pytest.importorskip("polars").DataFrame({"c": [object()]}), "'c' mixes types"),
        (lambda: pd.Series([1]), "A Series is no table"),
        (lambda: np.zeros((2, 2)), "A ndarray is no table"),
        (lambda: [{"c": 1}], "A list is no table"),
        (lambda: {"c": [1], "d": [1, 2]}, "A dict is no table"),
    ],
    ids=range(8),
)
def test_what_is_no_table_is_one_sentence(made, said):
    with pytest.raises(LabError, match=said):
        arrow_table(made())
