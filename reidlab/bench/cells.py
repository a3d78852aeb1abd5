"""One cell: a defence at one parameter against one attack or utility, at one seed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal

from reidlab.bench.experiment import Experiment, Part
from reidlab.installation import package_folders

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
    """

    defense: Part
    probe: Part
    role: Literal["attack", "utility"]
    seed: int

    def key(self, material: str) -> str:
        """Return the name under which the outcome is stored.

        Parameters
        ----------
        material : str
            Fingerprint of the data, from `reidlab.bench.material.fingerprint`.
        """
        plain = json.dumps([material, asdict(self), source_fingerprint()], sort_keys=True, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()


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
                yield Cell(defense, attack, "attack", seed)
            for utility in experiment.utilities:
                yield Cell(defense, Part(utility), "utility", seed)


def read(folder: Path, key: str) -> Outcome | None:
    """Return a stored outcome; None when there is none that is whole."""
    try:
        return Outcome(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(folder: Path, key: str, outcome: Outcome) -> None:
    """Store an outcome so that a kill leaves either all of it or nothing."""
    aside = folder / f"{key}.{os.getpid()}.tmp"
    aside.write_text(json.dumps(asdict(outcome), allow_nan=False), encoding="utf-8")
    aside.replace(folder / f"{key}.json")


@cache
def source_fingerprint() -> str:
    """Return the hash of all source of the five packages and of the versions they run with."""
    digest = hashlib.sha256()
    for package, folder in sorted(package_folders().items()):
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{package}/{path.relative_to(folder).as_posix()}".encode())
            digest.update(path.read_bytes())
    for name in ("numpy", "scipy", "scikit-learn", "duckdb", "pyarrow"):
        digest.update(metadata.version(name).encode())
    return digest.hexdigest()
