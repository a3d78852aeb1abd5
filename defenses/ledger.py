"""The ledger of a data set: every answer given about it, what each cost, and what is left."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from defenses.budget import Budget, Cost
from exports.errors import LabError

_TABLES = """
CREATE TABLE IF NOT EXISTS budgets (
    dataset TEXT PRIMARY KEY, total TEXT NOT NULL, currency TEXT NOT NULL, delta TEXT NOT NULL,
    neighbours TEXT NOT NULL, unit TEXT NOT NULL, simulated INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY, dataset TEXT NOT NULL REFERENCES budgets, query TEXT NOT NULL,
    price TEXT NOT NULL, delta TEXT NOT NULL, described TEXT NOT NULL, answer TEXT NOT NULL,
    UNIQUE (dataset, query)) STRICT;
"""
_APPEND_ONLY = "".join(
    f"CREATE TRIGGER IF NOT EXISTS no_{verb}_{table} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;\n"
    for table in ("budgets", "answers")
    for verb in ("update", "delete")
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file that every process which answers questions about a data set shares.

    The curator holds it beside the data. An answer is checked against the budget, drawn, stored
    and charged in one transaction, and leaves only after that is on disk: two processes cannot
    spend the same budget, and one that is killed has either charged and stored its answer or
    given none. Asking the same question again returns the stored answer and costs nothing.

    Parameters
    ----------
    path : Path
        SQLite file; made on first use.

    Examples
    --------
    >>> import tempfile
    >>> ledger = Ledger(Path(tempfile.mkdtemp()) / "ledger.sqlite")
    >>> ledger.open("data", Budget(Fraction(1)))
    >>> ledger.answer("data", {"count": "all"}, Cost.pure(Fraction(4, 5)), draw=lambda: 42)
    42
    >>> ledger.left("data")
    Fraction(1, 5)
    >>> ledger.answer("data", {"count": "adults"}, Cost.pure(Fraction(1, 2)), draw=lambda: 17)
    Traceback (most recent call last):
    exports.queries.Withheld: The budget of this data set is spent: needed epsilon 0.5, left 0.2.
    """

    path: Path

    def open(self, dataset: str, budget: Budget) -> None:
        """Set the budget of a data set, or check that it is the one already set.

        Parameters
        ----------
        dataset : str
            Digest of the content.
        budget : Budget
            What may be spent in all, over every process and for ever.

        Raises
        ------
        LabError
            When the ledger cannot be used or holds another budget for this data set.
        """
        with self._transaction() as con:
            row = con.execute("SELECT * FROM budgets WHERE dataset = ?", [dataset]).fetchone()
            if row is None:
                con.execute(
                    "INSERT INTO budgets VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        *(dataset, str(budget.total), budget.currency, str(budget.delta)),
                        *(budget.neighbours, budget.unit, int(budget.simulated)),
                    ],
                )
            elif _budget(row) != budget:
                raise LabError(
                    f"The ledger {self.path} holds another budget for this data set ({_budget(row)}): a "
                    "budget is set once."
                )

    def answer(self, dataset: str, query: Mapping[str, Any], cost: Cost, draw: Callable[[], Any]) -> Any:
        """Return the stored answer to ``query``, or charge for one and draw it.

        Parameters
        ----------
        dataset : str
            Digest of the content.
        query : mapping
            Everything that distinguishes the answer, mechanism included; plain JSON values.
        cost : Cost
            What the draw costs.
        draw : callable
            Makes the answer, a JSON value; called at most once, and never when refused.

        Raises
        ------
        LabError
            Before anything is drawn, when less is left than the answer costs.
        """
        described = json.dumps(query, sort_keys=True)
        digest = hashlib.sha256(described.encode()).hexdigest()
        with self._transaction() as con:
            stored = con.execute(
                "SELECT answer FROM answers WHERE dataset = ? AND query = ?", [dataset, digest]
            ).fetchone()
            if stored is not None:
                return json.loads(stored[0])
            budget, spent, spent_delta = self._state(con, dataset)
            refusal = budget.refusal(cost, spent, spent_delta)
            if refusal is not None:
                raise refusal
            drawn = json.dumps(draw())
            con.execute(
                "INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                [dataset, digest, str(budget.price(cost)), str(cost.delta), described, drawn],
            )
        return json.loads(drawn)

    def budget(self, dataset: str) -> Budget:
        """Return the budget of a data set.

        Raises
        ------
        LabError
            When the ledger cannot be used or the data set has no budget.
        """
        with self._transaction() as con:
            return self._state(con, dataset)[0]

    def left(self, dataset: str) -> Fraction:
        """Return what is left of the budget, in its currency.

        Raises
        ------
        LabError
            When the ledger cannot be used or the data set has no budget.
        """
        with self._transaction() as con:
            budget, spent, _ = self._state(con, dataset)
        return budget.total - spent

    def _state(self, con: sqlite3.Connection, dataset: str) -> tuple[Budget, Fraction, Fraction]:
        row = con.execute("SELECT * FROM budgets WHERE dataset = ?", [dataset]).fetchone()
        if row is None:
            raise LabError(
                f"The ledger {self.path} has no budget for this data set: give budget=TOTAL the first time."
            )
        charges = con.execute(
            "SELECT price, delta, count(*) FROM answers WHERE dataset = ? GROUP BY price, delta", [dataset]
        ).fetchall()
        spent = sum((Fraction(price) * times for price, _, times in charges), Fraction(0))
        return _budget(row), spent, sum((Fraction(delta) * times for _, delta, times in charges), Fraction(0))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the one writer's lock from the check to the commit."""
        con = None
        try:
            con = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            con.execute("PRAGMA synchronous = FULL")
            con.executescript(_TABLES + _APPEND_ONLY)
            con.execute("BEGIN IMMEDIATE")
            yield con
            con.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise LabError(
                f"The ledger {self.path} cannot be used ({error}): nothing was answered and nothing charged."
            ) from None
        finally:
            if con is not None:
                con.close()


def _budget(row: tuple[Any, ...]) -> Budget:
    _, total, currency, delta, neighbours, unit, simulated = row
    return Budget(Fraction(total), currency, Fraction(delta), neighbours, unit, bool(simulated))
