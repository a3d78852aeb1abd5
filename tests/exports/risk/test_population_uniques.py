import csv

import numpy as np
import pytest

from exports.errors import LabError
from exports.risk.population_uniques import pitman, population_uniques, snb, zayatz
from simulate.people.tables import people_block

pytestmark = pytest.mark.statistical


def histogram(sizes):
    return np.unique(sizes[sizes > 0], return_counts=True)


def test_estimates_on_adult_equal_those_of_arx(shared, adult_texts):
    adult = adult_texts.to_pandas()
    checked, classes, found = 0, {}, {}
    with (shared / "data/oracles/arx_risk_adult.csv").open() as file:
        for row in csv.DictReader(file):
            fraction, columns = float(row["fraction"]), tuple(row["qi"].split(","))
            if row["model"] not in {"PITMAN", "ZAYATZ", "DANKAR"} or (
                row["model"] == "DANKAR" and fraction > 0.1
            ):
                continue
            if columns not in classes:
                classes[columns] = histogram(adult.groupby(list(columns)).size().to_numpy())
            key = columns, fraction
            if key not in found:
                found[key] = population_uniques(*classes[columns], round(len(adult) / fraction))
            assert found[key][row["model"].lower()].share == pytest.approx(float(row["value"]), rel=1e-9)
            checked += 1
    assert checked == 39


@pytest.mark.parametrize(("shape", "chance"), [(0.5, 0.1), (0.1, 0.05), (2.0, 0.3)])
def test_the_slide_negative_binomial_finds_the_uniqueness_of_its_own_populations(shape, chance):
    rng = np.random.default_rng(11)
    population = 1 + rng.negative_binomial(shape, chance, 100_000)
    truth = (population == 1).sum() / population.sum()
    for fraction in (0.1, 0.3):
        sample = rng.binomial(population, fraction)
        found = snb(*histogram(sample), int(population.sum()))
        assert found.share == pytest.approx(truth, rel=0.15)
        assert ("eight times too high" in found.reason) is bool(sample.sum() <= 0.1 * population.sum())


KNOWN_SETS = (
    ["sex", "age"],
    ["sex", "age", "race"],
    ["sex", "age", "race", "marital-status"],
    ["sex", "age", "race", "marital-status", "education", "occupation", "native-country"],
)


@pytest.mark.parametrize("known", KNOWN_SETS, ids=len)
@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.6])
def test_the_slide_negative_binomial_is_near_the_uniqueness_of_adult_or_says_why_not(
    adult_texts, known, fraction
):
    classes = adult_texts.select(known).to_pandas().groupby(known).ngroup().to_numpy()
    truth = (np.bincount(classes) == 1).sum() / len(classes)
    rng = np.random.default_rng([len(known), int(100 * fraction)])
    found = snb(*histogram(np.bincount(classes[rng.random(len(classes)) < fraction])), len(classes))
    if found.share is None:
        assert found.reason.startswith(("the sample", "did not converge"))
    else:
        assert found.share == pytest.approx(truth, rel=0.15)
        assert "standard error" in found.reason


@pytest.mark.parametrize(("size", "informative"), [(40, False), (200_000, True)])
def test_the_slide_negative_binomial_needs_enough_classes(size, informative):
    rng = np.random.default_rng(2)
    population = 1 + rng.negative_binomial(0.5, 0.1, size)
    found = snb(*histogram(rng.binomial(population, 0.2)), int(population.sum()))
    assert (found.share is not None) is informative
    if informative:
        assert found.share == pytest.approx((population == 1).sum() / population.sum(), rel=0.1)


def test_three_tenths_of_simulated_visitors_tell_the_uniqueness_of_all():
    people = people_block(3, 0, 20_000, groups=["core"]).to_pandas()
    classes = people.groupby([people["sex"], people["age"], people["zcta"].str[:2]]).ngroup().to_numpy()
    truth = (np.bincount(classes) == 1).sum() / len(classes)
    rng = np.random.default_rng(4)
    sample = histogram(np.bincount(classes[rng.random(len(classes)) < 0.3]))
    found = population_uniques(*sample, len(classes))
    assert found["dankar"].share == pytest.approx(truth, rel=0.25)
    assert found["snb"].share is None or found["snb"].share == pytest.approx(truth, rel=0.25)


def test_pitman_finds_the_uniqueness_of_its_own_populations():
    rng = np.random.default_rng(3)
    theta, alpha, people = 200.0, 0.6, 60_000
    sizes: list[float] = []
    places = np.empty(people, np.int64)
    uniform = rng.random((people, 2))
    for person in range(people):  # a Chinese restaurant with discount alpha
        if uniform[person, 0] * (theta + person) < theta + alpha * len(sizes):
            places[person] = len(sizes)
            sizes.append(1)
            continue
        while True:
            place = places[int(uniform[person, 1] * person)]
            if rng.random() * sizes[place] < sizes[place] - alpha:
                break
            uniform[person, 1] = rng.random()
        places[person] = place
        sizes[place] += 1
    counts = np.array(sizes)
    sample = np.bincount(places[rng.permutation(people)[:6000]])
    found = pitman(*histogram(sample), people)
    assert found.share == pytest.approx((counts == 1).sum() / people, rel=0.15)


def test_a_sample_that_is_the_population_is_counted():
    sizes, times = np.array([1, 2, 7]), np.array([12, 5, 3])
    assert zayatz(sizes, times, 43).share == pytest.approx(12 / 43)


def test_what_does_not_converge_says_so():
    alone = population_uniques(np.array([1]), np.array([100]), 10_000)
    assert alone["pitman"].share is None
    assert "did not converge" in alone["pitman"].reason
    assert alone["dankar"].share == alone["zayatz"].share


def test_a_population_smaller_than_the_export_is_refused():
    with pytest.raises(LabError, match="7 people but the export 9"):
        population_uniques(np.array([3]), np.array([3]), 7)
