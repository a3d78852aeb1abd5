"""The code that a result depends on: a hash of the modules that its parts import, and of no others."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from reidlab.installation import package_folders


def fingerprint(roots: Iterable[str], folders: Mapping[str, Path] | None = None) -> str:
    """Return the hash of some modules, of all that they import, and of the versions of foreign packages.

    Read from the source without running it, so that imports inside functions count; those for type
    checkers only do not. Of the packages that hold a used module the data files count as well.

    Parameters
    ----------
    roots : iterable of str
        Names of modules.
    folders : mapping of str to Path, optional
        Folder of each package that is read; by default the five of the lab and those of ``roots``.

    Examples
    --------
    >>> fingerprint(["exports.errors"]) == fingerprint(["exports.errors"]) != fingerprint(["exports.shares"])
    True
    """
    roots = sorted(set(roots))
    folders = dict(folders or package_folders())
    for root in roots:
        package = root.partition(".")[0]
        if package not in folders:
            folders[package] = _foreign_folder(package)
    used, foreign = imported(roots, folders)
    digest = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for name in sorted(used):
        digest.update(name.encode() + b"\0" + _hashed(used[name], _stamp(used[name])))
    for package in sorted({name.partition(".")[0] for name in used}):
        for path in _data_files(folders[package]) if package != "reidlab" else ():
            named = path.relative_to(folders[package]).as_posix().encode()
            digest.update(named + b"\0" + _hashed(path, _stamp(path)))
    for name in sorted(foreign):
        digest.update(f"{name} {_version(name)}\n".encode())
    return digest.hexdigest()


def imported(roots: Iterable[str], folders: Mapping[str, Path]) -> tuple[dict[str, Path], set[str]]:
    """Return the file of every module that ``roots`` import, and the foreign packages that these import."""
    used: dict[str, Path] = {}
    foreign: set[str] = set()
    open_, seen = list(roots), set[str]()
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        package = name.partition(".")[0]
        if package not in folders:
            foreign.add(package)
            continue
        path = _file(name, folders[package])
        if path is None:
            open_.append(name.rpartition(".")[0])
        else:
            used[name] = path
            open_ += [*_parents(name), *_imports(name, path, _stamp(path))]
    return used, foreign - set(sys.stdlib_module_names)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _file(name: str, folder: Path) -> Path | None:
    """Return the source of a module; None for a name that a module defines."""
    inside = folder.joinpath(*name.split(".")[1:])
    for path in (inside / "__init__.py", inside.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes with a file, so that what was read of it is read again."""
    state = path.stat()
    return state.st_mtime_ns, state.st_size


@cache
def _hashed(path: Path, stamp: tuple[int, int]) -> bytes:  # noqa: ARG001 - the stamp is part of the key
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _imports(name: str, path: Path, stamp: tuple[int, int]) -> tuple[str, ...]:  # noqa: ARG001 - the stamp is part of the key
    """Return what a module imports, anywhere in it; a name that is imported may be a module too."""
    tree = ast.parse(path.read_bytes())
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for node in _running(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found += [f"{module}.{alias.name}" for alias in node.names]
    return tuple(found)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below ``node`` without what stands under ``if TYPE_CHECKING``."""
    yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def _data_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path.name != "py.typed"
    )


def _foreign_folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    places = spec.submodule_search_locations
    return Path(next(iter(places))) if places else Path(str(spec.origin)).with_suffix("")


@cache
def _version(module: str) -> str:
    return ", ".join(sorted(metadata.version(one) for one in _distributions().get(module, ())))


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()
