"""The laws of the layout: where a module stands, what it may import, and that nothing stands twice."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import source_tree

import attacks
import defenses
import exports
import reidlab
import simulate

ROOT = Path(__file__).parents[1]
DOORS = {package.__name__: package for package in (attacks, defenses, exports, reidlab, simulate)}
KINDS = ("records", "synthetic", "tokens", "events", "counts", "model")
MECHANISMS = {
    package: {path.partition(":")[0] for path in DOORS[package].BUILT_IN.values()}
    for package in ("attacks", "defenses")
}


@pytest.fixture(scope="module")
def known() -> dict[str, source_tree.Module]:
    return source_tree.modules(ROOT)


def _folders() -> Iterator[Path]:
    for package in source_tree.PACKAGES:
        yield from (path.parent for path in (ROOT / package).rglob("__init__.py"))


def _pages() -> dict[str, str]:
    """Return what people read outside the packages: documents and lessons."""
    patterns = ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/*/*.md", "notebooks/_source/*.py")
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _documents() -> dict[str, str]:
    """Return documents, lessons, and the examples in docstrings."""
    texts = _pages()
    for name, module in source_tree.modules(ROOT).items():
        examples = (line for line in module.text.splitlines() if line.lstrip().startswith((">>>", "...")))
        texts[name] = "\n".join(line.lstrip(" .>") for line in examples)
    return texts


def _scripts() -> list[source_tree.Module]:
    """Return what runs outside packages and tests: lessons, benchmarks, scripts of the site."""
    patterns = ("notebooks/_source/*.py", "notebooks/*.py", "benchmarks/*.py", "docs/*.py")
    return [source_tree.Module("", path) for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def _outside() -> str:
    """Return all that stands outside packages and tests."""
    return "\n".join([*_pages().values(), *(script.text for script in _scripts())])


def test_no_folder_holds_more_than_fifteen_modules():
    wide = {folder: len(list(folder.glob("*.py"))) - 1 for folder in _folders()}
    assert {folder.name: count for folder, count in wide.items() if count > 15} == {}


def test_no_module_is_longer_than_400_lines(known):
    lines = {name: len(module.text.splitlines()) for name, module in known.items()}
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_a_defence_stands_in_the_family_of_what_it_produces():
    for name in defenses.BUILT_IN:
        found = defenses.find(name)
        assert found.__module__.split(".")[:2] == ["defenses", found.produces], name


def test_an_attack_stands_in_the_family_of_what_it_attacks():
    for name in attacks.BUILT_IN:
        found = attacks.find(name)
        family = found.__module__.split(".")[1]
        assert family in {"membership", next(kind for kind in KINDS if kind in found.accepts)}, name


def test_a_file_with_one_mechanism_bears_its_registered_name():
    for package in MECHANISMS:
        names = defaultdict(list)
        for name, path in DOORS[package].BUILT_IN.items():
            names[path.partition(":")[0]].append(name)
        for module, held in names.items():
            if len(held) == 1:
                assert module.rpartition(".")[2] == held[0].replace("-", "_")


def test_no_mechanism_imports_a_mechanism_and_no_family_another_family(known):
    wrong = []
    for package, mechanisms in MECHANISMS.items():
        families = {module.rpartition(".")[0] for module in mechanisms}
        for name, module in known.items():
            for other in module.imports(known):
                if name in mechanisms and other in mechanisms:
                    wrong.append((name, other))
                mine, theirs = module.family, known[other].family
                if mine in families and theirs in families and mine != theirs and name.startswith(package):
                    wrong.append((name, other))
    assert wrong == []


def test_no_two_children_of_a_folder_import_one_another_in_a_circle(known):
    assert source_tree.circles(known) == []


def test_each_package_has_a_contract_of_layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {package for one in contracts for package in one.get("containers", ())} == set(
        source_tree.PACKAGES
    )


def test_no_two_classes_of_a_package_share_a_name(known):
    wanted = {"Policy", "Schema", "Export", "Release", "Truth", "Guarantee", "Share", "Ledger"}
    counts = Counter(
        (module.package, node.name)
        for module in known.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in counts.items() if count > 1] == []
    everywhere = Counter(name for _, name in counts)
    assert [name for name in wanted if everywhere[name] != 1] == []


def test_what_reads_toml_and_what_finds_the_nearest_name_stand_once(known):
    for word in ("tomllib", "get_close_matches"):
        assert len([name for name, module in known.items() if word in module.text]) == 1, word
    packers = [name for name, one in known.items() if {"packed", "_packed"} & set(one.defined())]
    assert packers == ["exports.keys"]


def test_an_array_type_has_one_alias_in_a_package(known):
    aliases = defaultdict(set)
    for name, module in known.items():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("NDArray["):
                aliases[module.package, ast.unparse(node.value)].add(name)
    assert {key: places for key, places in aliases.items() if len(places) > 1} == {}


def test_no_function_body_stands_twice(known):
    assert source_tree.bodies(known) == {}


def test_no_eight_lines_stand_in_two_modules(known):
    assert source_tree.repeated_lines(known) == set()


def _contents() -> dict[str, source_tree.Module]:
    """Return the ``__init__`` of every folder by dotted name."""
    named = {".".join(folder.relative_to(ROOT).parts): folder / "__init__.py" for folder in _folders()}
    return {name: source_tree.Module(name, path) for name, path in named.items()}


def _pointed(sources: Iterable[source_tree.Module]) -> set[str]:
    """Return what is written as ``module:name``, in code and in the project's file."""
    texts = [module.text for module in sources] + [(ROOT / "pyproject.toml").read_text()]
    entry_points = tomllib.loads(texts[-1])["project"]["entry-points"]
    plugins = {module for group in entry_points.values() for module in group.values()}
    return set(re.findall(r"[\w.]+:\w+", "\n".join(texts))) | plugins


