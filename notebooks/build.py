"""Build the student and teacher notebooks from the percent scripts under ``_source``.

``python notebooks/build.py`` writes them; ``--check`` compares instead and exits with 1 when one differs.
``--answers`` runs every teacher notebook and writes the digests of its answers for the checks.
A cell's tag says who gets it: ``exercise`` students, ``solution`` and ``quoted`` teachers; others both.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
BUILDS = {HERE / "lessons": {"solution", "quoted"}, HERE / "teacher": {"exercise"}}
"""Folder of each build and the tags of the cells that it leaves out."""


def notebook(source: Path, left_out: set[str]) -> str:
    """Return one build of a lesson as the text of an ``.ipynb`` without outputs."""
    lesson = jupytext.read(source)
    lesson.cells = [cell for cell in lesson.cells if not left_out & set(cell.metadata.get("tags", []))]
    for index, cell in enumerate(lesson.cells):
        cell["id"] = hashlib.sha256(f"{source.stem}/{index}".encode()).hexdigest()[:8]
    lesson.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    nbformat.validate(lesson)
    return nbformat.writes(lesson, indent=1) + "\n"


def answers() -> None:
    """Run the solutions in order and write the digest of each answer; a check then passes by itself."""
    from IPython.display import display

    from reidlab import lessons
    from reidlab.lessons.questions import QUESTIONS, Question, questions, written

    known = dict(questions())

    def noted(name: str, answer: object, **_: Iterable[str]) -> None:
        known[name] = known.get(name, Question(name, "")).answered(answer)

    lessons.check = noted
    for path in sorted((HERE / "teacher").glob("*.ipynb")):
        names = {"display": display}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, path.stem, "exec"), names)
        print(path.stem)
    QUESTIONS.write_text(written(known.values()), encoding="utf-8")


def main() -> int:
    """Write or compare every build; return the exit code."""
    if "--answers" in sys.argv[1:]:
        answers()
        return 0
    check, stale = "--check" in sys.argv[1:], []
    for folder, left_out in BUILDS.items():
        folder.mkdir(exist_ok=True)
        wanted = {
            folder / f"{path.stem}.ipynb": notebook(path, left_out)
            for path in sorted((HERE / "_source").glob("[0-9]*.py"))
        }
        stale += [path for path in folder.glob("*.ipynb") if path not in wanted]
        for path, text in wanted.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path)
                if not check:
                    path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(HERE)} {'is not what its source builds' if check else 'written'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
