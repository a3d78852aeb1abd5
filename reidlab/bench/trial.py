"""One cell computed: the release is made, and the attack or the utility put to it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

import attacks
import defenses
from attacks.advantage import Advantage, advantage
from exports.errors import LabError, nearest
from exports.release import Release, Truth
from exports.shares import Share
from reidlab.bench.cells import Cell, Outcome
from reidlab.bench.experiment import Part
from reidlab.bench.materials import prepared as material
from reidlab.bench.utility import registry as utilities

if TYPE_CHECKING:
    import pyarrow as pa

    from attacks.result import AttackResult


@dataclass(frozen=True, slots=True)
class Made:
    """What a defence made of the data.

    Parameters
    ----------
    release : Release
        What leaves.
    data : Prepared
        With the accounts in the tokens that the recipient can make of them.
    again : callable
        Releases the second export in the same way, with noise of its own; returns its rows.
    once : bool
        Whether it is an oracle that remembers what it was asked, so that each cell needs its own.
    """

    release: Release
    data: material.Prepared
    again: Callable[[], pa.Table]
    once: bool


def make(part: Part, data: material.Prepared, seed: int, folder: Path) -> Made:
    """Set the defence up and let it release the export.

    Parameters
    ----------
    part : Part
        The defence.
    data : Prepared
        Of the seed.
    seed : int
        Given to a defence that takes one.
    folder : Path
        Where the key lies that a defence reads from a file.
    """
    defense = _build(part, data, seed, folder)
    release = defense.fit(data.export).transform(data.export)

    @cache
    def again() -> pa.Table:
        if data.again is None:
            raise LabError("The material leaves only once: use '@again' with the kind 'twice'.")
        other = _build(part, data, seed + 1_000_000, folder)
        rows: pa.Table = other.fit(data.again).transform(data.again).rows
        return rows

    once = release.ask is not None and getattr(defense, "remembers", True)
    return Made(release, material.as_recipient(data, release, defense), again, once)


def probe(cell: Cell, made: Made) -> Outcome:
    """Put one attack or utility to a release."""
    release, data = made.release, made.data
    promised = repr(release.guarantee)
    if cell.role == "utility":
        reason, value = utilities.measure(cell.probe.name, data, release)
        if value is None:
            return Outcome("not_applicable", reason, promised)
        return Outcome("done", "", promised, {"utility": value})
    if cell.probe.later and release.manifest.get("deleted"):
        release = replace(release, table=release.rows.slice(0, 0), owner=release.owner[:0])  # type: ignore[index]
    truth = Truth(data.truth.original, data.truth.control, _owner(release, data))
    resolved = {key: _resolved(value, made) for key, value in cell.probe.settings.items()}
    settings = {key: value for key, value in resolved.items() if value is not None}
    attack = attacks.find(cell.probe.name)(**settings)
    reason = attack.why_not(release, truth) or ""
    if reason:
        return Outcome("not_applicable", reason, promised)
    result = attack.run(release, truth, seed=cell.seed)
    return _counted(result, release, data, promised, everybody=cell.everybody)


def sentence(error: Exception) -> str:
    """Return what may be shown of an error: our own sentence, or the name of a foreign one."""
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__} in the lab"


def _owner(release: Release, data: material.Prepared) -> NDArray[np.int64] | None:
    """Return whose each released row is, -1 for nobody's who is attacked."""
    if release.owner is None:
        return None
    return np.where(release.owner < data.truth.original.num_rows, release.owner, -1)


def _build(part: Part, data: material.Prepared, seed: int, folder: Path) -> Any:
    found = defenses.find(part.name)
    settings = {name: _given(value, data, seed, folder) for name, value in part.settings.items()}
    if "seed" in inspect.signature(found).parameters:
        settings.setdefault("seed", seed)
    return found(**settings)


def _given(value: Any, data: material.Prepared, seed: int, folder: Path) -> Any:
    """Return a setting of a defence: itself, a table of the material, or a file with a key."""
    if value == "@key":
        path = folder / "key"
        path.write_text(hashlib.sha256(f"the sender's key of seed {seed % 1_000_000}".encode()).hexdigest())
        return path
    return _table(value, data.tables) if _names(value, "@") else value


def _resolved(value: Any, made: Made) -> Any:
    """Return a setting of an attack: itself, a table, or what the release or its recipe tells."""
    release = made.release
    if value == "@again":
        return made.again()
    if value == "@release":
        return release.rows
    if _names(value, "@release:"):
        recipe = {**release.manifest, **release.manifest.get("parameters", {})}
        return recipe.get(value.removeprefix("@release:"))
    if _names(value, "@"):
        return _table(value, made.data.tables)
    return tuple(value) if isinstance(value, list) else value


def _names(value: Any, prefix: str) -> bool:
    return isinstance(value, str) and value.startswith(prefix)


def _table(value: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    if value[1:] not in tables:
        allowed = ", ".join(f"@{name}" for name in sorted(tables))
        near = nearest(value[1:], tables)
        raise LabError(
            f"The material has no table {value!r}: use one of {allowed}; the nearest is '@{near}'."
        )
    return tables[value[1:]]


def _counted(
    result: AttackResult, release: Release, data: material.Prepared, promised: str, *, everybody: bool
) -> Outcome:
    """Return the numbers of a result, on request over all people of the export and not only the list's."""
    attack, baseline, found = result.attack, result.baseline, result.advantage
    if everybody and release.kind == "tokens" and release.owner is not None:
        listed = {int(row) for row in release.owner if row >= 0}
        absent = data.export.table.num_rows - len(listed)
        attack, baseline = (
            Share(one.count, one.of + absent, "estimated") for one in (result.attack, result.baseline)
        )
        name: Literal["control", "baseline"] = "baseline" if result.control is None else "control"
        reference = baseline if result.control is None else result.control
        if reference.of:
            found = advantage(attack, reference, name)
        elif not listed:
            found = advantage(attack, baseline, "baseline")
    return Outcome("done", found.reason, promised, _numbers(result, attack, baseline, found))


def _is_difference(result: AttackResult) -> bool:
    """Return whether the advantage is the plain difference of two rates, as of membership it is."""
    value, control = result.advantage.value, result.control
    if value is None or control is None or not control.count:
        return False
    return abs(value - ((result.attack.share or 0.0) - (control.share or 0.0))) < 1e-12


def _numbers(
    result: AttackResult, attack: Share, baseline: Share, found: Advantage
) -> dict[str, float | int | None]:
    numbers: dict[str, float | int | None] = {
        "advantage": found.value,
        "advantage_low": found.low,
        "advantage_high": found.high,
        "asked": result.asked,
        "made": result.made,
        "is_difference": int(_is_difference(result)),
    }
    for name, share in (("attack", attack), ("control", result.control), ("baseline", baseline)):
        if share is not None:
            numbers |= {f"{name}_{key}": value for key, value in share.to_json().items()}
    return numbers
