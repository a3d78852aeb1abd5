"""Neutral events: every event under one name, so that the name says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from defenses.columns import listed
from defenses.defense import Defense
from defenses.released import stated
from defenses.upload_list import sendable
from exports.errors import LabError
from exports.release import Export, Kind, Release


class NeutralEvents(Defense):
    """Send every event under one neutral name, so that its name says nothing about health.

    The recipient sees that somebody did something at some time; which step of the intake it was
    stays home. That the event comes from a therapy site still tells. It promises nothing.

    Parameters
    ----------
    columns : sequence of str or str
        Columns that hold event names or their parameters.
    neutral : str, default "event"
        What stands there instead.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> schema = Schema.of(token=["mail"], sensitive=["event"])
    >>> export = Export(pa.table({"mail": ["b1"], "event": ["TherapyBefore"]}), schema)
    >>> NeutralEvents("event").transform(export).rows["event"].to_pylist()
    ['event']
    """

    name: ClassVar[str] = "neutral-events"
    produces: ClassVar[Kind] = "events"

    def __init__(self, columns: Sequence[str] | str, neutral: str = "event") -> None:
        self.columns = columns
        self.neutral = neutral

    def transform(self, export: Export) -> Release:
        """Return the events with one name for all."""
        import pyarrow as pa

        table = export.table
        for name in listed(self.columns):
            if name not in table.column_names:
                raise LabError(f"There is no column {name!r} to neutralise: correct the name.")
            neutral = pa.repeat(self.neutral, table.num_rows)
            table = table.set_column(table.column_names.index(name), name, neutral)
        upload = sendable(Export(table, export.schema))
        return Release(
            "events",
            upload.schema,
            table=upload.table,
            owner=np.arange(table.num_rows),
            manifest={"defense": self.name, "parameters": stated(self)},
        )
