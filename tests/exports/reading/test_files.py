"""A file is what its receiver reads: several files, folders that are columns, and names that do not hold."""

from __future__ import annotations

import gzip
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.errors import LabError
from exports.reading.loading import load
from exports.reading.read import read
from exports.schema import Schema
from reidlab.assessment.assess import assess


def parted(folder, parts: dict[str, pa.Table]) -> str:
    for name, table in parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / name)
    return str(folder)


def rows(count: int, **columns) -> pa.Table:
    return pa.table({"zip": ["1010"] * count, **columns})


def test_names_of_folders_are_columns_with_their_values_decoded(tmp_path) -> None:
    parts = {
        "country=AT/year=2020/p.parquet": rows(3),
        "country=D%20E/year=2021/p.parquet": rows(2),
        "country=__HIVE_DEFAULT_PARTITION__/year=2020/p.parquet": rows(4),
    }
    place = parted(tmp_path / "h", parts)
    source = read(place)
    assert source.columns == ("zip", "country", "year")
    table = load(place)
    assert table["country"].to_pylist() == ["AT"] * 3 + ["D E"] * 2 + [None] * 4
    assert table["year"].type == pa.int64()
    found = assess(place, Schema.of(quasi_identifier=["zip", "country"], insensitive=["year"]))
    assert (found.rows, found.k, found.classes) == (9, 2, 3)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"country=AT/p.parquet": rows(1), "q.parquet": rows(1)}, "name other columns"),
        ({"country=AT/p.parquet": rows(1), "year=1/q.parquet": rows(1)}, "name other columns"),
        ({"zip=1/p.parquet": rows(1)}, "has as a column too"),
        (
            {"p.parquet": rows(1), "q.parquet": rows(1, age=[1])},
            r"p.parquet and q.parquet differ in 1 column",
        ),
        (
            {"p.parquet": rows(1, age=["x"]), "q.parquet": rows(1, age=[1])},
            "'age' is string in p.parquet and int64 in q.parquet",
        ),
    ],
)
def test_files_that_do_not_belong_together_are_refused_by_name(tmp_path, parts, said) -> None:
    with pytest.raises(LabError, match=said):
        read(parted(tmp_path / "h", parts))


def test_files_with_columns_in_another_order_or_width_are_one_table(tmp_path) -> None:
    one = pa.table({"zip": ["1"], "age": pa.array([31], pa.int32())})
    other = pa.table({"age": pa.array([44.0, None]), "zip": pa.array(["2", "3"]).dictionary_encode()})
    place = parted(tmp_path / "h", {"a.parquet": one, "b.parquet": other})
    assert load(place).to_pydict() == {"zip": [1, 2, 3], "age": [31, 44, None]}
    assert assess(place, Schema.of(quasi_identifier=["zip", "age"])).classes == 3


def test_a_text_file_is_unpacked_by_its_first_bytes_and_not_by_its_name(tmp_path) -> None:
    for name in ("A.CSV.GZ", "t.csv", "n.jsonl"):
        text = b'{"a": 1}\n{"a": 2}\n' if name.endswith("jsonl") else b"a\n1\n2\n"
        (tmp_path / name).write_bytes(gzip.compress(text))
        assert load(tmp_path / name).to_pydict() == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"PAR1....", "a Parquet file by its first bytes"),
        ("t.csv", b"PK\x03\x04....", "Excel workbook by its first bytes"),
        ("t.parquet", b"a,b\n1,2\n", "does not start as a .parquet file does"),
        ("t.xlsx", b"a,b\n1,2\n", "does not start as a .xlsx file does"),
        ("t.csv", b"a,b\n1,\xff\n", "--encoding cp1252"),
        ("t.zip", b"PK\x03\x04", "unpack it first"),
        ("t.feather", b"ARROW1", "save it as Parquet"),
        ("t.json", b"[1, 2]", "no JSON object with a key"),
        ("t.jsonl", b'{"a": 1}\nnonsense\n', "check its lines"),
    ],
)
def test_what_is_not_what_its_name_says_is_one_sentence(tmp_path, name, content, said) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LabError, match=said):
        load(tmp_path / name)


@pytest.mark.extra("spreadsheets")
def test_a_workbook_reads_as_the_same_cells_do_in_a_text_file(tmp_path) -> None:
    frame = pd.DataFrame(
        {
            "zip": ["02139", None, "10001"],
            "age": [31.0, None, 58.0],
            "pay": [1.5, 2.25, 1e-7],
            "born": pd.to_datetime(["1950-12-01", "1990-02-28", "2001-01-01"]),
            "yes": [True, False, True],
        }
    )
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert load(tmp_path / "t.xlsx") == load(tmp_path / "t.csv")
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        frame.to_excel(book, sheet_name="people", index=False)
        frame.to_excel(book, sheet_name="more", index=False)
    with pytest.raises(LabError, match="has 2 sheets: say which"):
        load(tmp_path / "two.xlsx")
    assert load(f"{tmp_path / 'two.xlsx'}::more").num_rows == 3


@pytest.mark.extra("spreadsheets")
def test_labels_and_missing_codes_of_spss_and_stata_are_honoured(tmp_path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"how": [1.0, 3.0, 9.0, 2.0], "age": [31.0, 999.0, 44.0, 58.0]})
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "t.sav"),
        variable_value_labels={"how": {1: "never", 2: "often", 3: "always"}},
        missing_ranges={"how": [9], "age": [999]},
        variable_measure={"how": "ordinal"},
    )
    source = read(tmp_path / "t.sav")
    assert load(source).to_pydict() == {"how": ["never", "always", None, "often"], "age": [31, None, 44, 58]}
    assert source.orders == {"how": ("never", "often", "always")}
    frame.to_stata(tmp_path / "t.dta", write_index=False, value_labels={"how": {1: "never", 2: "often"}})
    assert load(tmp_path / "t.dta")["how"].to_pylist() == ["never", "3", "9", "often"]


@pytest.mark.parametrize("mark", ["^", "~", "\x01", "§"])
def test_a_rare_delimiter_is_found_where_every_line_has_it(tmp_path, mark) -> None:
    path = tmp_path / "t.txt"
    path.write_text("\n".join(mark.join(row) for row in (["zip", "age"], ["02139", "31"], ["02140", "44"])))
    assert load(path).to_pydict() == {"zip": ["02139", "02140"], "age": [31, 44]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zip age sex\n02139 31 m\n02140 44 f\n", "3 words on every line and no delimiter"),
        ("# made by a program\nzip,age\n02139,31\n", "Line 1 of .* is a comment"),
    ],
)
def test_a_table_that_would_be_read_as_one_column_is_refused(tmp_path, text, said) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(LabError, match=said):
        read(tmp_path / "t.csv")


def test_sentences_of_one_column_are_read(tmp_path) -> None:
    (tmp_path / "t.csv").write_text("full name\nAnn Smith\nBob Jones\n")
    assert load(tmp_path / "t.csv").column_names == ["full name"]


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_a_file_called_tsv_without_tabs_is_refused(tmp_path, mark):
    path = tmp_path / "people.tsv"
    path.write_text(f"age{mark}zip\n31{mark}02139\n44{mark}02140\n")
    with pytest.raises(LabError, match="no tabs"):
        read(path)


@pytest.mark.parametrize("wrapped", [True, False])
def test_rows_of_json_that_list_their_cells_are_columns_by_place(tmp_path, wrapped):
    rows = [[31, "a7@mail.example"], [44, "b7@mail.example"]]
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"data": rows} if wrapped else rows))
    assert read(path).columns == ("0", "1")
