"""Consent: only people who agreed to this purpose, and not before or after they did."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import numpy as np

from defenses.contributions import units
from defenses.upload_list import TokenDefense, chosen, hashed
from exports.errors import LabError
from exports.release import Export, Release

_AGREED = """len(list_filter(string_split(value, ';'), lambda part:
    trim(split_part(part, ':', 1)) = $purpose
    AND $on >= trim(split_part(split_part(part, ':', 2), '/', 1))
    AND (trim(split_part(part, '/', 2)) IN ('', $on) OR $on < trim(split_part(part, '/', 2))))) > 0"""


class Consent(TokenDefense):
    """Send only the rows of people who agreed to this purpose and had not withdrawn by that day.

    The recipient recognises those as before. People who did not agree are not on the list; that
    they are missing from it tells as little as the list tells who is a client at all. It promises
    nothing about those who agreed.

    Parameters
    ----------
    purpose : str or None
        Purpose that must be agreed to; None for a column of true and false.
    on : str or None
        Day of the transfer, ``YYYY-MM-DD``; needed with a purpose.
    column : str or None
        Column of consents, default the schema's. With a purpose it holds texts such as
        ``advertising:2018-01-02/2019-06-30;research:2017-05-01/``: first and last day, the last
        left out while it stands. A missing value is no consent. With a person column a person
        leaves only if every row of theirs agrees.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> schema = Schema.of(identifier=["mail"], insensitive=["agreed"])
    >>> table = pa.table({"mail": ["ann@mail.example", "bob@mail.example"],
    ...                   "agreed": ["advertising:2018-01-02/", "research:2018-01-02/"]})
    >>> release = Consent("advertising", "2018-12-31", "agreed").transform(Export(table, schema))
    >>> release.owner
    array([0])
    """

    name: ClassVar[str] = "consent"

    def __init__(self, purpose: str | None = None, on: str | None = None, column: str | None = None) -> None:
        self.purpose = purpose
        self.on = on
        self.column = column

    def transform(self, export: Export) -> Release:
        """Return the upload list of those who agreed."""
        name = self.column or export.schema.consent
        if name is None or name not in export.table.column_names:
            raise LabError("There is no column of consents: give column=NAME or name it in the schema.")
        first, person = units(export)
        refused = np.bincount(person[~self._agreed(export, name)], minlength=len(first))
        rows = np.flatnonzero(refused[person] == 0)
        upload = hashed(chosen(export, rows))
        return self.released(upload, rows)

    def _agreed(self, export: Export, name: str) -> np.typing.NDArray[np.bool_]:
        import duckdb
        import pyarrow as pa

        column = export.table[name]
        if pa.types.is_boolean(column.type) == (self.purpose is not None):
            raise LabError(
                f"The consents in {name!r} are of type {column.type}: give a purpose for texts, and none for "
                "true and false."
            )
        if self.purpose is None:
            return np.asarray(column.fill_null(False).to_numpy(), dtype=bool)
        try:
            day = date.fromisoformat(str(self.on)).isoformat()
        except ValueError:
            raise LabError(f"on is {self.on!r} but must be a day: write for instance 2018-12-31.") from None
        with duckdb.connect() as con:
            con.register("consents", pa.table({"value": column.cast(pa.string())}))
            agreed = con.sql(
                f"SELECT coalesce({_AGREED}, false) AS agreed FROM consents",
                params={"purpose": self.purpose, "on": day},
            ).to_arrow_table()
        return np.asarray(agreed["agreed"].to_numpy(), dtype=bool)
