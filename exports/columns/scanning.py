"""All rows of a table, streamed once, as the different values of each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from exports.coding import Ints, arrow_integers, as_text, booleans, numbers
from exports.columns.tally import Block, Tally

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.engines.protocol import Engine
    from exports.sources.origins import Source

MOST_VALUES = 1 << 17
"""Different values of a column that are held; when there are more, those seen are counted and forgotten."""

NEARLY_ONCE = 0.9
"""Share of different values, as estimated, above which values that no batch repeats count as different."""

BLOCK_BYTES = 16_000_000
"""Text that is looked at together: compiling a pattern takes longer than matching the values of a column."""


@dataclass(slots=True)
class Values:
    """What was seen of one column so far.

    Parameters
    ----------
    kind : pyarrow.DataType or None
        Of its cells.
    rows, missing : int
        Rows looked at, and those without a value.
    different : int
        Different values; of a column with too many, an estimate.
    repeated : bool
        Whether any value was seen twice.
    whole : bool
        Whether ``different`` and ``repeated`` hold for all rows together.
    smallest, largest : int or None
        Of a column of different whole numbers.
    """

    kind: pa.DataType | None = None
    rows: int = 0
    missing: int = 0
    different: int = 0
    repeated: bool = False
    whole: bool = True
    smallest: int | None = None
    largest: int | None = None
    _held: list[tuple[pa.Array, Ints]] = field(default_factory=list)
    _size: int = 0

    @property
    def cells(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    def add(self, chunk: pa.Array) -> None:
        """Look at some more cells."""
        import pyarrow as pa

        if self.kind is None or pa.types.is_null(self.kind):
            self.kind = chunk.type.value_type if pa.types.is_dictionary(chunk.type) else chunk.type
        self.rows += len(chunk)
        for values, counts in _counted(chunk):
            self._held.append((values, counts))
            self._size += len(values)
        self.missing += len(chunk) - _present(chunk)

    def full(self) -> bool:
        """Tell whether more different values are held than should be."""
        if self._size <= MOST_VALUES:
            return False
        if self.whole:
            self._join()
        return self._size > MOST_VALUES // 2

    def taken(self) -> tuple[pa.Array, Ints]:
        """Return the values held with their counts, and forget them."""
        import pyarrow as pa

        self._join()
        if not self._held:
            return pa.array([], pa.string()), np.zeros(0, np.int64)
        (values, counts), self._held, self._size = self._held[0], [], 0
        self.different += len(values)
        self.repeated = self.repeated or bool((counts > 1).any())
        self._note_range(values)
        return values, counts

    def texts(self) -> tuple[pa.Array, Ints]:
        """Return the values held as text without outer blanks, with their counts, and forget them."""
        values, counts = self.taken()
        return self.as_texts(values, counts)

    def as_texts(self, values: pa.Array, counts: Ints) -> tuple[pa.Array, Ints]:
        """Return values as text without outer blanks; blank ones count as missing."""
        import pyarrow.compute as pc

        texts = pc.utf8_trim_whitespace(_as_text(values))
        kept = numbers(pc.binary_length(texts)) > 0
        if kept.all():
            return texts, counts
        self.missing += int(counts[~kept].sum())
        self.different -= int((~kept).sum())
        return texts.take(arrow_integers(np.flatnonzero(kept))), counts[kept]

    def _note_range(self, values: pa.Array) -> None:
        import pyarrow.compute as pc

        if self.repeated or not len(values):
            return
        try:
            ends = pc.min_max(_whole(values) if _is_number(values.type) else values.cast("int64")).as_py()
        except (ValueError, NotImplementedError):
            return
        if isinstance(ends["min"], int):
            self.smallest, self.largest = ends["min"], ends["max"]

    def _join(self) -> None:
        import pyarrow as pa

        if len(self._held) < 2:
            return
        parts = [values for values, _ in self._held]
        if any(part.type != parts[0].type for part in parts):
            parts = [_as_text(part) for part in parts]
        coded = pa.concat_arrays(parts).dictionary_encode()
        counts = np.concatenate([counts for _, counts in self._held])
        sums = np.bincount(numbers(coded.indices), counts, len(coded.dictionary)).astype(np.int64)
        self._held, self._size = [(coded.dictionary, sums)], len(sums)


@dataclass(frozen=True, slots=True)
class Scan:
    """What all rows of a table look like.

    Parameters
    ----------
    values : mapping of str to Values
        By column, in order.
    tally : Tally
        What their cells look like.
    """

    values: Mapping[str, Values]
    tally: Tally

    @property
    def rows(self) -> int:
        """Rows looked at: all of them."""
        return max((one.rows for one in self.values.values()), default=0)


def scan(source: Source, engine: Engine) -> Scan:
    """Look at every row of a source once."""
    from exports.reading.distinct_rows import batches_of

    found = scanned(source.columns, (batch.columns for batch in batches_of(source, engine)))
    many = [name for name, values in found.values.items() if not values.whole]
    if many:
        counts = ", ".join(f"approx_count_distinct({place})" for place in source.positions(many))
        answer = engine.query(f"select {counts} from {engine.scan(source)}")
        for name, column in zip(many, answer.columns, strict=True):
            values = found.values[name]
            about = min(int(column[0].as_py()), values.cells)
            values.repeated = values.repeated or about < NEARLY_ONCE * values.cells
            values.different = about if values.repeated else values.cells
    return found


def scanned(names: Sequence[str], batches: Iterable[Sequence[pa.Array]]) -> Scan:
    """Look at every row that comes, column by column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = scanned(["mail"], [[pa.array(["a7@mail.example", None])], [pa.array(["a7@mail.example"])]])
    >>> found.values["mail"].different, found.values["mail"].missing, found.tally.of("alone 0", 0)
    (1, 1, 2)
    """
    columns = [Values() for _ in names]
    tally = Tally(names)
    named = [place for places in tally.named.values() for place in places.tolist()]
    unnamed = set(range(len(names))).difference(named)
    for batch in batches:
        for place, (values, chunk) in enumerate(zip(columns, batch, strict=True)):
            values.add(chunk)
            if values.full():
                held, counts = values.taken()
                values.whole = False
                if place in unnamed and _is_plain(held):
                    tally.add_numbers(place, counts, whole=_is_integer(_whole(held).type))
                elif (years := _years(held)) is not None:
                    tally.add_dates(place, counts, *years)
                else:
                    texts, counts = values.as_texts(held, counts)
                    tally.add(Block(texts, np.full(len(texts), place), counts))
    for block in _blocks(columns):
        tally.add(block)
    return Scan(dict(zip(names, columns, strict=True)), tally)


def _blocks(columns: Sequence[Values]) -> Iterator[Block]:
    """Yield what is held of the columns, some columns at a time."""
    import pyarrow as pa

    texts: list[pa.Array] = []
    owners: list[Ints] = []
    counts: list[Ints] = []
    size = 0
    for place, values in enumerate(columns):
        different, times = values.texts()
        texts.append(different)
        owners.append(np.full(len(different), place))
        counts.append(times)
        size += different.nbytes
        if size > BLOCK_BYTES or place == len(columns) - 1:
            yield Block(pa.concat_arrays(texts), np.concatenate(owners), np.concatenate(counts))
            texts, owners, counts, size = [], [], [], 0


def _counted(chunk: pa.Array) -> Iterator[tuple[pa.Array, Ints]]:
    """Yield the different values of a chunk with their counts; of a nested one, those of each part."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = chunk.type
    if pa.types.is_nested(kind):
        for part in _parts(chunk):
            yield from _counted(part)
    elif pa.types.is_dictionary(kind):
        indices = chunk.indices.drop_null()
        times = np.bincount(numbers(indices), minlength=len(chunk.dictionary)).astype(np.int64)
        used = np.flatnonzero(times)
        values = chunk.dictionary.take(arrow_integers(used))
        if values.null_count:
            there = booleans(values.is_valid())
            values, used = values.drop_null(), used[there]
        yield values, times[used]
    elif not pa.types.is_null(kind):
        pairs = pc.value_counts(chunk.drop_null())
        values, times = pairs.field(0), numbers(pairs.field(1)).astype(np.int64)
        if pa.types.is_floating(kind):
            there = pc.invert(pc.is_nan(values))
            values, times = values.filter(there), times[booleans(there)]
        yield values, times


