import datetime
import os
import signal
import sqlite3

import duckdb
import pyarrow as pa
import pytest

from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.reading.read import read

HOSTILE = 'visits "; drop table x --'
SECRET = "hunter2"


def rows(source) -> list[tuple]:
    with DuckDBEngine() as engine:
        table = engine.query(f"select * from {engine.scan(source)}")
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True), key=str)


def test_a_table_of_a_duckdb_file_is_read_in_place(tmp_path):
    path = tmp_path / "lab.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute('create schema s; create table s."a.b" as select 1 as "Age", 2 as "x ""y"""')
        connection.execute("create table plain as select 7 as n")
    source = read(f"{path}::s.a.b")
    assert source.columns == ("Age", 'x "y"')
    assert rows(source) == [(1, 2)]
    assert rows(read(f"{path}::plain")) == [(7,)]
    with pytest.raises(LabError, match="has no table"):
        read(f"{path}::absent")


@pytest.mark.extra("databases")
def test_a_sqlite_table_whose_column_changes_its_type_is_read_as_text(tmp_path):
    path = tmp_path / "odd #1?.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(f'create table "{HOSTILE.replace(chr(34), chr(34) * 2)}" (n, "select")')
    connection.executemany(
        f'insert into "{HOSTILE.replace(chr(34), chr(34) * 2)}" values (?, ?)',
        [(i, None) for i in range(3000)] + [("text", "x")],
    )
    connection.commit()
    connection.close()
    source = read(f"{path}::{HOSTILE}")
    assert source.columns == ("n", "select")
    assert ("text", "x") in rows(source)
    assert len(rows(source)) == 3001
    with pytest.raises(LabError, match="cannot be read"):
        read(f"{path}::absent")


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://user:{SECRET}@x@host.example/db::t",
        f"postgresql://user:{SECRET}/y@host.example/db::t",
        f"postgresql://user:{SECRET}%2@127.0.0.1:9/db::t",
        f"postgresql://user:{SECRET}@127.0.0.1:9/db::t",
        f"postgresql://user:{SECRET}@127.0.0.1:9/db",
        f"mysql://user:{SECRET}@127.0.0.1:9/db::t",
    ],
)
@pytest.mark.extra("databases")
def test_no_password_is_in_a_message_or_a_name(address):
    with pytest.raises(LabError) as caught:
        read(address)
    assert "hunter" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def filled(address: str, table: str, count: int) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(
            f'create table {table} as select i % 7 as age, (i % 3)::numeric(9,2) as "Pay ""x""", '
            f"case when i % 2 = 0 then 'a' end as zip, now()::date as seen from generate_series(1, {count}) i"
        )
        connection.commit()


@pytest.mark.extra("databases")
def test_a_postgresql_table_is_assessed_without_being_loaded(postgres):
    from exports.schema import Schema
    from reidlab.assessment.assess import assess

    address, _ = postgres
    filled(address, '"public"."Visits"', 4200)
    source = read(f"{address}::public.Visits")
    assert source.columns == ("age", 'Pay "x"', "zip", "seen")
    assert SECRET not in repr(source) + source.name
    schema = Schema.of(quasi_identifier=["age", "zip"], sensitive=['Pay "x"'], insensitive=["seen"])
    found = assess(source, schema)
    assert (found.rows, found.classes, found.k) == (4200, 14, 300)
    assert found.t_ordered == {'Pay "x"': pytest.approx(0.0)}
    with pytest.raises(LabError, match="cannot be read"):
        read(f"{address}::absent")


