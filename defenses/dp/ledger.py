"""The ledger of a data set: every answer given about it, what each cost, and what is left."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from defenses.dp.budget import Budget, Cost
from defenses.dp.ledger_entries import Entry, as_budget, as_cost, chained, checked, sealed
from exports.errors import LabError

_TABLES = (
    """CREATE TABLE entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, kind TEXT NOT NULL,
    question TEXT NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL,
    UNIQUE (dataset, question)) STRICT""",
    *(
        f"CREATE TRIGGER no_{verb}_entries BEFORE {verb} ON entries "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for verb in ("update", "delete")
    ),
)
_COLUMNS = {("entries", name) for name in ["number", "dataset", "kind", "question", "body", "digest"]} | {
    ("sqlite_sequence", name) for name in ("name", "seq")
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file that every process which answers questions about a data set shares.

    The curator holds it beside the data and names the data set: every version of it, in any order
    of rows, with any columns and of any file type, is charged to that one account. An answer is
    checked against the budget, drawn, stored and charged in one transaction, and leaves only after
    that is on disk: two processes cannot spend the same budget, and one that is killed has either
    charged and stored its answer or given none. The same question about the same rows again
    returns the stored answer and costs nothing.

    Each entry holds the digest of the one before, so that an edit is noticed, and so is a missing
    last entry. An older copy of the whole file put back is noticed only by what was noted
    elsewhere, such as the entry in a release's manifest: the curator's file system is trusted.

    Parameters
    ----------
    path : Path
        SQLite file; made on first use, readable by its owner alone.

    Examples
    --------
    >>> import tempfile
    >>> ledger = Ledger(Path(tempfile.mkdtemp()) / "ledger.sqlite")
    >>> ledger.open("intake", Budget(Fraction(1)))
    >>> ledger.answer("intake", {"count": "all"}, Cost.pure(Fraction(4, 5)), draw=lambda: 42)
    42
    >>> ledger.left("intake")
    Fraction(1, 5)
    >>> ledger.answer("intake", {"count": "adults"}, Cost.pure(Fraction(1, 2)), draw=lambda: 17)
    Traceback (most recent call last):
    exports.queries.Withheld: The budget of this data set is spent: needed epsilon 0.5, left 0.2.
    """

    path: Path

    def open(self, dataset: str, budget: Budget) -> None:
        """Set the budget of a data set, or check that it is the one already set.

        Parameters
        ----------
        dataset : str
            The curator's name of it.
        budget : Budget
            What may be spent in all, over every process and for ever.

        Raises
        ------
        LabError
            When the ledger cannot be used or holds another budget for this data set.
        """
        with self._transaction() as (con, entries):
            self._set(con, entries, dataset, budget)

    def answer(
        self,
        dataset: str,
        query: Mapping[str, Any],
        cost: Cost,
        draw: Callable[[], Any],
        budget: Budget | None = None,
        content: str = "",
    ) -> Any:
        """Return the stored answer to ``query``, or charge for one and draw it.

        Parameters
        ----------
        dataset : str
            The curator's name of it.
        query : mapping
            Everything that distinguishes the answer, mechanism included; plain JSON values.
        cost : Cost
            What the draw costs.
        draw : callable
            Makes the answer, a JSON value; called at most once, and never when refused.
        budget : Budget, optional
            Of a data set that the ledger may not know yet; it is set together with the first charge.
        content : str, optional
            Digest of the rows, by which a question about the same rows is known again. It is kept
            under the ledger's own key.

        Raises
        ------
        LabError
            Before anything is drawn, when less is left than the answer costs.
        """
        if self._is_new():
            self._require(budget, cost, (Fraction(0), Fraction(0)))
        with self._transaction() as (con, entries):
            rows = sealed(entries, content)
            question = hashlib.sha256(json.dumps([query, rows], sort_keys=True).encode()).hexdigest()
            found = [one for one in entries if one.dataset == dataset and one.question == question]
            if found:
                return found[0].body["answer"]
            if budget is not None:
                self._set(con, entries, dataset, budget)
            terms = self._require(self._budget(entries, dataset), cost, self._spent(entries, dataset))
            told: dict[str, Any] = {"query": query, "rows": rows, "cost": asdict(cost)}
            told |= {"price": str(terms.price(cost)), "unit": None if budget is None else budget.unit}
            drawn = json.loads(json.dumps(draw()))
            self._append(con, entries, dataset, "answer", question, {**told, "answer": drawn})
        return drawn

    def budget(self, dataset: str, wanted: Budget | None = None) -> Budget:
        """Return the budget of a data set; nothing is written.

        Parameters
        ----------
        dataset : str
            The curator's name of it.
        wanted : Budget, optional
            Returned where the ledger has none.

        Raises
        ------
        LabError
            When the ledger cannot be used, or has no budget for the data set or another one.
        """
        found = None
        if not self._is_new():
            with self._transaction() as (_, entries):
                found = self._budget(entries, dataset)
        if found is not None and wanted is not None and not found.agrees(wanted):
            raise self._set_already(found)
        return found or self._known(wanted)

    def last_entry(self) -> dict[str, Any]:
        """Return number and digest of the last entry, to be noted elsewhere than in the ledger.

        The digest hangs on the ledger's own key, so that it tells nothing of any row.
        """
        last = self.entries()[-1]
        return {"number": last.number, "digest": last.digest}

    def left(self, dataset: str) -> Fraction:
        """Return what is left of the budget, in its currency.

        Raises
        ------
        LabError
            When the ledger cannot be used or the data set has no budget.
        """
        total = self.budget(dataset).total
        return total - self._spent(self.entries(), dataset)[0]

    def entries(self) -> list[Entry]:
        """Return all entries, the first of which is the ledger's own.

        Raises
        ------
        LabError
            When there is no ledger, or an entry was changed or is missing.
        """
        if self._is_new():
            raise LabError(f"There is no ledger at {self.path}: correct the name, or open one.")
        with self._transaction() as (_, entries):
            return entries

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

    def _set(self, con: sqlite3.Connection, entries: list[Entry], dataset: str, budget: Budget) -> None:
        found = self._budget(entries, dataset)
        if found is None:
            terms = {**asdict(budget), "total": str(budget.total), "delta": str(budget.delta)}
            self._append(con, entries, dataset, "budget", "", terms)
        elif not found.agrees(budget):
            raise self._set_already(found)

    def _set_already(self, found: Budget | None) -> LabError:
        return LabError(
            f"The ledger {self.path} holds another budget for this data set ({found}): a budget is set once."
        )

    def _budget(self, entries: list[Entry], dataset: str) -> Budget | None:
        """Return the budget of a data set; whose it is, where that was left open, the first answer tells."""
        mine = [one for one in entries if one.dataset == dataset]
        if not mine:
            return None
        terms = as_budget(mine[0])
        units = [one.body["unit"] for one in mine[1:] if one.body["unit"]]
        return replace(terms, unit=units[0]) if terms.unit is None and units else terms

    def _spent(self, entries: list[Entry], dataset: str) -> tuple[Fraction, Fraction]:
        """Return what was charged, and the delta of it."""
        charged = [one for one in entries if one.dataset == dataset and one.kind == "answer"]
        prices = (Fraction(one.body["price"]) for one in charged)
        return sum(prices, Fraction(0)), sum((as_cost(one).delta for one in charged), Fraction(0))

    def _append(
        self,
        con: sqlite3.Connection,
        entries: list[Entry],
        dataset: str,
        kind: str,
        question: str,
        body: Mapping[str, Any],
    ) -> None:
        made = chained(entries, dataset, kind, question, json.dumps(body, sort_keys=True, default=str))
        con.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", made)
        entries.append(Entry.of(made))

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
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, list[Entry]]]:
        """Hold the one writer's lock from the check to the commit; a fault in between changes nothing."""
        con = None
        try:
            if self._is_new():
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
                self.path.chmod(0o600)
            con = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            con.execute("PRAGMA synchronous = FULL")
            con.execute("BEGIN IMMEDIATE")
            yield con, self._read(con)
            con.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None
        finally:
            if con is not None:
                con.close()

    def _read(self, con: sqlite3.Connection) -> list[Entry]:
        """Return the entries, each held against the one before; another program's file is left alone."""
        columns = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
        found = set(con.execute(f"{columns} WHERE m.type IN ('table', 'view')"))
        entries: list[Entry] = []
        if not found:
            for statement in _TABLES:
                con.execute(statement)
            self._append(con, entries, "", "ledger", "", {"key": os.urandom(32).hex()})
            return entries
        if found != _COLUMNS:
            raise self._unusable("it is a database of something else")
        rows = con.execute("SELECT * FROM entries ORDER BY number").fetchall()
        last = con.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
        reason = checked(rows, 0 if last is None else last[0])
        if reason is not None:
            raise self._unusable(reason)
        return [Entry.of(row) for row in rows]
