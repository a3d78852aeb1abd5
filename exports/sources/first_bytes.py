"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from pathlib import Path

from exports.errors import LabError

_FORMS = (
    (b"PAR1", "a Parquet file", (".parquet",)),
    (b"SQLite format 3\x00", "a SQLite database", (".db", ".sqlite", ".sqlite3")),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", (".xlsx", ".xlsm", ".zip", ".ods")),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", (".xls",)),
    (b"\x1f\x8b", "packed by gzip", (".gz", ".csv", ".tsv", ".txt", ".tab", ".jsonl", ".ndjson", ".json")),
    (b"ARROW1", "an Arrow or Feather file", (".arrow", ".feather")),
    (b"ORC", "an ORC file", (".orc",)),
    (b"$FL2", "an SPSS file", (".sav",)),
    (b"$FL3", "an SPSS file", (".sav", ".zsav")),
    (b"<stata_dta>", "a Stata file", (".dta",)),
    (b"%PDF", "a PDF document", (".pdf",)),
    (b"BZh", "packed by bzip2", (".bz2",)),
    (b"\xfd7zXZ", "packed by xz", (".xz",)),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", (".zst",)),
    (b"<!DOCTYPE", "a web page", (".html", ".htm")),
    (b"<html", "a web page", (".html", ".htm")),
)
"""First bytes -> what such a file is, and the endings of a name that say so."""

_NEEDED = {".parquet": b"PAR1", ".xlsx": b"PK", ".xlsm": b"PK", ".sav": b"$FL"}
"""Ending -> first bytes that such a file must have."""


def require_honest(path: Path) -> None:
    """Check that a file is what the ending of its name says.

    Raises
    ------
    LabError
        When its first bytes are those of another format.
    """
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): check the file.") from None
    lower = path.name.lower()
    if start[8:12] == b"DUCK" and not lower.endswith((".duckdb", ".db")):
        raise LabError(f"{path} is a DuckDB database: say which table, as in {path}::TABLE.")
    for first, what, endings in _FORMS:
        if start.startswith(first) and not lower.endswith(endings):
            raise LabError(
                f"{path} is {what} by its first bytes, not what its name says: give it the right ending, or "
                "save it as CSV or Parquet."
            )
    needed = next((first for ending, first in _NEEDED.items() if lower.endswith(ending)), b"")
    if start and not start.startswith(needed):
        raise LabError(
            f"{path} does not start as a {path.suffix.lower()} file does: check what it is, and give it the "
            "right ending."
        )
