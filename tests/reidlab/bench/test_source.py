import shutil

import pytest

from reidlab.bench.cells import Cell
from reidlab.bench.experiment import Part
from reidlab.bench.source import fingerprint, imported
from reidlab.installation import package_folders

CELL = Cell(Part("hash"), Part("hash-reversal"), "attack", 1)


@pytest.fixture
def copied(tmp_path):
    folders = {}
    for name, folder in package_folders().items():
        kept = shutil.ignore_patterns("*.parquet", "__pycache__")
        folders[name] = shutil.copytree(folder, tmp_path / name, ignore=kept)
    return folders


@pytest.mark.thorough
@pytest.mark.parametrize(
    "used",
    [
        "attacks/tokens/hash_reversal.py",
        "attacks/dictionary/hashing.py",
        "defenses/tokens/hashing.py",
        "exports/shares.py",
        "reidlab/bench/materials/upload.py",
        "simulate/cases/betterhelp.toml",
    ],
)
def test_a_change_in_what_a_cell_uses_changes_its_fingerprint(copied, used):
    before = fingerprint(CELL.parts("upload"), copied)
    path = copied[used.partition("/")[0]].parent / used
    path.write_text(path.read_text() + "\n# changed\n")
    assert fingerprint(CELL.parts("upload"), copied) != before


@pytest.mark.parametrize(
    "unused",
    [
        "attacks/records/inference.py",
        "defenses/records/mondrian.py",
        "reidlab/assessment/report.py",
        "reidlab/bench/materials/answers.py",
    ],
)
def test_a_change_elsewhere_keeps_it(copied, unused):
    before = fingerprint(CELL.parts("upload"), copied)
    path = copied[unused.partition("/")[0]].parent / unused
    path.write_text(path.read_text() + "\nchanged = True\n")
    assert fingerprint(CELL.parts("upload"), copied) == before


def test_imports_inside_functions_count_and_those_for_type_checkers_do_not(tmp_path):
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "late.py").write_text("import json\n")
    (folder / "typed.py").write_text("")
    (folder / "main.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from house import typed\n"
        "def run():\n    from . import late\n    import numpy.linalg\n"
    )
    used, foreign = imported(["house.main"], {"house": folder})
    assert set(used) == {"house", "house.main", "house.late"}
    assert foreign == {"numpy"}


def test_a_part_of_a_third_party_counts_with_the_modules_beside_it(tmp_path, monkeypatch):
    (tmp_path / "thirdparty").mkdir()
    for name, text in (("__init__", ""), ("attack", "from thirdparty import tools\n"), ("tools", "")):
        (tmp_path / "thirdparty" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    before = fingerprint(["thirdparty.attack"])
    (tmp_path / "thirdparty" / "tools.py").write_text("x = 1\n")
    assert fingerprint(["thirdparty.attack"]) != before
