"""The curator: who holds the data, draws each private answer once, and keeps the budget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from defenses.contributions import require_no_weight
from defenses.defense import Defense
from defenses.dp.budget import Budget, Cost, Neighbours, Unit
from defenses.dp.ledger import Ledger
from exports.errors import LabError
from exports.fingerprint import content_sha256
from exports.randomness import Stream
from exports.release import Export, Guarantee


@dataclass(slots=True)
class Memory:
    """Answers of this process, and what they cost together.

    Parameters
    ----------
    answers : dict of str to any
        By data set, seed and question.
    spent : dict of str to Cost
        By data set and seed.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    spent: dict[str, Cost] = field(default_factory=dict)


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
    unit : {"record", "person"}
        Who is protected.
    neighbours : {"add-remove", "replace"}
        Neighbouring relation.
    budget : Budget or None
        What may be spent; None where a single answer is all that is ever drawn.
    ledger : Ledger or None
        Where answers and charges are kept.
    seed : int or None
        None for a release in earnest.
    memory : Memory
        For use without a ledger.
    """

    dataset: str
    unit: Unit
    neighbours: Neighbours
    budget: Budget | None = None
    ledger: Ledger | None = None
    seed: int | None = None
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def of(
        cls,
        export: Export,
        *,
        neighbours: Neighbours,
        ledger: str | Path | None,
        budget: float | str | None,
        seed: int | None,
        memory: Memory | None = None,
    ) -> Curator:
        """Return the curator of an export; the ledger learns a budget with the first answer charged to it.

        Parameters
        ----------
        budget : float or str or None
            As ``Budget.read`` takes it; may be left out once the ledger knows the data set.

        Raises
        ------
        LabError
            When the ledger holds another budget or none, or the schema declares a weight: how
            much one person counts would then be unbounded.
        """
        require_no_weight(export, "A differentially private release")
        if neighbours not in {"add-remove", "replace"}:
            raise LabError(f"neighbours is {neighbours!r} but must be 'add-remove' or 'replace'.")
        dataset = content_sha256(export.table)
        unit: Unit = "record" if export.schema.person is None else "person"
        simulated = seed is not None
        terms = None
        if budget is not None:
            terms = Budget.read(budget, neighbours=neighbours, unit=unit, simulated=simulated)
        book = None if ledger is None else Ledger(Path(ledger))
        if book is not None:
            terms = book.budget(dataset, terms)
            if (terms.neighbours, terms.unit, terms.simulated) != (neighbours, unit, simulated):
                wanted = f"{neighbours}, per {unit}, {'simulated' if simulated else 'released'}"
                raise LabError(
                    f"The ledger {book.path} holds a budget on other terms ({terms}) than this answer's "
                    f"({wanted}): use another ledger."
                )
        return cls(dataset, unit, neighbours, terms, book, seed, memory or Memory())

    def answer(self, query: Mapping[str, Any], cost: Cost, draw: Callable[[Stream | None], Any]) -> Any:
        """Return the answer to ``query``, drawing it with ``draw(stream)`` when it is the first time.

        Raises
        ------
        LabError
            Before anything is drawn, when less is left of the budget than the answer costs.
        """
        digest = hashlib.sha256(json.dumps(query, sort_keys=True).encode()).hexdigest()
        stream = None
        if self.seed is not None:
            stream = Stream(self.seed, "defence", f"{self.dataset}/{digest}")
        if self.ledger is not None:
            return self.ledger.answer(self.dataset, query, cost, lambda: draw(stream), self.budget)
        account = f"{self.dataset}/{self.seed}"
        key = f"{account}/{digest}"
        if key not in self.memory.answers:
            spent = self.memory.spent.get(account, Cost.pure(Fraction(0)))
            if self.budget is not None:
                refusal = self.budget.refusal(cost, self.budget.price(spent), spent.delta)
                if refusal is not None:
                    raise refusal
            self.memory.answers[key] = draw(stream)
            self.memory.spent[account] = spent + cost
        return self.memory.answers[key]

    def guarantee(self, promises: Mapping[str, float], max_contributions: int) -> Guarantee:
        """Return the promise in this curator's terms."""
        return Guarantee(promises, self.unit, self.neighbours, max_contributions)


@dataclass(eq=False, repr=False, kw_only=True)
class Curated(Defense):
    """A defence whose answers a curator draws once and charges: its subclass names what they cost.

    Parameters
    ----------
    max_contributions : int or None
        Rows of one person that count, the first ones; default is the schema's
        ``max_rows_per_person``, else 1. Without a person column each row is a person.
    neighbours : {"add-remove", "replace"}
        What "one person more or less" means.
    ledger : path or None
        File that keeps answers and charges over all processes; without it they live as long as the
        defence.
    budget : float or str or None
        Of the data set, over all answers, as ``Budget.read`` takes it.
    seed : int or None
        None draws in earnest through OpenDP; a seed simulates.
    """

    max_contributions: int | None = None
    neighbours: Literal["add-remove", "replace"] = "add-remove"
    ledger: str | Path | None = None
    budget: float | str | None = None
    seed: int | None = None

    def curator(self, export: Export) -> Curator:
        """Return who draws and charges this defence's answers about an export."""
        if not hasattr(self, "answers_"):
            self.answers_ = Memory()
        return Curator.of(
            export,
            neighbours=self.neighbours,
            ledger=self.ledger,
            budget=self.budget,
            seed=self.seed,
            memory=self.answers_,
        )

    def distance(self, limit: int) -> int:
        """Return in how many rows neighbours differ when one person has at most ``limit``."""
        return limit * (2 if self.neighbours == "replace" else 1)
