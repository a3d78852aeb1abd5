import hashlib

import pyarrow as pa
import pytest

from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.reading.read import read
from exports.tokens.sharing import TokenList, shared_tokens


def shared(*lists):
    with DuckDBEngine() as engine:
        return shared_tokens(lists, engine)


def test_each_pair_of_exports_counts_different_tokens_in_common():
    may, june, july = (
        read(pa.table(columns))
        for columns in (
            {"x": [1, 2, 3], "em": ["a", "B", "b"]},
            {"em": ["b", "c", None]},
            {"em": ["z"]},
        )
    )
    found = shared(TokenList(may, "em"), TokenList(june, "em"), TokenList(july, "em"))
    assert [(p.of_first.count, p.of_first.of, p.of_second.of) for p in found] == [
        (1, 2, 2),
        (0, 2, 1),
        (0, 2, 1),
    ]
    assert (found[0].first.source, found[0].second.source) == (may, june)


def test_joining_singles_out_by_the_quasi_identifiers_of_both_whom_those_of_one_do_not():
    tokens = list("abcdef")
    may = read(pa.table({"em": [*tokens, "f"], "zip": [1, 1, 1, 1, 2, 1, 1]}))
    june = read(pa.table({"id": [*tokens[:5], "x"], "age": [30, 30, 40, 50, 60, 1], "illness": ["i"] * 6}))
    (found,) = shared(TokenList(may, "em", ("zip",), ()), TokenList(june, "id", ("age",), ("illness",)))
    # Common and once in both: a b c d e. By zip only e is alone; by zip and age all but a and b.
    assert (found.of_first.count, found.alone.count, found.alone.of) == (5, 1, 5)
    assert (found.alone_together.count, found.alone_together.of) == (3, 5)
    assert found.learnt == ("illness",)


def test_columns_of_one_export_are_not_compared_with_each_other_and_bytes_meet_their_hexadecimal():
    digests = [hashlib.sha256(bytes([i])).hexdigest() for i in range(5)]
    one = read(pa.table({"em": digests, "ph": digests}))
    two = read(pa.table({"raw": pa.array([bytes.fromhex(d) for d in digests[:2]], pa.binary(32))}))
    found = shared(TokenList(one, "em"), TokenList(one, "ph"), TokenList(two, "raw"))
    assert [(p.first.column, p.second.column, p.of_first.count) for p in found] == [
        ("em", "raw", 2),
        ("ph", "raw", 2),
    ]


def test_one_export_shares_with_nobody():
    with pytest.raises(LabError, match="at least 2"):
        shared(TokenList(read(pa.table({"em": ["a"]})), "em"))
