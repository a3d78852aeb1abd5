import pyarrow as pa
import pytest

from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.sources import read
from exports.tokens.sharing import shared_tokens


def test_each_pair_of_exports_counts_different_tokens_in_common():
    lists = {
        "may": (read(pa.table({"x": [1, 2, 3], "em": ["a", "B", "b"]})), "em"),
        "june": (read(pa.table({"em": ["b", "c", None]})), "em"),
        "july": (read(pa.table({"em": ["z"]})), "em"),
    }
    with DuckDBEngine() as engine:
        found = shared_tokens(lists, engine)
    assert [(p.first, p.second, p.of_first.count, p.of_first.of, p.of_second.of) for p in found] == [
        ("may", "june", 1, 2, 2),
        ("may", "july", 0, 2, 1),
        ("june", "july", 0, 2, 1),
    ]


def test_one_export_shares_with_nobody():
    with DuckDBEngine() as engine, pytest.raises(LabError, match="at least 2"):
        shared_tokens({"may": (read(pa.table({"em": ["a"]})), "em")}, engine)
