"""Defences of records take the types that real tables have, and say which column they cannot take."""

from __future__ import annotations

import datetime
import decimal

import pyarrow as pa
import pytest

import defenses
from defenses.records.microaggregation import Microaggregation
from defenses.records.mondrian import Mondrian
from exports.classes.classes import classes_of
from exports.release import Export
from exports.schema import Column, Role, Schema
from reidlab.releases.defend import defend_file

ROWS = range(24)
TYPES = {
    "date": [datetime.date(1980 + row % 6, 1, 1) for row in ROWS],
    "time": [datetime.datetime(2018, 1, 1 + row % 6, tzinfo=datetime.UTC) for row in ROWS],
    "boolean": [row % 3 == 0 for row in ROWS],
    "decimal": [decimal.Decimal(row % 6) / 4 for row in ROWS],
    "large": [2**62 + row % 6 for row in ROWS],
    "unsigned": pa.array([2**64 - 1 - row % 6 for row in ROWS], pa.uint64()),
    "nan": [float("nan") if row % 6 == 0 else float(row % 6) for row in ROWS],
    "category": pa.array(["abc"[row % 3] if row % 5 else None for row in ROWS]).dictionary_encode(),
    "constant": ["x" for _ in ROWS],
    "missing": pa.nulls(len(ROWS), pa.string()),
    "bytes": [bytes([row % 6]) for row in ROWS],
    'a "quoted" name, with dots.': [f"v{row % 6}" for row in ROWS],
}
RECORDS = {
    "gaussian-copula": {"seed": 1},
    "global-recoding": {"k": 2},
    "local-suppression": {"k": 2},
    "mondrian": {"k": 2},
    "optimal-k-anonymity": {"k": 2},
    "pram": {"seed": 1},
    "sequential-trees": {"seed": 1},
    "top-down": {"k": 2},
}


@pytest.mark.parametrize("role", [Role.QUASI_IDENTIFIER, Role.INSENSITIVE, None])
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", RECORDS)
def test_a_column_of_any_plain_type_can_leave_or_name_people(name: str, kind: str, role: Role | None) -> None:
    table = pa.table({"zip": [f"0213{row % 2}" for row in ROWS], kind: TYPES[kind]})
    columns = {"zip": Column(Role.QUASI_IDENTIFIER)}
    if role is not None:
        columns[kind] = Column(role)
    export = Export(table, Schema(columns, person=None if role else kind))
    if role is None and kind in {"constant", "missing"}:
        return
    release = defenses.find(name)(**RECORDS[name]).fit_transform(export)
    if "k" in release.guarantee.promises:
        known = release.schema.quasi_identifiers
        assert classes_of(release.rows, known, person=release.schema.person).k >= 2


def test_whole_numbers_beyond_the_floats_have_means_too() -> None:
    export = Export(pa.table({"id": [2**62, 2**62 + 2, 5, 7]}), Schema.of(quasi_identifier=["id"]))
    assert Microaggregation(k=2).transform(export).rows["id"].to_pylist() == [2.0**62, 2.0**62, 6.0, 6.0]


def test_nested_values_leave_as_their_text_and_a_structure_as_its_parts(tmp_path) -> None:
    import pyarrow.parquet as pq

    nested = pa.table({"zip": ["02139"] * 2, "visits": [[1, 2], None], "who": [{"age": 31}, {"age": 44}]})
    pq.write_table(nested, tmp_path / "people.parquet")
    (tmp_path / "schema.toml").write_text(
        '[columns.zip]\nrole = "quasi_identifier"\n[columns.visits]\nrole = "insensitive"\n'
        '[columns."who.age"]\nrole = "insensitive"\n'
    )
    out = tmp_path / "out.csv"
    defend_file(
        "global-recoding",
        str(tmp_path / "people.parquet"),
        out,
        schema=tmp_path / "schema.toml",
        keep_order=True,
    )
    assert out.read_text().splitlines()[1:] == ['"02139","[1,2]","31"', '"02139",,"44"']


def test_a_missing_value_is_no_word_of_a_dictionary() -> None:
    table = pa.table({"age": [30, 30, None, None, 41, 41]})
    released = Mondrian(k=2).transform(Export(table, Schema.of(quasi_identifier=["age"]))).rows["age"]
    assert released.to_pylist() == ["30", "30", None, None, "41", "41"]
    assert all(chunk.dictionary.null_count == 0 for chunk in released.chunks)
    assert released.to_pandas().isna().sum() == 2
