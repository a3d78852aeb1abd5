"""A case replayed on Spark: executors make the people, queries match them, and only counts come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exports import read
from exports.engines.spark_engine import SparkEngine
from simulate.addresses.numbering import Numbers
from simulate.calibration.fit import FITTED, Calibration, calibrate
from simulate.calibration.sample import sample_cells
from simulate.case import Case, Transfer
from simulate.people.tables import address_keys, blocks, number_addresses
from simulate.populations import later_visitors
from simulate.upload.collection import Collection, collection, known_on
from simulate.upload.lists import described, widest_of
from simulate.upload.match import Match
from simulate.upload.match_by_query import ACCOUNTS, PEOPLE, match_by_query
from simulate.upload.outsiders import Outsiders, taken_keys
from simulate.upload.uploads import later_needed
from simulate.world import load_world

GROUPS = ("core", "email", "visit")
"""Column groups that lists and losses depend on."""

MADE = pa.schema(
    [
        ("person_id", pa.int64()),
        ("address", pa.string()),
        ("again", pa.string()),
        ("visited_on", pa.date32()),
        ("enrolled_on", pa.date32()),
        ("returned_on", pa.date32()),
        ("account", pa.int32()),
        ("known", pa.int32()),
        ("mistyped", pa.bool_()),
        ("owner", pa.int64()),
        ("platforms", pa.int32()),
    ]
)
"""People and account addresses in one table, so that a block is made once; ``owner`` tells them apart."""


@dataclass(frozen=True, slots=True)
class SparkReplay:
    """What came of a case on Spark.

    Attributes
    ----------
    people, seed : int
        Of the run.
    values : mapping of str to float
        The parameters used, the fitted one included.
    lists : tuple of (Transfer, Match)
        Every list that was sent, in the order of the case, and what its platform made of it.
    """

    case: Case
    people: int
    seed: int
    values: Mapping[str, float]
    calibration: Calibration | None
    lists: tuple[tuple[Transfer, Match], ...]

    @property
    def matches(self) -> Mapping[str, Match]:
        """What each platform made of the widest list it was sent."""
        return widest_of(self.case, self.lists)

    def to_json(self) -> dict[str, Any]:
        """Return the result object of ``reidlab replay``; no table is written."""
        return {
            "case": self.case.name,
            "people": self.people,
            "seed": self.seed,
            "platforms": {name: match.to_json() for name, match in self.matches.items()},
            "lists": [described(transfer, match) for transfer, match in self.lists],
            "calibrated": None if self.calibration is None else self.calibration.to_json(),
            "tables": {},
        }


def replay_on_spark(
    case: Case, engine: SparkEngine, *, people: int, seed: int, accounts: int = 0
) -> SparkReplay:
    """Replay the upload and match of a case, with the same counts as :func:`simulate.replay.replay`.

    The driver holds one 64-bit key per address while it numbers them, about 20 bytes a person at
    its peak; everything else stays with the executors, which need this package.

    Parameters
    ----------
    case : Case
        What was sent to whom.
    engine : SparkEngine
        Where to run.
    people, seed, accounts : int
        As for ``replay``.
    """
    world = load_world()
    values = case.values()
    draft = replace(collection(case, world, values, seed=seed, people=people), groups=GROUPS)
    calibration = calibrate(case, world, sample_cells(draft)[case.target.platform]) if case.target else None
    if calibration is not None:
        values[FITTED] = calibration.address_reuse
    collected = replace(draft, values=values)
    coming = later_visitors(case, people)
    after = replace(collected, people=later_needed(case, people, coming), population="later")
    made, drafted, numbers = _made(collected, engine, None)
    taken = taken_keys(drafted, numbers) if accounts or after.people else None
    if after.people:
        more, drafted, numbers = _made(after, engine, taken)
        made, taken = made.unionByName(more), taken_keys(drafted, numbers, taken)
    if accounts and taken is not None:
        outsiders = Outsiders(collected, accounts, taken)
        count = len(list(blocks(accounts)))
        tasks = engine.session.range(0, count, 1, count)
        made = made.unionByName(tasks.mapInArrow(_outsiders(outsiders), _spark_schema()))
    engine.create_table_as("replay_made", f"select * from {engine.scan(read(made))}")
    people_rows, account_rows = (
        f"(select {_named(columns)} from replay_made where c{MADE.names.index('owner')} {side}) as made"
        for columns, side in ((PEOPLE, "is null"), (ACCOUNTS, "is not null"))
    )
    lists = tuple(
        (
            transfer,
            match_by_query(
                engine,
                people_rows,
                account_rows,
                transfer,
                world.platforms[transfer.platform],
                bit,
                people / case.size,
                coming_here=after.people / coming if coming else 0.0,
                tests=values["test_entries"],
            ),
        )
        for bit, transfer in enumerate(case.lists())
    )
    return SparkReplay(case, people, seed, values, calibration, lists)


def _made(
    collected: Collection, engine: SparkEngine, settled: NDArray[np.uint64] | None
) -> tuple[Any, list[NDArray[np.uint64]], list[Numbers]]:
    """Return a population's rows, to be made by the executors, the keys it drafts and their numbers."""
    drafted = _drafted(collected, engine)
    numbers = number_addresses(drafted) if settled is None else number_addresses([settled, *drafted])[1:]
    tasks = engine.session.createDataFrame(_numbered(numbers)).repartition(len(numbers), "block")
    return tasks.mapInArrow(_visitors(collected), _spark_schema()), drafted, numbers


