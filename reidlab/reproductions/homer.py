"""Homer and others: published means of many attributes tell who was in the group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exports.randomness import Stream
from exports.shares import wilson
from reidlab.reproductions.finding import Finding

MEMBERS, TESTED, FALSE_ALARMS = 500, 2_000, 0.05
SOURCE = (
    "Homer et al. (2008), doi:10.1371/journal.pgen.1000167; power of the best test: "
    "Sankararaman, Obozinski, Jordan and Halperin (2009), doi:10.1038/ng.436"
)


def reproduce(seed: int) -> tuple[Finding, ...]:
    """Measure the power of the test on means at growing ratios of attributes to people.

    Somebody holds one person's attributes, the population's frequencies and the published means
    of a group, and tells whether the person was in the group. At a false alarm rate of a, theory
    gives the power as Phi(sqrt(attributes / people) - z(1 - a)).
    """
    from scipy.special import ndtr, ndtri

    findings = []
    for ratio in (0.5, 4.0, 16.0):
        attributes = int(ratio * MEMBERS)
        caught = _caught(Stream(seed, "reproduction", f"homer/{ratio}"), attributes)
        low, high = wilson(caught, TESTED)
        findings.append(
            Finding(
                f"caught at {FALSE_ALARMS:.0%} false alarms, {attributes:,} means of {MEMBERS} people",
                round(float(ndtr(ratio**0.5 - ndtri(1 - FALSE_ALARMS))), 3),
                "about",
                0.05,
                caught / TESTED,
                low,
                high,
                TESTED,
                SOURCE,
                "recalled",
                "independent attributes; the published figure is the formula's",
            )
        )
    return tuple(findings)


def _caught(stream: Stream, attributes: int) -> int:
    """Return how many of TESTED members score above all but a share of as many strangers."""
    frequency = 0.1 + 0.8 * stream.at(name="frequencies").uniforms(attributes)

    def people(name: str, count: int) -> NDArray[np.bool_]:
        drawn = stream.at(name=name).uniforms(count * attributes).reshape(count, attributes)
        held: NDArray[np.bool_] = drawn < frequency
        return held

    weight = 1 / (frequency * (1 - frequency))
    scores: dict[str, list[NDArray[np.float64]]] = {"in": [], "out": []}
    for group in range(TESTED // MEMBERS):
        members = people(f"group {group}", MEMBERS)
        published = (members.mean(axis=0) - frequency) * weight
        scores["in"].append((members - frequency) @ published)
        scores["out"].append((people(f"strangers {group}", MEMBERS) - frequency) @ published)
    threshold = np.quantile(np.concatenate(scores["out"]), 1 - FALSE_ALARMS)
    return int((np.concatenate(scores["in"]) > threshold).sum())
