"""Headers of text files, JSON lines and Parquet files, and what is wrong with them in one sentence."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import zlib
from pathlib import Path

from exports.errors import LabError
from exports.named_files import pattern, require_regular
from exports.sources.origins import JsonLines, ParquetFiles, Source, TextFile

HEADER_BYTES = 16 * 2**20
"""No header is longer; a file whose first line is, is refused."""

_DATA = re.compile(
    r"\s*(?:[^@\s]{1,64}@[^@\s]{1,255}\.[^@\s]{1,63}|[0-9a-fA-F]{32,128}|\+[0-9][0-9 ()-]{6,20}[0-9]|"
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\s*"
)
"""An address, a digest, a number of a telephone, an IP address or a UUID, which name no column."""

DELIMITERS = ",;\t|"


def text_source(path: Path, delimiter: str | None, encoding: str | None) -> Source:
    """Open a delimited text file: its first line is the header."""
    start = _start(path)
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
            "save it as UTF-8, or give encoding= from Python."
        ) from None
    delimiter = delimiter or _delimiter(text, path)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration, TypeError):
        raise LabError(f"The header of {path} cannot be read: check its delimiter and quotes.") from None
    if any(map(_DATA.fullmatch, names)):
        raise LabError(
            f"The first line of {path} looks like data and not like names of columns: put a header above it."
        )
    columns = tuple(name or f"column_{position}" for position, name in enumerate(names, 1))
    return Source(str(path), columns, TextFile(path, delimiter, encoding))


def json_source(path: Path) -> Source:
    """Open JSON lines: the columns are the keys of all objects, in order of appearance."""
    import duckdb

    if not _start(path).strip():
        raise LabError(f"{path} is empty: give one JSON object per line.")
    keys = (
        "select key from (select unnest(json_keys(json)) as key, row_number() over () as line "
        "from read_ndjson_objects($path)) group by key order by min(line)"
    )
    with duckdb.connect() as connection:
        try:
            found = connection.sql(keys, params={"path": pattern(path)}).fetchall()
        except duckdb.Error as error:
            if "maximum_object_size" in str(error):
                raise LabError(f"{path} has a line longer than 16 MB: leave such cells out.") from None
            raise LabError(f"{path} is not one JSON object per line: check its lines.") from None
    if not found:
        raise LabError(
            f"{path} holds no JSON object with a key: give one object per line, not a list of them."
        )
    return Source(str(path), tuple(key for (key,) in found), JsonLines(path))


def parquet_source(path: Path) -> Source:
    """Open a Parquet file, or a folder of them that agree on their columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = require_regular(path, folder=True).absolute()
    paths = tuple(map(require_regular, sorted(whole.rglob("*.parquet")))) if whole.is_dir() else (whole,)
    if not paths:
        raise LabError(f"The folder {path} holds no .parquet file: check the path.")
    first = None
    for file in paths:
        try:
            schema = pq.read_schema(file)
        except (pa.ArrowException, OSError):
            raise LabError(f"{file} is no readable Parquet file: write it again.") from None
        if first is None:
            first = schema
        elif (schema.names, schema.types) != (first.names, first.types):
            raise LabError(
                f"The files of {path} disagree: {file.name} has other columns or types than "
                f"{paths[0].name}; write them with one schema."
            )
    assert first is not None
    return Source(str(path), tuple(first.names), ParquetFiles(paths))


def copy_as_utf8(file: TextFile, copy: Path) -> None:
    """Write a copy of a text file in UTF-8, a piece at a time."""
    opened = gzip.open if file.path.suffix == ".gz" else open
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
            f"{file.path} is not valid {file.encoding}: save it as UTF-8, or give encoding= from Python."
        ) from None


def _start(path: Path) -> bytes:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as file:
                return file.read(HEADER_BYTES)
        with path.open("rb") as plain:
            return plain.read(HEADER_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "not a whole gzip file"
        raise LabError(f"{path} cannot be read ({reason}): check the file.") from None


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
    return max(DELIMITERS, key=lambda character: counts[character])
