"""Audiences: what was added and removed, in order, and how many of what is left meet an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from reidlab.platform.accounts import KINDS, SCHEMA, Accounts
from reidlab.platform.entries import Rows, identifying


class BatchConflict(ValueError):
    """A batch that contradicts what the session has said before; the message holds no value of it."""


@dataclass(slots=True)
class Session:
    """Requests that together carry one list, numbered by the client.

    Parameters
    ----------
    id : str
        As the client or the platform named it.
    operation : str
        ``add``, ``remove`` or ``replace``; the last takes effect once the session is whole.
    batches : mapping of int to str
        Number of each batch -> digest of its content.
    last : int or None
        Number of the batch that was said to be the last.
    received, invalid : int
        Rows so far; a batch that comes twice counts once.
    staged : list of Rows
        Of a session that replaces and is not whole yet.
    """

    id: str
    operation: str
    batches: dict[int, str] = field(default_factory=dict)
    last: int | None = None
    received: int = 0
    invalid: int = 0
    staged: list[Rows] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every batch up to the last has come."""
        return self.last is not None and len(self.batches) == self.last

    def is_new(self, number: int, last: bool, content: str, operation: str) -> bool:
        """Whether a batch has not come before.

        Raises
        ------
        BatchConflict
            When its number came with other content, lies beyond the last, or the last has another one.
        """
        if operation != self.operation:
            raise BatchConflict(f"the session began as {self.operation}")
        if number in self.batches:
            if self.batches[number] != content:
                raise BatchConflict(f"batch_seq {number} came before with other rows")
            return False
        if self.last is not None and (last or number > self.last):
            raise BatchConflict(f"batch_seq {self.last} was said to be the last")
        if last and any(known > number for known in self.batches):
            raise BatchConflict(f"a batch after batch_seq {number} has come already")
        return True


@dataclass(slots=True)
class Audience:
    """One list at one platform.

    Parameters
    ----------
    id, name : str
        Its number; what the advertiser called it.
    vendor, account : str
        Where it is; whose it is.
    described : dict
        What else the client said when it made it.
    """

    id: str
    name: str
    vendor: str
    account: str
    described: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    rows: int = 0
    touched: bool = False
    _log: list[tuple[int, bool, int, Rows]] = field(default_factory=list)
    _order: int = 0
    _matched: int | None = None

    def add(self, rows: Rows) -> int:
        """Add rows to the list; return the number of the first within it."""
        return self._append(rows, adds=True)

    def remove(self, rows: Rows) -> int:
        """Take off the list every entry that shares a token with one of these rows."""
        return self._append(rows, adds=False)

    def take(
        self, session: str, number: int, last: bool, content: str, rows: Rows, operation: str
    ) -> tuple[Session, bool]:
        """Take one batch of a session; a batch that came before changes nothing.

        Parameters
        ----------
        session : str
            Its name.
        number, last : int, bool
            Position of the batch from 1; whether it is the last.
        content : str
            Digest of what was sent, by which a repetition is known.
        rows : Rows
            Of the batch.
        operation : {"add", "remove", "replace"}
            What is done with them.

        Returns
        -------
        Session, bool
            The session; whether the batch is new.

        Raises
        ------
        BatchConflict
            When it contradicts what the session has said before.
        """
        known = self.sessions.get(session) or Session(session, operation)
        if not known.is_new(number, last, content, operation):
            return known, False
        self.sessions[session] = known
        known.batches[number] = content
        known.last = number if last else known.last
        known.received += len(rows)
        known.invalid += rows.invalid
        if operation == "replace":
            known.staged.append(replace(rows, sent=()))
            if known.whole:
                self.replace(known.staged)
                known.staged = []
        elif operation == "add":
            self.add(rows)
        else:
            self.remove(rows)
        return known, True

    def replace(self, batches: list[Rows]) -> None:
        """Take everything off the list, then add these rows."""
        self.clear()
        for rows in batches:
            self.add(rows)

    def clear(self) -> None:
        """Take everything off the list."""
        self._log.clear()
        self._matched = None
        self.touched = True

    def _append(self, rows: Rows, *, adds: bool) -> int:
        first = self.rows
        self._order += 1
        # What was sent as text is the record's business and twice as large as the tokens.
        self._log.append((self._order, adds, first, replace(rows, sent=())))
        self.rows += len(rows)
        self.touched, self._matched = True, None
        return first

    def matched(self, accounts: Accounts) -> int:
        """Return how many different entries of the list meet an account; joined at the first reading.

        An entry is what a row holds of keys that accounts are found by: with one key, its token.
        """
        if self._matched is None:
            self._matched = accounts.matched(self.vendor, self._table())
        return self._matched

    def entries(self) -> int:
        """Return how many rows were added and not taken off by all; an upper bound of what is left."""
        return sum(int(rows.valid.sum()) for _, adds, _, rows in self._log if adds)

    def _table(self) -> pa.Table:
        """Return one line per token: ``order``, ``adds``, ``row``, ``kind``, ``token``."""
        return pa.Table.from_batches(list(self._lines()), SCHEMA)

    def _lines(self) -> Iterator[pa.RecordBatch]:
        for order, adds, first, rows in self._log:
            for kind, tokens in identifying(rows):
                numbers, kept = np.arange(first, first + len(rows)), tokens
                if tokens.null_count:
                    numbers, kept = (
                        numbers[tokens.is_valid().to_numpy(zero_copy_only=False)],
                        tokens.drop_null(),
                    )
                count = len(kept)
                columns = [
                    pa.array(np.full(count, order, np.int32)),
                    pa.array(np.full(count, adds)),
                    pa.array(numbers),
                    pa.array(np.full(count, KINDS.index(kind), np.int8)),
                    kept,
                ]
                yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
