"""Where the five packages, the optional extras and the memory of this machine come from."""

from __future__ import annotations

import os
import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from exports.errors import LabError

PACKAGES = ("exports", "simulate", "attacks", "defenses", "reidlab")

EXTRAS = {
    "dp": ("opendp", "dp_accounting"),
    "synth": ("mbi", "networkx"),
    "linkage": ("splink",),
    "psi": ("private_set_intersection",),
    "sign": ("cryptography",),
    "databases": ("adbc_driver_postgresql", "adbc_driver_sqlite"),
    "spark": ("pyspark",),
    "spreadsheets": ("openpyxl", "pyreadstat"),
    "platform": ("starlette", "uvicorn", "grpc", "cryptography"),
    "notebooks": ("jupyterlab", "ipywidgets", "jupytext"),
}
"""The modules that each optional extra brings."""


def package_folders() -> dict[str, Path]:
    """Return the folder that Python would import each of the five packages from."""
    folders = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise LabError(f"The package {package!r} is missing: install reidlab again.")
        folders[package] = Path(next(iter(spec.submodule_search_locations)))
    return folders


def require_one_distribution() -> None:
    """Check that no foreign package shadows one of ours.

    Raises
    ------
    LabError
        Names both folders when two of the five packages lie side by side no more.
    """
    folders = package_folders()
    home = folders["reidlab"].parent
    for package, folder in folders.items():
        if folder.parent != home:
            raise LabError(
                f"The package {package!r} comes from {folder} and not from {home}: rename or uninstall "
                "the one that shadows it."
            )


def installed_extras() -> dict[str, bool]:
    """Return, for each optional extra, whether everything it brings can be imported."""
    return {extra: all(find_spec(module) for module in modules) for extra, modules in EXTRAS.items()}


def versions() -> dict[str, str]:
    """Return the version of reidlab, of every base dependency, and of each installed one of the extras."""
    found = {}
    for requirement in ("reidlab", *(metadata.requires("reidlab") or ())):
        needed, _, marker = requirement.partition(";")
        name = re.split(r"[^\w.-]", needed.strip(), maxsplit=1)[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            if "extra" not in marker:
                found[name] = "not installed"
    return found


def memory_bytes() -> int | None:
    """Return the physical memory of this machine; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
