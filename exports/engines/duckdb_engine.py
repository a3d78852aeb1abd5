"""The embedded engine: DuckDB with bounded memory, spilling to a temporary folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from exports.engines.canonical_sql import duckdb_leaves, lacking, stream_spelt
from exports.engines.dialect import DUCKDB, Dialect
from exports.errors import LabError
from exports.filesystem.named_files import pattern, pattern_literal, plain
from exports.filesystem.rooms import Room
from exports.sources.origins import (
    ArrowStream,
    DuckDBTable,
    InMemory,
    JsonLines,
    ParquetFiles,
    Source,
    SparkTable,
    TextFile,
    json_pointer,
)

if TYPE_CHECKING:
    import pyarrow as pa

OUTSIDE_ENGINE = 400_000_000
"""Bytes of the process that DuckDB's own limit does not count: interpreter, Arrow, numpy."""

SMALLEST = 512_000_000
"""Memory below which the engine cannot even spill."""

BATCH_ROWS = 1 << 17

FLUSH_ROWS = 1 << 16
"""Rows that a part gathers before it writes them; keeps many parts within a small memory."""

UNCOUNTED = 1 / 4
"""Share of a limit that writing many files may take beside it: encoders and compressors."""

COUNTED = 400_000_000
"""Limit up to which ``OUTSIDE_ENGINE`` has room for that as well."""


def engine_limit(memory: int) -> int:
    """Return the engine's share of ``memory`` bytes of the whole process.

    Raises
    ------
    LabError
        Below 512 MB.

    Examples
    --------
    >>> engine_limit(1_000_000_000)
    600000000
    """
    if memory < SMALLEST:
        raise LabError(
            f"--memory is {memory / 1e6:.0f} MB but must be at least {SMALLEST / 1e6:.0f} MB: give more."
        )
    return memory - OUTSIDE_ENGINE


