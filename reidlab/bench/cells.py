"""One cell: a defence at one parameter against one attack or utility, at one seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import attacks
import defenses
from reidlab.bench.experiment import Experiment, Material, Part
from reidlab.bench.materials import prepared as material
from reidlab.bench.source import fingerprint
from reidlab.bench.utility.registry import UTILITIES
from reidlab.writing.aside import put

Status = Literal["done", "failed", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is computed, before it is computed.

    Parameters
    ----------
    defense : Part
        The defence and its parameters.
    probe : Part
        The attack, or the utility by its name.
    role : {"attack", "utility"}
        Which of the two ``probe`` is.
    seed : int
        Seed of the people, of a seeded defence and of the attack.
    everybody : bool
        Count the people who are not on a list too.
    """

    defense: Part
    probe: Part
    role: Literal["attack", "utility"]
    seed: int
    everybody: bool = False

    def parts(self, kind: str) -> tuple[str, ...]:
        """Return the modules that decide about the outcome, with all that they import."""
        probes = (
            attacks.available()
            if self.role == "attack"
            else {name: one.place for name, one in UTILITIES.items()}
        )
        places = (material.BUILT_IN[kind], defenses.available()[self.defense.name], probes[self.probe.name])
        return ("reidlab.bench.trial", *(place.partition(":")[0] for place in places))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a cell.

    Parameters
    ----------
    status : {"done", "failed", "not_applicable"}
        ``reason`` says why it is not done, or why an attack that was made has no advantage.
    guarantee : str
        What the release promised.
    numbers : mapping of str to float or None
        Columns of the tidy table.
    """

    status: Status
    reason: str = ""
    guarantee: str = ""
    numbers: Mapping[str, float | int | None] = field(default_factory=dict)


def cells(experiment: Experiment) -> Iterator[Cell]:
    """Yield every cell of an experiment in the order of its table."""
    for defense in experiment.defenses:
        for seed in experiment.seeds:
            for attack in experiment.attacks:
                yield Cell(defense, attack, "attack", seed, experiment.everybody)
            for utility in experiment.utilities:
                yield Cell(defense, Part(utility), "utility", seed)


def keys(wanted: Sequence[Cell], source: Material) -> list[tuple[Cell, str]]:
    """Return each cell with the name under which its outcome is stored.

    The name is a hash of the data, of what the cell computes (not of what its parts are called in
    tables), and of the code of its parts with all that they import: whatever else changes, a
    stored outcome stays.
    """
    code = cache(fingerprint)
    data = material.fingerprint(source)
    return [(cell, _key(cell, data, code(cell.parts(source.kind)))) for cell in wanted]


def _key(cell: Cell, data: str, code: str) -> str:
    named: list[Any] = [[part.name, part.settings, part.later] for part in (cell.defense, cell.probe)]
    plain = [data, code, named, cell.role, cell.seed, cell.everybody]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def read(folder: Path, key: str) -> Outcome | None:
    """Return a stored outcome; None when there is none that is whole."""
    try:
        return Outcome(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(folder: Path, key: str, outcome: Outcome) -> None:
    """Store an outcome so that a kill leaves either all of it or nothing."""
    put(folder / f"{key}.json", json.dumps(asdict(outcome), allow_nan=False).encode())
