"""The lab's own source as data: modules, what they import, define and repeat."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGES = ("exports", "simulate", "attacks", "defenses", "reidlab")


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, path and syntax tree."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def family(self) -> str:
        return self.name.rpartition(".")[0]

    def imports(self, known: Iterable[str]) -> set[str]:
        """Return the known modules that it imports, wherever the import stands but for type checkers."""
        return self._imported & set(known)

    @cached_property
    def _imported(self) -> set[str]:
        found = set()
        for node in _run(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return found

    def taken(self) -> set[tuple[str, str]]:
        """Return ``(module, name)`` of each name that it imports from a module."""
        return {
            (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def defined(self) -> dict[str, ast.stmt]:
        """Return the public names at the top of the module with their statements."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {one.id: node for one in node.targets if isinstance(one, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = node
        return {name: node for name, node in found.items() if not name.startswith("_")}

    def mentioned(self) -> dict[str, int]:
        """Return how often each identifier is read in the module."""
        counts: dict[str, int] = defaultdict(int)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                counts[node.id] += 1
            elif isinstance(node, ast.Attribute):
                counts[node.attr] += 1
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                counts[node.value] += 1
        return counts


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what is executed: all but the body of ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from (other, *_run(other))
        else:
            yield child
            yield from _run(child)


@cache
def modules(root: Path, packages: tuple[str, ...] = PACKAGES) -> dict[str, Module]:
    """Return every module but ``__init__`` and ``__main__`` by dotted name."""
    found = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            if path.stem not in ("__init__", "__main__"):
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                found[name] = Module(name, path)
    return found


def circles(known: Mapping[str, Module]) -> list[str]:
    """Return a sentence per folder whose children import one another in a circle."""
    arrows: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, module in known.items():
        for other in module.imports(known):
            mine, theirs = name.split("."), other.split(".")
            shared = 0
            while mine[shared : shared + 1] == theirs[shared : shared + 1] and shared < len(mine):
                shared += 1
            if shared and shared < min(len(mine), len(theirs)):
                arrows[".".join(mine[:shared])][mine[shared]].add(theirs[shared])
    found = []
    for folder, graph in sorted(arrows.items()):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            found.append(f"{folder}: {' -> '.join(error.args[1])}")
    return found


def bodies(known: Mapping[str, Module], lines: int = 4) -> dict[str, list[str]]:
    """Return the function bodies of at least ``lines`` lines that stand more than once, with their places."""
    places = defaultdict(list)
    for name, module in known.items():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                text = "\n".join(map(ast.unparse, body))
                if text.count("\n") + 1 >= lines:
                    places[text].append(f"{name}.{node.name}")
    return {text: found for text, found in places.items() if len(found) > 1}


def repeated_lines(known: Mapping[str, Module], lines: int = 8) -> set[tuple[str, str]]:
    """Return the pairs of modules that share a run of equal lines; imports and docstrings do not count."""
    seen: dict[tuple[str, ...], str] = {}
    found = set()
    for name, module in known.items():
        code = [line for line in ast.unparse(_bare(module.tree)).splitlines() if line.strip()]
        for start in range(len(code) - lines + 1):
            run = tuple(line.strip() for line in code[start : start + lines])
            if seen.setdefault(run, name) != name:
                found.add((seen[run], name))
    return found


def _bare(tree: ast.Module) -> ast.Module:
    copied = ast.parse(ast.unparse(tree))
    for node in ast.walk(copied):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            node.body = [one for one in node.body if not _silent(one)] or [ast.Pass()]
    return copied


def _silent(node: ast.stmt) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Import | ast.ImportFrom)
