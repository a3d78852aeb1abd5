"""Intervals of the shares of the population that are unique, by resampling the classes of the sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from exports.coding import Ints
from exports.randomness import Stream
from exports.risk.population_uniques import Estimate, pitman, population_uniques, zayatz

RESAMPLES = 60
"""Times the classes are drawn again."""

MODELS: dict[str, Callable[[Ints, Ints, int], Estimate]] = {"pitman": pitman, "zayatz": zayatz}
"""Models that are fitted fast enough to be fitted again and again."""


def with_intervals(sizes: Ints, times: Ints, population: int) -> dict[str, Estimate]:
    """Return the estimates of all models, those of Pitman, Zayatz and Dankar's rule with 95 % intervals.

    The number of classes of each size is drawn again as a Poisson number. The interval is the model's
    own error: where the model is wrong it is not in it.

    Parameters
    ----------
    sizes, times : array of int64
        Class sizes in the sample, and how many classes have each.
    population : int
        Number of people the sample was drawn from.

    Examples
    --------
    >>> found = with_intervals(np.array([1, 2, 3]), np.array([40, 20, 10]), 5_000)["zayatz"]
    >>> found.low < found.share < found.high
    True
    """
    found = population_uniques(sizes, times, population)
    rng = np.random.Generator(Stream(0, "measure", "population uniques").bit_generator())
    drawn = rng.poisson(times, (RESAMPLES, len(times)))
    for name, model in MODELS.items():
        if found[name].share is None:
            continue
        again = [_again(model, sizes, some, population) for some in drawn]
        shares = [share for share in again if share is not None]
        if len(shares) >= RESAMPLES // 2:
            low, high = np.quantile(shares, [0.025, 0.975])
            value = found[name].share or 0.0
            found[name] = replace(found[name], low=min(float(low), value), high=max(float(high), value))
    chosen = found.get(found["dankar"].reason)
    if chosen is not None:
        found["dankar"] = replace(found["dankar"], low=chosen.low, high=chosen.high)
    return found


def _again(
    model: Callable[[Ints, Ints, int], Estimate], sizes: Ints, times: Ints, population: int
) -> float | None:
    kept = times > 0
    if not kept.any() or int((sizes * times).sum()) > population:
        return None
    return model(sizes[kept], times[kept], population).share
