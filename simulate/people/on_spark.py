"""Blocks of people made by the executors of a Spark session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from exports.randomness import BLOCK
from simulate.people.tables import MATCHING, people_block


def people_on_spark(
    session: Any, seed: int, blocks: Sequence[int], size: int = BLOCK, groups: Iterable[str] = MATCHING
) -> Any:
    """Return the people of some blocks as a Spark DataFrame, the same rows as `people_block` gives.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Where to make them; its executors need this package.
    seed : int
        Seed of the run.
    blocks : sequence of int
        Numbers of the blocks, each made by one task.
    size : int, default 65536
        People of each block.
    groups : iterable of str
        Keys of ``COLUMNS``; addresses stay as drafted, without the numbering pass.
    """
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_schema

    wanted = tuple(groups)

    def made(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for block in batch.column(0).to_pylist():
                yield from _plain(people_block(seed, block, size, groups=wanted)).to_batches()

    schema = from_arrow_schema(_plain(people_block(seed, 0, 1, groups=wanted)).schema)
    numbers = session.createDataFrame(pa.table({"block": pa.array(blocks, pa.int64())}))
    return numbers.repartition(max(len(blocks), 1)).mapInArrow(made, schema)


def _plain(table: Any) -> Any:
    """Return the table without dictionaries, which Spark does not take."""
    import pyarrow as pa

    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)
