"""What several defences in order promise together."""

from __future__ import annotations

import pyarrow as pa
import pytest

from defenses import DpHistogram, IndependentMargins, Mondrian, Pipeline, RandomisedResponse, UnaryEncoding
from exports import Column, Export, Role, Schema

YES = Column(Role.SENSITIVE, domain=("no", "yes"))
AGE = Column(Role.QUASI_IDENTIFIER, bounds=(18, 20))


def export(rows: int = 60) -> Export:
    table = pa.table(
        {
            "age": [18 + row % 3 for row in range(rows)],
            "smoker": ["yes", "no"] * (rows // 2),
            "zip": ["02139"] * rows,
        }
    )
    return Export(table, Schema({"age": AGE, "smoker": YES, "zip": Column(Role.QUASI_IDENTIFIER)}))


def test_a_local_promise_names_its_column_and_what_leaves_in_clear():
    promise = RandomisedResponse("smoker", 1, seed=1).transform(export()).guarantee
    assert repr(promise) == "epsilon=1.0 for smoker alone, while age, zip leave in clear"
    assert promise.to_json()["columns"] == ["smoker"]
    assert promise.to_json()["in_clear"] == ["age", "zip"]


def test_local_promises_add_up_over_columns():
    chain = Pipeline([RandomisedResponse("smoker", 1, seed=1), UnaryEncoding("age", 5, seed=1)])
    promise = chain.fit_transform(export()).guarantee
    assert promise.promises == {"epsilon": 6.0}
    assert (promise.columns, promise.in_clear) == (("smoker", "age"), ("zip",))


def test_randomising_a_column_again_spends_nothing():
    chain = Pipeline([RandomisedResponse("smoker", 1, seed=1), RandomisedResponse("smoker", 3, seed=1)])
    assert chain.fit_transform(export()).guarantee.promises == {"epsilon": 1.0}


@pytest.mark.parametrize("last", [RandomisedResponse("smoker", 1, seed=1), DpHistogram("smoker", 1, seed=1)])
def test_after_a_step_that_looks_at_everybody_a_private_step_promises_nothing(last):
    assert repr(Pipeline([Mondrian(k=2), last]).fit_transform(export()).guarantee) == "none"


def test_a_central_promise_holds_after_local_answers_and_before_anything():
    counted = Pipeline([RandomisedResponse("smoker", 2, seed=1), DpHistogram("smoker", 1, seed=1)])
    assert repr(counted.fit_transform(export()).guarantee) == "epsilon=1.0"
    made = IndependentMargins(1, 1e-6, columns="age,smoker", seed=1)
    chain = Pipeline([made, RandomisedResponse("smoker", 5, seed=1)])
    assert repr(chain.fit_transform(export()).guarantee) == "epsilon=1.0, delta=1e-06"
