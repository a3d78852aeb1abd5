import json
import secrets
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from defenses.secret_key import Secret
from defenses.tokens.bloom import Bloom
from exports.errors import LabError
from exports.release import Export
from exports.schema import Role, Schema

VECTORS = json.loads((Path(__file__).parent / "clkhash.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", range(len(VECTORS["cases"])))
def test_filters_equal_those_of_clkhash_bit_by_bit(case, monkeypatch):
    case = VECTORS["cases"][case]
    key = Secret(case["secret"].encode(), "test")
    monkeypatch.setattr(Secret, "read", lambda *_: key)
    columns = case["columns"]
    export = Export(pa.Table.from_pylist(VECTORS["rows"]).select(columns), Schema.of(identifier=columns))
    options = {name: case[name] for name in ("n", "positional", "bits_per_token", "bits", "hashing")}
    release = Bloom(columns, key_env="KEY" if case["secret"] else None, **options).transform(export)
    assert release.rows["clk"].to_pylist() == case["filters"]
    assert release.schema.names(Role.TOKEN) == ("clk",)


def words(count, seed=1):
    letters = np.array(list("abcdefghij"))
    rng = np.random.default_rng(seed)
    return ["".join(letters[rng.integers(0, 10, rng.integers(1, 12))]) for _ in range(count)]


def test_blocks_and_order_make_no_difference(monkeypatch):
    names = words(5000)
    export = Export(pa.table({"name": names}), Schema.of(identifier=["name"]))
    whole = Bloom(bits=256).transform(export).rows["clk"].to_pylist()
    monkeypatch.setattr("defenses.tokens.bloom.ROWS", 333)
    assert Bloom(bits=256).transform(export).rows["clk"].to_pylist() == whole
    backwards = Export(pa.table({"name": names[::-1]}), Schema.of(identifier=["name"]))
    assert Bloom(bits=256).transform(backwards).rows["clk"].to_pylist() == whole[::-1]


def test_the_recipient_matches_a_list_without_key_and_nothing_of_one_with(monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    export = Export(pa.table({"name": words(200)}), Schema.of(identifier=["name"]))
    public, keyed = Bloom(), Bloom(key_env="KEY")
    assert public.recipient_tokens(export) == public.transform(export).rows
    tokens = set(keyed.transform(export).rows["clk"].to_pylist())
    assert not tokens & set(keyed.recipient_tokens(export)["clk"].to_pylist())


def test_an_empty_list_stays_empty():
    export = Export(pa.table({"name": pa.array([], pa.string())}), Schema.of(identifier=["name"]))
    assert Bloom().transform(export).rows.num_rows == 0


@pytest.mark.parametrize(
    "options", [{"bits": 100}, {"n": 0}, {"bits_per_token": 0}, {"bits": 96, "hashing": "blake2"}]
)
def test_impossible_filters_are_refused(options):
    export = Export(pa.table({"name": ["ann"]}), Schema.of(identifier=["name"]))
    with pytest.raises(LabError, match=r"bits"):
        Bloom(**options).transform(export)
