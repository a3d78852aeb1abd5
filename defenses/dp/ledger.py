"""The ledger of a data set: every answer given about it, what each cost, and what is left."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from defenses.dp.budget import Budget, Cost
from exports.errors import LabError

_TABLES = (
    """CREATE TABLE budgets (
    dataset TEXT PRIMARY KEY, total TEXT NOT NULL, currency TEXT NOT NULL, delta TEXT NOT NULL,
    neighbours TEXT NOT NULL, unit TEXT NOT NULL, simulated INTEGER NOT NULL) STRICT""",
    """CREATE TABLE answers (
    number INTEGER PRIMARY KEY, dataset TEXT NOT NULL REFERENCES budgets, query TEXT NOT NULL,
    price TEXT NOT NULL, delta TEXT NOT NULL, described TEXT NOT NULL, answer TEXT NOT NULL,
    UNIQUE (dataset, query)) STRICT""",
    *(
        f"CREATE TRIGGER no_{verb}_{table} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for table in ("budgets", "answers")
        for verb in ("update", "delete")
    ),
)
_COLUMNS = {
    "budgets": "dataset total currency delta neighbours unit simulated",
    "answers": "number dataset query price delta described answer",
}


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
            self._set(con, dataset, budget)

    def answer(
        self,
        dataset: str,
        query: Mapping[str, Any],
        cost: Cost,
        draw: Callable[[], Any],
        budget: Budget | None = None,
    ) -> Any:
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
        budget : Budget, optional
            Of a data set that the ledger may not know yet; it is set together with the first charge.

        Raises
        ------
        LabError
            Before anything is drawn, when less is left than the answer costs.
        """
        described = json.dumps(query, sort_keys=True)
        digest = hashlib.sha256(described.encode()).hexdigest()
        if self._is_new():
            self._require(budget, cost, (Fraction(0), Fraction(0)))
        with self._transaction() as con:
            stored = con.execute(
                "SELECT answer FROM answers WHERE dataset = ? AND query = ?", [dataset, digest]
            ).fetchone()
            if stored is not None:
                return json.loads(stored[0])
            if budget is not None:
                self._set(con, dataset, budget)
            terms = self._require(self._budget(con, dataset), cost, self._spent(con, dataset))
            drawn = json.dumps(draw())
            con.execute(
                "INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                [dataset, digest, str(terms.price(cost)), str(cost.delta), described, drawn],
            )
        return json.loads(drawn)

    def budget(self, dataset: str, wanted: Budget | None = None) -> Budget:
        """Return the budget of a data set; nothing is written.

        Parameters
        ----------
        dataset : str
            Digest of the content.
        wanted : Budget, optional
            Returned where the ledger has none.

        Raises
        ------
        LabError
            When the ledger cannot be used, or has no budget for the data set or another one.
        """
        found = None
        if not self._is_new():
            with self._transaction() as con:
                found = self._budget(con, dataset)
        if None not in (found, wanted) and found != wanted:
            raise self._set_already(found)
        return found or self._known(wanted)

    def left(self, dataset: str) -> Fraction:
        """Return what is left of the budget, in its currency.

        Raises
        ------
        LabError
            When the ledger cannot be used or the data set has no budget.
        """
        total = self.budget(dataset).total
        with self._transaction() as con:
            return total - self._spent(con, dataset)[0]

    def _require(self, budget: Budget | None, cost: Cost, spent: tuple[Fraction, Fraction]) -> Budget:
        """Return the budget, of which enough is left."""
        terms = self._known(budget)
        refusal = terms.refusal(cost, *spent)
        if refusal is not None:
            raise refusal
        return terms

    def _known(self, budget: Budget | None) -> Budget:
        if budget is None:
            raise LabError(
                f"The ledger {self.path} has no budget for this data set: give budget=TOTAL the first time."
            )
        return budget

    def _set(self, con: sqlite3.Connection, dataset: str, budget: Budget) -> None:
        found = self._budget(con, dataset)
        if found is None:
            terms = (str(budget.total), budget.currency, str(budget.delta), budget.neighbours, budget.unit)
            con.execute(
                "INSERT INTO budgets VALUES (?, ?, ?, ?, ?, ?, ?)", [dataset, *terms, int(budget.simulated)]
            )
        elif found != budget:
            raise self._set_already(found)

    def _set_already(self, found: Budget | None) -> LabError:
        return LabError(
            f"The ledger {self.path} holds another budget for this data set ({found}): a budget is set once."
        )

    def _budget(self, con: sqlite3.Connection, dataset: str) -> Budget | None:
        row = con.execute("SELECT * FROM budgets WHERE dataset = ?", [dataset]).fetchone()
        if row is None:
            return None
        _, total, currency, delta, neighbours, unit, simulated = row
        return Budget(self._number(total), currency, self._number(delta), neighbours, unit, bool(simulated))

    def _spent(self, con: sqlite3.Connection, dataset: str) -> tuple[Fraction, Fraction]:
        """Return what was charged, and the delta of it."""
        charges = con.execute(
            "SELECT price, delta, count(*) FROM answers WHERE dataset = ? GROUP BY price, delta", [dataset]
        ).fetchall()
        prices = (self._number(price) * times for price, _, times in charges)
        deltas = (self._number(delta) * times for _, delta, times in charges)
        return sum(prices, Fraction(0)), sum(deltas, Fraction(0))

    def _number(self, text: str) -> Fraction:
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError):
            raise self._unusable("an amount in it is no number") from None

    def _unusable(self, reason: object) -> LabError:
        return LabError(
            f"The ledger {self.path} cannot be used ({reason}): nothing was answered and nothing charged."
        )

    def _is_new(self) -> bool:
        """Return whether nothing was ever written to the file."""
        with suppress(OSError):
            return not self.path.exists() or (self.path.is_file() and self.path.stat().st_size == 0)
        return False

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the one writer's lock from the check to the commit; a fault in between changes nothing."""
        con = None
        try:
            con = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            con.execute("PRAGMA synchronous = FULL")
            con.execute("BEGIN IMMEDIATE")
            self._require_tables(con)
            yield con
            con.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None
        finally:
            if con is not None:
                con.close()

    def _require_tables(self, con: sqlite3.Connection) -> None:
        """Make the tables of an empty file, and leave another program's file alone."""
        columns = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
        found = set(con.execute(f"{columns} WHERE m.type IN ('table', 'view')"))
        if not found:
            for statement in _TABLES:
                con.execute(statement)
        elif found != {(table, name) for table, names in _COLUMNS.items() for name in names.split()}:
            raise self._unusable("it is a database of something else")
