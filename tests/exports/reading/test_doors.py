"""One table is the same whatever door it comes through: columns, classes, release and attack."""

from __future__ import annotations

import csv
import datetime
import json
import sqlite3
import uuid
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from exports.columns.proposal import propose
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.reading.loading import load, load_export
from exports.reading.read import read
from exports.schema import Column, Role, Schema
from reidlab.assessment.assess import assess
from reidlab.releases.attack import attack_file
from reidlab.releases.defend import defend_file

pl = pytest.importorskip("polars")

few = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

ROW = st.tuples(
    st.sampled_from(["02139", "02140", "10115"]),
    st.one_of(st.none(), st.integers(0, 4)),
    st.sampled_from([296.2, 311.0, 0.1, -0.5]),
    st.sampled_from([Decimal("9.50"), Decimal("10.25"), Decimal("9.55")]),
    st.sampled_from([b"\xff\x00", b"\x80\x81", b"\x01\x02"]),
    st.sampled_from([uuid.UUID(int=7), uuid.UUID(int=2**120)]),
    st.sampled_from([datetime.date(1950, 12, 1), datetime.date(1989, 7, 27), datetime.date(1989, 8, 2)]),
    st.booleans(),
    st.sampled_from(["flu", "cold", "a, b", 'say "x"', None]),
)
TABLE = st.lists(ROW, min_size=8, max_size=24)
NAMES = ("zip", "age", "icd", "price", "key", "id", "born", "smoker", "ill")
KNOWN = ("zip", "age", "icd", "price", "key", "id", "born", "smoker")
SCHEMA = Schema(
    {
        **{name: Column(Role.QUASI_IDENTIFIER) for name in KNOWN},
        "ill": Column(Role.SENSITIVE),
    }
)


