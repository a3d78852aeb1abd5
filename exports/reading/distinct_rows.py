"""From a source to its distinct combinations, or, when they outgrow memory, to parts of its classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from exports.classes.combinations import Combinations, combine
from exports.coding import Coder, encode, numbers, require_flat
from exports.errors import LabError
from exports.sources.origins import InMemory, ParquetFiles, Source
from exports.values.reading import Reading, reading_of

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.engines.protocol import Engine

BATCH_ROWS = 1 << 17

PARTS = 32
"""Parts into which classes are spread when they outgrow memory."""

ROW_BYTES = 24
"""What sorting takes for a row beside its codes."""

JUDGED_ROWS = 1 << 20
"""Rows by which to judge whether those of a large table resemble one another."""

RESEMBLING = 0.2
"""Distinct combinations per row below which an engine's grouping is expected to fit."""


def combinations_within(
    source: Source, names: Sequence[str], engine: Engine, limit: int
) -> Combinations | None:
    """Return the distinct combinations of some columns, or None when they take more than ``limit`` bytes.

    Rows are coded as they stream by. Where they are too many, but those seen resemble one
    another, the engine groups them first.
    """
    if not engine.groups_first:
        if isinstance(source.origin, InMemory):
            table = source.origin.table
            coded = {name: encode(table[name], name, source.nothing(name)) for name in names}
            return combine(coded, rows=table.num_rows)
        whole, seen = _collected(_batches(source, names, engine), source, names, limit)
        if whole or len(seen) > RESEMBLING * seen.rows:
            return seen if whole else None
    columns = _columns(source, names)
    grouped = f"select {columns}, count(*) from {engine.scan(source)} group by {columns}"
    whole, seen = _collected(engine.stream(grouped), source, names, limit, counted=True)
    return seen if whole else None


def readings(source: Source, engine: Engine, limit: int) -> dict[str, Reading] | None:
    """Say how each column is read, in one pass over all rows; None when it takes more than ``limit``."""
    coders = {name: Coder(name) for name in source.columns}
    for batch in _batches(source, source.columns, engine):
        for coder, column in zip(coders.values(), batch.columns, strict=True):
            coder.add(column)
        if sum(coder.bytes for coder in coders.values()) > limit:
            return None
    found = {}
    for name in source.columns:
        coding = coders.pop(name).coding()
        counts = np.bincount(coding.codes, minlength=coding.radix)
        found[name] = reading_of(coding, counts, missing=source.nothing(name))
    return found


def first_rows(source: Source, count: int, engine: Engine) -> pa.Table:
    """Return the first rows of a source with all its columns."""
    from exports.canonical import canonical_table

    if isinstance(source.origin, InMemory):
        return source.origin.table.slice(0, count)
    if _is_streamed(source) and isinstance(source.origin, ParquetFiles) and not engine.groups_first:
        import pyarrow as pa

        batch = next(_parquet_batches(source.origin, source.columns, dictionaries=()), None)
        if batch is not None:
            return canonical_table(pa.Table.from_batches([batch.slice(0, count)]))
    found = engine.query(f"select * from {engine.scan(source)} limit {count}")
    return found.rename_columns(list(source.columns))


def batches_of(source: Source, engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield all rows of a source with all its columns, a batch at a time; text of Parquet as dictionaries."""
    if isinstance(source.origin, InMemory) and not source.missing:
        yield from source.origin.table.to_batches(BATCH_ROWS)
    elif _is_streamed(source) and not source.missing and not engine.groups_first:
        assert isinstance(source.origin, ParquetFiles)
        yield from _parquet_batches(source.origin, source.columns, dictionaries=_texts(source.origin))
    else:
        yield from engine.stream(f"select * from {engine.scan(source)}")


def _texts(origin: ParquetFiles) -> list[str]:
    """Return the columns of text, whose dictionaries can be kept."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    coded = (pa.types.is_string, pa.types.is_large_string)
    return [field.name for field in pq.read_schema(origin.paths[0]) if any(one(field.type) for one in coded)]


def spread(source: Source, names: Sequence[str], by: Sequence[str], engine: Engine) -> str:
    """Write columns of a source as parts such that no class is in two; return the name to ask for them.

    Raises
    ------
    LabError
        When one of them holds lists, structs or maps.
    """
    kinds = first_rows(source, 1, engine).schema
    for name in names:
        require_flat(name, kinds.field(name).type)
    columns = _columns(source, names)
    return engine.spread(f"select {columns} from {engine.scan(source)}", source.positions(by), PARTS)


def parts(spread_name: str, names: Sequence[str], engine: Engine, limit: int) -> Iterator[Combinations]:
    """Yield the combinations of each part, in the same order for all tables spread alike.

    Raises
    ------
    LabError
        When one part alone outgrows ``limit``.
    """
    for part in range(PARTS):
        whole, found = _collected(engine.part(spread_name, part), None, names, limit)
        if not whole:
            raise LabError(
                f"One of {PARTS} parts of the table needs more than {limit / 1e6:.0f} MB: "
                "give more with --memory."
            )
        yield found


def _collected(
    batches: Iterable[pa.RecordBatch],
    source: Source | None,
    names: Sequence[str],
    limit: int,
    *,
    counted: bool = False,
) -> tuple[bool, Combinations]:
    """Code batches until they are through (True) or take more than ``limit`` bytes (False)."""
    coders = [Coder(name, source.nothing(name) if source else ()) for name in names]
    counts, rows, whole = [], 0, True
    for batch in batches:
        for coder, column in zip(coders, batch.columns, strict=False):
            coder.add(column)
        rows += batch.num_rows
        if counted:
            counts.append(numbers(batch.column(len(names))).astype(np.int64))
        if sum(coder.bytes for coder in coders) + rows * ROW_BYTES > limit:
            whole = False
            break
    codings = {name: coder.coding() for name, coder in zip(names, coders, strict=True)}
    if not whole:
        rows = min(rows, JUDGED_ROWS)
        codings = {name: coding.take(slice(rows)) for name, coding in codings.items()}
        counts = [np.concatenate(counts)[:rows]] if counts else []
    return whole, combine(codings, np.concatenate(counts) if counts else None, rows=rows)


def _batches(source: Source, names: Sequence[str], engine: Engine) -> Iterator[pa.RecordBatch]:
    if isinstance(source.origin, InMemory):
        return iter(source.origin.table.select(list(names)).to_batches())
    if _is_streamed(source) and isinstance(source.origin, ParquetFiles):
        return _parquet_batches(source.origin, names)
    return engine.stream(f"select {_columns(source, names)} from {engine.scan(source)}")


def _is_streamed(source: Source) -> bool:
    """Whether the rows of Parquet files can be taken as they are, without an engine."""
    return isinstance(source.origin, ParquetFiles) and source.origin.plain


def _columns(source: Source, names: Sequence[str]) -> str:
    return ", ".join(source.positions(names))


def _parquet_batches(
    origin: ParquetFiles, names: Sequence[str], dictionaries: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Read Parquet with its own dictionaries, which spares coding every row again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    coded = list(names if dictionaries is None else dictionaries)
    for path in origin.paths:
        try:
            kinds = pq.read_schema(path)
            for name in coded:
                require_flat(name, kinds.field(name).type)
            with pq.ParquetFile(path, read_dictionary=coded) as file:
                for batch in file.iter_batches(BATCH_ROWS, columns=list(names)):
                    yield batch.select(list(names))
        except (pa.ArrowException, OSError):
            raise LabError(f"{path} cannot be read to its end: write it again.") from None
