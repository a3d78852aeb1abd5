"""The commands of a ledger: opened, charged, shown, checked."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reidlab.cli import app
from reidlab.releases.defend import defend_file

SCHEMA = '[columns.age]\nrole="quasi_identifier"\nbounds=[18,20]\n'


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("age\n" + "18\n19\n" * 30)
    Path("b.csv").write_text("age\n" + "19\n18\n" * 30)
    Path("s.toml").write_text(SCHEMA)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["ledger", *arguments])
    return done.exit_code, done.stdout


def defended(file: str, out: str) -> None:
    settings = ["columns=age", "epsilon=0.1", "ledger=book", "dataset=intake", "seed=1"]
    defend_file("dp-histogram", file, Path(out), schema=Path("s.toml"), settings=settings)


@pytest.mark.extra("dp")
def test_what_was_spent_and_left_is_shown_with_the_tightest_total() -> None:
    code, told = run("open", "book", "--dataset", "intake", "--budget", "1", "--simulated")
    assert (code, told.count("\n")) == (0, 1)
    defended("a.csv", "o1.csv")
    defended("b.csv", "o2.csv")
    defended("b.csv", "o3.csv")
    code, told = run("show", "book", "--json")
    assert code == 0
    account = json.loads(told)["result"]["datasets"]["intake"]
    assert (len(account["answers"]), account["versions"]) == (2, 2)
    assert account["spent"] == {"epsilon": 0.2, "rho": pytest.approx(0.01), "delta": 0.0}
    assert account["left"] == {"epsilon": 0.8, "delta": 0.0}
    assert account["total"]["pure"] == 0.2
    assert account["total"]["distribution"] == pytest.approx(0.2, abs=1e-3)
    assert account["budget"]["unit"] == "record"
    _, told = run("show", "book")
    assert "2 answers about 2 version(s), epsilon 0.2 of 1 spent, 0.8 left" in told


def test_a_copy_put_back_is_noticed_by_a_manifest() -> None:
    run("open", "book", "--dataset", "intake", "--budget", "1", "--simulated")
    shutil.copy("book", "older")
    defended("a.csv", "o1.csv")
    assert run("verify", "book", "--against", "o1.csv.manifest.json")[0] == 0
    code, told = run("verify", "older", "--against", "o1.csv.manifest.json", "--json")
    assert code == 1
    assert json.loads(told)["result"]["absent"] == ["o1.csv.manifest.json"]


@pytest.mark.parametrize("what", ["edited", "cut off", "absent", "no ledger"])
def test_what_is_no_whole_ledger_is_refused(what: str) -> None:
    run("open", "book", "--dataset", "intake", "--budget", "1", "--simulated")
    defended("a.csv", "o1.csv")
    if what == "edited":
        with closing(sqlite3.connect("book")) as con, con:
            con.execute("DROP TRIGGER no_update_entries")
            con.execute("UPDATE entries SET body = replace(body, '1/10', '1/99')")
    elif what == "cut off":
        Path("book").write_bytes(Path("book").read_bytes()[:5000])
    elif what == "absent":
        Path("book").unlink()
    else:
        Path("book").write_text("no ledger" * 500)
    for asked in ("show", "verify"):
        done = CliRunner().invoke(app, ["ledger", asked, "book"])
        assert done.exit_code != 0
        assert "ledger" in str(done.exception)
