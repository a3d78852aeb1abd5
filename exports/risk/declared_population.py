"""Journalist and marketer risk of a sample, where only the size of its population is known.

Class sizes of the population are Poisson with the means of a log-linear model, all of them times one
factor. How far the model's independent columns are from the truth is seen in the sample itself: of a
sample of the sample the truth is known, and the factor is the one that makes the model right about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exports.classes.classes import Classes
from exports.classes.combinations import Combinations, combine
from exports.classes.persons import best_of
from exports.coding import Floats
from exports.randomness import Stream
from exports.risk.loglinear import independent_sizes

REPEATS = 6
"""Samples of the sample."""

LEAST, MOST = 300, 30_000
"""People in a sample of the sample."""

STEPS = 30
"""Halvings of the range of the factor."""

RANGE = (np.log(0.3), np.log(1e5))
"""Logarithm of the factors that are believed."""

BLOCK = 50_000

ABOVE, BELOW, FAR = 0.45, 0.35, 0.5
"""Error that is left of the logarithm of the means: downwards, upwards, and per unit of the factor's own.

Measured on eight tables at four fractions each."""


@dataclass(frozen=True, slots=True)
class DeclaredRisk:
    """Risks against a population of a declared size, each with the range that the model leaves.

    Parameters
    ----------
    marketer, journalist_max : tuple of float
        Point, low and high of the mean and of the largest chance of a right link. The latter is 1 as
        soon as one of the sample's people is expected to be unique in the population.
    uniques : tuple of float
        Point, low and high of the share of the population that is unique.
    """

    marketer: tuple[float, float, float]
    journalist_max: tuple[float, float, float]
    uniques: tuple[float, float, float]


def declared_risk(classes: Classes, population: int) -> DeclaredRisk:
    """Return the risks of the people of a sample of a population of that size.

    Parameters
    ----------
    classes : Classes
        Of the sample; all people of the population are in it with equal chance.
    population : int
        Number of people.

    References
    ----------
    Skinner and Shlomo (2008), doi:10.1198/016214507000001328, for the model; El Emam and Dankar
    (2008), doi:10.1197/jamia.M2716, for the risks.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> rng = np.random.default_rng(1)
    >>> everybody = pa.table({"age": rng.integers(0, 80, 9_000), "zip": rng.integers(0, 60, 9_000)})
    >>> found = declared_risk(classes_of(everybody.slice(0, 900), ["age", "zip"]), 9_000)
    >>> [round(one, 2) for one in found.marketer]
    [0.48, 0.29, 0.6]
    """
    people = classes.people
    sample = people.counts.astype(np.float64)
    unseen = _unseen(people, population)
    factor, error = _factor(people, population, Stream(0, "measure", "declared population"))
    more = max(factor, 0.0) + BELOW + FAR * abs(factor) + 1.5 * error
    less = min(factor, 0.0) - ABOVE - 1.5 * error
    marketer, journalist, uniques = [], [], []
    for log in (factor, more, less):
        chance = chance_of(sample, unseen * np.exp(log))
        each = _of_people(classes, chance)
        alone = float(np.exp(-unseen[sample == 1] * np.exp(log)).sum())
        marketer.append(float(each.mean()))
        journalist.append(1.0 if alone >= 1 else float(each.max()))
        uniques.append(alone / max(len(each), 1))
    return DeclaredRisk(*(_in_order(values) for values in (marketer, journalist, uniques)))


def chance_of(sample: Floats, unseen: Floats) -> Floats:
    """Return the mean of one over the size of classes with a Poisson number of people beside the sampled.

    Examples
    --------
    >>> chance_of(np.array([1.0, 2.0]), np.array([1.0, 0.0])).round(3)
    array([0.632, 0.5  ])
    """
    nodes, weights = np.polynomial.legendre.leggauss(32)
    place, weights = (nodes + 1) / 2, weights / 2
    found = np.empty(len(sample))
    for start in range(0, len(sample), BLOCK):
        block = slice(start, start + BLOCK)
        size, mean = sample[block, None], unseen[block, None]
        near = (weights * np.exp((size - 1) * np.log(place) - np.minimum(mean, 60) * (1 - place))).sum(axis=1)
        far = 1 / (size + mean) * (1 + mean / (size + mean) ** 2)
        found[block] = np.where((mean > 60)[:, 0], far[:, 0], near)
    return np.minimum(found, 1 / sample)


def _unseen(people: Combinations, population: int) -> Floats:
    """Return how many of a class the independent model expects beside the sample."""
    fitted = independent_sizes(people)
    return np.asarray(fitted * max(population - people.rows, 0) / max(people.rows, 1))


def _factor(people: Combinations, population: int, stream: Stream) -> tuple[float, float]:
    """Return the logarithm of the factor on the means, and its error."""
    rows = people.rows
    rate = min(max(rows / population, LEAST / rows, 0.02), MOST / rows, 0.5)
    # In an order of the classes' own, so that the order of the rows decides nothing.
    order = np.lexsort((independent_sizes(people), people.counts))
    found = []
    for repeat in range(REPEATS):
        rng = np.random.Generator(stream.at(name=str(repeat)).bit_generator())
        drawn = np.empty_like(people.counts)
        drawn[order] = rng.binomial(people.counts[order], rate)
        kept = drawn > 0
        if not kept.any():
            continue
        some = combine({name: one.take(kept) for name, one in people.columns.items()}, drawn[kept])
        truth = float((drawn[kept] / people.counts[kept]).sum() / drawn.sum())
        found.append(_matching(some, rows, truth))
    if len(found) < 2:
        return 0.0, 1.0
    held = bool(np.isin(found, RANGE).any())
    error = max(float(np.std(found, ddof=1)), 1.0 if held else 0.0)
    return float(np.mean(found)) / (1 + error**2), min(error, 1.0)


def _matching(sample: Combinations, rows: int, truth: float) -> float:
    """Return the logarithm of the factor at which the model gives the true marketer risk."""
    sizes, unseen = sample.counts.astype(np.float64), _unseen(sample, rows)
    low, high = RANGE
    for _ in range(STEPS):
        middle = (low + high) / 2
        above = float((chance_of(sizes, unseen * np.exp(middle)) * sizes).sum() / sizes.sum()) > truth
        low, high = (middle, high) if above else (low, middle)
    middle = (low + high) / 2
    return next((float(end) for end in RANGE if abs(end - middle) < 1e-4), float(middle))


def _of_people(classes: Classes, chance: Floats) -> Floats:
    """Return the chance of each person: of several classes, the largest."""
    if classes.person is None:
        return np.repeat(chance, classes.sizes)
    return best_of(classes.combinations.columns[classes.person].codes, chance[classes.of])


def _in_order(values: list[float]) -> tuple[float, float, float]:
    return values[0], min(values), max(values)
