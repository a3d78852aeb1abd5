"""What the commands print on Spark is what they print on one machine."""

import json
import sys

import pytest

from reidlab.cli import main

pytestmark = pytest.mark.extra("spark")

ROWS = """zip,age,illness,mail
02139,30,flu,a@mail.example
02139,30,cold,b@mail.example
10001,,flu,c@mail.example
10001,41,,d@mail.example
"""


def printed(monkeypatch, capsys, *arguments) -> dict:
    monkeypatch.setattr(sys, "argv", ["reidlab", *map(str, arguments), "--json"])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capsys.readouterr()
    assert not stop.value.code, err
    return json.loads(out)["result"]


def test_an_export_is_assessed_on_spark_as_here(tmp_path, monkeypatch, capsys):
    path = tmp_path / "export.csv"
    path.write_text(ROWS)
    there, here = (
        printed(monkeypatch, capsys, "assess", path, "--full", "--engine", name)
        for name in ("spark", "duckdb")
    )
    assert there == here
    assert there["uniques"] == 2


@pytest.mark.slow
def test_a_case_is_replayed_on_spark_as_here(tmp_path, monkeypatch, capsys):
    asked = ["replay", "betterhelp", "--people", "2000", "--seed", "4"]
    there = printed(monkeypatch, capsys, *asked, "--engine", "spark")
    here = printed(monkeypatch, capsys, *asked, "--only", "match", "--out", tmp_path / "run")
    assert there["platforms"] == here["platforms"]
    assert there["calibrated"] == here["calibrated"]
