"""Engines by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.errors import LabError

if TYPE_CHECKING:
    from exports.engines.protocol import Engine

ENGINES = ("duckdb", "spark")


def open_engine(name: str, memory: int | None = None) -> Engine:
    """Return a new engine; close it after use.

    Raises
    ------
    LabError
        When there is no engine of that name, or it cannot start.

    Examples
    --------
    >>> open_engine("sparc")
    Traceback (most recent call last):
    exports.errors.LabError: There is no engine 'sparc': the nearest is 'spark'.
    """
    if name == "duckdb":
        from exports.engines.duckdb_engine import DuckDBEngine

        return DuckDBEngine(memory)
    if name == "spark":
        from exports.engines.spark_engine import SparkEngine

        return SparkEngine(memory)
    from exports.errors import nearest

    raise LabError(f"There is no engine {name[:80]!r}: the nearest is {nearest(name, ENGINES)!r}.")
