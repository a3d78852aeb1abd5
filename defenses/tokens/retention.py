"""Retention: send only what is recent, or have the list deleted after it was used."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from defenses.upload_list import TokenDefense, chosen, hashed
from exports.errors import LabError
from exports.release import Export, Release


class RetainLess(TokenDefense):
    """Keep people's rows for some days only, so that older ones are gone when the list is sent.

    The recipient recognises recent visitors as before and learns nothing about those whose rows
    were deleted in time. It promises nothing about those who are still on the list.

    Parameters
    ----------
    on : str
        Day of the transfer, ``YYYY-MM-DD``.
    days : int, default 365
        Days after which a row is deleted.
    column : str or None
        Column of dates; default the schema's time.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> schema = Schema.of(identifier=["mail"], insensitive=["seen"])
    >>> table = pa.table({"mail": ["ann@mail.example", "bob@mail.example"],
    ...                   "seen": ["2018-12-01", "2016-05-01"]})
    >>> RetainLess("2018-12-31", column="seen").transform(Export(table, schema)).owner
    array([0])
    """

    name: ClassVar[str] = "retain-less"

    def __init__(self, on: str, days: int = 365, column: str | None = None) -> None:
        self.on = on
        self.days = days
        self.column = column

    def transform(self, export: Export) -> Release:
        """Return the upload list of the rows that are still there; a row without a date is not."""
        import pyarrow as pa
        import pyarrow.compute as pc

        name = self.column or export.schema.time
        if name is None or name not in export.table.column_names:
            raise LabError("There is no column of dates: give column=NAME or name the schema's time.")
        if self.days < 0:
            raise LabError(f"days is {self.days} but must be at least 0.")
        try:
            oldest = date.fromisoformat(self.on) - timedelta(days=self.days)
        except (ValueError, OverflowError):
            raise LabError(
                f"on is {self.on!r} and days {self.days}: write a day as 2018-12-31 and days as 365."
            ) from None
        try:
            seen = export.table[name].cast(pa.date32())
        except pa.ArrowInvalid:
            raise LabError(f"{name!r} holds something that is no date: write days as 2018-12-31.") from None
        kept = pc.fill_null(pc.greater_equal(seen, pa.scalar(oldest)), False)
        rows = np.flatnonzero(kept.to_numpy())
        upload = hashed(chosen(export, rows))
        return self.released(upload, rows)


class DeleteAfterwards(TokenDefense):
    """Send the list hashed, and have the recipient delete it once it was used.

    Whoever gets at the recipient's files later finds no list. The recipient itself had it, and
    keeps what it learnt from it: segments, look-alikes, the match. It promises nothing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> DeleteAfterwards().transform(export).manifest["deleted"]
    True
    """

    name: ClassVar[str] = "delete-afterwards"

    def transform(self, export: Export) -> Release:
        """Return the upload list; its manifest says that it is deleted after use."""
        upload = hashed(export)
        return self.released(upload, deleted=True)
