"""Tables that are already in memory, turned into Arrow."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from exports.canonical import canonical_table
from exports.errors import LabError


def arrow_table(data: Any) -> Any:
    """Return a pandas, polars or Arrow table as ``pyarrow.Table``, without an index.

    Missing values of any library become null.

    Raises
    ------
    LabError
        When ``data`` is no table, or a column of it mixes types or has one unknown to Arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> arrow_table(pd.DataFrame({"age": [31.0, None]}, index=[7, 3])).column("age").null_count
    1
    """
    import pyarrow as pa

    library = type(data).__module__.split(".")[0]
    if isinstance(data, pa.Table):
        return canonical_table(data)
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    elif library == "pandas" and hasattr(data, "columns"):
        data = _from_pandas(data)
    elif library == "polars" and hasattr(data, "collect_schema"):
        data = _from_polars(data)
    elif hasattr(data, "__arrow_c_stream__") or isinstance(data, dict):
        with suppress(pa.ArrowException, TypeError, ValueError):
            data = pa.table(data)
    if isinstance(data, pa.Table):
        return canonical_table(data)
    raise LabError(f"A {type(data).__name__} is no table: give a path, or a pandas, polars or Arrow table.")


def _from_pandas(frame: Any) -> Any:
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    columns = []
    for position, name in enumerate(names):
        series = frame.iloc[:, position]
        if str(series.dtype).startswith("period"):
            # Arrow would keep the number of the period and forget what it counts.
            series = series.astype(str).where(series.notna(), None)
        try:
            columns.append(pa.Array.from_pandas(series))
        except (pa.ArrowException, OverflowError):
            raise _no_type(name) from None
    return pa.table(columns, names=names)


def _from_polars(frame: Any) -> Any:
    import pyarrow as pa

    whole = frame.collect() if hasattr(frame, "collect") else frame
    for name, kind in whole.schema.items():
        if str(kind) in ("Object", "Int128", "UInt128"):
            raise _no_type(name)
    return pa.table(whole)


def _no_type(name: str) -> LabError:
    return LabError(
        f"The column {name!r} mixes types, or holds values that Arrow has no type for: convert it to one "
        "type, for example text, first."
    )
