"""One spelling for each value, whatever library or file it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

DAY = 86_400 * 10**9
"""Nanoseconds."""


def canonical_table(table: pa.Table) -> pa.Table:
    r"""Return a table of plain columns: structures flattened as ``who.mail``, one spelling per value.

    Numbers, dates, moments, truth values and text stay; bytes become hexadecimal, UUIDs get their
    dashes, lists and maps become JSON, durations read as in a database.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"who": [{"mail": "a@mail.example", "tags": ["x", "y"]}], "key": [b"\xff"]})
    >>> canonical_table(rows).to_pydict()
    {'who.mail': ['a@mail.example'], 'who.tags': ['["x","y"]'], 'key': ['ff']}
    """
    import pyarrow as pa

    if all(is_canonical(kind) for kind in table.schema.types):
        return table
    leaves = [leaf for name in range(table.num_columns) for leaf in _leaves(table, name)]
    return pa.table([column for _, column in leaves], names=[name for name, _ in leaves])


def flat_names(name: str, kind: pa.DataType) -> Iterator[str]:
    """Yield the names of the columns that one column is flattened to."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        for field in kind:
            yield from flat_names(f"{name}.{field.name}", field.type)
    else:
        yield name


def is_canonical(kind: pa.DataType) -> bool:
    """Whether all values of a type have one spelling already."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return is_canonical(kind.value_type) and not types.is_nested(kind.value_type)
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_integer(kind)
        or types.is_float64(kind)
        or types.is_decimal(kind)
        or types.is_boolean(kind)
        or types.is_date32(kind)
        or types.is_timestamp(kind)
    )


def _leaves(table: pa.Table, position: int) -> Iterator[tuple[str, pa.ChunkedArray]]:
    import pyarrow as pa

    name, column = table.schema.names[position], table.column(position)
    if pa.types.is_struct(column.type):
        inner = pa.table(column.flatten(), names=[f"{name}.{field.name}" for field in column.type] or None)
        for place in range(inner.num_columns):
            yield from _leaves(inner, place)
    elif is_canonical(column.type):
        yield name, column
    else:
        chunks = [canonical(chunk) for chunk in column.chunks] or [canonical(pa.nulls(0, column.type))]
        yield name, pa.chunked_array(chunks)


def canonical(chunk: pa.Array) -> pa.Array:  # noqa: PLR0911 - one per family of types
    """Return an array without structures in a type all of whose values have one spelling.

    Examples
    --------
    >>> import pyarrow as pa
    >>> canonical(pa.array([0.1, None], pa.float32())).to_pylist()
    [0.1, None]
    """
    import pyarrow as pa

    types, kind = pa.types, chunk.type
    if isinstance(chunk, pa.ExtensionArray):
        if kind.extension_name == "arrow.uuid":
            return _mapped(chunk.storage, _uuid)
        return canonical(chunk.storage)
    if is_canonical(kind):
        return chunk
    if types.is_null(kind):
        return chunk.cast(pa.string())
    if types.is_run_end_encoded(kind):
        import pyarrow.compute as pc

        return canonical(pc.run_end_decode(chunk))
    if types.is_string_view(kind):
        return chunk.cast(pa.large_string())
    if types.is_dictionary(kind):
        return _recoded(chunk)
    if types.is_floating(kind):
        # The shortest text of a short float is what its writer meant: 0.1 and not 0.10000000149.
        return chunk.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    if types.is_date64(kind):
        return chunk.cast(pa.date32())
    return _mapped(chunk, _speller(kind))


def _recoded(chunk: pa.Array) -> pa.Array:
    import pyarrow as pa

    values = canonical(chunk.dictionary)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return pa.DictionaryArray.from_arrays(chunk.indices, values, ordered=chunk.type.ordered)


def _mapped(chunk: pa.Array, spell: Callable[[Any], str]) -> pa.Array:
    """Return the text of each value, spelt once for each different one where Arrow can tell them apart."""
    import pyarrow as pa

    if pa.types.is_nested(chunk.type):
        return pa.array([None if value is None else spell(value) for value in chunk.to_pylist()], pa.string())
    coded = chunk.dictionary_encode()
    words = [None if value is None else spell(value) for value in _plain_values(coded.dictionary)]
    return pa.array(words, pa.string()).take(coded.indices)


def _plain_values(values: pa.Array) -> list[Any]:
    """Return Python values; moments within a day and spans of time as whole numbers, which lose nothing."""
    import pyarrow as pa

    types, kind = pa.types, values.type
    if types.is_time(kind) or types.is_duration(kind):
        return list(values.cast(pa.int64() if kind.bit_width == 64 else pa.int32()).to_pylist())
    return list(values.to_pylist())


def _speller(kind: pa.DataType) -> Callable[[Any], str]:
    import pyarrow as pa

    types = pa.types
    if types.is_time(kind):
        return lambda value: clock(value * _unit(kind))
    if types.is_duration(kind):
        return lambda value: span(0, *divmod(value * _unit(kind), DAY))
    if types.is_interval(kind):
        return lambda value: span(*value)
    if types.is_nested(kind):
        return lambda value: json.dumps(_jsonable(value), ensure_ascii=False, separators=(",", ":"))
    if (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_binary_view(kind)
    ):
        return lambda value: bytes(value).hex()
    return str


def _unit(kind: pa.DataType) -> int:
    return {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[kind.unit]


def _uuid(value: bytes) -> str:
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    if isinstance(value, tuple):
        return {"key": _jsonable(value[0]), "value": _jsonable(value[1])}
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def clock(nanoseconds: int) -> str:
    """Return a time of day.

    Examples
    --------
    >>> clock(36_000 * 10**9), clock(36_000_500_000_000)
    ('10:00:00', '10:00:00.5')
    """
    seconds, rest = divmod(nanoseconds, 10**9)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def span(months: int, days: int, nanoseconds: int) -> str:
    """Return a span of time as databases write it.

    Examples
    --------
    >>> span(14, 3, 0), span(0, 1, 3_600 * 10**9), span(0, 0, 0)
    ('1 year 2 months 3 days', '1 day 01:00:00', '00:00:00')
    """
    sign = "-" if months < 0 else ""
    years, months = divmod(abs(months), 12)
    parts = [
        f"{mark}{count} {unit}{'' if abs(count) == 1 else 's'}"
        for mark, count, unit in ((sign, years, "year"), (sign, months, "month"), ("", days, "day"))
        if count
    ]
    if nanoseconds or not parts:
        parts.append(("-" if nanoseconds < 0 else "") + clock(abs(nanoseconds)))
    return " ".join(parts)