class DuckDBEngine:
    """Runs queries in this process, in parallel, on tables larger than memory.

    Parameters
    ----------
    memory : int, optional
        Bytes that the whole process may use; the engine spills above its share.
    ordered : bool, default False
        Return rows in the order of the source; costs memory on large answers.

    Examples
    --------
    >>> from exports import read
    >>> import pyarrow as pa
    >>> with DuckDBEngine() as engine:
    ...     people = engine.scan(read(pa.table({"zip": ["02139", "02139", "10001"]})))
    ...     engine.query(f"select c0, count(*) n from {people} group by c0 order by c0").to_pydict()
    {'c0': ['02139', '10001'], 'n': [2, 1]}
    """

    dialect: Dialect = DUCKDB
    groups_first: bool = False

    def __init__(self, memory: int | None = None, *, ordered: bool = False) -> None:
        import duckdb

        config: dict[str, Any] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": ordered,
        }
        if memory is not None:
            config["memory_limit"] = f"{engine_limit(memory)}B"
        self._room = Room()
        self._folder = self._room.path
        config["temp_directory"] = str(self._folder)
        self._connection = duckdb.connect(config=config)
        self._sources: dict[str, Source] = {}
        self._memory = memory

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self._connection.close()
        self._room.close()

    def scan(self, source: Source) -> str:
        """Make ``source`` readable as a view whose columns are ``c0, c1, ...``."""
        for name, known in self._sources.items():
            if known is source:
                return name
        if isinstance(source.origin, SparkTable):
            raise LabError(f"{source.name} needs the engine spark: choose it, or give another table.")
        name = f"source_{len(self._sources)}"
        self._sources[name] = source
        origin = source.origin
        with self._faults():
            if isinstance(origin, InMemory):
                self._connection.register(f"{name}_rows", origin.table)
                self._canonical_view(name, f"select * from {name}_rows", source)
            elif isinstance(origin, ParquetFiles):
                self._canonical_view(name, _parquet_query(origin), source)
            elif isinstance(origin, TextFile):
                self._lacking_view(name, _csv_query(self._utf8(origin), len(source.columns)), source)
            elif isinstance(origin, JsonLines):
                self._lacking_view(name, _json_query(origin), source)
            elif isinstance(origin, DuckDBTable):
                self._connection.execute(
                    f"attach {_text(plain(origin.path))} as {name}_file (read_only, type duckdb)"
                )
                table = ".".join(map(self.dialect.identifier, (f"{name}_file", origin.schema, origin.table)))
                self._canonical_view(name, f"select * from {table}", source)
            elif isinstance(origin, ArrowStream):
                with origin.open() as reader:
                    self._connection.register(f"{name}_rows", reader)
                    self.create_table_as(f"{name}_kept", f"select * from {name}_rows")
                    self._connection.unregister(f"{name}_rows")
                cells = (stream_spelt(f"p{at}", origin.spelt.get(at)) for at in range(len(source.columns)))
                spelt = ", ".join(f"{cell} as c{at}" for at, cell in enumerate(cells))
                raw = ", ".join(f"p{at}" for at in range(len(source.columns)))
                self._lacking_view(name, f"select {spelt} from {name}_kept as t({raw})", source)
        return name

    def _canonical_view(self, name: str, rows: str, source: Source) -> None:
        """Make a view of rows with one spelling per value, whatever their types are."""
        found = self._connection.sql(f"select * from ({rows}) limit 0")
        leaves = [leaf for _, leaf in duckdb_leaves(found.columns, found.types)]
        raw = ", ".join(f"p{position}" for position in range(len(found.columns)))
        spelt = ", ".join(f"{leaf} as c{position}" for position, leaf in enumerate(leaves))
        self._lacking_view(name, f"select {spelt} from ({rows}) as t({raw})", source)

    def _lacking_view(self, name: str, rows: str, source: Source) -> None:
        """Make a view of rows without what the source declares to be missing."""
        if source.missing:
            cells = (
                f"{lacking(f'c{position}', source.missing.get(column, ()))} as c{position}"
                for position, column in enumerate(source.columns)
            )
            rows = f"select {', '.join(cells)} from ({rows})"
        self._view(name, rows)

    def query(self, sql: str) -> pa.Table:
        """Return the whole answer of one statement."""
        with self._faults():
            return self._connection.sql(sql).to_arrow_table()

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of one statement in batches; exhaust it before the next statement."""
        with self._faults():
            yield from self._connection.sql(sql).to_arrow_reader(BATCH_ROWS)

    def spread(self, sql: str, by: Sequence[str], parts: int) -> str:
        """Write the answer as one Parquet file per part, by a hash of the text of ``by``."""
        import pyarrow as pa

        name = f"spread_{len(list(self._folder.glob('spread_*')))}"
        folder = self._folder / name
        keys = ", ".join(["0", *(f"cast({column} as varchar)" for column in by)])
        pa.default_memory_pool().release_unused()
        with self._faults(), self._less(UNCOUNTED):
            self._connection.execute(f"set partitioned_write_flush_threshold={FLUSH_ROWS}").fetchall()
            self._connection.execute(
                f"copy (select *, hash({keys}) % {parts} as part from ({sql})) to {_text(str(folder))} "
                "(format parquet, partition_by (part), compression zstd)"
            ).fetchall()
            if any(folder.rglob("*.parquet")):
                self._view(name, f"select * from read_parquet({_text(f'{pattern(folder)}/*/*.parquet')})")
        return name

    def part(self, name: str, part: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one part, read with the dictionaries of its files."""
        import pyarrow.parquet as pq

        for path in sorted((self._folder / name / f"part={part}").glob("*.parquet")):
            with pq.ParquetFile(path) as file:
                names = file.schema_arrow.names
            with pq.ParquetFile(path, read_dictionary=names) as file:
                yield from file.iter_batches(BATCH_ROWS)

    def create_table_as(self, name: str, sql: str) -> None:
        """Keep the answer of one statement as a temporary table that may spill."""
        with self._faults():
            self._connection.execute(f"create or replace temp table {name} as {sql}").fetchall()

    def register(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable under ``name``."""
        with self._faults():
            self._connection.register(f"{name}_rows", table)
            self.create_table_as(name, f"select * from {name}_rows")
            self._connection.unregister(f"{name}_rows")

    def drop(self, name: str) -> None:
        """Forget a table or view; nothing happens when there is none."""
        with self._faults():
            kind = "view" if name in self._sources else "table"
            self._connection.execute(f"drop {kind} if exists {name}").fetchall()

    @contextmanager
    def _less(self, share: float) -> Iterator[None]:
        """Take a share off the engine's limit, where it has one."""
        if self._memory is None:
            yield
            return
        limit = engine_limit(self._memory)
        try:
            less = max(round((1 - share) * limit), min(limit, COUNTED))
            self._connection.execute(f"set memory_limit='{less}B'").fetchall()
            yield
        finally:
            self._connection.execute(f"set memory_limit='{limit}B'").fetchall()

    def _view(self, name: str, sql: str) -> None:
        self._connection.execute(f"create temp view {name} as {sql}").fetchall()

    def _utf8(self, file: TextFile) -> TextFile:
        """Return the file itself, or a copy in plain UTF-8.

        DuckDB decodes few others, and takes a quoted header after a byte-order mark for the whole file.
        """
        if file.encoding == "utf-8":
            return file
        from exports.sources.files import copy_as_utf8

        copy = self._folder / f"text_{len(self._sources)}.csv"
        copy_as_utf8(file, copy)
        return TextFile(copy, file.delimiter, "utf-8")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import duckdb
        import pyarrow as pa

        try:
            yield
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            names = ", ".join(dict.fromkeys(source.name for source in self._sources.values()))
            raise LabError(_sentence(error, names, self._memory)) from None


def _csv_query(file: TextFile, columns: int) -> str:
    types = ", ".join(f"c{position}: 'VARCHAR'" for position in range(columns))
    compression = _compression(file.path)
    return (
        f"select * from read_csv({pattern_literal(file.path)}, auto_detect=false, header=true, "
        f"strict_mode=true, delim={_text(file.delimiter)}, quote='\"', escape='\"', columns={{{types}}}, "
        f"compression={_text(compression)})"
    )


def _compression(path: Path) -> str:
    from exports.sources.files import is_packed

    return "gzip" if is_packed(path) else "none"


def _parquet_query(origin: ParquetFiles) -> str:
    files = ", ".join(map(pattern_literal, origin.paths))
    parted = "hive_partitioning=false"
    if origin.partitions:
        parted = "hive_partitioning=true, hive_types_autocast=false"
    return f"select * from read_parquet([{files}], union_by_name={str(not origin.plain).lower()}, {parted})"


def _json_query(origin: JsonLines) -> str:
    pointers = ", ".join(_text(json_pointer(keys)) for keys in origin.keys)
    cells = ", ".join(
        f"case when kinds[{place}] <> 'OBJECT' then nullif(cells[{place}], '') end as c{place - 1}"
        for place in range(1, len(origin.keys) + 1)
    )
    return (
        f"select {cells} from (select json_extract_string(json, [{pointers}]) as cells, "
        f"json_type(json, [{pointers}]) as kinds from read_ndjson_objects({pattern_literal(origin.path)}, "
        f"compression={_text(_compression(origin.path))}))"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _sentence(error: Exception, names: str, memory: int | None) -> str:
    """Say what went wrong without the engine's own message, which quotes rows."""
    message = str(error)
    where = re.search(r"CSV Error on Line: (\d+)", message)
    line = f" at line {int(where.group(1)):,}" if where else ""
    if "Expected Number of Columns" in message:
        counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
        found = f" ({counts.group(2)} instead of {counts.group(1)})" if counts else ""
        return f"{names} has a row{line} with another number of cells than its header{found}: mend that row."
    if "unterminated quote" in message:
        return f"{names} has a quote{line} that is never closed, or a cell of more than 2 MB: mend that row."
    if "Invalid unicode" in message or "not utf-8" in message.lower():
        return (
            f"{names} is not valid UTF-8{line}: save it as UTF-8, or say which encoding it has, as in "
            "--encoding cp1252; in a database mend the text."
        )
    if "Maximum line size" in message or "does not support a full read" in message:
        return f"{names} has a line{line} longer than 2 MB: leave such cells out of the export."
    if type(error).__name__ == "OutOfMemoryException":
        limit = "the memory of this machine" if memory is None else f"--memory {memory / 1e9:g}GB"
        return f"Assessing {names} needs more than {limit}, even with spilling: give more."
    return (
        f"{names} could not be read ({type(error).__name__}){line}: "
        "check that it is whole and stays in place."
    )
