"""The order of a release tells nothing: not of the export, and not of another release."""

# ruff: noqa: ARG001
from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from exports import Release, Schema
from exports.reading.loading import load
from reidlab.releases.defend import defend_file, readable_by_others
from reidlab.releases.row_order import in_random_order

PEOPLE = 400


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    draw = random.Random(5)
    names = [f"d{place:04d}" for place in range(PEOPLE)]
    draw.shuffle(names)
    rows = [f"{place % 10},{20 + place % 30},{name}" for place, name in enumerate(names)]
    (tmp_path / "o.csv").write_text("\n".join(["zip,age,dx", *rows]) + "\n")
    roles = {"zip": "quasi_identifier", "age": "quasi_identifier", "dx": "sensitive"}
    (tmp_path / "s.toml").write_text(
        "".join(f'[columns.{one}]\nrole = "{role}"\n' for one, role in roles.items())
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def released(name: str, out: str, *settings: str, keep_order: bool = False) -> list[str]:
    defend_file(name, "o.csv", Path(out), schema=Path("s.toml"), settings=settings, keep_order=keep_order)
    found: list[str] = load(out, text=["dx"])["dx"].to_pylist()
    return found


@pytest.mark.parametrize("name", ["optimal-k-anonymity", "mondrian", "top-down", "global-recoding"])
def test_rows_of_a_release_are_not_in_the_places_of_the_export(folder: Path, name: str) -> None:
    own = load("o.csv", text=["dx"])["dx"].to_pylist()
    settings = () if name == "global-recoding" else ("k=5",)
    first, again = released(name, "r.csv", *settings), released(name, "q.csv", *settings)
    # A random permutation leaves one row in its place; ten come in one of ten million.
    assert sum(a == b for a, b in zip(first, own, strict=False)) < 10
    assert sum(a == b for a, b in zip(first, again, strict=True)) < 10
    assert sorted(first) == sorted(again)
    assert json.loads(Path("r.csv.manifest.json").read_text())["row_order"] == "random"


def test_a_kept_order_is_said_in_the_manifest(folder: Path) -> None:
    own = load("o.csv", text=["dx"])["dx"].to_pylist()
    assert released("mondrian", "r.csv", "k=5", keep_order=True) == own
    assert "joins the two by line number" in json.loads(Path("r.csv.manifest.json").read_text())["row_order"]


def test_a_seed_gives_one_order_that_does_not_depend_on_that_of_the_export() -> None:
    table = pa.table({"a": [str(place % 7) for place in range(99)], "b": list(range(99))})
    schema = Schema.of(quasi_identifier=["a"], sensitive=["b"])
    turned = table.take(np.arange(99)[::-1].copy())
    first, other = (in_random_order(Release("records", schema, table=one), seed=3) for one in (table, turned))
    assert first.rows.equals(other.rows)


def test_the_owner_of_a_row_follows_it() -> None:
    table = pa.table({"b": list(range(99))})
    release = Release("records", Schema.of(sensitive=["b"]), table=table, owner=np.arange(99))
    shuffled = in_random_order(release)
    assert shuffled.owner is not None
    assert shuffled.owner.tolist() == shuffled.rows["b"].to_pylist() != list(range(99))


def test_a_key_that_others_can_read_is_named(tmp_path: Path) -> None:
    for name, mode in (("own.key", 0o600), ("open.key", 0o644)):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    given = [f"key_file={tmp_path / name}" for name in ("own.key", "open.key")]
    assert [readable_by_others([one]) for one in given] == [[], [str(tmp_path / "open.key")]]