def _parts(chunk: pa.Array) -> list[pa.Array]:
    """Return the parts of a nested chunk: the fields of objects, the members of lists."""
    import pyarrow as pa

    if pa.types.is_struct(chunk.type):
        return list(chunk.flatten())
    if pa.types.is_map(chunk.type):
        return [chunk.keys, chunk.items]
    if pa.types.is_union(chunk.type):
        return [chunk.field(place) for place in range(chunk.type.num_fields)]
    return [chunk.flatten()]


def _present(chunk: pa.Array) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(chunk.type) and chunk.dictionary.null_count:
        chunk = chunk.dictionary_decode()
    if pa.types.is_floating(chunk.type):
        return int(pc.sum(pc.invert(pc.is_nan(chunk))).as_py() or 0)
    return len(chunk) - int(chunk.null_count)


def _years(values: pa.Array) -> tuple[int, int] | None:
    """Return the first and the last year of dates; None for what is no date."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_timestamp(values.type) or pa.types.is_date(values.type)):
        return None
    ends = pc.min_max(values)
    return pc.year(ends["min"]).as_py(), pc.year(ends["max"]).as_py()


def _is_integer(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def _is_plain(values: pa.Array) -> bool:
    """Tell whether values are numbers too small or too broken to be anything but numbers."""
    import pyarrow.compute as pc

    if not _is_number(values.type):
        return False
    whole = _whole(values)
    if not _is_integer(whole.type):
        return True
    ends = pc.min_max(whole).as_py()
    return bool(ends["min"] > -LARGEST and ends["max"] < LARGEST)


LARGEST = 10**10
"""Whole numbers from which they may be those of payment cards or of people."""


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _whole(values: pa.Array) -> pa.Array:
    """Return floating numbers as whole ones where all are."""
    import pyarrow as pa

    if not pa.types.is_floating(values.type):
        return values
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        return values


def _as_text(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    try:
        return as_text(_whole(values)).cast(pa.string())
    except pa.ArrowException:
        return pa.array([str(value) for value in values.to_pylist()], pa.string())
