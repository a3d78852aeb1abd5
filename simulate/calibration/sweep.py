"""What the unknown parameters leave open: a range of the match per platform, and its drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.calibration.expectation import Cells, expected_match
from simulate.case import Case
from simulate.platforms.reach import reach_table
from simulate.world import World

OBSERVED = (0.54, 0.60)
"""Match at the target's platform on which the second column conditions: 57 % within rounding."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where the match at one platform lies when every unknown parameter is drawn from its range.

    Parameters
    ----------
    low, median, high : float
        5th, 50th and 95th percentile over the draws.
    conditioned : tuple of float or None
        The same percentiles over the draws in which the target's platform matched 54-60 %;
        None when fewer than 100 draws did.
    drivers : mapping of str to float
        Total Sobol index by parameter, largest first: the share of the variance that would go
        if the parameter were known, its interactions included.
    """

    platform: str
    low: float
    median: float
    high: float
    conditioned: tuple[float, float, float] | None
    drivers: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the range, the conditioned range and the drivers."""
        return {
            "range": [self.low, self.median, self.high],
            "conditioned": None if self.conditioned is None else list(self.conditioned),
            "drivers": dict(self.drivers),
        }


def sweep(case: Case, world: World, cells: Mapping[str, Cells], *, seed: int, power: int = 12) -> list[Range]:
    """Draw the unknown parameters from their ranges and return the match that each platform may see.

    The draws are a scrambled Sobol sequence over independent uniform ranges and go through the
    closed form of the expected match; no person is simulated again. Address reuse is drawn,
    not fitted. The reach of each platform is a parameter too (``reach.<platform>``).

    Parameters
    ----------
    case : Case
        Whose parameters are drawn.
    world : World
        Platforms and residents.
    cells : mapping of platform name to Cells
        The visitors as counted for each platform.
    seed : int
        Of the scrambling.
    power : int, default 12
        2**power draws, and as many base points for the Sobol indices.

    References
    ----------
    Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018.
    """
    from scipy.stats import qmc, sobol_indices, uniform

    ranges = {name: (entry.low, entry.high) for name, entry in case.parameters.items()}
    ranges |= {f"reach.{name}": (-_error(world, name), _error(world, name)) for name in cells}
    names = [name for name, (low, high) in ranges.items() if high > low]
    lows, highs = np.array([ranges[name] for name in names]).T
    fixed = {name: entry.value for name, entry in case.parameters.items() if name not in names}
    reach = {name: reach_table(world.platforms[name], world.residents) for name in cells}

    def matches(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the match by platform (rows) and draw, for points of shape (parameters, draws)."""
        values = {**fixed, **{name: row[:, None] for name, row in zip(names, points, strict=True)}}
        return np.stack(
            [expected_match(world.platforms[name], reach[name], cells[name], values) for name in cells]
        )

    draws = qmc.Sobol(len(names), rng=np.random.Generator(np.random.Philox(seed))).random_base2(power)
    swept = matches(qmc.scale(draws, lows, highs).T)
    indices = sobol_indices(
        func=matches,
        n=2**power,
        dists=[uniform(low, high - low) for low, high in zip(lows, highs, strict=True)],
        rng=np.random.Generator(np.random.Philox(seed + 1)),
    )
    observed = np.zeros(swept.shape[1], dtype=bool)
    if case.target and case.target.platform in cells:
        at_target = swept[list(cells).index(case.target.platform)]
        observed = (at_target >= OBSERVED[0]) & (at_target <= OBSERVED[1])
    found = []
    for row, name in enumerate(cells):
        total = np.maximum(indices.total_order[row], 0)
        order = np.argsort(-total, kind="stable")
        found.append(
            Range(
                name,
                *_percentiles(swept[row]),
                conditioned=_percentiles(swept[row, observed]) if observed.sum() >= 100 else None,
                drivers={names[k]: float(total[k]) for k in order},
            )
        )
    return found


def _error(world: World, name: str) -> float:
    return world.platforms[name].reach_error


def _percentiles(shares: NDArray[np.float64]) -> tuple[float, float, float]:
    low, median, high = np.quantile(shares, [0.05, 0.5, 0.95])
    return float(low), float(median), float(high)
