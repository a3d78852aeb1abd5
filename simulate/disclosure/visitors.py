"""One block of visitors with what became of each one's address, as the parts of a case count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from simulate.upload.history import Meetings
from simulate.upload.match import OUTCOMES

Counts = dict[str, NDArray[np.int64]]
"""Counts by name, each of a shape that does not depend on the block, so that blocks add up."""

NEVER = np.iinfo(np.int32).max
"""The day of what has not happened."""

SENT = np.array([outcome != "not_sent" for outcome in OUTCOMES])
MATCHED = np.array([outcome in ("matched", "false_match") for outcome in OUTCOMES])


@dataclass(frozen=True, slots=True)
class Visitors:
    """People of one block.

    Parameters
    ----------
    table : pyarrow.Table
        Columns as `simulate.people.tables.COLUMNS`, and those of the case's own attributes.
    outcomes : mapping of platform name to array of uint8
        Codes into ``match.OUTCOMES``.
    stream : Stream
        Random numbers of the block; each draw takes a name.
    accounts : mapping of platform name to array of bool
        Who has an account on the day of the platform's widest list, sent or not.
    meetings : Meetings or None
        When addresses met accounts of the platform that receives the events.
    """

    table: Any
    outcomes: Mapping[str, NDArray[np.uint8]]
    stream: Stream
    accounts: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    meetings: Meetings | None = None

    @property
    def first(self) -> NDArray[np.bool_]:
        """Whose address nobody gave earlier."""
        return np.ones(len(self), dtype=bool) if self.meetings is None else self.meetings.first

    def met(self, day: int) -> NDArray[np.bool_]:
        """Return whose address would meet an account of the beacon's platform on a day."""
        return np.zeros(len(self), dtype=bool) if self.meetings is None else self.meetings.met(day)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def days(self, column: str) -> NDArray[np.int32]:
        """Return dates as days since 1970, ``NEVER`` where there is none."""
        import pyarrow as pa

        found = self.table[column].combine_chunks().view(pa.int32()).fill_null(NEVER)
        days: NDArray[np.int32] = found.to_numpy(zero_copy_only=False)
        return days

    def is_value(self, column: str, value: str) -> NDArray[np.bool_]:
        """Return who has a value, written as text (``true`` and ``false`` for yes and no)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = self.table[column].combine_chunks().cast(pa.string())
        found: NDArray[np.bool_] = pc.fill_null(pc.equal(text, value), False).to_numpy(zero_copy_only=False)
        return found

    def numbers(self, column: str) -> NDArray[Any]:
        """Return a numeric column; missing values count as 0."""
        numbers: NDArray[Any] = (
            self.table[column].combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)
        )
        return numbers

    def chance(self, name: str, share: float | NDArray[np.float64]) -> NDArray[np.bool_]:
        """Draw for each person whether something of this chance happens."""
        return self.stream.at(name=name).uniforms(len(self)) < share


def add(total: Counts, more: Counts) -> None:
    """Add the counts of one block to a total."""
    for name, counts in more.items():
        total[name] = total[name] + counts if name in total else counts


def tabulate(*flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count people by the combination of yes-no columns, shape (2, 2, ...), no before yes.

    Examples
    --------
    >>> tabulate(np.array([True, True, False]), np.array([True, False, False])).tolist()
    [[1, 0], [1, 1]]
    """
    index = sum(flag.astype(np.int64) << bit for bit, flag in enumerate(reversed(flags)))
    return np.bincount(np.asarray(index), minlength=1 << len(flags)).reshape((2,) * len(flags))
