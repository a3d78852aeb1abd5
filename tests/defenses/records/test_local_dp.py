from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from defenses.records.local_dp import RandomisedResponse, UnaryEncoding, estimated_counts, standard_errors
from exports.errors import LabError
from exports.release import Export
from exports.schema import Column, Role, Schema

pytestmark = pytest.mark.statistical

ROWS = 40_000
SCHEMA = Schema(
    {
        "age": Column(Role.QUASI_IDENTIFIER),
        "mood": Column(Role.SENSITIVE, domain=("low", "fair", "good", "high")),
    }
)
TRUE = {"low": ROWS // 2, "fair": ROWS // 4, "good": ROWS // 4, "high": 0}


@pytest.fixture
def export():
    moods = [mood for mood, count in TRUE.items() for _ in range(count)]
    return Export(pa.table({"age": range(ROWS), "mood": moods}), SCHEMA)


@pytest.mark.parametrize("defense", [RandomisedResponse, UnaryEncoding])
def test_counts_are_estimated_without_bias(defense, export):
    release = defense("mood", epsilon=1, seed=1).transform(export)
    for mood, estimate in estimated_counts(release).items():
        assert abs(estimate - TRUE[mood]) < 5 * 3 * ROWS**0.5
    assert release.guarantee.to_json()["epsilon"] == 1.0
    assert not release.private
    release.as_export()


@pytest.mark.parametrize("defense", [RandomisedResponse, UnaryEncoding])
def test_estimates_scatter_as_their_standard_errors_say(defense, export):
    releases = [defense("mood", epsilon=1, seed=seed).transform(export) for seed in range(100)]
    scatter = np.std([list(estimated_counts(release).values()) for release in releases], axis=0)
    said = list(standard_errors(releases[0]).values())
    np.testing.assert_allclose(scatter, said, rtol=5 / 200**0.5)


@pytest.mark.parametrize("defense", [RandomisedResponse, UnaryEncoding])
def test_weighted_estimates_scatter_as_their_standard_errors_say(defense, export):
    weights = np.where(np.arange(ROWS) % 10 == 0, 20.0, 1.0)
    weighted = Export(export.table.append_column("w", [weights]), Schema(SCHEMA.columns, weight="w"))
    releases = [defense("mood", epsilon=1, seed=seed).transform(weighted) for seed in range(100)]
    scatter = np.std([list(estimated_counts(release).values()) for release in releases], axis=0)
    np.testing.assert_allclose(scatter, list(standard_errors(releases[0]).values()), rtol=5 / 200**0.5)


@pytest.mark.parametrize("epsilon", ["0.01", "1", "5", "60"])
@pytest.mark.parametrize("defense", [RandomisedResponse, UnaryEncoding])
def test_no_answer_is_more_than_exp_epsilon_times_likelier_than_another(defense, epsilon, export):
    odds = defense("mood", epsilon=epsilon, seed=1).transform(export).manifest["odds"]
    most = odds["true"] / odds["false"]
    if defense is UnaryEncoding:
        most = most * (1 - odds["false"]) / (1 - odds["true"])
    assert most <= np.exp(float(Fraction(epsilon))) * (1 + 1e-12)


def test_each_person_answers_once_and_the_promise_is_theirs():
    schema = Schema(SCHEMA.columns, person="user")
    table = pa.table({"user": [1, 1, 2], "age": [30, 30, 40], "mood": ["low", "low", None]})
    release = RandomisedResponse("mood", epsilon=1, seed=1).transform(Export(table, schema))
    assert release.owner.tolist() == [0, 2]
    assert release.guarantee.unit == "person"
    assert None not in release.rows["mood"].to_pylist()


def test_without_a_seed_answers_come_from_the_operating_system(export):
    releases = [RandomisedResponse("mood", epsilon=1).transform(export) for _ in range(2)]
    assert releases[0].private
    assert releases[0].rows != releases[1].rows


@pytest.mark.parametrize("defense", [RandomisedResponse, UnaryEncoding])
def test_asking_one_table_again_gives_the_same_answers(defense, export):
    for seed in (None, 1):
        asked = defense("mood", epsilon=1, seed=seed)
        first = asked.transform(export)
        assert asked.transform(export).rows.equals(first.rows)
        half = asked.transform(Export(export.table.slice(0, ROWS // 2), SCHEMA))
        assert half.rows.num_rows == ROWS // 2


def test_a_domain_of_one_value_is_refused(export):
    schema = Schema({**SCHEMA.columns, "mood": Column(Role.SENSITIVE, domain=("low",))})
    with pytest.raises(LabError, match="nothing to hide"):
        RandomisedResponse("mood", epsilon=1).transform(Export(export.table, schema))
