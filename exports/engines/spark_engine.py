"""The engine for tables larger than one machine: Apache Spark, in the user's session or a local one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.engines.canonical_sql import lacking, spark_leaves
from exports.engines.dialect import SPARK, Dialect
from exports.errors import LabError, MissingExtraError
from exports.filesystem.rooms import Room
from exports.sources.origins import InMemory, ParquetFiles, Source, SparkTable

if TYPE_CHECKING:
    import pyarrow as pa


class SparkEngine:
    """Runs queries on Spark; only their answers come to this process.

    Parameters
    ----------
    memory : int, optional
        Bytes for the driver of a local session; an existing session keeps its own settings.
    session : pyspark.sql.SparkSession, optional
        Where to run: the active session by default, else a local one that ``close`` stops.

    Raises
    ------
    MissingExtraError
        When PySpark is not installed.
    LabError
        When no local session starts, most often for want of Java.
    """

    dialect: Dialect = SPARK
    groups_first: bool = True

    def __init__(self, memory: int | None = None, *, session: Any = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise MissingExtraError("Spark", "spark") from None
        self._room = Room()
        self._folder = self._room.path
        self._sources: dict[str, Source] = {}
        self._kept: dict[str, Any] = {}
        found = session if session is not None else SparkSession.getActiveSession()
        self._own = found is None
        self._session = _local_session(self._folder, memory) if found is None else found

    @property
    def session(self) -> Any:
        """The session in which queries run."""
        return self._session

    def close(self) -> None:
        """Forget the views, and stop the session if this engine started it."""
        for name in [*self._sources, *self._kept]:
            self.drop(name)
        if self._own:
            self._session.stop()
        self._room.close()

    def scan(self, source: Source) -> str:
        """Make ``source`` readable as a view whose columns are ``c0, c1, ...``."""
        for name, known in self._sources.items():
            if known is source:
                return name
        name = f"reidlab_source_{len(self._sources)}"
        self._sources[name] = source
        origin = source.origin
        with self._faults():
            if isinstance(origin, SparkTable):
                frame = origin.frame
            elif isinstance(origin, InMemory):
                frame = self._frame(origin.table, source.columns)
            elif isinstance(origin, ParquetFiles) and origin.plain:
                frame = self._session.read.parquet(*(str(path) for path in origin.paths))
            else:
                frame = self._session.read.parquet(str(self._copy(source, name)))
            self._canonical(frame, source).createOrReplaceTempView(name)
        return name

    def _canonical(self, frame: Any, source: Source) -> Any:
        """Return a Spark table with one spelling per value, its columns called by position."""
        from pyspark.sql.functions import expr

        leaves = [leaf for _, leaf in spark_leaves(frame.schema)]
        spelt = [expr(leaf).alias(f"c{position}") for position, leaf in enumerate(leaves)]
        cells = (
            expr(lacking(f"c{position}", source.missing.get(column, ()), spark=True)).alias(f"c{position}")
            for position, column in enumerate(source.columns)
        )
        return frame.select(*spelt).select(*cells)

    def query(self, sql: str) -> pa.Table:
        """Return the whole answer of one statement."""
        with self._faults():
            return self._session.sql(sql).toArrow()

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of one statement in batches, after the driver has collected it."""
        yield from self.query(sql).to_batches()

    def spread(self, sql: str, by: Sequence[str], parts: int) -> str:
        """Keep the answer with the part of each row, by a hash of the text of ``by``."""
        name = f"reidlab_spread_{len(self._kept)}"
        keys = ", ".join(["0", *(f"cast({column} as string)" for column in by)])
        self.create_table_as(name, f"select *, pmod(hash({keys}), {parts}) as part from ({sql}) as rows_")
        return name

    def part(self, name: str, part: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one part."""
        yield from self.query(f"select * except (part) from {name} where part = {int(part)}").to_batches()

    def create_table_as(self, name: str, sql: str) -> None:
        """Keep the answer of one statement, in memory and on the disks of the executors."""
        self.drop(name)
        with self._faults():
            frame = self._session.sql(sql).persist()
            frame.createOrReplaceTempView(name)
            self._kept[name] = frame

    def register(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable under ``name``."""
        with self._faults():
            self._kept[name] = self._frame(table, table.column_names)
            self._kept[name].createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        """Forget a table or view; nothing happens when there is none."""
        self._sources.pop(name, None)
        frame = self._kept.pop(name, None)
        if frame is not None:
            frame.unpersist()
        self._session.catalog.dropTempView(name)

    def _frame(self, table: pa.Table, names: Sequence[str]) -> Any:
        """Return a Spark table; its columns are renamed after Spark has taken them by position."""
        import pyarrow as pa

        columns = [
            column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
            for column in table.columns
        ]
        plain = pa.table(columns, names=[f"c{position}" for position in range(len(columns))])
        return self._session.createDataFrame(plain).toDF(*names)

    def _copy(self, source: Source, name: str) -> Path:
        """Write what Spark does not read as DuckDB does to Parquet, so that both see the same values."""
        if not str(self._session.sparkContext.master).startswith("local"):
            raise LabError(
                f"{source.name} is not where a cluster can read it: give Parquet files or a Spark table."
            )
        import pyarrow.parquet as pq

        from exports.engines.duckdb_engine import DuckDBEngine

        path = self._folder / f"{name}.parquet"
        with DuckDBEngine() as engine:
            table = engine.scan(source)
            schema = engine.query(f"select * from {table} limit 0").schema
            with pq.ParquetWriter(path, schema) as writer:
                for batch in engine.stream(f"select * from {table}"):
                    writer.write_batch(batch)
        return path

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import pyarrow as pa
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError, pa.ArrowException, OSError) as error:
            names = ", ".join(dict.fromkeys(source.name for source in self._sources.values()))
            raise LabError(
                f"Spark could not answer a query over {names or 'a table'} ({type(error).__name__}): "
                "check that it is whole, and that the session is alive and has memory."
            ) from None


def _local_session(folder: Path, memory: int | None) -> Any:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": f"{(memory or 1 << 30) >> 20}m",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder),
        "spark.log.level": "ERROR",
    }
    try:
        return SparkSession.builder.master("local[*]").appName("reidlab").config(map=settings).getOrCreate()
    except (PySparkException, OSError):
        raise LabError("No local Spark session starts: install Java 17 or newer, or use duckdb.") from None
