import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from defenses.model.dp_logistic import UNIT, DpLogistic, Features
from exports.errors import LabError
from exports.release import Export
from exports.schema import Column, Role, Schema

SCHEMA = Schema(
    {
        "age": Column(Role.QUASI_IDENTIFIER, bounds=(18, 90)),
        "brand": Column(Role.QUASI_IDENTIFIER, domain=("a", "b", "c")),
        "client": Column(Role.SENSITIVE, domain=("no", "yes")),
    }
)


def people(rows=20_000, seed=1):
    rng = np.random.default_rng(seed)
    age, brand = rng.integers(18, 91, rows), rng.integers(0, 3, rows)
    odds = 0.04 * (age - 54) + np.array([-1.0, 0.0, 1.5])[brand]
    client = rng.random(rows) < 1 / (1 + np.exp(-odds))
    table = {
        "age": age,
        "brand": np.array(["a", "b", "c"])[brand].tolist(),
        "client": np.where(client, "yes", "no").tolist(),
    }
    return Export(pa.table(table), SCHEMA), np.column_stack([age / 40, np.eye(3)[brand]]), client


def test_with_some_budget_the_ranking_is_nearly_that_of_an_open_model():
    export, _, _ = people()
    unseen, features, client = people(seed=2)
    _, old_features, old_client = people()
    best = roc_auc_score(
        client, LogisticRegression().fit(old_features, old_client).predict_proba(features)[:, 1]
    )
    release = DpLogistic("client", epsilon=1, delta=1e-6, seed=1).transform(export)
    assert release.kind == "model"
    assert roc_auc_score(client, release.score(unseen.table)) > best - 0.02
    assert release.guarantee.promises == {"epsilon": 1.0, "delta": 1e-6}
    assert release.table.column_names == ["feature", "coefficient"]


def test_less_budget_means_a_worse_model():
    export, _, client = people(2000)
    auc = [
        roc_auc_score(
            client, DpLogistic("client", epsilon, 1e-9, seed=1).transform(export).score(export.table)
        )
        for epsilon in (0.02, 5)
    ]
    assert auc[0] < auc[1]


def test_one_row_moves_the_gradient_by_no_more_than_the_noise_is_made_for():
    export, _, _ = people(300)
    features = Features.of(export, ["age", "brand"])
    codes = features.domain.encode(export.table)
    residual = np.random.default_rng(3).uniform(-1, 1, 300)
    residual[:2] = 1, -1
    whole = features.gradient(codes, residual)
    for row in range(300):
        keep = np.arange(300) != row
        moved = whole - features.gradient([code[keep] for code in codes], residual[keep])
        assert (moved**2).sum() <= (UNIT + 3) ** 2


def test_a_seed_repeats_the_model_and_earnest_takes_none():
    export, _, _ = people(500)
    one, two = (DpLogistic("client", 1, 1e-6, seed=1).transform(export) for _ in range(2))
    assert one.table == two.table
    assert not one.private


@pytest.mark.extra("dp")
def test_a_model_in_earnest_is_private():
    export, _, _ = people(500)
    assert DpLogistic("client", 1, 1e-6, steps=5).transform(export).private


def test_a_target_of_three_values_is_refused():
    export, _, _ = people(50)
    with pytest.raises(LabError, match="has 3 values"):
        DpLogistic("brand", 1, 1e-6, seed=1).transform(export)
