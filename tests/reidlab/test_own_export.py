import json

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from exports.randomness import Stream
from reidlab.cli import app
from reidlab.own_export import numbers_of

SCHEMA = """
[columns.zip]
role = "quasi_identifier"
prefix = true
[columns.sex]
role = "quasi_identifier"
[columns.illness]
role = "sensitive"
"""


@pytest.fixture
def export(tmp_path):
    draw = Stream(3, "test", "own export")
    zips, sexes, ill = (
        draw.at(name=name).integers(800, high) for name, high in (("z", 90), ("s", 2), ("i", 3))
    )
    rows = [f"0{2100 + z},{'fm'[s]},{'abc'[i]}" for z, s, i in zip(zips, sexes, ill, strict=True)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(["zip,sex,illness", *rows]) + "\n")
    (tmp_path / "schema.toml").write_text(SCHEMA)
    return path


def test_the_report_holds_attacks_on_the_export_and_on_its_defences(export, tmp_path):
    page = tmp_path / "report.html"
    options = ["--schema", str(tmp_path / "schema.toml"), "--defend", "k=5", "--html", str(page), "--json"]
    run = CliRunner().invoke(app, ["assess", str(export), "--with-attacks", *options])
    assert run.exit_code == 0, run.output
    rows = json.loads(run.stdout)["result"]["frontier"]
    assert {row["defence"] for row in rows} == {"as it is", "optimal-k-anonymity(k=5, suppression=0.05)"}
    assert all(row["advantage"] is not None or row["why not"] for row in rows)
    assert "Frontier" in page.read_text()


def test_attacks_without_a_schema_and_wrong_numbers_are_one_sentence(export):
    run = CliRunner().invoke(app, ["assess", str(export), "--with-attacks"])
    assert isinstance(run.exception, LabError)
    with pytest.raises(LabError, match="--dp"):
        numbers_of("0", "--dp")
    with pytest.raises(LabError, match="'k=x'"):
        numbers_of("k=x", "--defend")
