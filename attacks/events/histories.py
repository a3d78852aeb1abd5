"""Histories of released events: which of them holds the facts known of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa

LONG_AGO = -1e12
"""Second at which an event without a time is put: no fact is near it."""

WORK = 300_000_000
"""Pairs of a fact and an event near it above which the attack is refused: about two minutes."""


def seconds(table: pa.Table, name: str | None) -> NDArray[np.float64]:
    """Return a time column in seconds; a missing time lies before all others, zeros without a column.

    Raises
    ------
    LabError
        When the column holds what is no time.

    Examples
    --------
    >>> import pyarrow as pa
    >>> seconds(pa.table({"on": ["1970-01-02", "1970-01-02 00:00:30"]}), "on")
    array([86400., 86430.])
    """
    import pyarrow as pa

    if name is None:
        return np.zeros(table.num_rows)
    if name not in table.column_names:
        raise LabError(f"The time column {name!r} is not in the table: correct the schema's time.")
    column, scale = table[name], 1.0
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        try:
            column, scale = _microseconds(column), 1e6
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise LabError(f"The time column {name!r} holds what is no time: write ISO 8601.") from None
    found = column.cast(pa.float64(), safe=False).to_numpy() / scale
    return np.where(np.isfinite(found), found, LONG_AGO)


def _microseconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times, or text of times with or without an offset from UTC, as whole microseconds."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
    try:
        return column.cast(pa.timestamp("us")).cast(pa.int64())
    except pa.ArrowInvalid:
        return column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())


@dataclass(frozen=True, slots=True)
class Log:
    """Released events in the order of item, time, record, so that a fact's fits are one slice.

    Parameters
    ----------
    record, item : array of int
        History and item of each event.
    moment : array of float
        Second of each event.
    weight : array of float
        Weight of each item: 1 / ln of the histories that hold it.
    histories : int
        Number of histories.
    """

    record: NDArray[np.int64]
    item: NDArray[np.int64]
    moment: NDArray[np.float64]
    weight: NDArray[np.float64]
    histories: int

    @classmethod
    def of(
        cls, record: NDArray[Any], item: NDArray[np.int64], moment: NDArray[np.float64], histories: int
    ) -> Log:
        """Sort events; the same event of one history twice counts once."""
        order = np.lexsort((record, moment, item))
        record, item, moment = record[order].astype(np.int64), item[order], moment[order]
        again = np.zeros(len(order), dtype=bool)
        again[1:] = (record[1:] == record[:-1]) & (item[1:] == item[:-1]) & (moment[1:] == moment[:-1])
        keep = ~again & (moment > LONG_AGO)
        record, item, moment = record[keep], item[keep], moment[keep]
        held = np.unique(item * max(1, histories) + record) // max(1, histories)
        weight = 1 / np.log(np.maximum(np.bincount(held), 2))
        return cls(record, item, moment, weight, histories)

    def slices(
        self, item: NDArray[np.int64], moment: NDArray[np.float64], within: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the events of each fact's item near its moment start and stop."""
        starts = np.searchsorted(self.item, item, side="left")
        stops = np.searchsorted(self.item, item, side="right")
        span = float(np.ptp(self.moment)) + 2 * within + 1 if len(self.moment) else 1.0
        # One increasing key over all items; a fact outside the log's time finds an empty slice.
        first = self.moment.min(initial=0)
        key = self.item * span + (self.moment - first)
        low = np.searchsorted(key, item * span + (moment - within - first), side="left")
        high = np.searchsorted(key, item * span + (moment + within - first), side="right")
        return np.clip(low, starts, stops), np.clip(high, starts, stops)

    def best(
        self,
        facts: Mapping[str, NDArray[Any]],
        targets: int,
        within: float,
        draws: NDArray[np.float64],
    ) -> Best:
        """Return the history that fits each target's facts best.

        Raises
        ------
        LabError
            When the facts are so common that they fit too many events.
        """
        low, high = self.slices(facts["item"], facts["moment"], within)
        pairs = int((high - low).sum())
        if pairs > WORK:
            raise LabError(
                f"The facts fit {pairs:,} events, over {WORK:,}: name a time column or take fewer targets."
            )
        weights = np.append(self.weight, 0.0)[np.minimum(facts["item"], len(self.weight))]
        found = Best.none(targets)
        edges = np.searchsorted(facts["target"], np.arange(targets + 1))
        for target in range(targets):
            known = np.arange(edges[target], edges[target + 1])
            fits = (
                np.concatenate([np.arange(low[fact], high[fact]) for fact in known]) if len(known) else known
            )
            if not len(fits):
                continue
            fact = np.repeat(known - edges[target], (high - low)[known])
            pair = np.unique(self.record[fits] * len(known) + fact)
            record, starts = np.unique(pair // len(known), return_index=True)
            score = np.add.reduceat(weights[known][pair % len(known)], starts)
            held = np.diff(np.append(starts, len(pair)))
            fitting = int(np.count_nonzero(held == len(known)))
            draw = float(draws[target])
            found.put(target, record, score, fitting, draw=draw, histories=self.histories)
        return found


@dataclass(frozen=True, slots=True)
class Best:
    """What fits the facts of each target best.

    Parameters
    ----------
    record : array of int
        The best history, -1 where none holds a fact; of several one at random.
    first, second, spread : array of float
        Best and second best score, standard deviation of the scores of all histories.
    fitting : array of int
        Histories that hold every fact.
    """

    record: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    spread: NDArray[np.float64]
    fitting: NDArray[np.int64]

    @classmethod
    def none(cls, targets: int) -> Best:
        """Return that nothing fits."""
        zeros = np.zeros(targets)
        return cls(np.full(targets, -1), zeros, zeros.copy(), zeros.copy(), np.zeros(targets, dtype=np.int64))

    def put(
        self,
        target: int,
        record: NDArray[np.int64],
        score: NDArray[np.float64],
        fitting: int,
        *,
        draw: float,
        histories: int,
    ) -> None:
        """Enter the scores of one target; ``draw`` in [0, 1) decides between equal ones."""
        first = score.max()
        ties = np.flatnonzero(score >= first - 1e-9)
        self.record[target] = record[ties[int(draw * len(ties))]]
        self.first[target] = first
        self.second[target] = first if len(ties) > 1 else max(np.delete(score, ties).max(initial=0), 0)
        mean = score.sum() / histories
        self.spread[target] = np.sqrt(max(0.0, (score**2).sum() / histories - mean**2))
        self.fitting[target] = fitting
