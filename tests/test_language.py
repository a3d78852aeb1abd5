"""Words that promise more than can be held stand nowhere, but where they are talked about."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("exports", "simulate", "attacks", "defenses", "reidlab")
PROMISE = re.compile(
    r"\b(anonymous|anonymously|anonymi[sz]e[ds]?|anonymi[sz]ation|safe|safely|guaranteed|unbreakable|"
    r"risk-free|privacy-preserving|problem solved|bullet-?proof)\b",
    re.I,
)
MENTIONED = re.compile(
    r"(?<!\*)\*[^*]+\*(?!\*)"  # the word itself, as in "do not say *safe*", or a title in italics
    r"|\b[kl]-anonym\w+"  # defined: k-anonymous
    r"|called anonymous \("  # a definition follows
    r"|safe harbou?r"  # the rule of that name
    r"|hashing still doesn't make your data anonymous"  # title of a source
    r"|`[^`]*`|\"[^\"]*\"",  # names in code, and quoted speech
    re.I,
)


def prose(path):
    """Return what a reader reads: a page without its blocks, a module's docstrings, a lesson's text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
    if "_source" in path.parts:
        return "\n".join(line.removeprefix("#") for line in text.splitlines() if line.startswith("#"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = [
        ast.get_docstring(one) or "" for one in ast.walk(ast.parse(text)) if isinstance(one, documented)
    ]
    text = "\n\n".join(docstrings)
    text = re.sub(r"^References\n-+\n.*?(\n\n|\Z)", "", text, flags=re.M | re.S)
    return re.sub(r"^>>> .*?(\n\n|\Z)", "", text, flags=re.M | re.S)


def promises(text):
    """Return the words that promise, with what stands around them.

    Titles and names that merely mention one are cut out first.
    """
    plain = re.sub(MENTIONED, "", " ".join(text.split()))
    return [plain[max(found.start() - 40, 0) : found.end() + 20] for found in PROMISE.finditer(plain)]


def test_a_promise_is_noticed_and_a_mention_is_not():
    assert promises("After this the data is anonymous.")
    assert promises("It is\nsafe to publish.")
    assert not promises("We do not write *anonymous*, *safe* or *solved*.")
    assert not promises("Two k-anonymous releases; the HIPAA safe harbor.")


READ = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
    *sorted((ROOT / "notebooks" / "_source").glob("*.py")),
]


@pytest.mark.parametrize("path", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_or_lesson_promises_nothing(path):
    assert not promises(prose(path))


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_promise_nothing(package):
    found = {path.name: promises(prose(path)) for path in (ROOT / package).rglob("*.py")}
    assert not {name: words for name, words in found.items() if words}


DISPUTES = (("2011.07018", "2407.07926"), ("10.3386/w31995", "2205.03939"), ("10.3386/w31995", "2311.03171"))
"""A contested finding, and who contests it."""


@pytest.mark.parametrize(("finding", "answer"), DISPUTES)
def test_a_contested_finding_is_cited_with_both_sides_wherever_it_is_cited(finding, answer):
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks/_source").glob("*.py")]
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    sides = {
        path: (finding in text, answer in text)
        for path in (ROOT / "README.md", *pages, *modules)
        if "_build" not in path.parts and (text := path.read_text(encoding="utf-8"))
    }
    assert [path.name for path, (one, other) in sides.items() if one != other] == []
    cited = {path.name for path, (one, _) in sides.items() if one}
    assert cited >= {"threat-models.md", "10_synthetic_data_and_membership.py"}
    assert cited & {"membership.py", "margin_reconstruction.py"}
