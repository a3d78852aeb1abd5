"""DOMIAS: a membership attack that divides the density of synthetic data by the population's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from reidlab.reproductions.finding import Finding

MEMBERS, REFERENCE, GENERATED, COLUMNS = 500, 2_000, 5_000, 5
JITTER = 0.5
"""Standard deviations by which a generated row differs from the member that it copies."""
UNCOMMON = 0.2
SOURCE = (
    "van Breugel, Sun, Qian and van der Schaar (2023), https://proceedings.mlr.press/v206/breugel23a.html"
)


def domias(seed: int) -> tuple[Finding, ...]:
    """Tell members of the training data of an overfit generator from others, by the ratio and without it.

    Somebody holds a person's record, the synthetic data and records of the same population. A
    generator that overfits puts too much mass near its members: the ratio shows it, the density
    of the synthetic data alone mostly shows who is common.
    """
    from scipy.stats import gaussian_kde

    stream = Stream(seed, "reproduction", "domias")
    members, others = (_people(stream.at(name=name), MEMBERS) for name in ("members", "others"))
    reference = _people(stream.at(name="reference"), REFERENCE)
    copied = members[stream.at(name="copied").integers(GENERATED, MEMBERS)]
    noise = stream.at(name="jitter").normals(GENERATED * COLUMNS).reshape(GENERATED, COLUMNS)
    generated, targets = copied + JITTER * noise, np.concatenate([members, others])
    inside = np.arange(len(targets)) < MEMBERS
    alone, usual = (np.log(gaussian_kde(table.T)(targets.T) + 1e-300) for table in (generated, reference))
    ratio = alone - usual
    distance = (targets**2).sum(axis=1)
    rare = distance >= np.quantile(distance, 1 - UNCOMMON)
    rows = (
        ("of the density ratio", 0.5, *_area(ratio, inside), "a guess has 0.5"),
        (
            "of the ratio, less that of the synthetic density alone",
            0.0,
            *_gap(ratio, alone, inside, stream),
            "the abstract: significantly more successful than previous work",
        ),
        (
            f"of the ratio on the least common {UNCOMMON:.0%}, less that on the others",
            0.0,
            *_split(ratio, inside, rare),
            "the abstract: especially at attacking uncommon samples",
        ),
    )
    return tuple(
        Finding(
            f"area under the curve {label}, {MEMBERS} members of a generator that copies them with jitter",
            published, "at least", 0.0, ours, low, high, len(targets), SOURCE, "seen",
            f"{note}; here a simulated population and a generator that overfits by design",
        )
        for label, published, ours, low, high, note in rows
    )  # fmt: skip


def _people(stream: Stream, rows: int) -> NDArray[np.float64]:
    """Return people of two kinds, one of them rare and spread out."""
    plain = stream.normals(rows * COLUMNS).reshape(rows, COLUMNS)
    wide = stream.at(name="kind").uniforms(rows) < 0.2
    return np.where(wide[:, None], 2.5 * plain, plain)


def _area(scores: NDArray[np.float64], inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the area under the curve and its interval (Hanley and McNeil 1982)."""
    from scipy.stats import rankdata

    hits, misses = int(inside.sum()), int((~inside).sum())
    area = float((rankdata(scores)[inside].sum() - hits * (hits + 1) / 2) / (hits * misses))
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (hits - 1) * (one - area**2) + (misses - 1) * (two - area**2)
    error = 1.96 * (variance / (hits * misses)) ** 0.5
    return area, area - error, area + error


def _split(
    scores: NDArray[np.float64], inside: NDArray[np.bool_], rare: NDArray[np.bool_]
) -> tuple[float, float, float]:
    first, second = _area(scores[rare], inside[rare]), _area(scores[~rare], inside[~rare])
    gap = first[0] - second[0]
    error = ((first[2] - first[0]) ** 2 + (second[2] - second[0]) ** 2) ** 0.5
    return gap, gap - error, gap + error


def _gap(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    inside: NDArray[np.bool_],
    stream: Stream,
) -> tuple[float, float, float]:
    """Return the difference of two areas on the same people, with a bootstrap over them."""
    gaps = []
    for number in range(200):
        drawn = stream.at(name=f"resample {number}").integers(len(inside), len(inside))
        gaps.append(_area(one[drawn], inside[drawn])[0] - _area(other[drawn], inside[drawn])[0])
    low, high = np.quantile(gaps, [0.025, 0.975])
    return _area(one, inside)[0] - _area(other, inside)[0], float(low), float(high)