def _taken(known: dict[str, source_tree.Module]) -> set[tuple[str, str]]:
    """Return ``(module, name)`` of what modules take from one another, or offer at a front door."""
    contents = _contents()
    offered = {
        (folder, name): (module, name) for folder, one in contents.items() for module, name in one.taken()
    }
    inner = {pair for module in known.values() for pair in module.taken()}
    doors = {(module, name) for package in DOORS.values() for name, module in package._FRONT.items()}
    computed = {pair for pair in offered.values() if pair[0] == "exports.front_door"}
    return inner | {offered[pair] for pair in inner if pair in offered} | doors | computed


def test_every_public_name_is_used(known):
    sources = {**known, **_contents()}
    taken, pointed = _taken(known), _pointed(sources.values())
    words = set(re.findall(r"\w+", _outside()))
    imported = {name: module.imports(sources) for name, module in sources.items()}
    reading = defaultdict(set)
    for name, module in sources.items():
        for word in module.mentioned():
            reading[word].add(name)
    unused = [
        f"{name}.{public}"
        for name, module in known.items()
        for public in module.defined()
        if (name, public) not in taken
        and name not in reading[public]
        and not any(name in imported[other] for other in reading[public])
        and not {name, f"{name}:{public}"} & pointed
        and public not in words
        and not (name.startswith("reidlab.commands.") and public == "command")
    ]
    assert unused == []


def test_every_module_is_reached(known):
    sources, outside = {**known, **_contents()}, _outside()
    reached = {other for one in [*sources.values(), *_scripts()] for other in one.imports(known)}
    reached |= {module for package in DOORS.values() for module in package._FRONT.values()}
    reached |= {one.partition(":")[0] for one in _pointed(sources.values())}
    reached |= {name for name, module in known.items() if f"-m {name}" in module.text}
    commands = {name for name in known if name.startswith("reidlab.commands.")}
    assert {name for name in set(known) - reached - commands if name not in outside} == set()


