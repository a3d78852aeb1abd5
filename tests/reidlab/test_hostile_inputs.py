"""Hostile and damaged files end soon, in an answer or in one sentence, and no part of a value is told."""

# ruff: noqa: E501
from __future__ import annotations

import gzip
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reidlab.cli import main

CANARY = "Qanary-Smith-1950"
SCHEMA = "".join(f'[columns.{name}]\nrole = "{role}"\n' for name, role in (("zip", "quasi_identifier"), ("age", "quasi_identifier"), ("dx", "sensitive")))  # fmt: skip
ROWS = [f"{CANARY}{place},{place % 90},a{CANARY}" for place in range(300)]
CSV = "\n".join(["zip,age,dx", *ROWS]) + "\n"


def _duckdb(view: str) -> Callable[[], str]:
    def made() -> str:
        with duckdb.connect("x.duckdb") as con:
            con.execute(f"create table ok as select '{CANARY}' zip, 31 age, 'a' dx")
            con.execute(f"create macro pick() as table select '{CANARY}' zip, 1 age, 'a' dx")
            con.execute(f"create view t as {view}")
        return "x.duckdb::t"

    return made


def _sqlite() -> str:
    with closing(sqlite3.connect("x.sqlite")) as con:
        con.executescript(
            "create view t as with recursive r(n) as (select 1 union all select n + 1 from r) select n zip, 1 age, 'a' dx from r"
        )
    return "x.sqlite::t"


def _file(name: str, content: bytes | str) -> Callable[[], str]:
    def made() -> str:
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return made


def _damaged() -> bytes:
    packed = bytearray(gzip.compress(CSV.encode(), 1))
    middle = len(packed) // 2
    packed[middle : middle + 20] = bytes(255 - one for one in packed[middle : middle + 20])
    return bytes(packed)


def _parquet(name: str, table: Callable[[], pa.Table]) -> Callable[[], str]:
    def made() -> str:
        pq.write_table(table(), name)
        return name

    return made


def _pipe() -> str:
    os.mkfifo("p.csv")
    return "p.csv"


def _halves() -> pa.Table:
    return pa.table({"zip": ["1", "2"], "age": [1, 2], "dx": pa.array(np.array([1, 2], dtype=np.float16))})


HOSTILE: dict[str, Callable[[], str]] = {
    "a view that reads a file": _duckdb("select content zip, 1 age, 'a' dx from read_text('/etc/hostna*')"),
    "a view that never ends": _duckdb("select range::varchar zip, 1 age, 'a' dx from range(100000000000000)"),
    "a view of a macro": _duckdb("select * from pick()"),
    "a recursive view of SQLite": _sqlite,
    "a damaged gzip": _file("d.csv.gz", _damaged()),
    "a gzip that is cut": _file("d.csv.gz", gzip.compress(CSV.encode())[:-400]),
    "a damaged Parquet": _file("d.parquet", b"PAR1" + CSV.encode() + b"PAR1"),
    "a damaged database": _file("d.duckdb", os.urandom(8) + b"DUCK" + CSV.encode()),
    "a row that is too long": _file("r.csv", CSV + CANARY + ",1,2,3,4\n"),
    "a quote that is never closed": _file("r.csv", CSV + f'"{CANARY},1,2\n' + "x,1,b\n" * 9),
    "bytes that are no text": _file("r.csv", CSV.encode() + b"\xff\xfe" + CANARY.encode() + b",1,b\n"),
    "a broken line of JSON": _file("b.jsonl", json.dumps({"zip": CANARY, "age": 1, "dx": "a"}) + "\n{" + CANARY),
    "a deep cell": _file("b.jsonl", '{"zip": ' + "[" * 90_000 + "]" * 90_000 + ', "age": 1, "dx": "a"}\n'),
    "wide lines of JSON": _file("w.jsonl", "".join(json.dumps({"zip": n % 3, **{f"u{n}_{m}": 1 for m in range(20)}}) + "\n" for n in range(1000))),
    "objects under many keys": _file("w.jsonl", json.dumps({"seen": {f"u{n}": {"a": 1} for n in range(3000)}}) + "\n"),
    "a hundred thousand columns": _file("w.csv", ",".join(f"c{n}" for n in range(100_000)) + "\n"),
    "a wide Parquet": _parquet("w.parquet", lambda: pa.table({f"c{n}": [1] for n in range(6000)})),
    "half floats": _parquet("h.parquet", _halves),
    "a pipe": _pipe,
    "a password in an address": lambda: f"host=127.0.0.1 password={CANARY} dbname=x::t",
    "a password in a malformed address": lambda: f"postgresql://boss:{CANARY}@@h/x::t",
    "a list without a header": _file("l.csv", "\n".join([f"{CANARY}@mail.example"] * 3) + "\n"),
}  # fmt: skip

COMMANDS = {
    "assess": ["--schema", "s.toml"],
    "schema": [],
    "defend": ["--schema", "s.toml", "--out", "o.csv", "--set", "k=1"],
    "attack": ["--schema", "s.toml"],
}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_ends_soon_in_an_answer_or_one_sentence(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text(SCHEMA)
    place = HOSTILE[kind]()
    for command, options in COMMANDS.items():
        named = {"defend": ["optimal-k-anonymity"], "attack": ["uniqueness"]}.get(command, [])
        monkeypatch.setattr(sys, "argv", ["reidlab", command, *named, place, *options])
        started = time.monotonic()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        assert time.monotonic() - started < 10
        assert "fault of reidlab" not in printed.err, (command, printed.err)
        assert CANARY[:6] not in printed.out + printed.err, command
        assert ended.value.code in (None, 0, 2), (command, printed.err)
        if ended.value.code == 2:
            assert printed.err.startswith("reidlab: ")
            assert printed.err.count("\n") == 1
            assert not Path("o.csv").exists()


@pytest.mark.parametrize(
    "text", ["order=" + "[" * 5000 + "]" * 5000, "a = " + "{b=" * 3000 + "1" + "}" * 3000]
)
def test_a_deep_schema_ends_in_one_sentence(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text(text)
    Path("e.csv").write_text(CSV)
    monkeypatch.setattr(sys, "argv", ["reidlab", "assess", "e.csv", "--schema", "s.toml"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "too deep" in capfd.readouterr().err
