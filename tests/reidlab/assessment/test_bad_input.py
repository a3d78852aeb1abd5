"""Whatever file comes in: an assessment, or one sentence that shows no value of it, and exit code 2."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.errors import LabError
from exports.reading.read import read
from exports.schema import Schema
from reidlab.assessment.assess import assess
from reidlab.cli import main

SECRET = "SECRET-VALUE"


def outcome(monkeypatch, capsys, *arguments) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["reidlab", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (f"a,b\n1,{SECRET}\n1,{SECRET},3\n", "line 3"),
        (f"a,b\n1,{SECRET}\n{SECRET}\n", "line 3"),
        ("", "empty"),
        ("   \n", "empty"),
        ("a,b\n", "no rows"),
        (f"a,a\n1,{SECRET}\n", "2 columns of one name, the first in place 1"),
        (f'a,b\n1,"{SECRET}\n', "never closed"),
        (f"a,b\n1,{SECRET}\udcff\n", "not valid UTF-8"),
        (f"a,b\n1,{SECRET}{'x' * 5_000_000}\n", "longer than 2 MB"),
        ("x" * 17_000_000, "header"),
    ],
)
def test_a_bad_text_file_is_one_sentence(tmp_path, monkeypatch, capsys, body, word):
    path = tmp_path / "export.csv"
    path.write_bytes(body.encode(errors="surrogateescape"))
    code, out, err = outcome(monkeypatch, capsys, "assess", path, "--html", tmp_path / "page.html", "--json")
    assert (code, out) == (2, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1
    assert SECRET not in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["export.csv"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"), [("a,b\n1,", "\n2,y\n"), ('a,b\n1,"', '"\n2,y\n')], ids=["bare", "quoted"]
)
def test_a_cell_of_hundreds_of_megabytes_is_refused_within_little_memory(tmp_path, before, after):
    path = tmp_path / "export.csv"
    with path.open("w") as file:
        file.write(before + SECRET)
        for _ in range(300):
            file.write("x" * (1 << 20))
        file.write(after)
    watched = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.stderr)"
    )
    command = [sys.executable, "-c", watched, sys.executable, "-m", "reidlab", "assess", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    code, kibibytes, said = told.split(" ", 2)
    assert (code, said.count("\n")) == ("2", 2)
    assert "2 MB" in said
    assert SECRET not in said
    assert int(kibibytes) < 600_000


@pytest.mark.parametrize(
    "body",
    [
        "a,b\n1,2\n",
        "a;b\n1;2\n3;4\n",
        '\ufeff"a, ""x""","<script>"\n1,"2\n3"\n',
        '"; drop table x --",a.b\n1,2\n1,2\n',
        "when,n\n2020-01-02,NaN\n01/02/2020,inf\n2 Jan 2020,-1e999\n",
        "a,b\n,\n,\n",
        ",b\n0,x\n1,y\n",
        "a\tb\n1\t2\n",
        "a,b\r\n1,2\r\n",
        "Age,age\n1,2\n",
    ],
)
def test_an_odd_text_file_is_assessed(tmp_path, monkeypatch, capsys, body):
    path = tmp_path / "export.csv"
    path.write_text(body, newline="")
    code, out, _ = outcome(monkeypatch, capsys, "assess", path, "--full", "--json")
    assert code == 0
    found = json.loads(out)["result"]
    assert found["rows"] >= 1
    assert len(found["columns"]) == 2


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_table_of_very_many_columns_is_assessed(tmp_path, monkeypatch, capsys, count):
    path = tmp_path / "wide.csv"
    names = [f"column {i}" for i in range(count)]
    path.write_text("\n".join(",".join(row) for row in (names, ["1"] * count, ["2"] * count)) + "\n")
    code, out, err = outcome(monkeypatch, capsys, "assess", path, "--full", "--json")
    assert code == 0, err
    found = json.loads(out)["result"]
    assert len(found["columns"]) == count
    assert found["suda"]["smallest_sets"] == {"1": 2}
    assert "too many" in found["reasons"]["drops.coarsen"]


def test_a_folder_whose_parquet_files_disagree_is_refused(tmp_path, monkeypatch, capsys):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": [SECRET]}), tmp_path / "2.parquet")
    code, _, err = outcome(monkeypatch, capsys, "assess", tmp_path)
    assert code == 2
    assert "disagree" in err
    (tmp_path / "2.parquet").write_bytes((tmp_path / "1.parquet").read_bytes()[:-20])
    code, _, err = outcome(monkeypatch, capsys, "assess", tmp_path)
    assert code == 2
    assert "no readable Parquet file" in err


