"""Upload lists: identifiers replaced by tokens, and what the recipient can compute for its accounts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.columns import listed
from defenses.defense import Defense
from defenses.released import stated, unnamed
from exports.errors import LabError
from exports.release import Export, Guarantee, Kind, Release
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class TokenDefense(Defense):
    """A defence on an upload list; what leaves holds no identifier that is not at least hashed.

    Tokens are what such a list is for, and stay. Persons and households that are neither tokens nor
    identifiers leave as numbers made anew.
    """

    produces: ClassVar[Kind] = "tokens"

    def recipient_tokens(self, accounts: Export) -> pa.Table:
        """Return the tokens that the recipient can compute for its own accounts, without any secret.

        By default the plain hash. A match is a token that is in both tables.
        """
        return hashed(accounts).table

    def released(
        self,
        upload: Export,
        owner: NDArray[np.int64] | None = None,
        guarantee: Guarantee | None = None,
        **more: Any,
    ) -> Release:
        """Return an upload list with its manifest; by default every row owns itself, and no promise."""
        upload = sendable(upload)
        return Release(
            "tokens",
            upload.schema,
            guarantee or Guarantee(),
            table=upload.table,
            owner=np.arange(upload.table.num_rows) if owner is None else owner,
            manifest={"defense": self.name, "parameters": stated(self), **more},
        )


class SharedTokens(TokenDefense):
    """A defence whose recipient makes the same tokens of its own accounts."""

    @abstractmethod
    def tokenised(self, export: Export) -> Export:
        """Return a list with its tokens, as sender and recipient both make them."""

    def told(self) -> dict[str, Any]:
        """Return what the manifest says beyond the parameters; by default nothing."""
        return {}

    def transform(self, export: Export) -> Release:
        """Return the upload list with tokens in place of identifiers."""
        return self.released(self.tokenised(export), **self.told())

    def recipient_tokens(self, accounts: Export) -> pa.Table:
        """Return the tokens that the recipient makes of its accounts."""
        return self.tokenised(accounts).table


def token_columns(schema: Schema, wanted: Sequence[str] | str | None) -> list[str]:
    """Return the columns to replace: those wanted, else every identifier, else every token.

    Raises
    ------
    LabError
        When a wanted column is undeclared or there is none.
    """
    columns = listed(wanted) or list(schema.names(Role.IDENTIFIER) or schema.names(Role.TOKEN))
    unknown = [name for name in columns if name not in schema.columns]
    if unknown:
        raise LabError(f"The schema does not declare {unknown[0]!r}: correct the name or add it.")
    if not columns:
        raise LabError("The schema declares no identifier and no token: give columns=NAME.")
    return columns


def replaced(export: Export, columns: Sequence[str], expression: str, **values: Any) -> Export:
    """Return the export with a SQL expression of ``value`` in place of ``columns``, now tokens.

    Missing values stay missing. ``values`` are bound as parameters and never become text of the query.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = Schema.of(identifier=["mail"])
    >>> export = Export(pa.table({"mail": ["ann@mail.example", None]}), schema)
    >>> replaced(export, ["mail"], "$salt || value", salt="x").table["mail"].to_pylist()
    ['xann@mail.example', None]
    """
    import duckdb
    import pyarrow as pa

    table = export.table
    with duckdb.connect() as con:
        for name in columns:
            con.register("source", pa.table({"value": table[name].cast(pa.string())}))
            tokens = con.sql(f"SELECT {expression} AS token FROM source", params=values or None)
            table = table.set_column(table.column_names.index(name), name, tokens.to_arrow_table()["token"])
            con.unregister("source")
    schema = export.schema
    changed = {
        name: replace(schema.columns.get(name, Column(Role.TOKEN)), role=Role.TOKEN, domain=None, order=None)
        for name in columns
    }
    return Export(table, replace(schema, columns=MappingProxyType({**schema.columns, **changed})))


def hashed(export: Export) -> Export:
    """Return the export with every identifier as its plain SHA-256; tokens stay as they are."""
    return replaced(export, export.schema.names(Role.IDENTIFIER), "sha256(value)")


def sendable(export: Export) -> Export:
    """Return an export as an upload list may leave, with persons and households as tokens or as numbers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = Schema.of(person="client", identifier=["mail"])
    >>> export = Export(pa.table({"client": ["c-17"], "mail": ["ann@mail.example"]}), schema)
    >>> sendable(export).table["client"].to_pylist()
    ['client 0']
    """
    upload = hashed(export)
    units = {upload.schema.person, upload.schema.household} - set(upload.schema.names(Role.TOKEN))
    return unnamed(upload.table, upload.schema, units)


def without(export: Export, drop: Sequence[str]) -> Export:
    """Return the export without some columns, in table and schema."""
    schema = export.schema
    kept = {name: column for name, column in schema.columns.items() if name not in drop}
    special: dict[str, Any] = {
        part: None
        for part in ("person", "weight", "household", "time", "consent")
        if getattr(schema, part) in drop
    }
    return Export(export.table.drop(drop), replace(schema, columns=MappingProxyType(kept), **special))


def chosen(export: Export, rows: NDArray[np.int64]) -> Export:
    """Return some rows of an export, in the order given."""
    return Export(export.table.take(rows), export.schema)
