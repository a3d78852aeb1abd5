"""Alias: a person gives each site an address of its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from defenses.upload_list import TokenDefense, hashed, replaced, token_columns
from exports.errors import LabError
from exports.identifiers.digests import hmac_pads
from exports.identifiers.sql import hmac_sql
from exports.randomness import Stream
from exports.release import Export, Release


class Alias(TokenDefense):
    """Some people sign up with an alias address that no other site knows; the list is hashed as ever.

    It is the person's own defence and needs no good will of the sender. The platform finds no
    account with the alias, and two sites find no common token; a person who also gave a phone
    number, or whose other columns are unique, is found all the same. It promises nothing.

    Parameters
    ----------
    share : float, default 1.0
        Share of people who use an alias; with a person column a person does for every address,
        without one each address is decided by itself.
    site : str, default "site"
        The same person has another alias at another site.
    columns : sequence of str, str or None
        Address columns; default every identifier.
    seed : int or None
        Seed of the aliases; None takes new ones from the operating system.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> alias = Alias(seed=1)
    >>> alias.transform(export).rows == alias.recipient_tokens(export)
    False
    """

    name: ClassVar[str] = "alias"

    def __init__(
        self,
        share: float = 1.0,
        site: str = "site",
        columns: Sequence[str] | str | None = None,
        seed: int | None = None,
    ) -> None:
        self.share = share
        self.site = site
        self.columns = columns
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the hashed upload list in which aliases stand for some addresses."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not 0 <= self.share <= 1:
            raise LabError(f"share is {self.share} but must lie between 0 and 1.")
        own = secrets.token_bytes(32)
        if self.seed is not None:
            own = Stream(self.seed, "defence", f"{self.name}/key").bits(4).tobytes()
        uses = "('0x' || substr(sha256($own || value), 1, 12))::UBIGINT < $limit"
        alias = hmac_sql("$site || '/' || value")
        limit = int(Fraction(str(self.share)) * 2**48)
        table = export.table
        columns = token_columns(export.schema, self.columns)
        for name in columns:
            decides = export.schema.person or name
            using = replaced(export, [decides], uses, own=own.hex(), limit=limit).table[decides]
            aliases = replaced(
                export,
                [name],
                f"substr({alias}, 1, 20) || '@alias.example'",
                **hmac_pads(own),
                site=self.site,
            ).table[name]
            kept = pc.if_else(pc.fill_null(using, False), aliases, table[name].cast(pa.string()))
            table = table.set_column(table.column_names.index(name), name, kept)
        upload = hashed(Export(table, export.schema))
        # Where some keep their own address, or a seed is known, the list holds what others can compute.
        return self.released(upload, keyed=list(columns) if self.share == 1 and self.seed is None else [])
