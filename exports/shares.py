"""Counts of counts with their intervals: every rate in the lab is one of these."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

Certainty = Literal["counted", "estimated", "simulated"]


def wilson(count: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a proportion; ``(0, 1)`` when nothing was tried.

    Parameters
    ----------
    count, of : int
        Successes and trials.
    confidence : float, default 0.95
        Two-sided coverage aimed at.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(500, 500)]
    [0.992, 1.0]
    """
    if of == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = count / of
    centre = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * ((rate * (1 - rate) + z * z / (4 * of)) / of) ** 0.5 / (1 + z * z / of)
    return (0.0 if count == 0 else max(0.0, centre - half), 1.0 if count == of else min(1.0, centre + half))


def clopper_pearson(count: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a proportion, which covers at least as often as it says.

    References
    ----------
    Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> [round(bound, 4) for bound in clopper_pearson(0, 100)]
    [0.0, 0.0362]
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, of - count + 1, tail))
    high = 1.0 if count == of else float(betaincinv(count + 1, of - count, 1 - tail))
    return low, high


@dataclass(frozen=True, slots=True)
class Share:
    """A count of a count.

    A complete count prints no interval; an estimate prints its Wilson interval; a simulated
    share prints the same interval as its simulation error.

    Parameters
    ----------
    count, of : int
        How many of how many.
    certainty : {"counted", "estimated", "simulated"}
        Where the number comes from.
    confidence : float, default 0.95
        Coverage of the interval.

    Raises
    ------
    ValueError
        When ``0 <= count <= of`` does not hold.

    Examples
    --------
    >>> Share(4_000_000, 7_000_000)
    57.1 % (4,000,000 of 7,000,000)
    >>> Share(25, 400, "estimated")
    6.2 % [4.3, 9.1] (25 of 400)
    >>> Share(0, 0).share is None
    True
    """

    count: int
    of: int
    certainty: Certainty = "counted"
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"a share needs 0 <= count <= of, not {self.count} of {self.of}")

    @property
    def share(self) -> float | None:
        """The observed rate; None when there was nothing to count."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; both equal the rate for a complete count."""
        if self.certainty == "counted" and self.of:
            return self.count / self.of, self.count / self.of
        return wilson(self.count, self.of, self.confidence)

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``count, of, share, low, high`` (DataFrame row or JSON object)."""
        low, high = self.interval
        return {"count": self.count, "of": self.of, "share": self.share, "low": low, "high": high}

    def __repr__(self) -> str:
        if self.share is None:
            return "no share (0 of 0)"
        low, high = self.interval
        bounds = {
            "counted": "",
            "estimated": f" [{100 * low:.1f}, {100 * high:.1f}]",
            "simulated": f" (simulation error {100 * low:.1f} to {100 * high:.1f})",
        }[self.certainty]
        return f"{100 * self.share:.1f} %{bounds} ({self.count:,} of {self.of:,})"
