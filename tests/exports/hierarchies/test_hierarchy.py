from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of, labels_and_codes
from exports.schema import Column, Role


def assert_coarsens(hierarchy: Hierarchy) -> None:
    for level in range(hierarchy.height):
        assert (hierarchy.parents(level)[hierarchy.codes[level]] == hierarchy.codes[level + 1]).all()


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_file_reads_the_same_whatever_its_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["34", "30-39", "*"], ["36", "30-39", "*"], ["", "none", "*"]]
    file = tmp_path / "age.csv"
    file.write_text("\ufeff" + "\n".join(delimiter.join(row) for row in rows) + "\n", encoding="utf-8")
    hierarchy = Hierarchy.from_csv(file)
    assert hierarchy.labels == (("34", "36", None), ("30-39", "none"), ("*",))


def test_a_comma_within_a_label_is_no_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "age.csv"
    file.write_text("34;[30, 40);*\n41;[40, 50);*\n")
    assert Hierarchy.from_csv(file).labels[1] == ("[30, 40)", "[40, 50)")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["a", "x", "*"], ["b", "x"]], "has 2 fields on line 2 but 3 on line 1"),
        ([["a", "x"], ["a", "y"]], "lists one value on lines 1 and 2"),
        ([["a", "x", "p"], ["b", "x", "q"]], "not monotone: line 1 shares its label of level 1"),
        ([], "is empty"),
    ],
)
def test_a_wrong_hierarchy_is_refused_with_the_line(rows: list[list[str]], sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        Hierarchy.from_rows(rows, "job")


def test_a_missed_value_is_counted_and_not_quoted() -> None:
    hierarchy = Hierarchy.from_rows([["1", "*"]])
    with pytest.raises(LabError, match=r"misses 2 of the column's 3 values, in 3 of 4 rows.*row 2") as caught:
        hierarchy.encode(pa.chunked_array([["1", "secret", "other", "secret"]]), "age")
    assert "secret" not in str(caught.value)


def test_the_adult_hierarchies_are_monotone_and_cover_the_table(shared: Path, adult: pa.Table) -> None:
    folder = shared / "data/microdata/adult_hierarchies"
    heights = []
    for name in adult.column_names:
        hierarchy = Hierarchy.from_csv(folder / f"adult_hierarchy_{name}.csv", name)
        codes = hierarchy.encode(adult[name], name)
        assert hierarchy.generalise(codes, 0).equals(adult[name].cast(pa.string()).combine_chunks())
        assert_coarsens(hierarchy)
        heights.append(hierarchy.height)
    assert np.prod(np.add(heights, 1)) == 2 * 6480


@given(st.lists(st.one_of(st.none(), st.integers(-300, 300)), min_size=1, max_size=40))
def test_what_is_proposed_for_numbers_covers_and_coarsens(values: list[int | None]) -> None:
    column = pa.chunked_array([pa.array(values, pa.int64())])
    hierarchy = hierarchy_of(column, "n")
    assert_coarsens(hierarchy)
    assert hierarchy.labels[-1] == ("*",)
    assert hierarchy.generalise(hierarchy.encode(column), 0).to_pylist() == [
        None if value is None else str(value) for value in values
    ]


@given(st.lists(st.text("ab1", max_size=4), min_size=1, max_size=20))
def test_prefixes_coarsen_values_of_any_length(values: list[str]) -> None:
    column = pa.chunked_array([values])
    hierarchy = hierarchy_of(column, "code", Column(Role.QUASI_IDENTIFIER, prefix=True))
    assert_coarsens(hierarchy)
    assert hierarchy.labels[-1] == ("*",)


def test_dates_go_to_month_year_and_decade() -> None:
    import datetime

    column = pa.chunked_array([[datetime.date(1987, 3, 4), None]])
    hierarchy = hierarchy_of(column, "born")
    assert [level[0] for level in hierarchy.labels] == ["1987-03-04", "1987-03", "1987", "1980s", "*"]
    assert [level[-1] for level in hierarchy.labels] == [None, None, None, None, "*"]


def test_intervals_outside_of_their_bounds_are_refused() -> None:
    with pytest.raises(LabError, match="run from 0 to 10 and miss 1 of 2 values"):
        Hierarchy.from_intervals(["3", "11"], [0, 10], "age")
    with pytest.raises(LabError, match="increasing"):
        Hierarchy.from_intervals(["3"], [10, 0], "age")
    with pytest.raises(LabError, match="no numbers"):
        Hierarchy.from_intervals(["x"], [0, 10], "age")


def test_a_missing_value_joins_a_declared_hierarchy(tmp_path: Path) -> None:
    file = tmp_path / "sex.csv"
    file.write_text("m;*\nf;*\n")
    declared = Column(Role.QUASI_IDENTIFIER, hierarchy=file)
    hierarchy = hierarchy_of(pa.chunked_array([["m", None]]), "sex", declared)
    assert hierarchy.labels == (("m", "f", None), ("*",))


def test_chunks_and_dictionaries_encode_as_one_column() -> None:
    plain = pa.chunked_array([["a", "b"], ["b", None]])
    assert [list(map(str, part)) for part in labels_and_codes(plain)] == [
        list(map(str, part)) for part in labels_and_codes(plain.dictionary_encode())
    ]
    assert labels_and_codes(pa.chunked_array([], pa.string()))[0] == []
