"""Whose data an experiment is about: the export, the truth, and the tables an adversary may hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from exports.plugins import load
from exports.release import Export, Truth
from exports.schema import Schema
from reidlab.bench.experiment import Material

if TYPE_CHECKING:
    import pyarrow as pa

    from defenses.defense import Defense
    from exports.release import Release

BUILT_IN: dict[str, str] = {
    "upload": "reidlab.bench.materials.upload:upload",
    "intake": "reidlab.bench.materials.answers:intake",
    "answers": "reidlab.bench.materials.answers:answers",
    "twice": "reidlab.bench.materials.answers:twice",
    "file": "reidlab.bench.materials.own_file:own_file",
}
"""Kind of material -> ``module:function`` that makes it from its settings and a seed."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of one seed.

    Parameters
    ----------
    export : Export
        What every defence is given.
    truth : Truth
        Its rows, and as many people who are not among them.
    tables : mapping of str to pyarrow.Table
        What adversaries may hold; an experiment names one as ``"@name"``.
    again : Export or None
        A second export about the same people and others, which the same defence releases too.
    """

    export: Export
    truth: Truth
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    again: Export | None = None


def fingerprint(material: Material) -> str:
    """Return a hash of the settings, and of the bytes of the files for a real export."""
    plain = {key: value for key, value in asdict(material).items() if key not in {"file", "schema"}}
    digest = hashlib.sha256(str(sorted(plain.items())).encode())
    for path in (material.file, material.schema):
        if path is not None:
            with Path(path).open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def prepare(material: Material, seed: int) -> Prepared:
    """Make or read the data of one seed.

    Parameters
    ----------
    material : Material
        Which data.
    seed : int
        Seed of the simulated people, or of the rows of a real export that are held out.

    Raises
    ------
    LabError
        When a file cannot be read or does not fit its schema.
    """
    prepared: Prepared = load(material.kind, BUILT_IN, "material")(material, seed)
    return prepared


def as_recipient(prepared: Prepared, release: Release, defense: Defense) -> Prepared:
    """Return the data with the accounts in the tokens that a platform can make of them.

    A platform follows the recipe it is told: it hashes, salts or truncates as the sender did, but
    it does not hold the sender's secret.
    """
    accounts = prepared.tables.get("accounts")
    recipe = getattr(defense, "recipient_tokens", None)
    if accounts is None or release.kind != "tokens" or recipe is None:
        return prepared
    held = Export(accounts, Schema.of(person="person_id", identifier=["email"]))
    return replace(prepared, tables={**prepared.tables, "accounts": recipe(held)})
