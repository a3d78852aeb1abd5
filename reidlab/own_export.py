"""Attacks and defences put to somebody's own export, for the report on it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exports.errors import LabError
from reidlab.bench.experiment import Experiment, Material, Part

ATTACKS = ("singling-out", "inference", "linkability", "membership")
SEEDS = (1,)


def experiment(file: Path, schema: Path, *, ks: Sequence[int], epsilons: Sequence[float]) -> Experiment:
    """Return the experiment: the export as it is, k-anonymised, and synthesised under epsilon.

    Examples
    --------
    >>> found = experiment(Path("a.csv"), Path("a.toml"), ks=[5, 10], epsilons=[1.0])
    >>> [str(part) for part in found.defenses][1]
    'optimal-k-anonymity(k=5, suppression=0.05)'
    """
    defenses = [Part("global-recoding", label="as it is")]
    defenses += [Part("optimal-k-anonymity", {"k": k, "suppression": 0.05}) for k in ks]
    defenses += [Part("mst", {"epsilon": epsilon, "delta": "1e-6"}) for epsilon in epsilons]
    return Experiment(
        name=file.stem,
        question="Which defence changes what these attacks learn from this export?",
        material=Material("file", file=file, schema=schema),
        defenses=tuple(defenses),
        attacks=tuple(Part(name) for name in ATTACKS),
        utilities=("two-way-error",),
        seeds=SEEDS,
    )


def frontier(one: Experiment) -> list[dict[str, Any]]:
    """Run the experiment; return a flat row per defence and attack, with why where there is no number."""
    from reidlab.bench.runner import run

    with tempfile.TemporaryDirectory() as folder:
        done = run(one, Path(folder), workers=1)
    rows = []
    for cell, outcome in done.outcomes:
        if cell.role == "attack":
            numbers = outcome.numbers
            rows.append(
                {
                    "defence": str(cell.defense),
                    "guarantee": outcome.guarantee,
                    "attack": cell.probe.name,
                    "advantage": numbers.get("advantage"),
                    "low": numbers.get("advantage_low"),
                    "high": numbers.get("advantage_high"),
                    "why not": outcome.reason,
                }
            )
    return rows


def numbers_of(option: str | None, name: str) -> list[float]:
    """Read ``k=5,10`` or ``1.0,2.0`` as numbers.

    Raises
    ------
    LabError
        Names the option and what it holds.

    Examples
    --------
    >>> numbers_of("k=5,10", "--defend")
    [5.0, 10.0]
    """
    if option is None:
        return []
    try:
        found = [float(part) for part in option.removeprefix("k=").split(",")]
    except ValueError:
        found = [0.0]
    if min(found) <= 0:
        raise LabError(f"{name} is {option!r} but must hold numbers above 0, as in k=5,10 or 1.0.")
    return found
