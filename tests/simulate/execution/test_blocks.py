from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.errors import LabError
from simulate.execution import blocks
from simulate.execution.blocks import Work, Written, write_blocks, write_table
from simulate.execution.workers import Workers

BLOCKS = 11


def squares(block: int) -> dict[str, pa.Table]:
    numbers = range(10 * block, 10 * block + 10)
    return {
        "squares": pa.table({"n": numbers, "text": [str(n) for n in numbers]}),
        "few": pa.table({"b": [block]}),
    }


def written(
    folder: Path, work: Callable[[range], Work] = lambda _span: squares, workers: int = 1
) -> dict[str, Written]:
    with Workers(workers) as pool:
        return write_blocks(work, BLOCKS, folder, pool, name="numbers")


def test_blocks_are_written_in_order_and_read_back(tmp_path: Path) -> None:
    table = written(tmp_path)["squares"]
    read = pa.concat_tables(pq.ParquetFile(file).read() for file in table.files)
    assert read["n"].to_pylist() == list(range(10 * BLOCKS))
    assert table.rows == 10 * BLOCKS


def test_the_hash_does_not_depend_on_blocks_per_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several = written(tmp_path / "several")
    monkeypatch.setattr(blocks, "BLOCKS_PER_FILE", 1)
    single = written(tmp_path / "single")
    assert len(single["few"].files) == BLOCKS > len(several["few"].files)
    assert {name: t.sha256 for name, t in single.items()} == {name: t.sha256 for name, t in several.items()}


def test_only_what_is_missing_is_made_again(tmp_path: Path) -> None:
    def failing(span: range) -> Work:
        if span.start:
            raise KeyboardInterrupt
        return squares

    with pytest.raises(KeyboardInterrupt):
        written(tmp_path, failing)
    asked: list[range] = []

    def remembering(span: range) -> Work:
        asked.append(span)
        return squares

    resumed, whole = written(tmp_path, remembering), written(tmp_path / "whole")
    assert {name: t.sha256 for name, t in resumed.items()} == {name: t.sha256 for name, t in whole.items()}
    assert asked == [range(8, 11)]


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES])
def test_a_disk_that_refuses_leaves_no_file_that_looks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(fault, "refused")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", refuse)
    with pytest.raises(LabError, match=r"choose another --out"):
        written(tmp_path)
    assert not list(tmp_path.rglob("*.parquet"))
    assert not list(tmp_path.rglob("*.json"))


def test_a_table_in_one_file_has_the_hash_of_its_blocks(tmp_path: Path) -> None:
    parts = written(tmp_path / "parts")["squares"]
    whole = write_table((squares(block)["squares"] for block in range(BLOCKS)), tmp_path, "squares")
    assert (whole.rows, whole.sha256) == (parts.rows, parts.sha256)
