import json

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from exports.randomness import Stream
from reidlab.assessment.with_attacks import experiment, frontier, numbers_of
from reidlab.cli import app

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
    assert {row["defence"] for row in rows} == {
        "as it is",
        "mondrian(k=5)",
        "optimal-k-anonymity(k=5, suppression=0.05)",
    }
    assert all(row["advantage"] is not None or row["why not"] for row in rows)
    told = page.read_text()
    assert "Attacks after each defence" in told
    assert "The strongest attack after each defence" in told
    assert told.count("<figure><img") == len({row["attack"] for row in rows if row["advantage"] is not None})
    strongest = json.loads(run.stdout)["result"]["strongest_attack"]
    assert {one["defence"] for one in strongest} == {row["defence"] for row in rows}
    assert all("singling-out" in one["among"] and "widened" in one["chosen by"] for one in strongest)


def test_attacks_without_a_schema_and_wrong_numbers_are_one_sentence(export):
    run = CliRunner().invoke(app, ["assess", str(export), "--with-attacks"])
    assert isinstance(run.exception, LabError)
    with pytest.raises(LabError, match="--dp"):
        numbers_of("0", "--dp")
    with pytest.raises(LabError, match="'k=x'"):
        numbers_of("k=x", "--defend")


def test_a_list_of_tokens_is_attacked_as_a_list(tmp_path):
    from hashlib import sha256

    names = [f"{first}.{last}@gmail.example" for first in ("mary", "john") for last in ("smith", "jones")]
    listed = names + [f"{i}x{i}@nowhere.example" for i in range(60)]
    path, roles = tmp_path / "list.csv", tmp_path / "list.toml"
    path.write_text("em\n" + "\n".join(sha256(name.encode()).hexdigest() for name in listed) + "\n")
    roles.write_text('[columns.em]\nrole = "token"\n')
    found = frontier(experiment(path, roles, ks=[5], epsilons=[]))
    by_defence = {row["defence"]: row for row in found.rows}
    assert set(by_defence) == {"the list, hashed", "the list under a secret key", "do-not-send"}
    assert by_defence["the list, hashed"]["attack"] == "hash-reversal"
    assert by_defence["the list under a secret key"]["advantage"] in {0.0, None}


def test_an_experiment_takes_a_real_export_named_beside_its_toml(export, tmp_path):
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\nquestion = "?"\nseeds = [1]\nutilities = ["kept-rows"]\n'
        '[material]\nkind = "file"\nfile = "export.csv"\nschema = "schema.toml"\n'
        '[[defenses]]\nname = "mondrian"\ngrid = { k = [5] }\n[[attacks]]\nname = "linkability"\n'
    )
    options = ["--out", str(tmp_path / "out"), "--workers", "1", "--json"]
    run = CliRunner().invoke(app, ["benchmark", str(tmp_path / "mine.toml"), *options])
    assert run.exit_code == 0, run.output
    result = json.loads(run.stdout)["result"]
    assert {cell["status"] for cell in result["cells"]} == {"done"}
    assert result["tables"]["mine"]["rows"] == 2
    assert len(result["tables"]["mine"]["sha256"]) == 64
    assert list((tmp_path / "out/mine").glob("*.svg"))
    export.write_text(export.read_text().replace("f,a", "f,b"))
    again = CliRunner().invoke(app, ["benchmark", str(tmp_path / "mine.toml"), *options])
    assert again.exit_code == 0, again.output
    assert len(list((tmp_path / "out/mine/cells").glob("*.json"))) == 2 * result["tables"]["mine"]["rows"]
    (tmp_path / "export.csv").unlink()
    gone = CliRunner().invoke(app, ["benchmark", str(tmp_path / "mine.toml"), *options])
    assert "there is no file 'export.csv'" in str(gone.exception)
