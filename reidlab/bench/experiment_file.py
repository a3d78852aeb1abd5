"""An experiment's TOML, checked: file, key, what may stand there, and the nearest known name."""

from __future__ import annotations

import inspect
import itertools
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import attacks
import defenses
from exports.errors import LabError
from exports.plugins import nearest
from reidlab.bench.experiment import Experiment, Kind, Material, Part
from reidlab.bench.utility.registry import UTILITIES

Scalar = str | int | float | bool


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
    if not isinstance(larger, dict):
        raise LabError(f"The experiment {path} has a wrong entry at full: it must be a table of keys.")
    if full:
        material = {**raw.get("material", {}), **larger.get("material", {})}
        raw = {**raw, **larger, "material": material}
    model = _model(raw, path)
    known = {"defenses": defenses.available(), "attacks": attacks.available(), "utilities": UTILITIES}
    for key, names in known.items():
        for part in getattr(model, key):
            name = part if isinstance(part, str) else part.name
            if name not in names:
                raise LabError(
                    f"The experiment {path} names {name!r} under {key}, which is not registered: "
                    f"did you mean {nearest(name, names)!r}?"
                )
            if not isinstance(part, str):
                _settings_known(part, key, path)
    experiment = Experiment(
        name=model.name,
        question=model.question,
        material=_material(model.material, path),
        defenses=tuple(point for part in model.defenses for point in _points(part)),
        attacks=tuple(point for part in model.attacks for point in _points(part)),
        utilities=tuple(model.utilities),
        seeds=tuple(model.seeds),
        everybody=model.everybody,
        status_quo=model.status_quo,
    )
    for key, shown in (("defenses", experiment.defenses), ("attacks", experiment.attacks)):
        (most, times), *_ = Counter(map(str, shown)).most_common(1)
        if times > 1:
            raise LabError(f"The experiment {path} calls {times} {key} {most!r}: give them different labels.")
    if len(set(experiment.seeds)) < len(experiment.seeds):
        raise LabError(
            f"The experiment {path} has a wrong entry at seeds: one stands there twice, and its people would "
            "be counted twice: give different ones."
        )
    families = [part.family for part in experiment.defenses]
    if experiment.status_quo and experiment.status_quo not in families:
        near = nearest(experiment.status_quo, families)
        raise LabError(
            f"The experiment {path} has a wrong entry at status_quo: no defence is called "
            f"{experiment.status_quo!r}; did you mean {near!r}?"
        )
    return experiment


def _model(raw: Mapping[str, Any], path: Path) -> Any:
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    class DefenseModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: str
        label: str = ""
        settings: dict[str, Scalar | list[Scalar]] = {}
        grid: dict[str, Annotated[list[Scalar], Field(min_length=1)]] = {}

    class AttackModel(DefenseModel):
        later: bool = False

    class MaterialModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        kind: Kind
        people: Annotated[int, Field(ge=10, le=10_000_000)] = 5000
        case: str = "betterhelp"
        file: Path | None = None
        schema_: Annotated[Path | None, Field(alias="schema")] = None

    class ExperimentModel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]*$")]
        question: str
        material: MaterialModel
        defenses: Annotated[list[DefenseModel], Field(min_length=1)]
        attacks: Annotated[list[AttackModel], Field(min_length=1)]
        utilities: list[str] = []
        seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
        everybody: bool = False
        status_quo: str = ""

    allowed: dict[str, type[BaseModel]] = {
        "material": MaterialModel,
        "defenses": DefenseModel,
        "attacks": AttackModel,
    }
    try:
        return ExperimentModel.model_validate(raw)
    except ValidationError as error:
        # A misspelt key is missing too: what stands there says more.
        faults = error.errors(include_url=False)
        first = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
    where = ".".join(str(part) for part in first["loc"])
    reason = first["msg"]
    if where == "material.kind" and isinstance(first["input"], str):
        reason += f"; the nearest is {nearest(first['input'], get_args(Kind))!r}"
    if first["type"] == "extra_forbidden":
        inside, key = first["loc"][0], str(first["loc"][-1])
        owner: type[BaseModel] = allowed[str(inside)] if len(first["loc"]) > 1 else ExperimentModel
        keys = [field.alias or name for name, field in owner.model_fields.items()]
        reason = f"no such key; allowed are {', '.join(keys)}; the nearest is {nearest(key, keys)!r}"
    raise LabError(f"The experiment {path} has a wrong entry at {where}: {reason}.")


def _settings_known(part: Any, key: str, path: Path) -> None:
    """Check that the class of a part takes its settings."""
    owner = (defenses if key == "defenses" else attacks).find(part.name)
    known = list(inspect.signature(owner).parameters)
    for name in (*part.settings, *part.grid):
        if name not in known:
            hint = f"did you mean {nearest(name, known)!r}?" if known else "it takes none."
            where = f"The experiment {path} has a wrong entry at {key}"
            raise LabError(f"{where}: {part.name} has no setting {name!r}: {hint}")


def _material(model: Any, path: Path) -> Material:
    """Return the material, its files as seen from the TOML."""
    files = {"file": model.file, "schema": model.schema_}
    for key, file in files.items():
        if model.kind == "file" and file is None:
            raise LabError(
                f"The experiment {path} has no material.{key}, which the kind 'file' needs: name one."
            )
        if model.kind != "file" and file is not None:
            raise LabError(
                f"The experiment {path} has a wrong entry at material.{key}: only the kind 'file' takes it."
            )
        if file is not None and not (path.parent / file).is_file():
            raise LabError(
                f"The experiment {path} has a wrong entry at material.{key}: there is no file {str(file)!r} "
                "beside it."
            )
    found = {key: None if file is None else path.parent / file for key, file in files.items()}
    return Material(model.kind, model.people, model.case, **found)


def _points(part: Any) -> Iterator[Part]:
    for values in itertools.product(*part.grid.values()):
        point = dict(zip(part.grid, values, strict=True))
        yield Part(
            part.name, {**part.settings, **point}, part.label, tuple(part.grid), getattr(part, "later", False)
        )
