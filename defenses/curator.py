"""The curator: who holds the data, draws each private answer once, and keeps the budget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defenses.budget import Budget, Cost, Neighbours, exact
from defenses.ledger import Ledger
from exports.fingerprint import content_sha256
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee


@dataclass(frozen=True, slots=True)
class Curator:
    """Draws once per (data set, question) and afterwards returns the stored answer.

    With a ledger the answers outlive the process and the budget holds over all of them; without
    one they live as long as ``memory`` does. With a seed the draw is a simulation: its stream is
    keyed by data set and question, so that two data sets never share their noise.

    Parameters
    ----------
    dataset : str
        Digest of the content.
    budget : Budget
        What may be spent on it.
    ledger : Ledger or None
        Where answers and charges are kept.
    seed : int or None
        None for a release in earnest.
    memory : dict
        Answers of this process by question, for use without a ledger.
    """

    dataset: str
    budget: Budget
    ledger: Ledger | None = None
    seed: int | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        export: Export,
        cost: Cost,
        *,
        neighbours: Neighbours,
        ledger: str | Path | None,
        budget: float | str | None,
        seed: int | None,
        memory: dict[str, Any],
    ) -> Curator:
        """Return the curator of an export, with its budget opened in the ledger.

        Without a ledger the budget is what the one release costs. With one, ``budget`` is the
        total for the data set, in pure epsilon where the mechanism has one and else in rho;
        the delta that may be spent is the cost's.

        Raises
        ------
        LabError
            When a ledger is named without a budget or a budget without a ledger.
        """
        if (ledger is None) != (budget is None):
            raise LabError(
                "A ledger and a budget go together: give both ledger=FILE and budget=TOTAL, or none."
            )
        if neighbours not in {"add-remove", "replace"}:
            raise LabError(f"neighbours is {neighbours!r} but must be 'add-remove' or 'replace'.")
        pure = cost.epsilon is not None
        own = cost.epsilon if cost.epsilon is not None else cost.rho
        terms = Budget(
            total=own if budget is None else exact(budget, "budget"),
            currency="epsilon" if pure else "rho",
            delta=cost.delta,
            neighbours=neighbours,
            unit="record" if export.schema.person is None else "person",
            simulated=seed is not None,
        )
        curator = cls(
            content_sha256(export.table),
            terms,
            None if ledger is None else Ledger(Path(ledger)),
            seed,
            memory,
        )
        if curator.ledger is not None:
            curator.ledger.open(curator.dataset, terms)
        return curator

    def answer(self, query: Mapping[str, Any], cost: Cost, draw: Callable[[Stream | None], Any]) -> Any:
        """Return the answer to ``query``, drawing it with ``draw(stream)`` when it is the first time."""
        digest = hashlib.sha256(json.dumps(query, sort_keys=True).encode()).hexdigest()
        stream = None
        if self.seed is not None:
            stream = Stream(self.seed, "defence", f"{self.dataset}/{digest}")
        if self.ledger is not None:
            return self.ledger.answer(self.dataset, query, cost, lambda: draw(stream))
        key = f"{self.dataset}/{digest}/{self.seed}"
        if key not in self.memory:
            self.memory[key] = draw(stream)
        return self.memory[key]

    def guarantee(self, promises: Mapping[str, float], max_contributions: int) -> Guarantee:
        """Return the promise in this curator's terms."""
        return Guarantee(promises, self.budget.unit, self.budget.neighbours, max_contributions)
