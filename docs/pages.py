"""What the documentation reads from the code: the command line, keys of files, defences, sources, lessons."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer
from numpydoc.docscrape import ClassDoc

import attacks
import defenses
import exports
import reidlab
import simulate
from exports.schema import Column, Schema
from reidlab.bench.experiment import Experiment, Material, Part
from reidlab.cli import app
from reidlab.gate.policy import Policy
from simulate.case import (
    Attribute,
    Case,
    Event,
    Fact,
    Refund,
    Signups,
    Target,
    Transfer,
    known_cases,
    load_case,
)
from simulate.world import Parameter, load_world

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "simulate" / "tables" / "published.csv"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    text = " ".join(str(value).split())
    for mark in "|*$":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("``", "`")


def commands() -> str:
    """Return one section per command: usage, arguments and options with their defaults."""
    group: Any = typer.main.get_command(app)
    return "".join(_command(name, command) for name, command in sorted(group.commands.items()))


def _command(name: str, command: Any) -> str:
    arguments = [one.name.upper() for one in command.params if one.param_type_name == "argument"]
    rows = [(f"`{_spelled(one)}`", one.help, _default(one)) for one in command.params if one.name != "help"]
    return (
        f"\n## reidlab {name}\n\n{command.help}\n\n"
        f"```text\n{' '.join(['reidlab', name, *arguments, '[OPTIONS]'])}\n```\n\n"
        + table(("argument or option", "meaning", "default"), rows)
    )


def _spelled(one: Any) -> str:
    return one.name.upper() if one.param_type_name == "argument" else ", ".join(one.opts)


def _default(one: Any) -> str:
    if one.required:
        return "required"
    return "" if one.default in (None, False, ()) or callable(one.default) else f"`{one.default}`"


def keys(title: str, *classes: type, without: str = "") -> str:
    """Return a section of the fields of some dataclasses, as their docstrings explain them."""
    parts = [f"\n## {title}\n"]
    for one in classes:
        said = {
            name.strip(): (entry.type, " ".join(entry.desc))
            for entry in ClassDoc(one)["Parameters"]
            for name in entry.name.split(",")
        }
        rows = [
            (f"`{field.name}`", *said[field.name])
            for field in dataclasses.fields(one)
            if field.name != without
        ]
        summary = inspect.getdoc(one).partition("\n")[0]
        parts.append(f"\n### {one.__name__}\n\n{summary}\n\n" + table(("key", "type", "meaning"), rows))
    return "".join(parts)


def files() -> str:
    """Return the keys of every file that the lab reads."""
    return (
        keys("schema.toml", Schema, Column)
        + keys("policy.toml", Policy, without="name")
        + keys("case.toml", Case, Signups, Transfer, Target, Parameter, Attribute, Event, Refund, Fact)
        + keys("experiment.toml", Experiment, Material, Part)
    )


def built_in(package: Any) -> str:
    """Return a table of the attacks or defences that come with the lab, linked to their pages."""
    rows = []
    for name, target in package.BUILT_IN.items():
        module, _, word = target.partition(":")
        summary = inspect.getdoc(package.find(name)).partition("\n\n")[0]
        rows.append((f"{{py:class}}`{name} <{module}.{word}>`", summary))
    return table(("name", "in one sentence"), rows)


def modules(package: Any) -> str:
    """Return one section per module of a package, filled from its docstrings."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    names = sorted(one.name for one in found if not one.name.endswith("__main__"))
    return "".join(
        f"\n## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n" for name in names
    )


def sources() -> str:
    """Return every published figure, case fact and assumption with its source and status."""
    figures = list(csv.DictReader(PUBLISHED.read_text(encoding="utf-8").splitlines()))
    head = ("parameter", "group", "value", "year", "source", "status")
    parts = ["\n## Published figures\n"]
    for area in dict.fromkeys(row["area"] for row in figures):
        rows = [[row[key] for key in head] for row in figures if row["area"] == area]
        parts.append(f"\n### {AREAS[area]}\n\n{table(head, rows)}")
    parts.append("\n## Facts of the cases\n")
    for name in known_cases():
        case = load_case(name)
        rows = [(fact.name, fact.value, fact.source, fact.status) for fact in case.facts]
        parts.append(f"\n### {case.title}\n\n{table(('fact', 'value', 'source', 'status'), rows)}")
    rows = [
        (f"`{name}`", one.meaning, one.value, f"{one.low:g} to {one.high:g}", one.source, one.status)
        for name, one in load_world().parameters.items()
    ]
    head = ("parameter", "meaning", "value", "range", "source", "status")
    return "".join(parts) + f"\n## What every case assumes\n\n{table(head, rows)}"


AREAS = {
    "case": "The case",
    "platform": "Use of platforms",
    "match": "Match rates",
    "email": "E-mail addresses",
    "mental": "Mental health",
    "attr": "Other attributes",
    "net": "Networks",
    "unique": "Uniqueness",
}
"""Area of a published figure -> heading."""

GENERATED: dict[str, Callable[[], str]] = {
    "reference/command-line": commands,
    "reference/files": files,
    "reference/attacks": lambda: built_in(attacks) + modules(attacks),
    "reference/defences": lambda: built_in(defenses) + modules(defenses),
    "reference/exports": lambda: modules(exports),
    "reference/simulate": lambda: modules(simulate),
    "reference/reidlab": lambda: modules(reidlab),
    "sources": sources,
}
"""Page -> what is appended to it when the site is built."""


def copy_lessons(target: Path) -> None:
    """Write the lessons beside the pages, solutions folded away and the checks of prose left out."""
    target.mkdir(exist_ok=True)
    written = set()
    for path in sorted((ROOT / "notebooks" / "teacher").glob("*.ipynb")):
        lesson = json.loads(path.read_text(encoding="utf-8"))
        cells = []
        for cell in lesson["cells"]:
            tags = cell["metadata"].setdefault("tags", [])
            if "solution" in tags:
                tags.append("hide-input")
            if "quoted" not in tags:
                cells.append(cell)
        lesson["cells"] = cells
        text = json.dumps(lesson, ensure_ascii=False)
        written.add(target / path.name)
        if not (target / path.name).exists() or (target / path.name).read_text(encoding="utf-8") != text:
            (target / path.name).write_text(text, encoding="utf-8")
    for path in set(target.glob("*.ipynb")) - written:
        path.unlink()
