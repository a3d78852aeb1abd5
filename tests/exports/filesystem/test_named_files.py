"""Whatever a file is called, it is read and no other is; what is no file is refused."""
# ruff: noqa: ARG001, E501, PTH100, PTH102, PTH107, PTH123, PTH211

from __future__ import annotations

import os
import shutil
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports import read
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy
from exports.reading.distinct_rows import first_rows
from exports.reading.loading import load
from exports.schema import Schema
from reidlab.assessment.assess import assess

NAMES = [
    "data[1]", "a*", "b?", "**", "[!a]", "[^a]", "[a-z]", "]x[", "[[]", "[]]", "a[b[c]]", "{x,y}", "~home",
    "file:x", "s3:b", "http:x", "md:x", ":memory:", "it's", 'q"', "new\nline", "tab\tx", "-dash", "--schema", "$HOME",
    "%41", "back\\slash", "a\\*b", "\\[x]", "c:\\d", " lead", "trail ", "e\u0301", "\u00e9", "x#y", "x;y", "a::b", "...", "x|y", "`id`",
]  # fmt: skip
DECOYS = [
    "data1",
    "aXX",
    "bZ",
    "x",
    "y",
    "b",
    "c",
    "a",
    "q",
    "aXb",
    "backslash",
    "a*b",
    "[x]",
    "home",
    "A",
    "e",
    "é",
]
SUFFIXES = [".csv", ".csv.gz", ".tsv", ".jsonl", ".parquet", ".duckdb::t"]
ROWS = {"zip": ["02139", "10001"], "age": ["31", "44"]}


def _written(path: str, rows: dict[str, list[str]]) -> str:
    """Write rows at a place in the format of its ending; return what names them."""
    if path.endswith(".parquet"):
        pq.write_table(pa.table(rows), os.path.abspath(path))
    elif path.endswith("::t"):
        with duckdb.connect("made.duckdb") as con:
            con.register("r", pa.table(rows))
            con.execute("create or replace table t as select * from r")
        shutil.move("made.duckdb", path.removesuffix("::t"))
    elif path.endswith(".jsonl"):
        lines = [f'{{"zip": "{zip_}", "age": "{age}"}}\n' for zip_, age in zip(*rows.values(), strict=True)]
        with open(path, "w") as file:
            file.writelines(lines)
    else:
        import gzip

        with (gzip.open if path.endswith(".gz") else open)(path, "wt") as file:
            cells = [("zip", "age"), *zip(*rows.values(), strict=True)]
            file.writelines(("\t" if path.endswith(".tsv") else ",").join(row) + "\n" for row in cells)
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(place: str) -> list[dict[str, list[str]]]:
    """Return what each way of reading a table finds at a place."""
    with DuckDBEngine() as engine:
        first = first_rows(read(place), 9, engine)
        scanned = engine.query(f"select * from {engine.scan(read(place))}")
    loaded = load(place, text=["zip", "age"])
    tables = [first, scanned.rename_columns(first.column_names), loaded]
    return [{name: sorted(map(str, one[name].to_pylist())) for name in ROWS} for one in tables]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_named_is_read_beside_decoys_that_its_name_would_match(folder, suffix):
    for decoy in DECOYS:
        _written(f"{decoy}{suffix}", {"zip": ["9"], "age": ["9"]})
    for name in NAMES if suffix == ".csv" else NAMES[::6]:
        if f"{name}{suffix}" in {f"{decoy}{suffix}" for decoy in DECOYS}:
            continue
        place = _written(f"{name}{suffix}", ROWS)
        try:
            found = _found(place)
        except LabError as refused:
            assert "\\" in name, (place, refused)  # noqa: PT017 - one name of many
            found = []
        finally:
            os.remove(place.removesuffix("::t"))
        assert all(one == ROWS for one in found), repr(place)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.text("[]*?{}^!-\\'\"~: ab1é\n", min_size=1, max_size=8))
def test_a_generated_name_is_read_or_refused(folder, name):
    for decoy in ("a", "b", "1", "ab", "a1"):
        _written(f"{decoy}.csv", {"zip": ["9"], "age": ["9"]})
    place = _written(f"{name}.csv", ROWS)
    try:
        found = load(place, text=["zip", "age"]).to_pydict()
    except LabError:
        assert "\\" in name
    else:
        assert found == ROWS
    finally:
        os.remove(place)


@pytest.mark.parametrize("option", ["population", "reference"])
def test_every_other_table_of_an_assessment_is_the_one_named(folder, option):
    schema = Schema.of(quasi_identifier=["zip"], sensitive=["age"])
    own = _written("e.csv", {"zip": ["1", "1", "2", "2"], "age": ["3", "4", "3", "3"]})
    found = []
    for name, ages in {"plain.csv": "3434", "pop[1].csv": "3434", "pop1.csv": "3" * 50}.items():
        _written(name, {"zip": [str(1 + at % 2) for at in range(len(ages))], "age": list(ages)})
    for name in ("plain.csv", "pop[1].csv"):
        told = str(assess(own, schema, **{option: name}).to_json())
        found.append(told.replace("plain.csv", "it").replace("pop[1].csv", "it"))
    assert found[0] == found[1]


def test_a_folder_with_a_pattern_in_its_name_holds_its_own_files(folder):
    for place in ("run[1]", "run1"):
        os.mkdir(place)
    _written("run[1]/a.parquet", ROWS)
    _written("run1/a.parquet", {"zip": ["9"], "age": ["9"]})
    assert all(one == ROWS for one in _found("run[1]"))
    assert all(one == ROWS for one in _found("run[1]/a.parquet"))


def test_a_link_is_followed_to_the_file_it_names(folder):
    _written("real[2].csv", ROWS)
    _written("real2.csv", {"zip": ["9"], "age": ["9"]})
    os.symlink("real[2].csv", "link.csv")
    assert all(one == ROWS for one in _found("link.csv"))


DOORS = {
    "table": load,
    "schema": Schema.load,
    "hierarchy": Hierarchy.from_csv,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "folder", "missing", "surrogate", "long", "loop"])
def test_what_is_no_regular_file_is_refused_at_once(folder, door, kind):
    place = "x.csv"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "/dev/zero":
        os.symlink("/dev/zero", place)
    elif kind == "folder":
        os.mkdir(place)
    elif kind == "surrogate":
        place = os.fsdecode(b"\xff.csv")
        shutil.copy(__file__, place)
    elif kind == "long":
        place = "a" * 300 + ".csv"
    elif kind == "loop":
        os.symlink(place, place)
    started = time.monotonic()
    with pytest.raises(LabError) as caught:
        DOORS[door](place)
    assert str(caught.value).encode()
    assert time.monotonic() - started < 5


def test_deep_toml_is_refused_in_a_sentence(folder):
    with open("s.toml", "w") as file:
        file.write("order=" + "[" * 5000 + "]" * 5000)
    with pytest.raises(LabError, match="too deep"):
        Schema.load("s.toml")
