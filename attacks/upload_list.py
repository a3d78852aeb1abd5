"""What every attack on an upload list reads first: its token column, and whose token each row is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.coding import as_text
from exports.errors import LabError, nearest
from exports.release import Release, Truth
from exports.schema import Role

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def token_column(release: Release, asked: str | None) -> str:
    """Return the column to attack: ``asked``, else the schema's first token column.

    Raises
    ------
    LabError
        When the release does not have it, or the schema declares none.
    """
    names = release.rows.column_names
    declared = [name for name in release.schema.names(Role.TOKEN) if name in names]
    column = asked or next(iter(declared), None)
    if column is None:
        raise LabError(
            f"None of the {len(names)} column(s) of the release has the role token: declare one or name it."
        )
    if column not in names:
        raise LabError(f"The release has no column {column!r}; the nearest is {nearest(column, names)!r}.")
    return column


_HEXADECIMAL = "^[0-9a-fA-F]{8,}$"
"""A digest or the beginning of one; shorter texts may be anything."""


@dataclass(frozen=True, slots=True)
class UploadList:
    """The tokens of a release, without missing ones, and who they belong to.

    Parameters
    ----------
    tokens : pyarrow.Array
        One entry per row that has a token.
    person : pyarrow.Array
        Who each token belongs to: the person where the truth tells, else the token itself.
    original : array of int or None
        Row of the original table of each entry; None where the truth does not tell.
    known : bool
        Whether ``person`` comes from the truth.
    missing : int
        Rows without a token.
    """

    tokens: pa.Array
    person: pa.Array
    original: NDArray[Any] | None
    known: bool
    missing: int

    @classmethod
    def of(cls, release: Release, truth: Truth, token: str, person: str | None) -> UploadList:
        """Read a release; rows that belong to nobody (decoys) keep their token as their person."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = comparable(release.rows[token])
        present = pc.is_valid(column).to_numpy(zero_copy_only=False)
        tokens = column.drop_null()
        owner = None if truth.owner is None else np.asarray(truth.owner)[present]
        known = owner is not None and person is not None and person in truth.original.column_names
        who = tokens
        if known and owner is not None:
            rows = pa.array(owner, mask=owner < 0)
            who = pc.coalesce(as_text(truth.original[person]).take(rows), tokens)
        return cls(tokens, who, owner, known, len(column) - len(tokens))

    def table(self) -> pa.Table:
        """Return columns ``row, token, person`` for a join."""
        import pyarrow as pa

        rows = pa.array(np.arange(len(self.tokens)))
        return pa.table({"row": rows, "token": self.tokens, "person": self.person})


def comparable(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return tokens as text that can be compared: digests in hexadecimal in lower case.

    Examples
    --------
    >>> import pyarrow as pa
    >>> comparable(pa.array(["2813448CE6DD0F79"])).to_pylist(), comparable(pa.array(["KBNEjA=="])).to_pylist()
    (['2813448ce6dd0f79'], ['KBNEjA=='])
    """
    import pyarrow.compute as pc

    tokens = as_text(column)
    hexadecimal = pc.all(pc.match_substring_regex(tokens, _HEXADECIMAL)).as_py()
    return pc.utf8_lower(tokens) if hexadecimal else tokens


def unlike(tokens: pa.Array, others: pa.Array, whose: str) -> tuple[str, ...]:
    """Return a note where two columns of tokens have no length in common: they were made differently."""
    import pyarrow.compute as pc

    here, there = ({*pc.utf8_length(some.drop_null()).unique().to_pylist()} for some in (tokens, others))
    if not here or not there or here & there:
        return ()
    ours, theirs = (", ".join(map(str, sorted(lengths)[:3])) for lengths in (here, there))
    return (
        f"the tokens have {ours} characters and those of {whose} {theirs}: they were not made in the same "
        "way, so that none can match",
    )


def connect(**tables: pa.Table) -> duckdb.DuckDBPyConnection:
    """Return a private in-memory DuckDB with ``tables`` as views."""
    import duckdb

    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register(name, table)
    return connection
