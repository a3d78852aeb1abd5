"""The noise of every mechanism that counts, against its exact probabilities."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from chi_square import chi_square
from scipy.special import chdtrc

import defenses
from defenses.counts import psi_size as intersection
from defenses.dp.noise import Gaussian
from exports.queries import Condition, CountQuery
from exports.release import Export
from exports.schema import Column, Role, Schema

pytestmark = pytest.mark.statistical

LEVEL = 1e-6
CELLS = 4_000
EMPTY = Export(
    pa.table({"cell": pa.array([-1])}), Schema({"cell": Column(Role.QUASI_IDENTIFIER, bounds=(0, CELLS - 1))})
)
SEEDS = [1, pytest.param(None, marks=pytest.mark.extra("dp"))]


def laplace(scale):
    ratio = np.exp(-1 / scale)
    return lambda z: (1 - ratio) / (1 + ratio) * ratio ** np.abs(z)


def gaussian(sigma):
    weight = np.exp(-(np.arange(-2000, 2001) ** 2) / (2 * sigma**2)).sum()
    return lambda z: np.exp(-(z**2) / (2 * sigma**2)) / weight


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "parameters", "scale"),
    [
        ("dp-histogram", {"columns": "cell", "epsilon": "0.5"}, 2),
        ("dp-histogram", {"columns": "cell", "epsilon": "0.5", "neighbours": "replace"}, 4),
        ("dp-histogram", {"columns": "cell", "epsilon": 1, "mechanism": "geometric"}, 1),
        ("dp-histogram", {"columns": "cell", "epsilon": 2, "delta": 1e-6, "mechanism": "gaussian"}, None),
        ("dp-margins", {"columns": "cell", "epsilon": "0.5", "order": 1}, 2),
        ("noisy-size", {"epsilon": "0.5", "budget": CELLS, "by": "cell"}, 2),
    ],
)
def test_counts_of_nobody_are_noise_of_the_stated_distribution(name, parameters, scale, seed):
    release = defenses.find(name)(**parameters, seed=seed).transform(EMPTY)
    drawn = release.rows["count"].to_numpy().astype(np.int64)
    assert len(drawn) == CELLS
    if scale is None:
        sigma = Fraction(release.manifest["noise"].partition("Fraction(")[2].rstrip(")").replace(", ", "/"))
        assert Gaussian(sigma).sigma == sigma
        assert chi_square(drawn, gaussian(float(sigma))) > LEVEL
    else:
        assert chi_square(drawn, laplace(scale)) > LEVEL
        assert chi_square(drawn, laplace(scale * 1.2)) < LEVEL


def test_noisy_intersections_are_noise_that_covers_all_of_a_persons_addresses(monkeypatch):
    monkeypatch.setattr(intersection, "intersection_size", lambda *_: 0)
    schema = Schema({"mail": Column(Role.TOKEN)}, person="who", max_rows_per_person=3)
    export = Export(pa.table({"mail": ["a", "b"], "who": [1, 1]}), schema)
    ask = intersection.PsiSize(epsilon=1, budget=400, seed=1).transform(export).ask
    drawn = np.array([ask(CountQuery((Condition("mail", [str(n)]),))) for n in range(400)])
    assert chi_square(drawn, laplace(3)) > LEVEL
    assert chi_square(drawn, laplace(1)) < LEVEL


@pytest.mark.parametrize("seed", [1, None])
@pytest.mark.parametrize("name", ["randomised-response", "unary-encoding"])
def test_local_answers_have_the_stated_probabilities(name, seed):
    rows, values = 60_000, ("a", "b", "c")
    schema = Schema({"x": Column(Role.SENSITIVE, domain=values)})
    export = Export(pa.table({"x": ["b"] * rows}), schema)
    release = defenses.find(name)("x", epsilon=1, seed=seed).transform(export)
    said = release.rows["x"].value_counts().to_pylist()
    seen = {one["values"]: one["counts"] for one in said}
    if name == "randomised-response":
        chances = {value: (np.e if value == "b" else 1) / (np.e + 2) for value in values}
    else:
        other = 1 / (np.e + 1)
        chances = {
            f"{first}{true}{last}": 0.5 * (other if first else 1 - other) * (other if last else 1 - other)
            for first in (0, 1)
            for true in (0, 1)
            for last in (0, 1)
        }
    assert set(seen) <= set(chances)
    distance = sum((seen.get(key, 0) - rows * p) ** 2 / (rows * p) for key, p in chances.items())
    assert chdtrc(len(chances) - 1, distance) > LEVEL
