"""Tables written block by block: several blocks to a Parquet file, resumed when interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.errors import LabError
from exports.fingerprint import content_sha256
from simulate.execution.workers import Workers

BLOCKS_PER_FILE = 8

Work = Callable[[int], Mapping[str, pa.Table]]
"""Makes the tables of one block; picklable."""


@dataclass(frozen=True, slots=True)
class Written:
    """One table as its blocks were written.

    Attributes
    ----------
    files : tuple of Path
        In block order.
    rows : int
        Rows of all files.
    sha256 : str
        Hash over the content hashes of the blocks: the same for any workers, files and row groups.
    """

    files: tuple[Path, ...]
    rows: int
    sha256: str


def write_blocks(
    work: Callable[[range], Work],
    blocks: int,
    folder: Path,
    workers: Workers,
    *,
    name: str,
    progress: Callable[[int], None] = lambda _blocks: None,
) -> dict[str, Written]:
    """Write the tables of blocks 0 to ``blocks`` - 1 below ``folder``, or only what is missing of them.

    Parameters
    ----------
    work : callable
        ``work(range_of_blocks)`` returns what makes the tables of those blocks; it is called here
        and its result sent to a worker, once per file.
    blocks : int
        How many blocks there are.
    folder : Path
        Each table gets a folder in it. What a former, interrupted call finished there is kept.
    workers : Workers
        Who does it.
    name : str
        Of this work, by which a further call finds what is finished.
    progress : callable
        Told how many further blocks are done.

    Raises
    ------
    LabError
        When the disk is full or a worker is killed.
    """
    parts = {
        folder / "finished" / f"{name}-{part:04d}.json": range(start, min(start + BLOCKS_PER_FILE, blocks))
        for part, start in enumerate(range(0, blocks, BLOCKS_PER_FILE))
    }
    done = {manifest: json.loads(manifest.read_text()) for manifest in parts if manifest.exists()}
    progress(sum(len(parts[manifest]) for manifest in done))
    missing = ((work(span), span, manifest) for manifest, span in parts.items() if manifest not in done)
    for manifest, tables in workers.each(_write_part, missing):
        done[manifest] = tables
        progress(len(parts[manifest]))
    written = [done[manifest] for manifest in parts]
    return {
        table: Written(
            tuple(folder / part[table]["file"] for part in written),
            sum(part[table]["rows"] for part in written),
            _digest(digest for part in written for digest in part[table]["blocks"]),
        )
        for table in written[0]
    }


def write_table(blocks: Iterable[pa.Table], folder: Path, name: str) -> Written:
    """Write one table, given in blocks, in one file below ``folder``.

    Raises
    ------
    LabError
        When the disk is full.
    """
    with _Files(folder, "0000") as files:
        for table in blocks:
            files.add(name, table)
    only = files.tables[name]
    return Written((folder / only["file"],), only["rows"], _digest(only["blocks"]))


def _write_part(work: Work, span: range, manifest: Path) -> tuple[Path, dict[str, Any]]:
    """Write one file per table, then the manifest that says they are whole."""
    with _Files(manifest.parent.parent, manifest.stem.rpartition("-")[2]) as files:
        for block in span:
            for name, table in work(block).items():
                files.add(name, table)
    try:
        manifest.parent.mkdir(exist_ok=True)
        manifest.with_suffix(".writing").write_text(json.dumps(files.tables))
        manifest.with_suffix(".writing").rename(manifest)
    except OSError as error:
        raise LabError(cannot_write(manifest.parent, error)) from None
    return manifest, files.tables


def _digest(blocks: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(blocks).encode()).hexdigest()


class _Files:
    """One Parquet file per table, written aside and renamed when all are whole."""

    def __init__(self, folder: Path, part: str) -> None:
        self.folder, self.part = folder, part
        self.tables: dict[str, dict[str, Any]] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            file = f"{name}/part-{self.part}.parquet"
            self._writers[name] = pq.ParquetWriter(
                self.folder / f"{file}.writing",
                table.schema,
                compression="zstd",
                use_dictionary=[column for column in table.column_names if _repeats(table[column])],
            )
            self.tables[name] = {"file": file, "rows": 0, "blocks": []}
        self._writers[name].write_table(table)
        self.tables[name]["rows"] += table.num_rows
        self.tables[name]["blocks"].append(content_sha256(table))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for writer in self._writers.values():
                writer.close()
            if kind is None:
                for table in self.tables.values():
                    (self.folder / f"{table['file']}.writing").rename(self.folder / table["file"])
        except OSError as fault:
            raise LabError(cannot_write(self.folder, fault)) from None
        if isinstance(error, OSError):
            raise LabError(cannot_write(self.folder, error)) from None


def _repeats(column: pa.ChunkedArray) -> bool:
    """Tell whether a dictionary makes a column smaller; looking costs less than trying."""
    return not pa.types.is_string(column.type) or pc.count_distinct(column).as_py() < len(column) / 2


def cannot_write(folder: Path, error: OSError) -> str:
    """Return the sentence for a folder that cannot take what is written to it."""
    import errno

    if error.errno == errno.ENOSPC or "No space left" in str(error):
        return f"The disk of {folder} is full: free space there or choose another --out."
    return f"{folder} cannot be written ({error.strerror or 'write failed'}): choose another --out."
