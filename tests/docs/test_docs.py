"""Blocks, links and commands of the README and the documentation, tried as a reader would."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from exports.schema import Schema
from reidlab.bench.experiment_file import load as load_experiment
from reidlab.gate.policy import load as load_policy

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"] + [
    page for page in sorted(DOCS.rglob("*.md")) if page.relative_to(DOCS).parts[0] != "_build"
]
BLOCK = re.compile(
    r"(?:^ *<!-- (?P<note>[^>]*?) -->\n)?^(?P<indent> *)```(?P<language>\S*)\n(?P<code>.*?)^ *```",
    re.M | re.S,
)
LANGUAGES = {"python", "sh", "toml", "yaml", "text", "{toctree}", "{eval-rst}"}
EXPORT = ["age,illness", *(f"{20 + i % 40},{'flu' if i % 3 else 'cold'}" for i in range(400))]


class Block(NamedTuple):
    note: str
    language: str
    code: str

    @property
    def tried(self):
        return self.language in {"python", "sh"} and not self.note.startswith("not run: ")


def blocks(page):
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        code = re.sub(rf"^{found['indent']}", "", found["code"], flags=re.M)
        yield Block(found["note"] or "", found["language"], code)


def name(page):
    return str(page.relative_to(ROOT))


def run(page, folder):
    """Run a page from top to bottom in one folder: files, Python in one namespace, commands."""
    (folder / "export.csv").write_text("\n".join(EXPORT) + "\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    known = {}
    for block in blocks(page):
        title = re.match(r"# (\S+\.toml)\n", block.code)
        if block.language == "toml" and title:
            (folder / title[1]).write_text(block.code)
        if not block.tried:
            continue
        if block.language == "python":
            exec(compile(block.code, name(page), "exec"), known)
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        wanted = int(block.note.removeprefix("exits with ") or 0)
        assert done.returncode == wanted, f"{block.code}\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}"


def tried(language):
    return [page for page in PAGES if any(one.tried and one.language == language for one in blocks(page))]


SHELL = [page for page in tried("sh") if page.is_relative_to(DOCS)]
PYTHON = [page for page in tried("python") if page not in SHELL]


@pytest.mark.parametrize("page", PYTHON, ids=name)
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.tried and block.language == "python":
            exec(compile(block.code, name(page), "exec"), {"__name__": "page"})


@pytest.mark.slow
@pytest.mark.parametrize("page", SHELL, ids=name)
def test_a_page_with_commands_works_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(page, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_its_language_and_one_that_is_not_run_says_why(page):
    for block in blocks(page):
        assert block.language in LANGUAGES, block.code
        if block.note:
            assert re.fullmatch(r"not run: \w[^\n]{5,}|exits with [12]", block.note), block.note


def slugs(page):
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_inside_the_repository_leads_somewhere(page):
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        file = page.parent / target if target else page
        assert file.exists(), link
        assert not anchor or anchor in slugs(file), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_an_image_says_what_it_shows_and_headings_skip_no_level(page):
    text = re.sub(BLOCK, "", page.read_text(encoding="utf-8"))
    for alt in re.findall(r"!\[([^]]*)\]", text):
        assert len(alt) > 20
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, flags=re.M)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_files_that_pages_show_are_what_the_lab_reads(tmp_path):
    readers = {"schema.toml": Schema.load, "policy.toml": load_policy, "mine.toml": load_experiment}
    shown = 0
    for beside in ("export.csv", "schema.toml"):
        (tmp_path / beside).touch()
    for page in PAGES:
        for block in blocks(page):
            title = re.match(r"# (\S+\.toml)\n", block.code)
            if block.language == "toml" and title:
                (tmp_path / title[1]).write_text(block.code)
                readers[title[1]](tmp_path / title[1])
                shown += 1
    assert shown >= 4
