"""Minimisation: send nothing, or fewer columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from defenses.columns import listed
from defenses.upload_list import TokenDefense, chosen, hashed, without
from exports.errors import LabError
from exports.release import Export, Guarantee, Release


class DoNotSend(TokenDefense):
    """Send nothing: the one defence after which the recipient knows what it knew before.

    Nobody outside learns anything from a list that never leaves. It promises epsilon 0, since
    what leaves does not depend on the data at all.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
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
        return self.released(empty, nobody, promise)


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
    >>> from exports import Schema
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
        drop = listed(self.drop)
        unknown = [name for name in drop if name not in export.table.column_names]
        if unknown:
            raise LabError(f"There is no column {unknown[0]!r} to drop: correct the name.")
        upload = hashed(without(export, drop))
        return self.released(upload)