@pytest.mark.extra("databases")
def test_native_types_of_postgresql_read_as_the_same_values_do_in_a_file(postgres):
    from adbc_driver_postgresql import dbapi

    from exports.reading.loading import load

    address, _ = postgres
    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("create type answer as enum ('never', 'often', 'always')")
        cursor.execute(
            "create table native as select ('240.0.0.'||i)::inet as ip, '240.0.0.0/24'::cidr as net, "
            "sha256(('p'||i)::bytea) as digest, (i * 1.5)::float8 as half, (i + 1)::float8 as whole, "
            "(i * 1000 + 0.5)::numeric::money as pay, array['a@mail.example', 'b'] as mails, "
            "'{\"a\": [1, 2]}'::jsonb as js, interval '14 months 3 days 04:00:00' as span, "
            "('00000000-0000-0000-0000-00000000000'||i)::uuid as id, int4range(1, i + 2) as range, "
            "(case i % 2 when 0 then 'often' else 'never' end)::answer as how, i % 2 = 0 as yes, "
            "date '1990-01-01' + i as born, timestamptz '2020-01-01 12:00:00+02' as at, "
            "296.20::numeric(9,2) as icd, "
            "macaddr '08:00:2b:01:02:03' as mac, case when i = 1 then '' else 'x' end as empty "
            "from generate_series(1, 3) i"
        )
        connection.commit()
    source = read(f"{address}::native")
    assert source.orders == {"how": ("never", "often", "always")}
    first = load(source).to_pylist()[0]
    assert len(first.pop("digest")) == 64
    assert first == {
        "ip": "240.0.0.1",
        "net": "240.0.0.0/24",
        "half": 1.5,
        "whole": 2,
        "pay": "1000.50",
        "mails": '["a@mail.example","b"]',
        "js": '{"a":[1,2]}',
        "span": "1 year 2 months 3 days 04:00:00",
        "id": "00000000-0000-0000-0000-000000000001",
        "range": "[1,3)",
        "how": "never",
        "yes": False,
        "born": datetime.date(1990, 1, 2),
        "at": "2020-01-01 10:00:00+00:00",
        "icd": "296.20",
        "mac": "08:00:2b:01:02:03",
        "empty": None,
    }


@pytest.mark.extra("databases")
def test_a_database_that_goes_away_midway_is_one_sentence(postgres):
    address, home = postgres
    filled(address, "large", 2_000_000)
    source = read(f"{address}::large")

    def gone() -> None:
        with source.origin.open() as reader, DuckDBEngine() as engine:
            reader.read_next_batch()
            os.kill(int((home / "data" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
            engine.register("people", reader)

    with pytest.raises(LabError) as caught:
        gone()
    assert SECRET not in str(caught.value)


def test_an_arrow_table_is_no_database():
    assert read(pa.table({"a": [1]})).name == "table in memory"


@pytest.mark.extra("databases")
def test_bytes_and_floats_of_sqlite_read_as_the_same_values_do_in_a_file(tmp_path):
    from exports.reading.loading import load

    path = tmp_path / "t.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("create table t (digest blob, half real, whole real, mixed)")
    cells = [
        (b"\xff\x00", 0.1 + 0.2, 3.0, 7),
        (b"\x01", 1017.37, 12025550100.0, "x"),
        (None, 1e-7, -0.0, 2.5),
    ]
    connection.executemany("insert into t values (?, ?, ?, ?)", cells)
    connection.commit()
    connection.close()
    assert load(f"{path}::t").to_pydict() == {
        "digest": ["ff00", "01", None],
        "half": [0.30000000000000004, 1017.37, 1e-07],
        "whole": [3, 12025550100, 0],
        "mixed": ["7", "x", "2.5"],
    }


def test_structures_and_enumerations_of_duckdb_are_flattened_and_ordered(tmp_path):
    from exports.reading.loading import load

    path = tmp_path / "t.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            "create table t as select {'mail': 'a@mail.example', 'home': {'zip': '02139'}} as who, "
            "[1, 2] as list, "
            "'often'::enum('never', 'often') as how, uuid '00000000-0000-0000-0000-000000000001' as id, "
            "'\\xFF'::blob as key, 0.1::float as short, interval 1 day as span, time '10:00' as at"
        )
    source = read(f"{path}::t")
    assert source.orders == {"how": ("never", "often")}
    assert load(source).to_pylist() == [
        {
            "who.mail": "a@mail.example",
            "who.home.zip": "02139",
            "list": "[1,2]",
            "how": "often",
            "id": "00000000-0000-0000-0000-000000000001",
            "key": "ff",
            "short": 0.1,
            "span": "1 day",
            "at": "10:00:00",
        }
    ]