def spelt(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return repr(value + 0.0).removesuffix(".0")
    return str(value)


def arrow(rows: list) -> pa.Table:
    kinds = [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.decimal128(9, 2),
        pa.binary(),
        pa.uuid(),
        pa.date32(),
        pa.bool_(),
        pa.string(),
    ]
    columns = []
    for place, kind in enumerate(kinds):
        cells = [row[place] for row in rows]
        if kind == pa.uuid():
            cells = [cell.bytes for cell in cells]
            columns.append(pa.array(cells, pa.binary(16)).cast(pa.uuid()))
        else:
            columns.append(pa.array(cells, kind))
    return pa.table(columns, names=list(NAMES))


def as_csv(rows: list, path: Path, delimiter: str) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([NAMES, *([spelt(cell) for cell in row] for row in rows)])
    return str(path)


def frame(rows: list) -> pd.DataFrame:
    """A frame as pandas makes it of such rows: an integer column with a gap is one of floats."""
    found = pd.DataFrame({name: [row[at] for row in rows] for at, name in enumerate(NAMES)})
    found["age"] = found["age"].astype(float)
    found["born"] = pd.to_datetime(found["born"])
    found["id"] = [str(row[5]) for row in rows]
    return found


def as_pandas_csv(rows: list, path: Path) -> str:
    found = frame(rows)
    found["key"] = [row[4].hex() for row in rows]
    found.to_csv(path, index=False)
    return str(path)


def as_json_lines(rows: list, path: Path) -> str:
    def cell(value: object) -> object:
        return value if value is None or isinstance(value, bool | int | float) else spelt(value)

    lines = [json.dumps({name: cell(row[at]) for at, name in enumerate(NAMES)}) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def as_sqlite(rows: list, path: Path) -> str:
    connection = sqlite3.connect(path)
    connection.execute(f"create table t ({', '.join(NAMES)})")
    cells = [
        [
            cell if cell is None or isinstance(cell, bytes | float) or type(cell) is int else spelt(cell)
            for cell in row
        ]
        for row in rows
    ]
    connection.executemany(f"insert into t values ({', '.join('?' * len(NAMES))})", cells)
    connection.commit()
    connection.close()
    return f"{path}::t"


def as_duckdb(rows: list, path: Path) -> str:
    plain = arrow(rows)
    ids = pa.array([str(row[5]) for row in rows])
    plain = plain.set_column(5, "id", ids)
    with duckdb.connect(path) as connection:
        connection.register("rows_", plain)
        connection.execute("create table t as select * replace (id::uuid as id) from rows_")
    return f"{path}::t"


def as_postgresql(rows: list, address: str) -> str:
    from adbc_driver_postgresql import dbapi

    kinds = ["text", "int", "float8", "numeric(9,2)", "bytea", "uuid", "date", "boolean", "text"]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(NAMES, kinds, strict=True))

    def literal(cell: object) -> str:
        if cell is None:
            return "null"
        if isinstance(cell, bytes):
            return f"'\\x{cell.hex()}'"
        return "'" + str(cell).replace("'", "''") + "'"

    values = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("drop table if exists doors")
        cursor.execute(f"create table doors ({columns})")
        cursor.execute(f"insert into doors values {values}")
        connection.commit()
    return f"{address}::doors"


def doors(rows: list, folder: Path) -> dict[str, object]:
    pq.write_table(arrow(rows), folder / "t.parquet")
    return {
        "csv": as_csv(rows, folder / "t.csv", ","),
        "tsv": as_csv(rows, folder / "t.tsv", "\t"),
        "pandas csv": as_pandas_csv(rows, folder / "p.csv"),
        "parquet": str(folder / "t.parquet"),
        "arrow": arrow(rows),
        "json lines": as_json_lines(rows, folder / "t.jsonl"),
        "sqlite": as_sqlite(rows, folder / "t.sqlite"),
        "duckdb": as_duckdb(rows, folder / "t.duckdb"),
        "pandas": frame(rows),
        "polars": pl.DataFrame(arrow(rows).set_column(5, "id", pa.array([str(row[5]) for row in rows]))),
    }


def measured(data: object, schema: Schema = SCHEMA) -> dict:
    found = assess(data, schema)
    return {
        "columns": list(found.columns),
        "rows": found.rows,
        "k": found.k,
        "classes": found.classes,
        "l": dict(found.l_distinct),
        "t": {name: pytest.approx(value) for name, value in found.t_equal.items()},
        "t_ordered": found.t_ordered,
    }


def cells(table: pa.Table) -> dict[str, list]:
    return {name: [spelt(cell) for cell in table[name].to_pylist()] for name in table.column_names}


@pytest.fixture(scope="module")
def server(request) -> str | None:
    """The address of a PostgreSQL, None where none is installed."""
    try:
        return request.getfixturevalue("postgres")[0]
    except pytest.skip.Exception:
        return None


def figures(data, schema):
    """Return the counts of an attack, or why it could not be tried."""
    try:
        done = attack_file("singling-out", data, schema=schema, settings=["attempts=40"], seed=3)
    except LabError as error:
        return str(error).partition("could not be attacked")[2]
    return done.attack.count, done.attack.of, done.baseline.count


@pytest.mark.extra("databases")
@few
@given(rows=TABLE)
def test_a_table_is_read_alike_through_every_door(rows: list, tmp_path_factory, server) -> None:
    several = doors(rows, tmp_path_factory.mktemp("doors"))
    if server is not None:
        several["postgresql"] = as_postgresql(rows, server)
    wanted_table, wanted = load(several["arrow"]), measured(several["arrow"])
    for name, data in several.items():
        table = load(data)
        assert (name, table.column_names) == (name, list(NAMES))
        assert (name, table.schema.types) == (name, wanted_table.schema.types)
        assert (name, cells(table)) == (name, cells(wanted_table))
        assert (name, measured(data)) == (name, wanted)


@pytest.mark.extra("databases")
@few
@given(rows=TABLE)
def test_a_release_and_an_attack_are_alike_through_every_door(rows: list, tmp_path_factory, server) -> None:
    folder = tmp_path_factory.mktemp("doors")
    several = {name: data for name, data in doors(rows, folder).items() if isinstance(data, str)}
    if server is not None:
        several["postgresql"] = as_postgresql(rows, server)
    (folder / "s.toml").write_text(SCHEMA.to_toml())
    found = {}
    for place, (name, data) in enumerate(several.items()):
        out = folder / f"{place}.csv"
        defend_file("mondrian", data, out, schema=folder / "s.toml", settings=["k=3"], keep_order=True)
        found[name] = (cells(load(out)), figures(data, folder / "s.toml"))
    for name, one in found.items():
        assert (name, one) == (name, found["csv"])


@pytest.mark.extra("databases")
def test_roles_and_kinds_are_alike_through_every_door(tmp_path) -> None:
    rows = [
        (
            f"0{2100 + i % 7}",
            i % 50 if i % 9 else None,
            1000 + i * 17.37,
            Decimal(f"{i}.50"),
            bytes([i % 250, 200]),
            uuid.UUID(int=2**100 + i),
            datetime.date(1950, 1, 1) + datetime.timedelta(i * 97),
            i % 2 == 0,
            "ab"[i % 2],
        )
        for i in range(60)
    ]
    found = {}
    for name, data in doors(rows, tmp_path).items():
        with DuckDBEngine() as engine:
            found[name] = {
                one: (str(guess.role), guess.kind) for one, guess in propose(read(data), engine).items()
            }
    for name, one in found.items():
        assert (name, one) == (name, found["csv"])


SPELLINGS = """296.20 296.2 007 7 1E3 1000 +1 1 7,5 9.50 9.5 1.0 0.0 -0 NA True true 2020-10 2020-02-30
1950-12-01 01.12.1950 12e5 x 10 1.10 2.50"""
TEXT = st.sampled_from([" 7", "", *SPELLINGS.split()])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXT, min_size=2, max_size=8))
def test_what_is_read_is_written_as_it_was_and_reads_the_same_again(texts: list, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("texts")
    path, out = folder / "t.csv", folder / "o.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["zip", "x"], *(["1", text] for text in texts)])
    schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER), "x": Column(Role.INSENSITIVE)})
    (folder / "s.toml").write_text(schema.to_toml())
    defend_file("mondrian", str(path), out, schema=folder / "s.toml", settings=["k=2"], keep_order=True)
    with out.open(newline="") as file:
        assert [row["x"] for row in csv.DictReader(file)] == texts
    assert load(out)["x"] == load(path)["x"]
    known = Schema({"zip": Column(Role.SENSITIVE), "x": Column(Role.QUASI_IDENTIFIER)})
    export, _ = load_export(path, known)
    assert assess(path, known).classes == len(labels_and_codes(export.table["x"])[0])


def test_keys_of_objects_within_objects_are_columns_in_their_order(tmp_path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"user": {"zip": "02139", "a/b": {"age": 31}}, "sex": "m", "tags": ["x", 1]}\n'
        '{"sex": "f", "plan": null}\n'
    )
    table = load(path)
    assert table.column_names == ["user.zip", "user.a/b.age", "sex", "tags", "plan"]
    assert table.to_pylist()[0] == {
        "user.zip": "02139", "user.a/b.age": 31, "sex": "m", "tags": '["x",1]', "plan": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "whole",
    [
        {"data": [{"zip": "02139", "age": 31}, {"zip": "02140", "age": 44}]},
        [{"zip": "02139", "age": 31}, {"zip": "02140", "age": 44}],
        {"columns": ["zip", "age"], "index": [0, 1], "data": [["02139", 31], ["02140", 44]]},
        {"zip": {"0": "02139", "1": "02140"}, "age": {"0": 31, "1": 44}},
        {"zip": ["02139", "02140"], "age": [31, 44]},
    ],
)
def test_a_json_table_is_the_table_in_whatever_form(tmp_path, whole) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(whole, indent=1))
    assert load(path).to_pydict() == {"zip": ["02139", "02140"], "age": [31, 44]}
