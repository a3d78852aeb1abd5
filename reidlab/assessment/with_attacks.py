"""Attacks and defences put to somebody's own export, for the report on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exports.errors import LabError
from exports.filesystem.rooms import workroom
from exports.schema import Role, Schema
from reidlab.bench.experiment import Experiment, Material, Part

RECORDS = ("singling-out", "inference", "linkability", "membership")
GUESSES = "names:"
"""Addresses that are tried against tokens: common names at the usual providers."""
UTILITY = "two-way-error"
SEEDS = (1,)
AS_IT_IS = "as it is"
KNEW = {
    "singling_out": "the attacker knew the released rows alone",
    "linkability": "the attacker knew two parts of each target's quasi-identifiers",
    "inference": "the attacker knew each target's quasi-identifiers",
    "membership": "the attacker knew each target's whole row",
    "hash_reversal": "the attacker held common names at the usual providers",
}
"""What each attack on records was given to know."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """What the attacks learn from an export after each defence.

    Parameters
    ----------
    rows : list of dict
        One per defence and attack, with why where there is no number.
    strongest : list of dict
        Per defence the strongest attack, the attacks among which it was chosen, and how that was paid for.
    figures : list of str
        The frontier of each attack as HTML.
    """

    rows: list[dict[str, Any]]
    strongest: list[dict[str, Any]]
    figures: list[str]

    @property
    def of_export(self) -> dict[str, dict[str, Any]]:
        """What the attacks showed of the export as it is, by the rule of a policy that asks of them."""
        found = {}
        for row in self.rows:
            rule = row["attack"].replace("-", "_")
            if row["defence"] == AS_IT_IS and rule in ("singling_out", "linkability", "inference"):
                shown = row["high"] is not None
                found[rule] = {
                    "made": row["made"] if shown else 0,
                    "high": row["high"],
                    "why": row["why not"] or "it gave no interval",
                    "knew": KNEW[rule],
                }
        return found


def experiment(file: Path, schema: Path, *, ks: Sequence[int], epsilons: Sequence[float]) -> Experiment:
    """Return the experiment: the export as it is, k-anonymised, and synthesised under epsilon.

    Where the schema names identifiers or tokens, the list of these is attacked too: as it is, under
    a secret key, and not sent.

    Raises
    ------
    LabError
        When the schema cannot be read.
    """
    declared = Schema.load(schema)
    defenses, attacks = [], []
    if declared.quasi_identifiers or declared.sensitive:
        defenses += [Part("global-recoding", label=AS_IT_IS)]
        defenses += [Part("optimal-k-anonymity", {"k": k, "suppression": 0.05}) for k in ks]
        defenses += [Part("mondrian", {"k": k}) for k in ks]
        defenses += [Part("mst", {"epsilon": epsilon, "delta": "1e-6"}) for epsilon in epsilons]
        attacks += [Part(name) for name in RECORDS]
    if declared.names(Role.IDENTIFIER, Role.TOKEN):
        defenses += [
            Part("hash", label="the list, hashed"),
            Part("hmac", {"key_file": "@key"}, label="the list under a secret key"),
            Part("do-not-send"),
        ]
        attacks += [Part("hash-reversal", {"space": GUESSES, "budget": 2_000_000}, label="hash-reversal")]
    return Experiment(
        name=file.stem,
        question="Which defence changes what these attacks learn from this export?",
        material=Material("file", file=file, schema=schema),
        defenses=tuple(defenses),
        attacks=tuple(attacks),
        utilities=(UTILITY,),
        seeds=SEEDS,
        status_quo=AS_IT_IS,
    )


def frontier(one: Experiment) -> Frontier:
    """Run the experiment; half of the rows are held out as the control."""
    from reidlab.bench.frontier import points, worst
    from reidlab.bench.page import HOW
    from reidlab.bench.runner import run
    from reidlab.bench.table import tidy
    from reidlab.bench.utility.registry import UTILITIES
    from reidlab.plots.frontier import frontier as drawn

    with workroom() as folder:
        table = tidy(run(one, folder, workers=1))
    found, cells = points(table), table.to_pylist()
    cost = {cell["defense"]: cell["utility"] for cell in cells if cell["role"] == "utility"}
    rows = [
        {
            "defence": cell["defense"],
            "guarantee": cell["guarantee"],
            "attack": cell["probe"],
            "advantage": cell["advantage"],
            "low": cell["advantage_low"],
            "high": cell["advantage_high"],
            UTILITY: cost.get(cell["defense"]),
            "made": cell["made"],
            "knew": KNEW.get(cell["probe"].replace("-", "_"), ""),
            "why not": cell["reason"],
        }
        for cell in cells
        if cell["role"] == "attack"
    ]
    strongest = [
        {
            "defence": best.defense,
            "strongest attack": best.attack,
            "advantage": best.advantage.value,
            "low": best.advantage.low,
            "high": best.advantage.high,
            "among": ", ".join(best.covers),
            "chosen by": HOW[best.method],
        }
        for best in worst(table)
    ]
    plotted = dict.fromkeys(point.attack for point in found if UTILITY in point.utility)
    caption = f"{UTILITIES[UTILITY].title}, less is better"
    figures = [
        drawn(found, attack, UTILITY, status_quo=one.status_quo, caption=caption)._repr_html_()
        for attack in plotted
    ]
    return Frontier(rows, strongest, figures)


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
