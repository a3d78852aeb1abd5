"""Commands, links and examples of the documentation."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exports.schema import Schema
from reidlab.cli import app
from reidlab.policy import load

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
NAMES = [str(page.relative_to(DOCS)) for page in PAGES]


def _blocks(page, language):
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.M | re.S)
    return [re.sub(r"^   ", "", block, flags=re.M) for block in found]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_python_examples_run(page):
    for block in _blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_inside_the_repository_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_pages_on_exports_work_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{20 + i % 40},{'flu' if i % 3 else 'cold'}" for i in range(400)]
    (tmp_path / "export.csv").write_text("\n".join(["age,illness", *rows]) + "\n")
    page = DOCS / "how-to" / "assess-an-export.md"
    (schema,) = _blocks(page, "toml")
    (tmp_path / "schema.toml").write_text(schema.replace('person = "user_id"', ""))
    assert set(Schema.load(tmp_path / "schema.toml").columns) == {"age", "illness"}
    for block in _blocks(page, "sh"):
        words = block.split(">")[0].split()
        assert CliRunner().invoke(app, words[1:]).exit_code == 0, block
    assert (tmp_path / "report.html").exists()


def test_the_policy_of_the_page_is_a_policy(tmp_path):
    block = _blocks(DOCS / "how-to" / "put-a-policy-into-ci.md", "toml")[0]
    (tmp_path / "policy.toml").write_text(block)
    policy = load(tmp_path / "policy.toml")
    assert (policy.k, policy.required_consent) == (5, "consent_ads")


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    build = pytest.importorskip("sphinx.cmd.build")
    assert build.main(["-q", "-W", str(DOCS), str(tmp_path)]) == 0
