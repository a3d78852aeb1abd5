"""What stands in a ledger, for its curator: answers, totals and what is left, by data set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from defenses.dp.accountant import totals
from defenses.dp.budget import exact_delta
from defenses.dp.ledger import Ledger
from defenses.dp.ledger_entries import Entry, as_budget, as_cost
from exports.errors import LabError


def accounts(file: Path, delta: str = "1e-6") -> dict[str, Any]:
    """Return the accounts of a ledger.

    Parameters
    ----------
    file : Path
        The ledger.
    delta : str
        At which totals are told.

    Returns
    -------
    dict
        ``entries`` and, under ``datasets``, by name: ``budget``, ``answers``, ``spent``, ``left``
        and ``total``. It is for the curator alone: which questions were asked, and how often about
        other rows, is not part of any release.

    Raises
    ------
    LabError
        When the ledger cannot be used or was changed.
    """
    entries = Ledger(file).entries()
    at = exact_delta(delta)
    names = dict.fromkeys(one.dataset for one in entries if one.kind != "ledger")
    by_name = {name: [one for one in entries if one.dataset == name] for name in names}
    return {"entries": len(entries), "datasets": {name: _account(mine, at) for name, mine in by_name.items()}}


def _account(entries: Sequence[Entry], delta: Fraction) -> dict[str, Any]:
    budget, answers = as_budget(entries[0]), entries[1:]
    costs = [as_cost(one) for one in answers]
    priced = sum((Fraction(one.body["price"]) for one in answers), Fraction(0))
    deltas = sum((cost.delta for cost in costs), Fraction(0))
    epsilons = [cost.epsilon for cost in costs]
    pure = None if None in epsilons else float(sum(filter(None, epsilons), Fraction(0)))
    units = [one.body["unit"] for one in answers if one.body["unit"]]
    return {
        "budget": {
            budget.currency: float(budget.total),
            "delta": float(budget.delta),
            "neighbours": budget.neighbours,
            "unit": budget.unit or (units[0] if units else None),
            "simulated": budget.simulated,
        },
        "answers": [_answer(one) for one in answers],
        "versions": len({one.body["rows"] for one in answers}),
        "spent": {
            "epsilon": pure,
            "rho": float(sum((cost.rho for cost in costs), Fraction(0))),
            "delta": float(deltas),
        },
        "left": {budget.currency: float(budget.total - priced), "delta": float(budget.delta - deltas)},
        "total": asdict(totals(costs, delta)),
    }


def _answer(entry: Entry) -> dict[str, Any]:
    cost, query = as_cost(entry), entry.body["query"]
    return {
        "number": entry.number,
        "defence": query.get("defence"),
        "columns": query.get("columns") or query.get("column"),
        "epsilon": None if cost.epsilon is None else float(cost.epsilon),
        "rho": float(cost.rho),
        "delta": float(cost.delta),
    }


def sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that tell the accounts to a reader."""
    for name, account in found["datasets"].items():
        budget, left, total = account["budget"], account["left"], account["total"]
        currency = "rho" if "rho" in budget else "epsilon"
        owner = f"per {budget['unit']}" if budget["unit"] else "per record or person"
        yield (
            f"{name}: {len(account['answers']):,} answers about {account['versions']:,} version(s), "
            f"{currency} {budget[currency] - left[currency]:g} of {budget[currency]:g} spent, "
            f"{left[currency]:g} left; delta {left['delta']:g} left ({budget['neighbours']}, {owner})."
        )
        for one in account["answers"]:
            epsilon = "none" if one["epsilon"] is None else f"{one['epsilon']:g}"
            yield (
                f"  {one['number']:>4} {one['defence']}: epsilon {epsilon}, rho {one['rho']:g}, "
                f"delta {one['delta']:g}"
            )
        ways = {"pure": "adding", "concentrated": "zCDP", "distribution": "PLD"}
        told = [f"{total[key]:.4g} by {way}" for key, way in ways.items() if total[key] is not None]
        if account["answers"]:
            best = ways.get(total["tightest"], "none")
            at = f"epsilon together at delta {total['delta']:g}"
            yield f"  {at}: {', '.join(told)}; the tightest is by {best}."
        if total["why"]:
            yield f"  no PLD: {total['why']}."
        if total["distribution"] is not None and total["tightest"] == "distribution":
            yield "  PLD holds where no cost was chosen in view of earlier answers."


def absent(file: Path, manifests: Sequence[Path]) -> tuple[int, list[Path]]:
    """Return how many entries a ledger has, and which releases were charged to one that is not there.

    Raises
    ------
    LabError
        When the ledger cannot be used or was changed, or a manifest names no entry of a ledger.
    """
    entries = Ledger(file).entries()
    digests = {one.digest for one in entries}
    missing = []
    for path in manifests:
        try:
            noted = json.loads(path.read_text(encoding="utf-8"))["ledger_entry"]["digest"]
        except (OSError, ValueError, KeyError, TypeError):
            raise LabError(f"{path} is no manifest of a release that was charged to a ledger.") from None
        if noted not in digests:
            missing.append(path)
    return len(entries), missing