@pytest.mark.parametrize("package", DOORS)
def test_what_runs_and_what_type_checkers_see_at_a_front_door_are_the_same(package):
    door = DOORS[package]
    tree = ast.parse(Path(door.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If) and not node.orelse)
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert seen == door._FRONT
    assert set(door._FRONT) <= set(dir(door))
    if package in MECHANISMS:
        assert {path.partition(":")[2] for path in door.BUILT_IN.values()} <= set(door._FRONT)
    with pytest.raises(AttributeError, match="has no attribute 'absent'"):
        _ = door.absent


def test_no_module_or_folder_hides_a_name_of_a_front_door():
    for package, door in DOORS.items():
        children = {path.stem for path in (ROOT / package).iterdir()}
        assert children & set(door._FRONT) == set()


def test_a_front_door_still_leads_to_the_same_things_when_every_module_is_loaded(known):
    code = f"""
import importlib, types
names = {sorted(name for name in known if not name.endswith("on_spark"))!r}
doors = [importlib.import_module(package) for package in {sorted(DOORS)!r}]
for _ in range(2):
    for name in names:
        importlib.import_module(name)
    for door in doors:
        for name in door._FRONT:
            assert not isinstance(getattr(door, name), types.ModuleType), (door, name)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_front_door_loads_none_of_the_heavy_packages():
    code = (
        "import sys, attacks, defenses, exports, simulate, reidlab\n"
        "print([name for name in ('numpy', 'pyarrow', 'duckdb', 'pydantic') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_documents_and_examples_take_from_a_front_door_what_stands_there():
    taken = re.compile(rf"^from (({'|'.join(DOORS)})\.[\w.]+) import (.+)$", re.M)
    wrong = [
        f"{place}: {module} {name}"
        for place, text in _documents().items()
        for module, package, names in taken.findall(text)
        for name in names.split(", ")
        if name in DOORS[package]._FRONT
    ]
    assert wrong == []


def test_every_module_and_path_that_a_document_names_exists():
    dotted = re.compile(rf"(?<![\w./@-])((?:{'|'.join(DOORS)})(?:\.[A-Za-z_]\w*)+)")
    path = re.compile(rf"(?<![\w./-])((?:{'|'.join(DOORS)})(?:/[\w-]+)+(?:\.\w+)?/?)")
    groups = {"reidlab.attacks", "reidlab.defenses"}
    wrong = set()
    texts = _documents()
    for name, module in source_tree.modules(ROOT).items():
        texts[name] = "\n".join(filter(None, map(_docstring, ast.walk(module.tree))))
    for place in ("conftest.py", "pyproject.toml"):
        texts[place] = (ROOT / place).read_text()
    for place, text in texts.items():
        wrong |= {(place, one) for one in dotted.findall(text) if one not in groups and not _exists(one)}
        wrong |= {(place, one) for one in path.findall(text) if not (ROOT / one).exists()}
    assert wrong == set()


def _docstring(node: ast.AST) -> str | None:
    held = isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    return ast.get_docstring(node) if held else None


def _exists(dotted: str) -> bool:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part) and part not in getattr(found, "__dataclass_fields__", ()):
                return False
            found = getattr(found, part, None)
        return True
    return False


def test_the_contents_of_a_family_name_each_mechanism_in_it():
    for package in MECHANISMS:
        for name, path in DOORS[package].BUILT_IN.items():
            family = importlib.import_module(path.partition(":")[0].rpartition(".")[0])
            assert f"`{name}`" in (family.__doc__ or ""), f"{family.__name__} does not list {name}"


def test_a_table_of_contents_computes_nothing():
    for folder in _folders():
        tree = ast.parse((folder / "__init__.py").read_text())
        assert ast.get_docstring(tree), folder
        if folder.parent != ROOT and "tables" not in folder.parts:
            kinds = {type(node).__name__ for node in tree.body[1:]}
            assert kinds <= {"Import", "ImportFrom", "Assign", "AnnAssign", "Expr"}, folder