def _named(columns: Sequence[str]) -> str:
    """Return columns of the scanned table under their names."""
    return ", ".join(f"c{MADE.names.index(name)} as {name}" for name in columns)


def _drafted(collected: Collection, engine: SparkEngine) -> list[NDArray[np.uint64]]:
    """Return the keys of the addresses that each block drafts, computed by the executors."""
    seed, site, sizes = collected.seed, collected.site, dict(blocks(collected.people))
    population = collected.population

    def keys(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for block in batch.column(0).to_pylist():
                found = address_keys(seed, block, sizes[block], site=site, population=population)
                yield pa.record_batch({"block": [block], "keys": [found.tobytes()]})

    tasks = engine.session.range(0, len(sizes), 1, len(sizes))
    found = tasks.mapInArrow(keys, "block long, keys binary").toArrow()
    by_block = dict(zip(found["block"].to_pylist(), found["keys"].to_pylist(), strict=True))
    return [np.frombuffer(by_block[block], np.uint64) for block in range(len(sizes))]


def _numbered(numbers: list[Numbers]) -> pa.Table:
    """Return one row per block with its part of the numbering."""
    return pa.table(
        {
            "block": range(len(numbers)),
            "position": [part.position.tobytes() for part in numbers],
            "number": [part.number.tobytes() for part in numbers],
        }
    )


def _visitors(collected: Collection) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def made(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for row in batch.to_pylist():
                part = Numbers(*(np.frombuffer(row[name], np.int64) for name in ("position", "number")))
                tables = replace(collected, numbers={row["block"]: part})(row["block"])
                people, standing, accounts = tables.values()
                days = ("person_id", "visited_on", "enrolled_on", "returned_on")
                columns = {"address": people["email"], "again": people["email_again"]}
                columns |= {name: people[name] for name in days}
                yield from _filled(columns | dict(zip(standing.column_names, standing.columns, strict=True)))
                yield from _filled(_owned(accounts, collected))

    return made


def _outsiders(outsiders: Outsiders) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def made(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for block in batch.column(0).to_pylist():
                yield from _filled(_owned(outsiders(block)["outsiders"], outsiders.collected))

    return made


def _owned(accounts: pa.Table, collected: Collection) -> dict[str, Any]:
    bits = np.zeros(len(accounts), dtype=np.int32)
    for bit, transfer in enumerate(collected.lists):
        bits |= known_on(accounts, transfer.platform, transfer.date).astype(np.int32) << bit
    return {"owner": accounts["owner"], "address": accounts["address"], "platforms": pa.array(bits)}


def _filled(columns: Mapping[str, Any]) -> list[pa.RecordBatch]:
    """Return the rows with every column of ``MADE``, null where a side has none."""
    rows = len(columns["address"])
    table = pa.table(
        [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(rows, f.type) for f in MADE],
        schema=MADE,
    )
    return table.to_batches()  # type: ignore[no-any-return]


def _spark_schema() -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(MADE)
