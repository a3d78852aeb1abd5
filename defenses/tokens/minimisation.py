"""Minimisation: send nothing, fewer columns, or events without telling names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from defenses.columns import stated
from defenses.defense import Defense
from defenses.upload_list import TokenDefense, chosen, hashed, listed, without
from exports.errors import LabError
from exports.release import Export, Guarantee, Kind, Release


class DoNotSend(TokenDefense):
    """Send nothing: the one defence after which the recipient knows what it knew before.

    Nobody outside learns anything from a list that never leaves. It promises epsilon 0, since
    what leaves does not depend on the data at all.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> export = Export(pa.table({"mail": ["ann@mail.example"]}), Schema.of(identifier=["mail"]))
    >>> DoNotSend().transform(export).rows.num_rows
    0
    """

    name: ClassVar[str] = "do-not-send"

    def transform(self, export: Export) -> Release:
        """Return an empty upload list."""
        nobody = np.arange(0)
        empty = hashed(chosen(export, nobody))
        promise = Guarantee({"epsilon": 0.0}, "person", "add-remove")
        return self.released(empty.table, empty.schema, nobody, promise)


class Minimise(TokenDefense):
    """Drop the columns that the purpose does not need, and hash the identifiers that stay.

    The recipient still recognises everybody on the list, and that they are on it is the health
    fact; it no longer receives what they answered. It promises nothing.

    Parameters
    ----------
    drop : sequence of str or str
        Columns that do not leave; one text may hold several, separated by commas.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Schema
    >>> schema = Schema.of(identifier=["mail"], sensitive=["in_therapy"])
    >>> export = Export(pa.table({"mail": ["ann@mail.example"], "in_therapy": ["yes"]}), schema)
    >>> Minimise("in_therapy").transform(export).rows.column_names
    ['mail']
    """

    name: ClassVar[str] = "minimise"

    def __init__(self, drop: Sequence[str] | str) -> None:
        self.drop = drop

    def transform(self, export: Export) -> Release:
        """Return the upload list without the dropped columns."""
        drop = self.drop.split(",") if isinstance(self.drop, str) else list(self.drop)
        unknown = [name for name in drop if name not in export.table.column_names]
        if unknown:
            raise LabError(f"There is no column {unknown[0]!r} to drop: correct the name.")
        upload = hashed(without(export, drop))
        return self.released(upload.table, upload.schema)


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
    >>> from exports.schema import Schema
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
        for name in self.columns.split(",") if isinstance(self.columns, str) else self.columns:
            if name not in table.column_names:
                raise LabError(f"There is no column {name!r} to neutralise: correct the name.")
            neutral = pa.repeat(self.neutral, table.num_rows)
            table = table.set_column(table.column_names.index(name), name, neutral)
        upload = listed(Export(table, export.schema))
        return Release(
            "events",
            upload.schema,
            table=upload.table,
            owner=np.arange(table.num_rows),
            manifest={"defense": self.name, "parameters": stated(self)},
        )
