import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reidlab.lessons.checks import TryAgain
from reidlab.lessons.questions import questions

FOLDER = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted((FOLDER / "_source").glob("[0-9]*.py"))


def _cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _prose(path):
    return " ".join(
        " ".join("".join(cell["source"]) for cell in _cells(path) if cell["cell_type"] == "markdown").split()
    )


@pytest.mark.extra("notebooks")
def test_the_notebooks_are_what_their_sources_build():
    run = subprocess.run(
        [sys.executable, FOLDER / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_holds_no_output_and_a_student_no_solution(source):
    for path in (FOLDER / "lessons" / f"{source.stem}.ipynb", FOLDER / "teacher" / f"{source.stem}.ipynb"):
        for cell in _cells(path):
            assert not cell.get("outputs")
            tags = set(cell["metadata"].get("tags", []))
            assert not tags & ({"exercise"} if path.parent.name == "teacher" else {"solution", "quoted"})


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_and_a_check(source):
    text = source.read_text(encoding="utf-8")
    counts = [len(re.findall(rf'tags=\["{tag}"\]', text)) for tag in ("exercise", "solution", "check")]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] >= 1


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_has_objectives_prerequisites_and_a_summary(source):
    prose = _prose(FOLDER / "lessons" / f"{source.stem}.ipynb")
    for heading in ("Objectives", "Prerequisites", "Summary", "Further reading"):
        assert heading in prose


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_checked_number_is_quoted_in_the_prose(source):
    prose = _prose(FOLDER / "teacher" / f"{source.stem}.ipynb")
    calls = [
        node.args[0].value
        for cell in _cells(FOLDER / "teacher" / f"{source.stem}.ipynb")
        if cell["cell_type"] == "code" and "quoted(" in "".join(cell["source"])
        for node in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "quoted"
    ]
    assert all(text in prose for text in calls)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_cell_of_a_student_holds_what_passes_a_check(source):
    """Every value written in the code of a check is tried as an answer."""
    known = questions()
    for cell in _cells(FOLDER / "lessons" / f"{source.stem}.ipynb"):
        if "check" not in cell["metadata"].get("tags", []):
            continue
        tree = ast.parse("".join(cell["source"]))
        values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        for name in [value for value in values if value in known]:
            assert [value for value in values if known[name].taken(value) is not None] == []


def test_the_file_of_questions_shows_no_answer_and_every_check_has_its_question():
    asked = {
        value
        for source in SOURCES
        for value in re.findall(r'lessons\.check\("([^"]+)"', source.read_text(encoding="utf-8"))
    }
    assert asked == set(questions())
    assert all(one.right for one in questions().values())
    assert all(re.fullmatch("[0-9a-f]{32}", digest) for one in questions().values() for digest in one.right)


QUICK = ("00", "02", "05", "13")
"""Lessons whose first exercise comes within seconds."""


@pytest.mark.extra("notebooks")
@pytest.mark.parametrize(
    "source",
    [
        pytest.param(path, marks=() if path.stem.startswith(QUICK) else pytest.mark.slow, id=path.stem)
        for path in SOURCES
    ],
)
def test_a_student_is_stopped_at_the_first_open_exercise_by_a_friendly_sentence(
    source, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    names = {}
    cells = [
        cell for cell in _cells(FOLDER / "lessons" / f"{source.stem}.ipynb") if cell["cell_type"] == "code"
    ]
    first = next(cell for cell in cells if "check" in cell["metadata"].get("tags", []))
    for cell in [cells[0], *cells[: cells.index(first)]]:
        exec(compile("".join(cell["source"]), source.stem, "exec"), names)  # the set-up cell runs twice
    with pytest.raises(TryAgain, match=r"is still `\.\.\.`"):
        exec(compile("".join(first["source"]), source.stem, "exec"), names)
