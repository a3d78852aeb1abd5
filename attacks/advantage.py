"""How much better an attack does than its reference, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from exports.shares import Share, wilson


@dataclass(frozen=True, slots=True)
class Advantage:
    """The excess of an attack over its reference, as a share of what the reference left.

    ``1 - (1 - attack) / (1 - reference)``: 0 is no better, 1 is always right, below 0 is worse;
    never clipped. ``value`` is None, with the reason, when the reference is always right and
    leaves nothing to gain, or when nobody was attacked.

    Parameters
    ----------
    value, low, high : float or None
        Point and interval.
    reference : {"control", "baseline"}
        What the attack is held against.
    reason : str
        Why there is no value; empty when there is one.

    Examples
    --------
    >>> advantage(Share(300, 400), Share(200, 400), "control")
    advantage 0.50 [0.39, 0.59] over control
    """

    value: float | None
    low: float | None
    high: float | None
    reference: Literal["control", "baseline"]
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``share, low, high`` and what they refer to."""
        return {
            "share": self.value,
            "low": self.low,
            "high": self.high,
            "reference": self.reference,
            "reason": self.reason,
        }

    def __repr__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return f"no advantage over {self.reference}: {self.reason}"
        return f"advantage {self.value:.2f} [{self.low:.2f}, {self.high:.2f}] over {self.reference}"


def advantage(
    attack: Share, reference: Share, name: Literal["control", "baseline"], confidence: float = 0.95
) -> Advantage:
    """Compare two shares of disjoint people; the interval is MOVER from two Wilson intervals.

    Parameters
    ----------
    attack, reference : Share
        Successes among the attacked people and among the reference's.
    name : {"control", "baseline"}
        Which reference it is.
    confidence : float, default 0.95
        Coverage aimed at.

    References
    ----------
    Donner and Zou (2012), doi:10.1177/0962280210383082, section 3.

    Examples
    --------
    >>> advantage(Share(400, 400), Share(0, 400), "baseline").value
    1.0
    >>> advantage(Share(3, 3), Share(3, 3), "baseline")
    no advantage over baseline: the baseline is always right at n=3
    """
    if attack.share is None or reference.share is None:
        return Advantage(None, None, None, name, "nobody was attacked")
    if reference.share == 1.0:
        return Advantage(None, None, None, name, f"the {name} is always right at n={reference.of:,}")
    missed, missed_by_reference = 1 - attack.share, 1 - reference.share
    low, high = (1 - bound for bound in reversed(wilson(attack.count, attack.of, confidence)))
    ref_low, ref_high = (1 - bound for bound in reversed(wilson(reference.count, reference.of, confidence)))
    product = missed * missed_by_reference
    widest = ref_high * (2 * missed_by_reference - ref_high)
    narrowest = ref_low * (2 * missed_by_reference - ref_low)
    root_low = max(0.0, product**2 - low * (2 * missed - low) * widest) ** 0.5
    root_high = max(0.0, product**2 - high * (2 * missed - high) * narrowest) ** 0.5
    smallest = (product - root_low) / widest if widest else low / ref_high
    largest = (product + root_high) / narrowest
    return Advantage(1 - missed / missed_by_reference, 1 - largest, 1 - smallest, name)
