"""Private set intersection: two parties learn how many identifiers they share, and not which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import ClassVar

from defenses.audience_size import SizeDefense, noisy_oracle
from defenses.budget import Neighbours
from defenses.tokens import token_columns
from exports.errors import LabError, MissingExtraError
from exports.queries import CountQuery
from exports.release import Export, Guarantee, Release

LARGEST = 200_000
"""Items of both sides together; about two thousand items take a second."""


class PsiSize(SizeDefense):
    """Let the recipient learn how many of its accounts are on the list, and not which ones.

    Neither party sees the other's list. A recipient who asks with a list of one person, or with
    two lists that differ by one, learns membership all the same; only noise and a budget bound
    that. Without noise it promises nothing.

    Parameters
    ----------
    column : str or None
        Identifier that is intersected; default the first.
    epsilon, budget : float or str, or None
        Cost of one noisy size and the total over all; None tells exact sizes.
    neighbours, ledger, seed
        As for noisy sizes; the key exchange itself always draws from the operating system.

    References
    ----------
    De Cristofaro, Gasti and Tsudik (2012), doi:10.1007/978-3-642-35404-5_17.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.queries import Condition
    >>> from exports.schema import Schema
    >>> mine = pa.table({"mail": ["a@mail.example", "b@mail.example"]})
    >>> export = Export(mine, Schema.of(identifier=["mail"]))
    >>> accounts = Condition("mail", ["b@mail.example", "c@mail.example"])
    >>> PsiSize().transform(export).ask(CountQuery((accounts,)))
    1
    """

    name: ClassVar[str] = "psi-size"

    def __init__(
        self,
        column: str | None = None,
        *,
        epsilon: float | str | None = None,
        budget: float | str | None = None,
        neighbours: Neighbours = "add-remove",
        ledger: str | Path | None = None,
        seed: int | None = None,
    ) -> None:
        self.column = column
        self.epsilon = epsilon
        self.budget = budget
        self.neighbours = neighbours
        self.ledger = ledger
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the oracle that takes the recipient's list as one condition on the identifier."""
        column = token_columns(export.schema, self.column)[0]
        mine = sorted({str(value) for value in export.table[column].drop_null().unique().to_pylist()})

        def ask(query: CountQuery) -> int:
            if len(query.conditions) != 1 or query.conditions[0].negated or query.columns != (column,):
                raise LabError(f"An intersection takes one list of {column!r} and nothing else.")
            return intersection_size(mine, [str(value) for value in query.conditions[0].values])

        if self.epsilon is None:
            return self._oracle(export, ask, Guarantee())
        if self.budget is None:
            raise LabError("Noisy sizes need a total: give budget=TOTAL beside epsilon.")
        return noisy_oracle(self, export, ask)


def intersection_size(mine: Sequence[str], theirs: Collection[str]) -> int:
    """Run the protocol between two parties of this process and return the size.

    Raises
    ------
    MissingExtraError
        Without the extra ``psi``.
    LabError
        When the lists are too long for a demonstration.
    """
    try:
        import private_set_intersection.python as psi
    except ImportError:
        raise MissingExtraError("Private set intersection", "psi") from None
    if len(mine) + len(theirs) > LARGEST:
        raise LabError(
            f"The two lists have {len(mine) + len(theirs):,} items, more than the {LARGEST:,} of this "
            "demonstration: take samples."
        )
    client, server = psi.client.CreateWithNewKey(False), psi.server.CreateWithNewKey(False)
    setup = server.CreateSetupMessage(1e-9, len(theirs), list(mine), psi.DataStructure.RAW)
    answer = server.ProcessRequest(client.CreateRequest(list(theirs)))
    return int(client.GetIntersectionSize(setup, answer))
