"""A case replayed: collect the people, fit the reuse of addresses, upload each list and match it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exports.randomness import BLOCK
from simulate.addresses.numbering import Numbers
from simulate.attributes.demography import FIRST_ID
from simulate.calibration.expectation import Cells
from simulate.calibration.fit import FITTED, Calibration, calibrate
from simulate.calibration.sample import sample_cells
from simulate.case import Case, Transfer
from simulate.execution.arrow_columns import categories
from simulate.execution.blocks import BLOCKS_PER_FILE, Written, write_blocks, write_table
from simulate.execution.workers import Workers
from simulate.people.tables import blocks
from simulate.populations import later_visitors
from simulate.upload.collection import Collection, collection, number_collected
from simulate.upload.history import Meetings, meetings
from simulate.upload.learnt import known_of_matched
from simulate.upload.lists import list_name, widest_of
from simulate.upload.match import OUTCOMES, Match, connect
from simulate.upload.outsiders import Outsiders, taken_keys
from simulate.upload.uploads import Collected, later_needed, upload
from simulate.world import load_world

Progress = Callable[[str, int, int], None]
"""Told the name of a stage, how much of it is newly done and how much there is in all."""


KEYS = "address-keys.npy"


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a case.

    Attributes
    ----------
    values : mapping of str to float
        The parameters used, the fitted one included.
    cells : mapping of str to Cells
        The visitors as counted for the closed form at each platform.
    lists : tuple of (Transfer, Match)
        Every list that was sent, in the order of the case, and what its platform made of it.
    matches, transfers : mapping of platform name
        The widest list sent to each platform, and what it made of it.
    collected : Collection
        The people and their accounts.
    later : int
        People who came after the case's date whom a list needed.
    meetings : Meetings or None
        When addresses met accounts of the platform that receives the events; None where not asked for.
    known : pyarrow.Table
        What a platform now knows of the people it matched, with counts.
    tables : mapping of str to Written
        The tables written.
    """

    case: Case
    values: Mapping[str, float]
    calibration: Calibration | None
    cells: Mapping[str, Cells]
    lists: tuple[tuple[Transfer, Match], ...]
    known: pa.Table
    tables: Mapping[str, Written]
    collected: Collection
    later: int
    meetings: Meetings | None

    @property
    def transfers(self) -> Mapping[str, Transfer]:
        """The widest list sent to each platform."""
        return self.case.widest()

    @property
    def matches(self) -> Mapping[str, Match]:
        """What each platform made of the widest list it was sent."""
        return widest_of(self.case, self.lists)


def replay(
    case: Case,
    folder: Path,
    *,
    people: int,
    seed: int,
    workers: int,
    memory: int,
    accounts: int = 0,
    history: bool = False,
    progress: Progress = lambda _stage, _done, _all: None,
) -> Replay:
    """Replay the upload and match of a case, writing its tables below ``folder``.

    Parameters
    ----------
    case : Case
        What was sent to whom.
    folder : Path
        Where tables go; what a former, interrupted call with the same arguments finished is kept.
    people : int
        Visitors collected by the case's date; the counts of its transfers scale with it.
    seed, workers : int
        Of the run; processes.
    memory : int
        Bytes that the run may use.
    accounts : int, default 0
        People besides the visitors whose accounts the platforms hold as well.
    history : bool, default False
        Also find when each address met accounts of the platform that receives the events.
    progress : callable
        Told how far each stage is.

    Raises
    ------
    LabError
        When the memory or the disk does not suffice, or no address reuse gives the case's match.
    """
    world = load_world()
    values = case.values()
    draft = collection(case, world, values, seed=seed, people=people)
    coming = later_visitors(case, people)
    later = later_needed(case, people, coming)
    files = -(-max(people, accounts) // (BLOCK * BLOCKS_PER_FILE))
    with Workers(min(workers, files)) as pool:
        cells = sample_cells(draft)
        calibration = calibrate(case, world, cells[case.target.platform]) if case.target else None
        if calibration is not None:
            values[FITTED] = calibration.address_reuse
        collected = replace(draft, values=values)
        tables = _write_people(collected, later, folder, pool, progress, keep_keys=accounts > 0)
        if accounts:
            tables |= _write_outsiders(collected, accounts, folder, pool, progress)
    everybody = Collected.read(tables, coming)
    lists, codes = [], {}
    with connect(memory, workers, folder / "spill") as connection:
        for bit, transfer in enumerate(case.lists()):
            sent = upload(
                connection,
                everybody,
                transfer,
                world.platforms[transfer.platform],
                bit,
                people / case.size,
                tests=values["test_entries"],
            )
            lists.append((transfer, sent.match))
            codes[list_name(case, transfer)] = sent.codes
            progress("matching", 1, len(case.lists()))
        beacon, met = case.widest().get(case.beacon_platform), None
        if history and beacon is not None:
            met = meetings(connection, everybody, beacon, world.platforms[case.beacon_platform])
    tables["matches"] = write_table(_outcome_blocks(codes, people), folder, "matches")
    widest = {name: codes[name] for name in case.widest()}
    known = known_of_matched(everybody.visitors + everybody.later, widest)
    tables["known"] = write_table([known], folder, "known")
    return Replay(case, values, calibration, cells, tuple(lists), known, tables, collected, later, met)


def _write_people(
    collected: Collection, later: int, folder: Path, pool: Workers, progress: Progress, *, keep_keys: bool
) -> dict[str, Written]:
    """Write what is missing of the visitors' tables, and of those who came later as far as needed."""
    after = replace(collected, people=later, population="later")
    folder.mkdir(parents=True, exist_ok=True)
    settled = folder / KEYS
    tables = _write_population(
        collected, folder, pool, progress, None, settled if later or keep_keys else None
    )
    if later:
        tables |= _write_population(after, folder, pool, progress, settled, settled if keep_keys else None)
    return tables


def _write_population(
    collected: Collection,
    folder: Path,
    pool: Workers,
    progress: Progress,
    settled: Path | None,
    keep: Path | None,
) -> dict[str, Written]:
    """Give all addresses their numbers, then write what is missing of a population's tables."""
    count = len(list(blocks(collected.people)))
    numbers: list[Numbers] = []

    def work(span: range) -> Collection:
        if not numbers:
            before = None if settled is None else np.load(settled)
            found, drafted = number_collected(collected, pool, before)
            if keep is not None:
                np.save(keep, taken_keys(drafted, found, before))
            numbers.extend(found)
        return replace(collected, numbers={block: numbers[block] for block in span})

    name = collected.population
    return write_blocks(
        work, count, folder, pool, name=name, progress=lambda done: progress(name, done, count)
    )


def _write_outsiders(
    collected: Collection, people: int, folder: Path, pool: Workers, progress: Progress
) -> dict[str, Written]:
    count = len(list(blocks(people)))
    outsiders = Outsiders(collected, people, folder / KEYS)
    return write_blocks(
        lambda _span: outsiders,
        count,
        folder,
        pool,
        name="outsiders",
        progress=lambda done: progress("outsiders", done, count),
    )


def _outcome_blocks(codes: Mapping[str, NDArray[np.uint8]], people: int) -> Iterator[pa.Table]:
    everybody = len(next(iter(codes.values())))
    for block, size in blocks(everybody):
        rows = slice(block * BLOCK, block * BLOCK + size)
        number = np.arange(rows.start, rows.stop)
        number = np.where(number < people, number, number - people + FIRST_ID["later"])
        columns = {"person_id": pa.array(number)}
        yield pa.table(columns | {name: categories(code[rows], OUTCOMES) for name, code in codes.items()})
