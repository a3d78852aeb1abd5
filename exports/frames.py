"""Tables that are already in memory, turned into Arrow."""

from __future__ import annotations

from typing import Any

from exports.errors import LabError


def arrow_table(data: Any) -> Any:
    """Return a pandas, polars or Arrow table as ``pyarrow.Table``, without an index.

    Missing values of any library become null.

    Raises
    ------
    LabError
        When ``data`` is no table, or a column of it mixes types.

    Examples
    --------
    >>> import pandas as pd
    >>> arrow_table(pd.DataFrame({"age": [31.0, None]}, index=[7, 3])).column("age").null_count
    1
    """
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if type(data).__module__.split(".")[0] == "pandas" and hasattr(data, "columns"):
        return _from_pandas(data)
    if hasattr(data, "__arrow_c_stream__"):
        return pa.table(data)
    if isinstance(data, dict):
        return pa.table(data)
    raise LabError(f"A {type(data).__name__} is no table: give a path, or a pandas, polars or Arrow table.")


def _from_pandas(frame: Any) -> Any:
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    columns = []
    for position, name in enumerate(names):
        series = frame.iloc[:, position]
        try:
            columns.append(pa.Array.from_pandas(series))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            raise LabError(
                f"The column {name!r} mixes types: convert it to one type, for example text, first."
            ) from None
    return pa.table(columns, names=names)