def test_a_schema_that_names_an_absent_column_is_refused(tmp_path, monkeypatch, capsys):
    (tmp_path / "export.csv").write_text("a\n1\n")
    (tmp_path / "schema.toml").write_text(
        '[columns.a]\nrole="insensitive"\n[columns.b]\nrole="insensitive"\n'
    )
    schema = tmp_path / "schema.toml"
    code, _, err = outcome(monkeypatch, capsys, "assess", tmp_path / "export.csv", "--schema", schema)
    assert code == 2
    assert "'b'" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["absent.csv"],
        ["absent.parquet"],
        ["export.xyz"],
        ["export.csv", "--memory", "100MB"],
        ["export.csv", "--memory", "much"],
        ["export.csv", "--encoding", "klingon"],
        ["export.csv", "--by", "nothing"],
        ["export.csv", "--population", "other.csv"],
        ["export.csv", "--reference", "other.csv", "--schema", "schema.toml"],
        ["export.csv", "--policy", "absent"],
        ["export.csv", "--beside", "absent.csv"],
        ["export.csv", "--dictionary", "other.csv"],
        ["export.csv", "--html", "absent/report.html"],
        ["list.json"],
        ["postgresql://user:hunter2@localhost:1/base::people"],
        ["export.csv", "--population", "postgresql://user:hunter2@localhost:1/base::people"],
    ],
)
def test_a_wrong_argument_is_one_sentence(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text("zip,illness\n1,flu\n2,cold\n1,flu\n")
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "export.xyz").write_text("zip\n1\n")
    (tmp_path / "other.csv").write_text("thing\n1\n")
    (tmp_path / "schema.toml").write_text(
        '[columns.zip]\nrole="quasi_identifier"\n[columns.illness]\nrole="sensitive"\n'
    )
    code, out, err = outcome(monkeypatch, capsys, "assess", *arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "fault of reidlab" not in err
    assert "hunter2" not in err


def test_other_encodings_are_read(tmp_path):
    text = "straße,größe\näöü,1\n€,2\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        source = read(path, encoding="cp1252" if encoding == "cp1252" else None)
        assert source.columns == ("straße", "größe")
        assert assess(source, Schema.of(quasi_identifier=["straße"], insensitive=["größe"])).classes == 2


def test_frames_with_mixed_types_are_refused_in_words_and_nested_columns_are_text():
    with pytest.raises(LabError, match="mixes types"):
        assess(pd.DataFrame({"a": [1, SECRET, object()]}))
    nested = pa.table({"a": [[1], [2]], "b": [1, 2]})
    assert assess(nested, Schema.of(quasi_identifier=["a"], insensitive=["b"])).classes == 2
    assert assess(nested).rows == 2


def test_numbers_that_are_none_count_as_missing():
    frame = pd.DataFrame({"pay": [np.nan, np.inf, -np.inf, np.nan], "zip": ["1", "1", "1", "1"]})
    found = assess(frame, Schema.of(quasi_identifier=["pay"], insensitive=["zip"]))
    assert (found.k, found.classes) == (1, 3)
    arrow = pa.table({"pay": [float("nan"), None], "zip": ["1", "1"]})
    assert assess(arrow, Schema.of(quasi_identifier=["pay"], insensitive=["zip"])).classes == 1


def test_json_lines_keep_keys_that_come_late_and_names_that_differ_in_case(tmp_path):
    path = tmp_path / "events.jsonl"
    lines = [{"Age": 1, "age": "x"}] * 1500 + [{"Age": 1, "late/ke~y": {"a": 1}}]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    source = read(path)
    assert source.columns == ("Age", "age", "late/ke~y.a")
    assert assess(source, Schema.of(quasi_identifier=source.columns)).classes == 2
    path.write_text('{"a": 1}\n{"a": ' + SECRET)
    with pytest.raises(LabError, match="not one JSON object per line") as caught:
        read(path)
    assert SECRET not in str(caught.value)


cell = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6) | st.sampled_from(
    ['"', ",", "\n", "\r", "\x00", "NaN", "inf", "1e999", "2020-01-01", "\ufeff", "'", ";"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cell, max_size=4), max_size=5), st.sampled_from(",;\t|"), st.booleans())
def test_any_generated_file_is_assessed_or_refused_in_one_sentence(tmp_path_factory, rows, delimiter, quote):
    path = tmp_path_factory.mktemp("fuzz") / "export.csv"
    marked = [[SECRET + text for text in row] if number else row for number, row in enumerate(rows)]
    if quote:
        marked = [['"' + text.replace('"', '""') + '"' for text in row] for row in marked]
    path.write_bytes("\n".join(delimiter.join(row) for row in marked).encode())
    try:
        found = json.dumps(assess(path).to_json(), allow_nan=False)
    except LabError as error:
        found = str(error)
        assert len(found.splitlines()) == 1 or any("\n" in text or "\r" in text for text in rows[0])
    assert SECRET not in found
