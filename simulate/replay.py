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
from simulate.calibration.expectation import Cells
from simulate.calibration.fit import FITTED, Calibration, calibrate
from simulate.calibration.sample import sample_cells
from simulate.case import Case, Transfer
from simulate.execution.arrow_columns import categories
from simulate.execution.blocks import BLOCKS_PER_FILE, Written, write_blocks, write_table
from simulate.execution.workers import Workers
from simulate.people.tables import blocks
from simulate.upload.collection import Collection, collection, number_collected
from simulate.upload.learnt import known_of_matched
from simulate.upload.match import OUTCOMES, Match, connect
from simulate.upload.outsiders import Outsiders, taken_keys
from simulate.upload.uploads import Collected, upload
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
    matches, transfers : mapping of platform name
        What each platform made of the widest list it was sent.
    known : pyarrow.Table
        What a platform now knows of the people it matched, with counts.
    tables : mapping of str to Written
        The tables written.
    """

    case: Case
    values: Mapping[str, float]
    calibration: Calibration | None
    cells: Mapping[str, Cells]
    matches: Mapping[str, Match]
    transfers: Mapping[str, Transfer]
    known: pa.Table
    tables: Mapping[str, Written]


def replay(
    case: Case,
    folder: Path,
    *,
    people: int,
    seed: int,
    workers: int,
    memory: int,
    accounts: int = 0,
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
    progress : callable
        Told how far each stage is.

    Raises
    ------
    LabError
        When the memory or the disk does not suffice, or no address reuse gives the case's match.
    """
    world = load_world()
    values = {name: entry.value for name, entry in case.parameters.items()}
    transfers = case.widest()
    draft = collection(case, world, values, seed=seed, people=people)
    files = -(-max(people, accounts) // (BLOCK * BLOCKS_PER_FILE))
    with Workers(min(workers, files)) as pool:
        cells = sample_cells(draft)
        calibration = calibrate(case, world, cells[case.target.platform]) if case.target else None
        if calibration is not None:
            values[FITTED] = calibration.address_reuse
        collected = replace(draft, values=values)
        tables = _write_visitors(collected, folder, pool, progress, keep_keys=accounts > 0)
        if accounts:
            tables |= _write_outsiders(collected, accounts, folder, pool, progress)
    people_and_accounts = Collected.read(tables)
    matches, codes = {}, {}
    with connect(memory, workers, folder / "spill") as connection:
        for bit, platform in enumerate(collected.platforms):
            matches[platform.name], codes[platform.name] = upload(
                connection, people_and_accounts, transfers[platform.name], platform, bit, people / case.size
            )
            progress("matching", 1, len(collected.platforms))
    tables["matches"] = write_table(_outcome_blocks(codes), folder, "matches")
    known = known_of_matched(tables["visitors"].files, codes)
    tables["known"] = write_table([known], folder, "known")
    return Replay(case, values, calibration, cells, matches, transfers, known, tables)


def _write_visitors(
    collected: Collection, folder: Path, pool: Workers, progress: Progress, *, keep_keys: bool
) -> dict[str, Written]:
    """Give all addresses their numbers, then write what is missing of the visitors' tables."""
    count = len(list(blocks(collected.people)))
    numbers: list[Numbers] = []

    def work(span: range) -> Collection:
        if not numbers:
            found, drafted = number_collected(collected, pool)
            if keep_keys:
                np.save(folder / KEYS, taken_keys(drafted, found))
            numbers.extend(found)
        return replace(collected, numbers={block: numbers[block] for block in span})

    return write_blocks(
        work, count, folder, pool, name="visitors", progress=lambda done: progress("visitors", done, count)
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


def _outcome_blocks(codes: Mapping[str, NDArray[np.uint8]]) -> Iterator[pa.Table]:
    people = len(next(iter(codes.values())))
    for block, size in blocks(people):
        rows = slice(block * BLOCK, block * BLOCK + size)
        columns = {"person_id": pa.array(np.arange(rows.start, rows.stop))}
        yield pa.table(columns | {name: categories(code[rows], OUTCOMES) for name, code in codes.items()})
