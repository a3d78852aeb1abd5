"""Whatever bytes a file holds, it is read or refused in a sentence that shows none of them."""
# ruff: noqa: E501

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy
from exports.reading.loading import load
from exports.schema import Schema

CANARY = "Qanary7"
PIECES = [
    "zip,age\n", "zip", "age", ",", ";", "\t", "\n", "\r\n", '"', '""', "\\", "0", "02139", "1e999", "nan", "{", "}",
    '{"zip": 1}\n', '{"zip": "', '": ', "[", "]", "null", CANARY, "\ufeff", "\x00", "é", "\u2028", "=1+1", "PAR1",
    "[columns.zip]\n", 'role = "quasi_identifier"\n', "hierarchy = ", "true", "1979-05-27", "*;*\n", "#", "'",
]  # fmt: skip
SUFFIXES = [".csv", ".tsv", ".csv.gz", ".jsonl", ".json", ".parquet", ".duckdb::t", ".sqlite::t", ".toml", ".hierarchy.csv"]  # fmt: skip

contents = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode()),
    st.binary(max_size=200),
    st.tuples(st.sampled_from([b"PAR1", b"SQLite format 3\0", b"\x1f\x8b\x08", b"zip,age\n"]), st.binary()).map(b"".join),
)  # fmt: skip


def _tried(folder: Path, suffix: str, content: bytes) -> None:
    path = folder / f"x{suffix.removesuffix('::t')}"
    path.write_bytes(
        gzip.compress(content) if suffix.endswith(".gz") and content[:2] != b"\x1f\x8b" else content
    )
    try:
        if suffix == ".toml":
            Schema.load(path)
        elif suffix == ".hierarchy.csv":
            Hierarchy.from_csv(path)
        else:
            load(f"{path}::t" if suffix.endswith("::t") else path)
    except LabError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - either end is right
        if suffix not in (".toml", ".hierarchy.csv"):
            assert CANARY not in str(refused)  # noqa: PT017


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=15, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(content=contents)
@example(content=b"zip,age\n" + CANARY.encode() + b",1,2\n")
@example(content=b"\x00" * 40)
@example(content=b"\xff\xfe")
@example(content=b"")
def test_any_bytes_are_read_or_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    _tried(tmp_path, suffix, content)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=2000, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(content=contents)
def test_any_bytes_are_read_or_refused_at_length(suffix: str, content: bytes, tmp_path: Path) -> None:
    _tried(tmp_path, suffix, content)
