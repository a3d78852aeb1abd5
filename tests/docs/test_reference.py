"""What the reference says of attacks, defences, modules and JSON is what the code has."""

import ast
import dataclasses
import importlib
import inspect
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import attacks
import defenses
from reidlab.cli import COMMANDS, app

ROOT = Path(__file__).parents[2]
PACKAGES = ("exports", "simulate", "attacks", "defenses", "reidlab")
BUILT_IN = [(attacks, name) for name in attacks.BUILT_IN] + [(defenses, name) for name in defenses.BUILT_IN]
FROM_PRACTICE = {
    "alias",
    "consent",
    "delete-afterwards",
    "do-not-send",
    "independent-margins",
    "minimise",
    "minimum-size",
    "neutral-events",
    "noisy-size",
    "retain-less",
    "rounded-size",
    "salt",
    "salt-buckets",
    "subsample",
    "top-bottom-coding",
    "truncate",
}
"""Defences that no paper introduced, or whose mechanism another one's docstring cites."""


ENTRY_POINTS = {"reidlab.attacks", "reidlab.defenses"}
"""Names of groups of entry points, which are no modules."""


def sections(documented):
    """Return what stands before the first heading of a numpydoc docstring, and each section."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.getdoc(documented) or "", flags=re.M)
    return parts[0], dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("package", "name"), BUILT_IN, ids=lambda one: getattr(one, "__name__", one))
def test_an_attack_or_defence_tells_its_story_parameters_source_and_example(package, name):
    found = package.find(name)
    head, parts = sections(found)
    assert len(head.strip().split("\n\n")) >= 2, "a sentence, then the story"
    entries = re.findall(r"^(\S[^:\n]*?)(?: : .*)?$", parts.get("Parameters", ""), flags=re.M)
    documented = {one.strip() for entry in entries for one in entry.split(",")}
    if dataclasses.is_dataclass(found):
        settable = {field.name for field in dataclasses.fields(found)}
    else:
        settable = set(inspect.signature(found).parameters)
    assert documented == settable
    assert ">>> " in parts.get("Examples", "")
    source = parts.get("References", "")
    assert re.search(r"doi:10\.\d|arXiv:\d|\(\d{4}\)", source) or name in FROM_PRACTICE


def test_a_name_of_the_lab_in_a_docstring_or_page_is_one():
    """``exports.schema.Schema`` between back quotes must lead to something."""
    name = re.compile(rf"`((?:{'|'.join(PACKAGES)})(?:\.\w+)+)`")
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
            texts += [ast.get_docstring(one) or "" for one in ast.walk(tree) if isinstance(one, documented)]
    named = sorted({found for text in texts for found in name.findall(text)})
    assert len(named) > 20
    assert not [one for one in named if not resolves(one)]


def resolves(dotted):
    """Tell whether a dotted name is a group of entry points, a module, or something in one."""
    if dotted in ENTRY_POINTS:
        return True
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def section(command):
    text = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    return re.search(rf"^## {command}\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S)[1]


def test_every_command_has_its_keys_on_the_page():
    assert all(section(name).strip() for name in COMMANDS)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{20 + i % 40},{'flu' if i % 3 else 'cold'}" for i in range(200)]
    (tmp_path / "export.csv").write_text("\n".join(["age,illness", *rows]) + "\n")
    (tmp_path / "schema.toml").write_text(
        '[columns.age]\nrole = "quasi_identifier"\n[columns.illness]\nrole = "sensitive"\n'
    )
    return tmp_path


CALLS = {
    "schema": "schema export.csv",
    "hierarchy": "hierarchy export.csv age --schema schema.toml",
    "assess": "assess export.csv --schema schema.toml",
    "attack": "attack inference export.csv --original export.csv --schema schema.toml",
    "defend": "defend mondrian export.csv --schema schema.toml --out release.csv",
    "follow": "follow --person 3",
    "replay": "replay betterhelp --people 1000 --workers 1 --only match",
    "simulate": "simulate betterhelp --people 1000 --workers 1 --out people",
    "doctor": "doctor",
}


@pytest.mark.thorough
@pytest.mark.parametrize("command", CALLS)
@pytest.mark.usefixtures("folder")
def test_the_page_of_json_names_the_keys_that_a_command_prints(command):
    done = CliRunner().invoke(app, [*CALLS[command].split(), "--json"])
    result = json.loads(done.stdout)["result"]
    named = re.findall(r"^\| (`[^|]*) \|", section(command), flags=re.M)
    listed = {key for cell in named for key in re.findall(r"`(\w+)`", cell)}
    assert listed == set(result)
