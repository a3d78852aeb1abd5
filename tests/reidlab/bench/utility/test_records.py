from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from defenses.records.global_recoding import GlobalRecoding
from defenses.records.mondrian import Mondrian
from defenses.records.optimal_k_anonymity import OptimalKAnonymity
from defenses.records.perturbation import Noise, Pram, Shuffling
from exports.errors import LabError
from exports.release import Export, Release
from exports.schema import Column, Role, Schema
from reidlab.bench.utility.records import margin_errors, record_utility


def people(rows: int = 3000) -> Export:
    rng = np.random.default_rng(1)
    age = rng.integers(20, 60, rows)
    ill = np.where(rng.random(rows) < (age - 20) / 40, "yes", "no")
    table = pa.table({"age": age, "sex": rng.choice(["f", "m"], rows), "ill": ill})
    schema = Schema(
        {
            "age": Column(Role.QUASI_IDENTIFIER, intervals=(20, 30, 40, 50, 60)),
            "sex": Column(Role.QUASI_IDENTIFIER),
            "ill": Column(Role.SENSITIVE),
        }
    )
    return Export(table, schema)


def test_a_release_that_changes_nothing_loses_nothing() -> None:
    export = people()
    found = record_utility(export, GlobalRecoding().fit_transform(export), target="ill")
    assert found.margin_error == pytest.approx(0)
    assert found.two_way_error == pytest.approx(0)
    assert found.correlation_error is None
    assert found.trained_on_release == found.trained_on_input
    assert found.trained_on_release.count > found.majority.count


def test_more_generalisation_costs_more() -> None:
    export = people()
    errors = [
        record_utility(export, GlobalRecoding({"age": level}).fit_transform(export)).two_way_error
        for level in (0, 1, 3)
    ]
    assert errors[0] < errors[1] <= errors[2]


def test_shuffling_the_answer_leaves_margins_and_destroys_prediction() -> None:
    export = people()
    found = record_utility(export, Shuffling(seed=1).transform(export), target="ill")
    assert found.margin_error == pytest.approx(0)
    assert found.two_way_error > 0.02
    assert found.trained_on_release.count < found.trained_on_input.count


def test_pram_moves_pairs_more_than_margins() -> None:
    export = people()
    found = record_utility(export, Pram(keep=0.3, columns="age,ill", seed=2).transform(export))
    assert found.two_way_error > found.margin_error


def test_noise_changes_correlations_of_numbers() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=2000)
    export = Export(pa.table({"x": x, "y": x}), Schema.of(quasi_identifier=["x", "y"]))
    found = record_utility(export, Noise(share=1.0, seed=1).transform(export))
    assert found.correlation_error == pytest.approx(0.5, abs=0.05)


def test_noise_on_numbers_costs_the_more_the_more_of_it_there_is() -> None:
    export = people()
    mild, strong = (
        record_utility(export, Noise(columns="age", share=share, seed=1).transform(export))
        for share in (0.2, 2.0)
    )
    assert 0.005 < mild.margin_error < strong.margin_error
    assert 0.005 < mild.two_way_error < strong.two_way_error
    ages, _, _ = margin_errors(export, Noise(columns="age", share=2.0, seed=1).transform(export)).values()
    assert ages == pytest.approx(3 * strong.margin_error)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("ys", [[None, None, None], [1.0, None, None], [2.0, 2.0, 2.0]])
def test_a_correlation_that_does_not_exist_raises_no_warning(ys) -> None:
    roles = Schema.of(quasi_identifier=["x", "y"])
    export = Export(pa.table({"x": [1.0, 2.0, 4.0], "y": pa.array(ys, pa.float64())}), roles)
    assert record_utility(export, GlobalRecoding().fit_transform(export)).correlation_error == 0


def test_the_result_carries_the_losses_and_the_guarantee_and_prints_small() -> None:
    export = people()
    found = record_utility(export, OptimalKAnonymity(k=5).fit_transform(export))
    assert found.loss["loss"] >= 0
    assert found.guarantee == "k=5"
    assert found.to_json()["trained_on_release"] is None
    assert found.reasons["trained_on_release"] == "no target was named"
    assert len(found.to_frame()) == 1
    assert "<table>" in found._repr_html_()


def test_local_recoding_is_measured_too() -> None:
    export = people()
    found = record_utility(export, Mondrian(k=100).transform(export), target="ill")
    assert 0 < found.margin_error < 0.5
    assert found.trained_on_release.count > found.majority.count * 0.9


def test_a_release_without_owners_is_refused() -> None:
    export = people()
    with pytest.raises(LabError, match="names its rows' owners"):
        record_utility(export, Release("records", export.schema, table=export.table))
