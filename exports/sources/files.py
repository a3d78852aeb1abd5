"""Headers of text files, and what is wrong with them in one sentence."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path

from exports.errors import LabError
from exports.sources.origins import Source, TextFile

HEADER_BYTES = 16 * 2**20
"""No header is longer; a file whose first line is, is refused."""

DELIMITERS = ",;\t|"

RARE_DELIMITERS = "^~\x01\x1f§¦"
"""Taken where none of the others occurs and every line has as many of them."""

LINES = 50
LOOKED_AT = 1 << 20
"""How much of a file is looked at to tell whether it has several columns."""

FEW = 2


def text_source(path: Path, delimiter: str | None, encoding: str | None) -> Source:
    """Open a delimited text file: its first line is the header."""
    start = start_of(path)
    if not start.strip():
        raise LabError(f"{path} is empty: give a file with a header line.")
    if encoding is None or encoding.lower() in ("utf-8", "utf8"):
        encoding = _unicode(start)
    try:
        text = start.decode(encoding, errors="ignore" if len(start) == HEADER_BYTES else "strict")
    except LookupError:
        raise LabError(f"The encoding {encoding!r} is not known: give one such as cp1252.") from None
    except UnicodeDecodeError as error:
        raise LabError(
            f"{path} is not valid {encoding.removesuffix('-sig').upper()} at byte {error.start:,}: "
            "save it as UTF-8, or say which encoding it has, as in --encoding cp1252."
        ) from None
    delimiter = delimiter or _delimiter(text, path)
    _require_header(text, delimiter, path)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration, TypeError):
        raise LabError(f"The header of {path} cannot be read: check its delimiter and quotes.") from None
    columns = tuple(name or f"column_{position}" for position, name in enumerate(names, 1))
    return Source(str(path), columns, TextFile(path, delimiter, encoding))


def copy_as_utf8(file: TextFile, copy: Path) -> None:
    """Write a copy of a text file in UTF-8, a piece at a time."""
    opened = gzip.open if is_packed(file.path) else open
    try:
        with (
            opened(file.path, "rt", encoding=file.encoding, newline="") as read,
            copy.open("w", encoding="utf-8", newline="") as write,
        ):
            shutil.copyfileobj(read, write, 1 << 20)
    except (EOFError, zlib.error):
        raise LabError(f"{file.path} cannot be read (not a whole gzip file): check the file.") from None
    except UnicodeError:
        raise LabError(
            f"{file.path} is not valid {file.encoding}: save it as UTF-8, or say which encoding it has, as "
            "in --encoding cp1252."
        ) from None


def start_of(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked where gzip packed it, whatever its name says.

    Raises
    ------
    LabError
        When it cannot be read.
    """
    try:
        if is_packed(path):
            with gzip.open(path, "rb") as file:
                return file.read(HEADER_BYTES)
        with path.open("rb") as plain:
            return plain.read(HEADER_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "not a whole gzip file"
        raise LabError(f"{path} cannot be read ({reason}): check the file.") from None


def is_packed(path: Path) -> bool:
    """Whether the first bytes of a file are those of gzip."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _unicode(start: bytes) -> str:
    """Return the encoding that the mark at the start of a file tells; UTF-8 without one."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"


def _delimiter(text: str, path: Path) -> str:
    if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted:
            break
        elif character in counts and not quoted:
            counts[character] += 1
    if not any(counts.values()):
        lines = [line for line in text[:LOOKED_AT].splitlines()[:LINES] if line.strip()]
        for mark in RARE_DELIMITERS:
            if _separates(mark, lines):
                return mark
    return max(DELIMITERS, key=lambda character: counts[character])


def _separates(mark: str, lines: Sequence[str]) -> bool:
    """Tell whether a mark stands in every line, and as often in each."""
    return len(lines) > 1 and mark in lines[0] and len({line.count(mark) for line in lines}) == 1


def _require_header(text: str, delimiter: str, path: Path) -> None:
    """Check that the first line is a header, and that the table is not read as one column by mistake.

    Raises
    ------
    LabError
        When a comment stands before the header, or blanks separate the cells.
    """
    lines = [line for line in text[:LOOKED_AT].splitlines()[:LINES] if line.strip()]
    if not lines:
        raise LabError(f"{path} holds no line of text: give a file with a header and rows.")
    other = next((mark for mark in DELIMITERS if mark != delimiter and _separates(mark, lines)), None)
    if delimiter == "\t" and "\t" not in lines[0] and other is not None:
        raise LabError(
            f"{path} has {other!r} between its cells and no tabs: end its name in .csv, or write tabs."
        )
    if len(lines) > 1 and lines[0].startswith("#") and delimiter not in lines[0] and delimiter in lines[1]:
        raise LabError(f"Line 1 of {path} is a comment and no header: remove it.")
    words = {len(line.split()) for line in lines}
    if len(lines) > FEW and delimiter not in lines[0] and len(words) == 1 and max(words) > FEW:
        raise LabError(
            f"{path} has {max(words)} words on every line and no delimiter: if blanks separate its cells, "
            "save it with commas."
        )
