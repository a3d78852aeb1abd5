"""A person is one, however many rows tell of her: so does every measure of an assessment count her."""

import numpy as np
import pyarrow as pa
import pytest

from exports.schema import Schema
from reidlab.assessment.assess import assess
from reidlab.gate.answer import RuleAnswer
from reidlab.gate.decision import decide
from reidlab.gate.policy import Policy

ROWS = 400
SCHEMA = Schema.of(
    "id", quasi_identifier=["age", "zip", "sex"], sensitive=["dx"], insensitive=["visit", "brand"]
)
OF_ROWS = {"rows", "columns", "name", "reasons", "notes"}
"""What counts rows and says so."""


def _people(seed=1, several=False):
    rng = np.random.default_rng(seed)
    table = pa.table(
        {
            "id": np.arange(ROWS) // 2 if several else np.arange(ROWS),
            "age": rng.integers(20, 60, ROWS),
            "zip": rng.integers(0, 12, ROWS).astype(str),
            "sex": rng.choice(["f", "m"], ROWS),
            "dx": rng.choice(list("abcd"), ROWS),
            "brand": rng.choice(["x", "y"], ROWS),
            "visit": np.arange(ROWS),
        }
    )
    return table


def measures(table):
    """Return all measures of a full assessment, but for what counts rows."""
    schema = Schema(SCHEMA.columns, person="id", population_size=9_000)
    found = assess(table, schema, by=["brand"], in_full=True).to_json()
    return {name: one for name, one in found.items() if name not in OF_ROWS}


def rows_written_again_change_nothing(measured, table):
    """A person's only row is written one to three times; of several rows each as often."""
    rng = np.random.default_rng(2)
    alone = len(table["id"].unique()) == table.num_rows
    times = rng.integers(1, 4, table.num_rows) if alone else np.full(table.num_rows, 2)
    again = table.take(pa.array(np.repeat(np.arange(table.num_rows), times)))
    again = again.set_column(again.column_names.index("visit"), "visit", pa.array(np.arange(len(again))))
    once, more = measured(table), measured(again.take(pa.array(rng.permutation(len(again)))))
    assert once.keys() == more.keys()
    for name, one in once.items():
        # Among like classes the order of rows decides what is drawn for the estimates: that is luck.
        assert _close(one, more[name], 0.15 if name in ("risk", "intervals") else 1e-6), name


def _close(one, other, luck):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key], luck) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(_close(*pair, luck) for pair in zip(one, other, strict=True))
    return one == pytest.approx(other, rel=luck) if isinstance(one, float) else one == other


@pytest.mark.parametrize("several", [False, True])
def test_rows_written_again_change_no_measure(several):
    rows_written_again_change_nothing(measures, _people(several=several))


def test_a_measure_that_counts_rows_is_caught():
    with pytest.raises(AssertionError):
        rows_written_again_change_nothing(lambda table: {"rows": table.num_rows}, _people())


def test_what_is_expected_of_special_uniques_grows_with_the_share_that_was_sampled():
    table = _people()
    few, many = (
        assess(table, Schema(SCHEMA.columns, person="id", population_size=size), in_full=True).details["suda"]
        for size in (100_000, 1_000)
    )
    assert few["fraction"] == pytest.approx(ROWS / 100_000)
    assert few["expected"] < many["expected"]


def test_a_sample_of_a_declared_population_is_judged_by_the_upper_end():
    found = assess(_people(), Schema(SCHEMA.columns, person="id", population_size=9_000)).to_json()
    low, high = found["intervals"]["risk.marketer"]
    assert low <= found["risk"]["marketer"] <= high
    between = Policy("mine", marketer=(found["risk"]["marketer"] + high) / 2)
    verdicts = decide(between, found, declared=True).verdicts
    assert [one.answer for one in verdicts if one.rule == "marketer"] == [RuleAnswer.BREAKS]


def test_another_spelling_hides_nobody_from_a_population():
    people = _people()
    spelled = people.set_column(2, "zip", pa.array([f"0{one}" for one in people["zip"].to_pylist()]))
    found = assess(people, Schema(SCHEMA.columns, person="id"), population=spelled).to_json()
    assert found["population"]["unmatched"] == ROWS
    assert found["risk"]["journalist_max"] == 1.0
    assert found["risk"]["marketer"] == pytest.approx(found["risk"]["prosecutor_mean"])
