from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from reidlab.case.simulation import simulate_case
from reidlab.cli import main
from simulate.case import load_case
from simulate.people.tables import COLUMNS


@pytest.mark.thorough
def test_tables_are_whole_and_the_same_for_any_workers(tmp_path: Path) -> None:
    alone, together = (
        simulate_case(
            load_case("betterhelp"),
            tmp_path / str(workers),
            people=70_000,
            residents=500,
            seed=4,
            workers=workers,
        )
        for workers in (1, 2)
    )
    found = {
        name: ds.dataset(tmp_path / "1" / name).to_table() for name in ("visitors", "later", "residents")
    }
    rows = {name: table.num_rows for name, table in found.items()}
    assert rows == {"visitors": 70_000, "later": 56_000, "residents": 500}
    assert set(found["visitors"].column_names) == {name for group in COLUMNS.values() for name in group}
    addresses = [table[f"email_{n}"].drop_null() for table in found.values() for n in (1, 2, 3)]
    assert len(pa.concat_arrays([a.combine_chunks() for a in addresses]).unique()) == sum(map(len, addresses))
    assert {name: table.sha256 for name, table in alone.tables.items()} == {
        name: table.sha256 for name, table in together.tables.items()
    }
    assert not (tmp_path / "1" / ".partial").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["betterhelp", "--people", "-3", "--out", "x"], "--people is -3 but must lie between 1 and"),
        (["betterhelp", "--people", "10", "--out", "/proc/x"], "/proc/x cannot be written"),
        (["betterhelp", "--people", "10", "--out", "x", "--locale", "tlh"], "no locale 'tlh'"),
        (["nowhere", "--people", "10", "--out", "x"], "no case 'nowhere'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["reidlab", "simulate", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert not list(tmp_path.rglob("*.parquet"))


def test_the_command_prints_one_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "reidlab",
            "simulate",
            "betterhelp",
            "--people",
            "50",
            "--out",
            str(out),
            "--workers",
            "1",
            "--json",
        ],
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    assert json.loads(capsys.readouterr().out)["result"]["tables"]["visitors"]["rows"] == 50
    assert (out / "run.json").exists()
