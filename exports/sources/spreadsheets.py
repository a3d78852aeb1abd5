"""Workbooks of Excel: one sheet is one table, its first row the header."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exports.coding import number_text
from exports.errors import LabError, MissingExtraError
from exports.sources.origins import InMemory, Source

FAULTS = {"#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!"}
"""What Excel shows where it could not compute; a cell of it has no value."""


def spreadsheet_source(path: Path, sheet: str | None = None) -> Source:
    """Open one sheet of a workbook, its cells as their values are written in a text file.

    Raises
    ------
    LabError
        When it cannot be read, or holds several sheets and none is named.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise MissingExtraError("Excel", "spreadsheets") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception:
        raise LabError(
            f"{path} is no workbook that can be read: save it again as .xlsx, or as CSV."
        ) from None
    try:
        table = _table(path, _rows(book, path, sheet))
    finally:
        book.close()
    name = f"{path}::{sheet}" if sheet else str(path)
    return Source(name, tuple(table.column_names), InMemory(table))


def _rows(book: Any, path: Path, sheet: str | None) -> Iterable[tuple[Any, ...]]:
    filled = [name for name in book.sheetnames if hasattr(book[name], "iter_rows")]
    if sheet is not None and sheet not in filled:
        raise LabError(f"{path} has no sheet {sheet[:80]!r}: give one of its {len(filled)} sheets.")
    if sheet is None and len(filled) > 1:
        raise LabError(f"{path} has {len(filled)} sheets: say which, as in {path}::{filled[0][:80]}.")
    rows: Iterable[tuple[Any, ...]] = book[sheet or filled[0]].iter_rows(values_only=True)
    return rows


def _table(path: Path, rows: Iterable[tuple[Any, ...]]) -> Any:
    import pyarrow as pa

    cells = [[_cell(value) for value in row] for row in rows]
    cells = [row for row in cells if any(cell is not None for cell in row)]
    if not cells:
        raise LabError(f"{path} is empty: give a sheet with a header row.")
    width = max(max((at for at, cell in enumerate(row, 1) if cell is not None), default=0) for row in cells)
    names = [name or f"column_{at}" for at, name in enumerate((cells[0] + [None] * width)[:width], 1)]
    columns = [
        pa.array([row[at] if at < len(row) else None for row in cells[1:]], pa.string())
        for at in range(width)
    ]
    if len(set(names)) < len(names):
        raise LabError(f"{path} has columns of one name: give every column its own name.")
    return pa.table(columns, names=names)


def _cell(value: Any) -> str | None:
    """Return the text of a cell; one without a value, or with a fault in its place, has none."""
    if value is None or value == "" or (isinstance(value, str) and value in FAULTS):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        return str(value.date()) if value.time() == datetime.time() else str(value)
    return str(value)
