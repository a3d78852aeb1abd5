"""The entries of a ledger: each a link of one chain of digests, so that an edit shows."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from defenses.dp.budget import Budget, Cost, KnownLoss

Row = tuple[int, str, str, str, str, str]
"""Number, data set, kind, question, body, digest: as they are stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: of the ledger itself (the first), a budget, or an answer.

    Parameters
    ----------
    number : int
        From 1 up, without a gap.
    dataset : str
        The curator's name of it.
    kind : {"ledger", "budget", "answer"}
        What the body holds.
    question : str
        Digest of question and rows, for an answer.
    body : mapping
        What was said.
    digest : str
        Of this entry and the one before.
    """

    number: int
    dataset: str
    kind: str
    question: str
    body: Mapping[str, Any]
    digest: str

    @classmethod
    def of(cls, row: Row) -> Entry:
        """Return the entry that is stored as ``row``."""
        number, dataset, kind, question, body, digest = row
        return cls(number, dataset, kind, question, json.loads(body), digest)


def chained(entries: Sequence[Entry], dataset: str, kind: str, question: str, body: str) -> Row:
    """Return the row that continues some entries."""
    number, before = (entries[-1].number + 1, entries[-1].digest) if entries else (1, "")
    return number, dataset, kind, question, body, _digest(before, number, dataset, kind, question, body)


def checked(rows: Sequence[Row], last: int) -> str | None:
    """Return what is wrong with the chain, or None.

    Parameters
    ----------
    rows : sequence of Row
        In order.
    last : int
        Number of the last entry ever written.
    """
    if [row[0] for row in rows] != list(range(1, last + 1)) or not rows:
        return f"{last:,} entries were written and {len(rows):,} are there: some were taken out"
    for before, row in pairwise([(0, "", "", "", "", ""), *rows]):
        if _digest(before[5], *row[:5]) != row[5]:
            return f"entry {row[0]:,} was changed after it was written"
    return None


def sealed(entries: Sequence[Entry], content: str) -> str:
    """Return the digest of some rows under the ledger's own key: without it nobody can test a table."""
    return hmac.new(bytes.fromhex(entries[0].body["key"]), content.encode(), "sha256").hexdigest()


def as_budget(entry: Entry) -> Budget:
    """Return the budget that an entry holds."""
    terms = dict(entry.body)
    return Budget(**{**terms, "total": Fraction(terms["total"]), "delta": Fraction(terms["delta"])})


def as_cost(entry: Entry) -> Cost:
    """Return what an answer cost."""
    cost = entry.body["cost"]
    epsilon = None if cost["epsilon"] is None else Fraction(cost["epsilon"])
    losses = tuple(KnownLoss(**{**one, "scale": Fraction(one["scale"])}) for one in cost["losses"])
    return Cost(epsilon, Fraction(cost["rho"]), Fraction(cost["delta"]), losses)


def _digest(before: str, *parts: object) -> str:
    return hashlib.sha256(json.dumps([before, *parts]).encode()).hexdigest()
