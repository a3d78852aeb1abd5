"""Private set intersection: two parties learn how many identifiers they share, and not which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from defenses.contributions import within_bound
from defenses.counts.size_defense import SizeDefense, noisy_oracle
from defenses.dp.budget import Neighbours
from defenses.dp.cell_counts import contribution_limit
from defenses.upload_list import token_columns
from exports.errors import LabError, MissingExtraError
from exports.queries import Condition, CountQuery
from exports.release import Export, Guarantee, Release

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST = 200_000
"""Items of both sides together; about two thousand items take a second."""


class PsiSize(SizeDefense):
    """Let the recipient learn how many of its accounts are on the list, and not which ones.

    Neither party sees the other's list. A recipient who asks with a list of one person, or with
    two lists that differ by one, learns membership all the same; only noise and a budget bound
    that. Without noise it promises nothing.

    The noisy size promises its epsilon to whoever reads the answer, and not to a party of the
    protocol, which computes the exact size itself and receives as many items as the list has: a
    curator whom both trust holds both lists, counts, and tells the noisy number alone.

    Parameters
    ----------
    column : str or None
        Identifier that is intersected; default the first.
    epsilon, budget : float or str, or None
        Cost of one noisy size and the total over all; None tells exact sizes. With a person
        column each person takes part with the identifiers of their first ``max_rows_per_person``
        rows (schema; default 1), and the noise covers all of them.
    theirs : pyarrow.Table or None
        The recipient's list, with that column; its size is then the release's table.
    neighbours, ledger, dataset, seed
        As for noisy sizes; the key exchange itself always draws from the operating system.

    References
    ----------
    De Cristofaro, Gasti and Tsudik (2012), doi:10.1007/978-3-642-35404-5_17.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Condition, Schema
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
        theirs: pa.Table | None = None,
        neighbours: Neighbours = "add-remove",
        ledger: str | Path | None = None,
        seed: int | None = None,
        dataset: str | None = None,
    ) -> None:
        self.column = column
        self.epsilon = epsilon
        self.budget = budget
        self.theirs = theirs
        self.neighbours = neighbours
        self.ledger = ledger
        self.seed = seed
        self.dataset = dataset

    def transform(self, export: Export) -> Release:
        """Return the oracle that takes the recipient's list as one condition on the identifier."""
        column = token_columns(export.schema, self.column)[0]
        person, limit, items = export.schema.person, 1, export.table[column]
        if person is not None and self.epsilon is not None:
            limit = contribution_limit(export, None)
            kept = within_bound(export.table[person], limit)
            items = items if kept is None else items.filter(kept)
        mine = sorted({str(value) for value in items.drop_null().unique().to_pylist()})

        def ask(query: CountQuery) -> int:
            _require_one_list(query, column)
            return intersection_size(mine, [str(value) for value in query.conditions[0].values])

        def by_curator(query: CountQuery) -> int:
            _require_one_list(query, column)
            return len({str(value) for value in query.conditions[0].values}.intersection(mine))

        if self.epsilon is None:
            release = self._oracle(export, ask, Guarantee())
        elif self.budget is None and self.ledger is None:
            raise LabError("Noisy sizes need a total: give budget=TOTAL beside epsilon.")
        else:
            release = noisy_oracle(self, export, by_curator, limit, limit)
        return release if self.theirs is None else replace(release, table=self._size(release, column))

    def _size(self, release: Release, column: str) -> pa.Table:
        """Return the size of the intersection with the recipient's list as a table."""
        import pyarrow as pa

        assert self.theirs is not None
        assert release.ask is not None
        if column not in self.theirs.column_names:
            raise LabError(f"The recipient's list has no column {column!r}: rename the one to intersect.")
        accounts = self.theirs[column].cast(pa.string()).drop_null().to_pylist()
        return pa.table({"count": [release.ask(CountQuery((Condition(column, accounts),)))]})


def _require_one_list(query: CountQuery, column: str) -> None:
    if len(query.conditions) != 1 or query.conditions[0].negated or query.columns != (column,):
        raise LabError(f"An intersection takes one list of {column!r} and nothing else.")


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
