"""An experiment: which defences stand against which attacks, on whose data, at which seeds."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import attacks
import defenses
from exports.errors import LabError
from exports.plugins import nearest
from reidlab.bench.utilities import UTILITIES

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Part:
    """A defence or an attack with the values of its parameters.

    Parameters
    ----------
    name : str
        Registered name.
    settings : mapping of str to scalar
        Constructor arguments; ``"@accounts"`` stands for that table of the material, and
        ``"@release:salt"`` for what the release's own recipe tells, left out where it tells nothing.
    label : str
        Name of the family in tables and figures.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value}" for key, value in self.settings.items())
        return f"{self.label or self.name}({shown})" if shown else self.label or self.name


@dataclass(frozen=True, slots=True)
class Material:
    """Whose data it is.

    Parameters
    ----------
    kind : {"upload", "intake", "answers", "file"}
        The simulated upload list; simulated intake answers with what an acquaintance knows; answers
        alone, with their domains; or a real export.
    people : int
        Simulated people in the export; as many others are the control.
    case : str
        Case whose people they are.
    file, schema : Path or None
        For ``file``: the export and its schema.
    """

    kind: Literal["upload", "intake", "answers", "file"]
    people: int = 5000
    case: str = "betterhelp"
    file: Path | None = None
    schema: Path | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """One question, answered by every defence at every parameter against every attack.

    Parameters
    ----------
    name, question : str
        What it is called and what it asks.
    material : Material
        Whose data.
    defenses, attacks : tuple of Part
        One part per point of each parameter grid.
    utilities : tuple of str
        What the release is still good for.
    seeds : tuple of int
        One complete run each.
    """

    name: str
    question: str
    material: Material
    defenses: tuple[Part, ...]
    attacks: tuple[Part, ...]
    utilities: tuple[str, ...]
    seeds: tuple[int, ...]


def load(path: Path | str, *, full: bool = False) -> Experiment:
    """Read an experiment; the table ``[full]`` replaces top-level keys when ``full`` is set.

    Raises
    ------
    LabError
        Names the file, the key and the allowed values, or the nearest registered name.
    """
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"The experiment {path} cannot be read ({error.strerror}): check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"The experiment {path} is not valid TOML ({error}): mend that line.") from None
    larger = raw.pop("full", {})
    if full:
        raw = {**raw, **larger, "material": {**raw.get("material", {}), **larger.get("material", {})}}
    return _checked(raw, path)


def _checked(raw: dict[str, Any], path: Path) -> Experiment:
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    class PartModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: str
        label: str = ""
        settings: dict[str, Scalar | list[Scalar]] = {}
        grid: dict[str, list[Scalar]] = {}

    class MaterialModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        kind: Literal["upload", "intake", "answers", "file"]
        people: Annotated[int, Field(ge=10, le=10_000_000)] = 5000
        case: str = "betterhelp"
        file: Path | None = None
        schema_: Annotated[Path | None, Field(alias="schema")] = None

    class ExperimentModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: str
        question: str
        material: MaterialModel
        defenses: Annotated[list[PartModel], Field(min_length=1)]
        attacks: Annotated[list[PartModel], Field(min_length=1)]
        utilities: list[str] = []
        seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]

    try:
        model = ExperimentModel.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LabError(f"The experiment {path} has a wrong entry at {where}: {first['msg']}.") from None
    known = {"defenses": defenses.available(), "attacks": attacks.available(), "utilities": UTILITIES}
    for key, names in known.items():
        for part in getattr(model, key):
            name = part if isinstance(part, str) else part.name
            if name not in names:
                raise LabError(
                    f"The experiment {path} names {name!r} under {key}, which is not registered: "
                    f"did you mean {nearest(name, names)!r}?"
                )
    material = model.material
    return Experiment(
        name=model.name,
        question=model.question,
        material=Material(
            material.kind,
            material.people,
            material.case,
            None if material.file is None else path.parent / material.file,
            None if material.schema_ is None else path.parent / material.schema_,
        ),
        defenses=tuple(point for part in model.defenses for point in _points(part)),
        attacks=tuple(point for part in model.attacks for point in _points(part)),
        utilities=tuple(model.utilities),
        seeds=tuple(model.seeds),
    )


def _points(part: Any) -> Iterator[Part]:
    for values in itertools.product(*part.grid.values()):
        yield Part(part.name, {**part.settings, **dict(zip(part.grid, values, strict=True))}, part.label)
