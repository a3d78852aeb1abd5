"""The curator: who holds the data, draws each private answer once, and keeps the budget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from threading import RLock
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
    """Answers of this process, and what they cost together; one thread at a time asks.

    Parameters
    ----------
    answers : dict of str to any
        By data set, seed, rows and question.
    spent : dict of str to Cost
        By data set and seed.
    lock : threading.RLock
        Held from the check of the budget to the charge.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    spent: dict[str, Cost] = field(default_factory=dict)
    lock: Any = field(default_factory=RLock, repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the lock behind: a copy in another process has its own."""
        return Memory, (self.answers, self.spent)


@dataclass(frozen=True, slots=True)
class Curator:
    """Draws once per (data set, question) and afterwards returns the stored answer.

    The data set is what its curator calls it: all versions of it, in any order of rows, are charged
    to one account. With a ledger the answers outlive the process and the budget holds over all of
    them; without one they live as long as ``memory`` does, and the account is the memory's. With a
    seed the draw is a simulation: its stream is keyed by rows and question, so that two tables
    never share their noise.

    Parameters
    ----------
    dataset : str
        The curator's name of it, or empty.
    content : str
        Digest of the rows, by which a repeated question is known.
    unit : {"record", "person"}
        Who is protected.
    person : str or None
        Column that tells whose row it is.
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
    content: str
    unit: Unit
    person: str | None
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
        dataset: str | None = None,
        memory: Memory | None = None,
    ) -> Curator:
        """Return the curator of an export; the ledger learns a budget with the first answer charged to it.

        Parameters
        ----------
        budget : float or str or None
            As ``Budget.read`` takes it; may be left out once the ledger knows the data set.
        dataset : str or None
            The curator's name of the data set, which a ledger needs.

        Raises
        ------
        LabError
            When the ledger holds another budget or none, no data set is named to it, or the schema
            declares a weight: how much one person counts would then be unbounded.
        """
        require_no_weight(export, "A differentially private release")
        if neighbours not in {"add-remove", "replace"}:
            raise LabError(f"neighbours is {neighbours!r} but must be 'add-remove' or 'replace'.")
        unit: Unit = "record" if export.schema.person is None else "person"
        simulated = seed is not None
        terms = None
        if budget is not None:
            terms = Budget.read(budget, neighbours=neighbours, unit=unit, simulated=simulated)
        book = None if ledger is None else Ledger(Path(ledger))
        if book is not None:
            if not dataset:
                raise LabError(
                    "A ledger keeps accounts by data set: give dataset=NAME, the same name for every "
                    "version, order and file of these people's data."
                )
            terms = book.budget(dataset, terms)
            terms = replace(terms, unit=terms.unit or unit)
            if (terms.neighbours, terms.unit, terms.simulated) != (neighbours, unit, simulated):
                wanted = f"{neighbours}, per {unit}, {'simulated' if simulated else 'released'}"
                raise LabError(
                    f"The ledger {book.path} holds a budget on other terms ({terms}) than this answer's "
                    f"({wanted}): use another ledger."
                )
        content = content_sha256(export.table)
        person = export.schema.person
        kept = Memory() if memory is None else memory
        return cls(dataset or "", content, unit, person, neighbours, terms, book, seed, kept)

    def answer(
        self,
        query: Mapping[str, Any],
        cost: Cost,
        draw: Callable[[Stream | None], Any],
        told_apart: Sequence[Any] = (),
    ) -> Any:
        """Return the answer to ``query``, drawing it with ``draw(stream)`` when it is the first time.

        Parameters
        ----------
        query : mapping
            What is asked, and with which mechanism.
        cost : Cost
            Of a draw.
        draw : callable
            Makes the answer.
        told_apart : sequence
            What else tells this question from another, as JSON values: edges, bounds, noise.

        Raises
        ------
        LabError
            Before anything is drawn, when less is left of the budget than the answer costs.
        """
        digest = hashlib.sha256(json.dumps(query, sort_keys=True).encode()).hexdigest()
        stream = None
        if self.seed is not None:
            stream = Stream(self.seed, "defence", f"{self.content}/{digest}")
        asked = {
            "unit": self.unit,
            "person": self.person,
            "neighbours": self.neighbours,
            "told apart": list(told_apart),
            "price": [str(cost.epsilon), str(cost.rho), str(cost.delta)],
        }
        whole = {**query, "terms": asked}
        if self.ledger is not None:
            return self.ledger.answer(
                self.dataset, whole, cost, lambda: draw(stream), self.budget, self.content
            )
        return self._remembered(json.dumps(whole, sort_keys=True), cost, lambda: draw(stream))

    def _remembered(self, question: str, cost: Cost, draw: Callable[[], Any]) -> Any:
        account = f"{self.dataset}/{self.seed}"
        key = f"{account}/{self.content}/{question}"
        with self.memory.lock:
            if key not in self.memory.answers:
                spent = self.memory.spent.get(account, Cost.pure(Fraction(0)))
                if self.budget is not None:
                    refusal = self.budget.refusal(cost, self.budget.price(spent), spent.delta)
                    if refusal is not None:
                        raise refusal
                self.memory.answers[key] = draw()
                self.memory.spent[account] = spent + cost
            return self.memory.answers[key]

    def guarantee(self, promises: Mapping[str, float], max_contributions: int | None) -> Guarantee:
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
    dataset : str or None
        The curator's name of the data set, the same for all its versions; a ledger needs it.
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
    dataset: str | None = None

    def curator(self, export: Export) -> Curator:
        """Return who draws and charges this defence's answers about an export."""
        return Curator.of(
            export,
            neighbours=self.neighbours,
            ledger=self.ledger,
            budget=self.budget,
            seed=self.seed,
            dataset=self.dataset,
            # In one step, so that two threads never make two memories.
            memory=vars(self).setdefault("answers_", Memory()),
        )

    def distance(self, limit: int) -> int:
        """Return in how many rows neighbours differ when one person has at most ``limit``."""
        return limit * (2 if self.neighbours == "replace" else 1)

    def squared(self, limit: int) -> int:
        """Return how far neighbours' counts differ in squared l2 when a person has at most ``limit`` rows.

        Replacing moves up to ``limit`` rows out of some cells and as many into others, which is
        ``sqrt(2) * limit`` and not twice ``limit``.
        """
        return limit * self.distance(limit)
