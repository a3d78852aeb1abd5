"""What ``reidlab defend`` reads, keeps and writes: no file of the three is ever another's."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from exports.errors import LabError
from exports.reading.loading import load
from reidlab.releases.defend import defend_file

SCHEMA = """
[columns.mail]
role = "identifier"
[columns.illness]
role = "sensitive"
domain = ["a", "b", "c"]
"""
COUNTS = ["columns=illness", "epsilon=0.5", "budget=1", "seed=1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lines = ["mail,illness", *(f"p{row}@mail.example,{'abc'[row % 3]}" for row in range(24))]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "out.csv.schema.toml").write_text(SCHEMA)
    (tmp_path / "schema.toml").write_text(SCHEMA)
    (tmp_path / "key.csv").write_text(secrets.token_hex(32))
    with closing(sqlite3.connect(tmp_path / "other")) as con:
        con.execute("CREATE TABLE places (url)")
    (tmp_path / "link.csv").symlink_to("people.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "settings", "schema", "out", "sentence"),
    [
        ("global-recoding", [], "schema.toml", "people.csv", "overwrite people.csv, which FILE names"),
        ("hash", [], "schema.toml", "link.csv", "overwrite people.csv, which FILE names"),
        ("hash", [], "out.csv.schema.toml", "out.csv", "overwrite out.csv.schema.toml, which --schema names"),
        ("hmac", ["key_file=key.csv"], "schema.toml", "key.csv", "which key_file names"),
        ("decoys", ["pool=key.csv"], "schema.toml", "key.csv", "which pool names"),
        (
            "dp-histogram",
            [*COUNTS, "ledger=new.csv", "dataset=intake"],
            "schema.toml",
            "new.csv",
            "which ledger names",
        ),
        (
            "dp-histogram",
            [*COUNTS, "ledger=other", "dataset=intake"],
            "schema.toml",
            "new.csv",
            "database of something else",
        ),
        (
            "dp-histogram",
            [*COUNTS, "ledger=new", "dataset=intake", "columns=illness", "epsilon=2"],
            "schema.toml",
            "new.csv",
            "needed epsilon 2, left 1",
        ),
        (
            "dp-histogram",
            [*COUNTS, "ledger=new", "dataset=intake", "budget=0"],
            "schema.toml",
            "new.csv",
            "budget is 0.0 but must be a positive finite number",
        ),
    ],
)
def test_a_refused_run_changes_no_file_and_makes_none(
    name: str, settings: list[str], schema: str, out: str, sentence: str, folder: Path
) -> None:
    before = contents(folder)
    with pytest.raises(LabError, match=sentence):
        defend_file(name, "people.csv", Path(out), schema=Path(schema), settings=settings)
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("name", "setting", "sentence"),
    [
        ("gaussian-copula", "rows=0", "rows is 0 but must be at least 1"),
        ("sequential-trees", "rows=-1", "rows is -1 but must be at least 1"),
        ("local-suppression", "suppression=2", "suppression is 2.0 but must be"),
        ("minimum-size", "least=0", "least is 0 but must be at least 1"),
        ("retain-less", "days=-1", "days is -1 but must be at least 0"),
        ("aim", "rounds=0", "rounds is 0 and max_cells 200,000"),
        ("privbayes", "usefulness=0", "usefulness 0.0: parents must be at least 0"),
        ("dp-histogram+hash", "seed=1", "A release of counts has no rows that a further defence takes"),
    ],
)
def test_a_number_out_of_its_range_is_named(name: str, setting: str, sentence: str, folder: Path) -> None:
    private = ["epsilon=1", "delta=1e-6", "columns=illness", "seed=1"]
    more = {
        "aim": private,
        "dp-histogram+hash": ["dp-histogram.columns=illness", "epsilon=1"],
        "local-suppression": ["k=2"],
        "minimum-size": ["by=illness"],
        "privbayes": private,
        "retain-less": ["on=2018-12-31", "column=illness"],
    }
    known = '[columns.illness]\nrole = "quasi_identifier"\n'
    Path("schema.toml").write_text(SCHEMA.replace('[columns.illness]\nrole = "sensitive"\n', known))
    before = contents(folder)
    settings = [*more.get(name, []), setting]
    with pytest.raises(LabError, match=sentence):
        defend_file(name, "people.csv", Path("new.csv"), schema=Path("schema.toml"), settings=settings)
    assert contents(folder) == before


def test_names_with_commas_and_quotes_are_named_as_in_csv(folder: Path) -> None:
    lines = ['"age, years","the ""old"" zip"', *(f"{20 + row % 4},0213{row % 2}" for row in range(24))]
    Path("people.csv").write_text("\n".join(lines) + "\n")
    Path("schema.toml").write_text(
        '[columns."age, years"]\nrole = "quasi_identifier"\n'
        '[columns."the \\"old\\" zip"]\nrole = "quasi_identifier"\nprefix = true\n'
    )
    for name, settings in {
        "pram": ['columns="age, years","the ""old"" zip"', "seed=1"],
        "local-suppression": ['importance=the "old" zip, "age, years"', "k=2"],
        "global-recoding": ['levels="age, years:1",the "old" zip:1', "k=2"],
    }.items():
        defend_file(name, "people.csv", Path("new.csv"), schema=Path("schema.toml"), settings=settings)
    assert set(load(folder / "new.csv")['the "old" zip'].to_pylist()) == {"0213*"}


def test_a_release_may_be_made_again_in_its_place(folder: Path) -> None:
    for _ in range(2):
        defend_file("hash", "people.csv", Path("again.csv"), schema=Path("schema.toml"))
    assert len(list(folder.glob("again.csv*"))) == 3


HANG = """
import time
from pathlib import Path
from defenses.tokens.hashing import Hash
from reidlab.releases.defend import defend_file
def hang(*_):
    print("at work", flush=True)
    time.sleep(60)
Hash.transform = hang
defend_file("hash", "people.csv", Path("killed.csv"), schema=Path("schema.toml"))
"""


@pytest.mark.thorough
def test_what_a_killed_run_left_is_removed_and_a_living_run_is_left_alone(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HANG], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "at work\n"
        left = list(folder.glob(".reidlab-unfinished-*"))
        assert len(left) == 1
        defend_file("hash", "people.csv", Path("killed.csv"), schema=Path("schema.toml"))
        assert list(folder.glob(".reidlab-unfinished-*")) == left
        worker.kill()
    defend_file("hash", "people.csv", Path("killed.csv"), schema=Path("schema.toml"))
    assert not list(folder.glob(".*"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    with pytest.raises(LabError, match="Permission denied"):
        defend_file("hash", "people.csv", Path("locked/out.csv"), schema=Path("schema.toml"))
