"""A missing value has many spellings: they are reported, and once declared are missing everywhere."""

from __future__ import annotations

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from exports.domain import Domain
from exports.reading.loading import load, load_export, loaded
from exports.schema import Column, Role, Schema
from reidlab.assessment.assess import assess
from reidlab.cli import app

SPELT = [
    "NA",
    "N/A",
    "NULL",
    "null",
    "nan",
    "NaN",
    "None",
    "\\N",
    ".",
    "-",
    "#N/A",
    "(null)",
    "<NA>",
    "?",
    "*",
]


def people(folder, spelling: str) -> str:
    path = folder / "people.csv"
    path.write_text(f"age,zip\n9,02139\n10,02139\n100,02139\n{spelling},02139\n11,02139\n12,02139\n")
    return str(path)


@pytest.mark.parametrize("spelling", SPELT)
def test_a_spelling_is_asked_about_and_once_declared_is_missing(tmp_path, spelling) -> None:
    path = people(tmp_path, spelling)
    reading = loaded(path).readings["age"]
    assert (reading.type, dict(reading.suspected), reading.missing) == ("text", {spelling: 1}, 0)
    told = CliRunner().invoke(app, ["schema", path]).stdout
    assert f"1 cell holds {spelling}: is it missing?" in told
    declared = loaded(path, Schema(missing=(spelling,)))
    reading = declared.readings["age"]
    assert (reading.type, dict(reading.spellings), reading.missing) == ("whole numbers", {spelling: 1}, 1)
    assert declared.table["age"].to_pylist() == [9, 10, 100, None, 11, 12]


@pytest.mark.parametrize("spelling", ["NA", "999", " "])
def test_a_declared_spelling_is_as_an_empty_cell_in_every_measure(tmp_path, spelling) -> None:
    (tmp_path / "empty").mkdir()
    columns = {
        "age": Column(Role.QUASI_IDENTIFIER, nulls="wildcard"),
        "zip": Column(Role.QUASI_IDENTIFIER),
    }
    empty = assess(people(tmp_path / "empty", ""), Schema(columns))
    found = assess(people(tmp_path, spelling), Schema(columns), missing=[spelling])
    assert (found.k, found.uniques) == (empty.k, empty.uniques) == (2, 0)
    plain = assess(people(tmp_path, spelling), Schema(columns))
    assert plain.k == 1
    assert "missing" in plain.notes["columns.age"] or spelling == "999"
    of_column = Schema(
        {**columns, "age": Column(Role.QUASI_IDENTIFIER, nulls="wildcard", missing=(spelling,))}
    )
    assert assess(people(tmp_path, spelling), of_column).k == 2


def test_a_domain_counts_what_is_declared_missing_as_missing(tmp_path) -> None:
    schema = Schema(
        {
            "age": Column(Role.QUASI_IDENTIFIER, domain=("9", "10", "11", "12", "100", "")),
            "zip": Column(Role.INSENSITIVE),
        },
        missing=("NA",),
    )
    export, _ = load_export(people(tmp_path, "NA"), schema)
    assert Domain.of(schema, ["age"]).encode(export.table)[0].tolist() == [0, 1, 4, 5, 2, 3]


def test_a_schema_says_what_is_missing_how_dates_are_written_and_what_belongs_together(tmp_path) -> None:
    path = tmp_path / "schema.toml"
    path.write_text(
        'missing = ["NA", 999]\n[columns.age]\nrole = "quasi_identifier"\nmissing = ["."]\n'
        '[columns.born]\nrole = "quasi_identifier"\nformat = "%d.%m.%Y"\n'
        '[columns.town]\nrole = "quasi_identifier"\ngroups = { north = ["a", "b"], south = ["c"] }\n'
    )
    schema = Schema.load(path)
    assert schema.missing_in("age") == ("NA", "999", ".")
    path.write_text(schema.to_toml())
    again = Schema.load(path)
    assert again == schema
    assert again.columns["town"].groups == {"north": ("a", "b"), "south": ("c",)}


def test_a_decimal_comma_is_read_where_it_is_declared(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("pay;zip\n100,0;1\n7,5;2\n9,25;3\n")
    assert "decimal comma" in loaded(path).readings["pay"].evidence
    columns = {"pay": Column(Role.QUASI_IDENTIFIER, format=","), "zip": Column(Role.INSENSITIVE)}
    assert load(path, schema=Schema(columns))["pay"].to_pylist() == [100.0, 7.5, 9.25]
    assert load(path)["pay"].type == pa.string()
