"""How likely a person is unique in the population, from a Gaussian copula fitted to a sample.

The share of uniques is the model's own expectation, over people drawn from it. The mean over the
rows of the sample is higher wherever the model fits a row badly: 0.25 where 0.17 are unique.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exports.classes.combinations import Combinations
from exports.classes.reference import line_of
from exports.coding import Coding, Floats, Ints

_FAR = 8.5
"""Beyond this many standard deviations the normal distribution is taken as over."""

MOST_STEPS = 100
"""Values of a column whose information is counted one by one; of more, neighbours are taken together."""

_LARGEST_CORRELATION = 0.98

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Copula:
    """A model of how often each combination of values occurs in the population.

    Parameters
    ----------
    columns : tuple of str
        Columns in the model.
    lower, upper : tuple of array of float64
        Interval of a standard normal variable that each code of each column stands for.
    correlation : array of float64, shape (columns, columns)
        Of the normal variables.

    References
    ----------
    Rocher, Hendrickx and de Montjoye (2019), doi:10.1038/s41467-019-10933-3.
    """

    columns: tuple[str, ...]
    lower: tuple[Floats, ...]
    upper: tuple[Floats, ...]
    correlation: Floats

    def probabilities(self, codes: Sequence[Ints], *, points: int = 64) -> Floats:
        """Return the probability of combinations, by conditioning on one column after another.

        Parameters
        ----------
        codes : sequence of array of int, one per column
            Codes of the combinations, as in the sample.
        points : int, default 64
            Size of the fixed lattice that the integral runs over; nothing here is random.
        """
        from scipy.special import ndtr, ndtri

        factor = np.linalg.cholesky(self.correlation)
        grid = _lattice(points, len(codes))
        found = np.empty(len(codes[0]))
        for start in range(0, len(found), _BLOCK):
            block = slice(start, start + _BLOCK)
            drawn = np.zeros((len(codes), points, len(found[block])))
            weight = np.ones(drawn.shape[1:])
            for position, code in enumerate(codes):
                shift = np.tensordot(factor[position, :position], drawn[:position], axes=1)
                scale = factor[position, position]
                low = ndtr((self.lower[position][code[block]] - shift) / scale)
                width = ndtr((self.upper[position][code[block]] - shift) / scale) - low
                weight *= width
                drawn[position] = ndtri(np.clip(low + grid[:, position, None] * width, 1e-16, 1 - 1e-16))
            found[block] = weight.mean(axis=0)
        return found

    def typical(self, people: int = 4096) -> list[Ints]:
        """Return the codes of people spread evenly over the modelled population, one array per column."""
        from scipy.special import ndtri

        normal = ndtri(_lattice(people, len(self.columns))) @ np.linalg.cholesky(self.correlation).T
        found = []
        for position, (lower, upper) in enumerate(zip(self.lower, self.upper, strict=True)):
            used = np.flatnonzero(upper > lower)
            used = used[np.argsort(upper[used])]
            place = np.searchsorted(upper[used], normal[:, position])
            found.append(used[np.minimum(place, len(used) - 1)])
        return found

    def population_uniqueness(self, population: int) -> float:
        """Return the share of a population of that size that the model expects to be unique."""
        return float(uniqueness(self.probabilities(self.typical()), population).mean())


def fit_copula(combinations: Combinations, columns: Sequence[str]) -> Copula:
    """Fit the copula to a sample: its margins as they are, its correlations by mutual information.

    The correlation of two columns is the one at which two normal variables, cut at the margins,
    share as much information as the columns do (less what a sample of that size shares by chance).

    Parameters
    ----------
    combinations : Combinations
        Of the sample.
    columns : sequence of str
        What the adversary knows; values are ordered as numbers, else as text.
    """
    from scipy.special import ndtri

    ordered = [_ordered(combinations.columns[name]) for name in columns]
    lower, upper, edges = [], [], []
    for column in ordered:
        ends = np.cumsum(np.bincount(column.codes, combinations.counts, minlength=column.radix))
        ends = np.clip(ndtri(ends / max(ends[-1], 1)), -_FAR, _FAR)
        edges.append(ends)
        lower.append(np.append(-_FAR, ends[:-1]))
        upper.append(ends)
    correlation = np.eye(len(ordered))
    for i in range(len(ordered)):
        for j in range(i):
            correlation[i, j] = correlation[j, i] = _matched(
                ordered[i], ordered[j], combinations.counts, edges[i], edges[j]
            )
    return _in_codes(combinations, columns, ordered, lower, upper, _positive(correlation))


def uniqueness(probabilities: Floats, population: int) -> Floats:
    """Return the chance that nobody else of the population has the same values.

    Examples
    --------
    >>> uniqueness(np.array([1e-6]), 1_000_001).round(4)
    array([0.3679])
    """
    return np.asarray(np.exp((population - 1) * np.log1p(-np.minimum(probabilities, 1 - 1e-12))))


def _lattice(points: int, dimensions: int) -> Floats:
    """Return points that fill the unit cube evenly: multiples of roots of different numbers."""
    roots = np.sqrt(np.array([n for n in range(2, 4 * dimensions + 40) if _squarefree(n)][:dimensions]))
    grid: Floats = (np.arange(1, points + 1)[:, None] * roots + 0.5) % 1
    return np.clip(grid, 1e-12, 1 - 1e-12)


def _squarefree(number: int) -> bool:
    return all(number % (root * root) for root in range(2, int(number**0.5) + 1))


def _ordered(column: Coding) -> Coding:
    """Return a column with codes that increase with its values."""
    line = line_of(column.values, missing=True)
    if line is None:
        import pyarrow.compute as pc

        from exports.coding import numbers

        line = np.append(0, numbers(pc.rank(column.values, tiebreaker="dense")).astype(np.int64))
    return Coding(line[column.codes], column.values)


def _in_codes(
    combinations: Combinations,
    columns: Sequence[str],
    ordered: Sequence[Coding],
    lower: Sequence[Floats],
    upper: Sequence[Floats],
    correlation: Floats,
) -> Copula:
    """Return the copula with its intervals listed by the codes that the combinations use."""
    lows, highs = [], []
    for name, column, low, high in zip(columns, ordered, lower, upper, strict=True):
        original = combinations.columns[name]
        place = np.zeros(original.radix, np.int64)
        place[original.codes] = column.codes
        lows.append(low[place])
        highs.append(high[place])
    return Copula(tuple(columns), tuple(lows), tuple(highs), correlation)


def _matched(one: Coding, other: Coding, counts: Ints, edges: Floats, other_edges: Floats) -> float:
    codes, edges = _in_few_steps(one, counts, edges)
    other_codes, other_edges = _in_few_steps(other, counts, other_edges)
    joint = np.zeros((len(edges), len(other_edges)))
    np.add.at(joint, (codes, other_codes), counts)
    joint = joint[joint.sum(axis=1) > 0][:, joint.sum(axis=0) > 0]
    rows = float(counts.sum())
    by_chance = (joint.shape[0] - 1) * (joint.shape[1] - 1) / (2 * rows)
    wanted = _information(joint / rows) - by_chance
    if wanted <= 0 or min(joint.shape) < 2:
        return 0.0
    inner, other_inner = _inner(edges), _inner(other_edges)
    sign = np.sign(_concordance(joint)) or 1.0
    low, high = 0.0, _LARGEST_CORRELATION
    for _ in range(24):
        middle = (low + high) / 2
        below = _information(_cut(inner, other_inner, sign * middle)) < wanted
        low, high = (middle, high) if below else (low, middle)
    return float(sign * low)


def _in_few_steps(column: Coding, counts: Ints, edges: Floats) -> tuple[Ints, Floats]:
    """Return a column in at most `MOST_STEPS` steps of about as many rows each, and where they end."""
    codes = column.codes.astype(np.int64)
    if column.radix <= MOST_STEPS:
        return codes, edges
    masses = np.bincount(codes, counts, minlength=column.radix)
    middle = (np.cumsum(masses) - masses / 2) / masses.sum()
    _, step = np.unique((middle * MOST_STEPS).astype(np.int64), return_inverse=True)
    return step[codes], edges[np.append(np.flatnonzero(np.diff(step)), len(step) - 1)]


def _inner(edges: Floats) -> Floats:
    """Return the different cuts between values, without the ends."""
    cuts = np.unique(edges)
    return cuts[(cuts > -_FAR) & (cuts < _FAR)]


def _information(joint: Floats) -> float:
    expected = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    held = joint > 1e-300
    return float((joint[held] * np.log(joint[held] / expected[held])).sum())


def _concordance(joint: Floats) -> float:
    shares = joint / joint.sum()
    rank, other = (np.cumsum(margin) - margin / 2 for margin in (shares.sum(axis=1), shares.sum(axis=0)))
    return float((shares * np.outer(rank - 0.5, other - 0.5)).sum())


def _cut(cuts: Floats, other: Floats, correlation: float) -> Floats:
    """Return the probabilities of the cells that two normal variables are cut into."""
    from scipy.special import ndtr

    nodes, weights = np.polynomial.legendre.leggauss(32)
    h, k = cuts[:, None, None], other[None, :, None]
    angle = np.arcsin(correlation) * (nodes + 1) / 2
    inner = np.exp(-(h * h + k * k - 2 * h * k * np.sin(angle)) / (2 * np.cos(angle) ** 2))
    joined = (inner * weights).sum(axis=2) * np.arcsin(correlation) / 2 / (2 * np.pi)
    below = np.zeros((len(cuts) + 2, len(other) + 2))
    below[1:-1, 1:-1] = ndtr(cuts)[:, None] * ndtr(other)[None, :] + joined
    below[-1, 1:-1], below[1:-1, -1], below[-1, -1] = ndtr(other), ndtr(cuts), 1.0
    return np.maximum(np.diff(np.diff(below, axis=0), axis=1), 0.0)


def _positive(correlation: Floats) -> Floats:
    """Return the nearest correlation matrix by clipping eigenvalues."""
    values, vectors = np.linalg.eigh(correlation)
    if values.min() > 1e-6:
        return correlation
    fixed = vectors @ np.diag(np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(fixed))
    return np.asarray(fixed / np.outer(scale, scale))
