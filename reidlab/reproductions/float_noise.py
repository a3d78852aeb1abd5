"""Mironov: the last bits of floating-point noise prove that somebody is absent."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from exports.randomness import Stream
from exports.shares import Share
from reidlab.reproductions.finding import Finding

DRAWS, GRID = 200_000, 2.0**-53
SOURCE = "Mironov (2012), doi:10.1145/2382196.2382264"


def mironov(seed: int) -> tuple[Finding, ...]:
    """Add Laplace noise of scale 1 to the counts 0 and 1, and look for bits finer than 2**-53."""
    from defenses.dp.noise import discrete_laplace

    stream = Stream(seed, "reproduction", "mironov")
    off = {count: _off_grid(count + _naive(stream.at(name=f"count {count}"))) for count in (0, 1)}
    exact = discrete_laplace(stream.at(name="exact"), DRAWS, Fraction(1))
    rows = (
        ("answers off the grid when the count is 0, textbook noise", 0.27, 0.01, off[0]),
        ("the same when the count is 1", 0.0, 0.0, off[1]),
        ("the same with exact integer noise and the count 0", 0.0, 0.0, _off_grid(exact.astype(float))),
    )
    findings = []
    for label, published, tolerance, found in rows:
        low, high = found.interval
        ours = found.count / found.of
        findings.append(
            Finding(label, published, "about", tolerance, ours, low, high, DRAWS, SOURCE, "believed")
        )
    return tuple(findings)


def _naive(stream: Stream) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Draw Laplace noise in floating point, as a textbook does: never a release."""
    drawn: np.ndarray[tuple[int], np.dtype[np.float64]] = np.random.Generator(stream.bit_generator()).laplace(
        size=DRAWS
    )
    return drawn


def _off_grid(answers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Share:
    steps = answers / GRID
    return Share(int((steps != np.rint(steps)).sum()), len(answers), "estimated")
