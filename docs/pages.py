"""What the documentation reads from the code: the command line, keys of files, defences, sources, lessons."""

from __future__ import annotations

import csv
import dataclasses
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
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
PACKAGES = ("attacks", "defenses", "exports", "reidlab", "simulate")
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


def contents(package: Any) -> str:
    """Return a table per family of the mechanisms in it, or of its modules where it holds none."""
    parts = []
    for family in families(package):
        page = f"{package.__name__}/{family.rpartition('.')[2]}"
        parts.append(f"\n## [{family}]({page}.md)\n\n{_head(family)}\n\n")
        held = mechanisms(package, family)
        rows = [
            (
                f"{{py:class}}`{name} <{found.__module__}.{found.__name__}>`",
                inspect.getdoc(found).partition("\n\n")[0],
            )
            for name, found in held.items()
        ]
        if held:
            parts.append(table(("name", "in one sentence"), rows))
        else:
            parts.append(table(("module", "holds"), [(f"`{name}`", _head(name)) for name in modules(family)]))
    pages = "\n".join(f"{package.__name__}/{name.rpartition('.')[2]}" for name in families(package))
    return "".join(parts) + f"\n```{{toctree}}\n:hidden:\n{pages}\n```\n"


def families(package: Any) -> list[str]:
    """Return the folders of a package, and the package itself for what stands beside them."""
    found = sorted(name for _, name, folder in pkgutil.iter_modules(package.__path__) if folder)
    return [*(f"{package.__name__}.{name}" for name in found), package.__name__]


def modules(family: str) -> list[str]:
    """Return the modules of a family, those of its inner folders too."""
    folder = importlib.import_module(family)
    walk = pkgutil.walk_packages if "." in family else pkgutil.iter_modules
    found = walk(folder.__path__, f"{family}.")
    return sorted(one.name for one in found if not one.ispkg and not one.name.endswith("__main__"))


def mechanisms(package: Any, family: str) -> dict[str, type]:
    """Return the attacks or defences of a family by registered name."""
    registered = getattr(package, "BUILT_IN", {})
    return {
        name: package.find(name) for name, target in registered.items() if target.startswith(f"{family}.")
    }


def _head(name: str) -> str:
    return _summary(importlib.import_module(name))


def _summary(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n\n")[0]


def family_page(package: Any, family: str) -> str:
    """Return the page of a family: each mechanism with its story, then what they are made of."""
    held = mechanisms(package, family) if family != package.__name__ else {}
    parts = [f"# {family}\n\n{_head(family)}\n"]
    for name, found in held.items():
        parts.append(_section(name, f"autoclass:: {found.__module__}.{found.__name__}"))
    if held:
        parts.append("\n---\n")
    for name in modules(family):
        mine = ", ".join(one.__name__ for one in held.values() if one.__module__ == name)
        left_out = f"\n   :exclude-members: {mine}" if mine else ""
        parts.append(_section(name, f"automodule:: {name}", left_out))
    return "".join(parts)


def _section(heading: str, directive: str, option: str = "") -> str:
    return f"\n## {heading}\n\n```{{eval-rst}}\n.. {directive}\n   :members:{option}\n```\n"


def write_reference(folder: Path) -> None:
    """Write one page per family of each package."""
    for package in (attacks, defenses, exports, simulate, reidlab):
        target = folder / package.__name__
        target.mkdir(exist_ok=True)
        pages = {f"{one.rpartition('.')[2]}.md": family_page(package, one) for one in families(package)}
        _replace(target, pages, "*.md")


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
    "reference/attacks": lambda: contents(attacks),
    "reference/defences": lambda: contents(defenses),
    "reference/exports": lambda: contents(exports),
    "reference/simulate": lambda: contents(simulate),
    "reference/reidlab": lambda: contents(reidlab),
    "sources": sources,
}
"""Page -> what is appended to it when the site is built."""


def copy_lessons(target: Path) -> None:
    """Write the lessons beside the pages, solutions folded away and the checks of prose left out."""
    target.mkdir(exist_ok=True)
    lessons = {}
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
        lessons[path.name] = json.dumps(lesson, ensure_ascii=False)
    _replace(target, lessons, "*.ipynb")


def _replace(folder: Path, texts: Mapping[str, str], pattern: str) -> None:
    """Write what changed and remove what is no longer there, so that an unchanged page is not built anew."""
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in set(folder.glob(pattern)) - {folder / name for name in texts}:
        path.unlink()
