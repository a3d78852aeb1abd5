"""An experiment's TOML, checked: file, key, what may stand there, and the nearest known name."""

from __future__ import annotations

import inspect
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import attacks
import defenses
from exports.errors import LabError
from exports.filesystem.named_files import require_component
from exports.toml_file import checked, dotted, read_toml, unknown_key, unknown_value
from reidlab.bench.experiment import Experiment, Material, Part
from reidlab.bench.utility.registry import UTILITIES

REGISTERED = {"defenses": defenses, "attacks": attacks}


def load(path: Path | str, *, full: bool = False) -> Experiment:
    """Read an experiment; the table ``[full]`` replaces top-level keys when ``full`` is set.

    Raises
    ------
    LabError
        Names the file, the key and what may stand there, or the nearest known word.
    """
    path = Path(path)
    raw = read_toml(path)
    keys = [*(field.name for field in fields(Experiment)), "full"]
    for key in raw:
        if key not in keys:
            raise LabError(f"{path}: {unknown_key((key,), keys)}")
    given = raw.pop("full", {})
    raw = {"utilities": [], **raw}
    experiment = checked(Experiment, raw, path)
    larger = _larger(given, raw, path)
    if full:
        raw = {**raw, **larger}
        experiment = checked(Experiment, raw, path)
    _require_known(experiment, path)
    for index, part in enumerate(raw["defenses"]):
        if "later" in part:
            raise LabError(f"{path}: {dotted(('defenses', index, 'later'))} is for attacks: remove it.")
    experiment = replace(
        experiment,
        material=_located(experiment.material, path),
        defenses=tuple(point for part in experiment.defenses for point in _points(part)),
        attacks=tuple(point for part in experiment.attacks for point in _points(part)),
    )
    _require_different(experiment, path)
    families = [part.family for part in experiment.defenses]
    if experiment.status_quo and experiment.status_quo not in families:
        raise LabError(f"{path}: {unknown_value(('status_quo',), experiment.status_quo, families)}")
    return experiment


def _larger(given: Any, raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the keys of the table ``[full]``, checked; a material is completed by that of the file."""
    if not isinstance(given, dict):
        raise LabError(f"{path}: full must be a table of keys.")
    shapes = get_type_hints(Experiment, include_extras=True)
    completed = {}
    for key, value in given.items():
        if key not in shapes:
            raise LabError(f"{path}: {unknown_key(('full', key), shapes)}")
        both = key == "material" and isinstance(value, dict)
        completed[key] = {**raw[key], **value} if both else value
        checked(shapes[key], completed[key], path, at=("full", key))
    return completed


def _require_known(experiment: Experiment, path: Path) -> None:
    """Check the names of all parts and of their settings."""
    require_component(experiment.name, path)
    for index, name in enumerate(experiment.utilities):
        if name not in UTILITIES:
            raise LabError(f"{path}: {unknown_value(('utilities', index), name, UTILITIES)}")
    for key, package in REGISTERED.items():
        for index, part in enumerate(getattr(experiment, key)):
            known = package.available()
            if part.name not in known:
                raise LabError(f"{path}: {unknown_value((key, index, 'name'), part.name, known)}")
            taken = inspect.signature(package.find(part.name)).parameters
            for table in ("settings", "grid"):
                for name in getattr(part, table):
                    if name not in taken:
                        raise LabError(f"{path}: {unknown_key((key, index, table, name), taken)}")


def _require_different(experiment: Experiment, path: Path) -> None:
    for key in REGISTERED:
        (most, times), *_ = Counter(map(str, getattr(experiment, key))).most_common(1)
        if times > 1:
            raise LabError(f"{path}: {times} {key} are called {most!r}: give them different labels.")
    if len(set(experiment.seeds)) < len(experiment.seeds):
        raise LabError(
            f"{path}: seeds: one stands there twice, and its people would be counted twice: "
            "give different ones."
        )


def _located(material: Material, path: Path) -> Material:
    """Return the material, its files as seen from the TOML."""
    found: dict[str, Any] = {}
    for key in ("file", "schema"):
        file = getattr(material, key)
        if material.kind == "file" and file is None:
            raise LabError(
                f"{path}: the key material.{key} is missing, which the kind 'file' needs: name one."
            )
        if material.kind != "file" and file is not None:
            raise LabError(f"{path}: material.{key}: only the kind 'file' takes it.")
        if file is not None and not (path.parent / file).is_file():
            raise LabError(f"{path}: material.{key}: there is no file {str(file)!r} beside it.")
        found[key] = None if file is None else path.parent / file
    return replace(material, **found)


def _points(part: Part) -> Iterator[Part]:
    for values in itertools.product(*part.grid.values()):
        yield replace(part, settings={**part.settings, **dict(zip(part.grid, values, strict=True))})
