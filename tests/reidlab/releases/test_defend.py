from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.errors import LabError
from exports.reading.loading import load
from exports.schema import Schema
from reidlab.releases.defend import defend_file

SCHEMA = """
[columns.mail]
role = "identifier"
[columns.zip]
role = "quasi_identifier"
prefix = true
[columns.illness]
role = "sensitive"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [(f"p{row}@mail.example", f"0{2130 + row % 4}", "abc"[row % 3]) for row in range(24)]
    lines = ["mail,zip,illness", *(",".join(row) for row in rows)]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "schema.toml").write_text(SCHEMA)
    return tmp_path


def defend(folder: Path, names: str, *settings: str, out: str = "safe.parquet") -> dict:
    return defend_file(
        names, str(folder / "people.csv"), folder / out, schema=folder / "schema.toml", settings=settings
    )


def test_a_release_comes_with_its_schema_and_a_manifest(folder: Path) -> None:
    done = defend(folder, "optimal-k-anonymity", "k=12", "loss=entropy")
    assert (done["rows_in"], done["rows_out"], done["suppressed"], done["levels"]) == (24, 24, 0, {"zip": 1})
    assert done["guarantee"]["k"] == 12
    assert done["loss"]["entropy"] == pytest.approx(48)
    released = pq.read_table(folder / "safe.parquet")
    assert released.column_names == ["zip", "illness"]
    assert set(released["zip"].to_pylist()) == {"0213*"}
    schema = Schema.load(folder / "safe.parquet.schema.toml")
    assert schema.quasi_identifiers == ("zip",)
    manifest = json.loads((folder / "safe.parquet.manifest.json").read_text())
    assert manifest["parameters"]["k"] == 12
    assert manifest["versions"]["numpy"]


def test_the_written_release_can_be_defended_again(folder: Path) -> None:
    defend(folder, "optimal-k-anonymity", "k=12", out="once.csv")
    done = defend_file(
        "global-recoding",
        str(folder / "once.csv"),
        folder / "twice.csv",
        schema=folder / "once.csv.schema.toml",
        settings=["k=24", "levels=zip:1"],
    )
    assert done["rows_out"] == 24
    assert set(load(folder / "twice.csv")["zip"].to_pylist()) == {"*"}


def test_several_defences_run_in_order_with_a_derived_guarantee(folder: Path) -> None:
    done = defend(
        folder, "optimal-k-anonymity+global-recoding", "optimal-k-anonymity.k=12", "global-recoding.k=1"
    )
    assert done["guarantee"]["k"] == 12
    steps = json.loads((folder / "safe.parquet.manifest.json").read_text())["steps"]
    assert [step["defense"] for step in steps] == ["optimal-k-anonymity", "global-recoding"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["k=25"], "k is 25 but the table has 24 rows"),
        (["k=0"], "k is 0 but must be a whole number of at least 1"),
        (["k=five"], "k is 'five' but must be int"),
        (["kk=5"], "'kk'.*k, suppression, loss"),
        (["loss=beauty"], "must be one of entropy"),
        (["l=4"], "l is 4 but 'illness' has 3 different values"),
        (["suppression=1.5"], "suppression is 1.5 but must be a number between 0 and 1"),
        (["presence=0,0.2"], "presence needs the population"),
        (["k_map=3"], "k_map needs the population"),
        (["t=0.2", "distance=ordered"], "have no order"),
        (["t=0.2", "distance=hierarchical"], "needs the tree of 'illness'"),
        (["l=2", "diversity=recursive"], "needs c"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_nothing_is_written(
    folder: Path, settings: list[str], sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        defend(folder, "optimal-k-anonymity", *settings)
    assert sorted(path.name for path in folder.iterdir()) == ["people.csv", "schema.toml"]


def test_suppression_beyond_the_limit_is_refused_with_the_numbers(folder: Path) -> None:
    with pytest.raises(LabError, match="24 of 24 rows would have to be suppressed and at most 2 may be"):
        defend(folder, "global-recoding", "k=7", "suppression=0.1")
    with pytest.raises(LabError, match="All 24 rows would be suppressed"):
        defend(folder, "global-recoding", "k=7", "suppression=1")


def test_a_hierarchy_that_misses_a_value_is_refused(folder: Path) -> None:
    (folder / "zip.csv").write_text("02130;0213*;*\n02131;0213*;*\n02132;0213*;*\n")
    (folder / "schema.toml").write_text(SCHEMA.replace("prefix = true", 'hierarchy = "zip.csv"'))
    with pytest.raises(LabError, match=r"misses 1 of the column's 4 values, in 6 of 24 rows"):
        defend(folder, "optimal-k-anonymity", "k=2")


def test_a_place_that_cannot_be_written_is_named(folder: Path) -> None:
    with pytest.raises(LabError, match=r"must end in .csv or .parquet"):
        defend(folder, "global-recoding", out="safe.xlsx")
    with pytest.raises(LabError, match="does not exist: make it first"):
        defend(folder, "global-recoding", out="nowhere/safe.csv")
    (folder / "safe.csv").mkdir()
    (folder / "safe.csv" / "kept").write_text("")
    with pytest.raises(LabError, match="would be replaced"):
        defend(folder, "global-recoding", out="safe.csv")
    assert not list(folder.glob("*.manifest.json"))


def test_an_undeclared_column_is_refused(folder: Path) -> None:
    pq.write_table(
        pa.table({"zip": ["02130"], "illness": ["a"], "mail": ["x"], "extra": [1]}), folder / "p.parquet"
    )
    with pytest.raises(LabError, match="does not declare 1 column"):
        defend_file(
            "global-recoding", str(folder / "p.parquet"), folder / "o.csv", schema=folder / "schema.toml"
        )


def test_columns_of_a_perturbation_are_given_on_the_command_line(folder: Path) -> None:
    done = defend(folder, "pram", "columns=zip", "keep=0.5", "seed=1")
    assert done["rows_out"] == 24
    assert done["guarantee"] == {}
    done = defend(folder, "small-cells", "columns=zip,illness", "threshold=2")
    assert done["rows_out"] == 12
