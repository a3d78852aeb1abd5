import secrets

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from defenses.counts.dp_histogram import DpHistogram
from defenses.reach import area_under_curve, conversion_error, look_alike_auc, matched_reach
from defenses.tokens.decoys import Decoys
from defenses.tokens.hashing import Hash, Hmac
from defenses.tokens.minimisation import DoNotSend
from exports.errors import LabError
from exports.queries import Condition, CountQuery, exact_counts
from exports.release import Export, Release
from exports.schema import Column, Role, Schema

SCHEMA = Schema.of(identifier=["mail"])
EVERYBODY = Export(pa.table({"mail": [f"p{number}@mail.example" for number in range(1000)]}), SCHEMA)
CLIENTS = Export(pa.table({"mail": [f"p{number}@mail.example" for number in range(900, 1100)]}), SCHEMA)


def test_reach_and_waste_are_counted_against_clients_and_addressed_accounts(monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    for defense, reached, of, wasted in (
        (Hash(), 100, 200, 0),
        (Hmac(key_env="KEY"), 0, 200, 0),
        (DoNotSend(), 0, 200, 0),
        (Decoys(EVERYBODY.table, rate=1.0, keep=1.0, seed=1), 100, 200, 900),
    ):
        found = matched_reach(defense, defense.transform(CLIENTS), CLIENTS, EVERYBODY)
        assert (found.reach.count, found.reach.of, found.wasted.count) == (reached, of, wasted)
        assert found.to_json()["reach"]["count"] == reached
        assert found.to_frame().shape[0] == 1
        assert "reach" in repr(found)


def test_the_area_under_the_curve_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    scores, positive = rng.integers(0, 20, 500).astype(float), rng.random(500) < 0.3
    assert area_under_curve(scores, positive) == pytest.approx(roc_auc_score(positive, scores))
    assert area_under_curve(scores, np.zeros(500, bool)) is None


def test_a_noisy_conversion_rate_is_off_by_little_and_the_exact_one_by_nothing():
    schema = Schema({"paid": Column(Role.SENSITIVE, domain=("no", "yes"))})
    export = Export(pa.table({"paid": ["yes"] * 300 + ["no"] * 9700}), schema)
    noisy = DpHistogram("paid", epsilon=1, seed=1).transform(export)
    paid = CountQuery((Condition("paid", ["yes"]),))
    found = conversion_error(noisy, exact_counts(export), CountQuery(), paid)
    assert abs(found.conversion_error) < 0.003
    assert found.guarantee == "epsilon=1.0"
    empty = exact_counts(Export(export.table.slice(0, 0), schema))
    assert conversion_error(empty, empty, CountQuery(), paid).conversion_error is None


def test_a_release_of_another_kind_is_refused():
    tokens = Hash().transform(CLIENTS)
    with pytest.raises(LabError, match="scores nobody"):
        look_alike_auc(tokens, CLIENTS, [True])
    with pytest.raises(LabError, match="answers no counts"):
        conversion_error(tokens, tokens, CountQuery(), CountQuery())
    with pytest.raises(LabError, match="Reach needs"):
        matched_reach(Hash(), Release("tokens", SCHEMA, table=CLIENTS.table), CLIENTS, EVERYBODY)
