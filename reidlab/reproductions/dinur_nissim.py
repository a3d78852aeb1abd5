"""Dinur and Nissim: counts of random groups give everybody's bit back unless noise exceeds sqrt(n)."""

from __future__ import annotations

from attacks.counts.reconstruction import solve
from exports.randomness import Stream
from exports.shares import wilson
from reidlab.reproductions.finding import Finding

PEOPLE, QUESTIONS, TABLES = 256, 1_024, 2
SOURCE = "Dinur and Nissim (2003), doi:10.1145/773153.773173"


def reproduce(seed: int) -> tuple[Finding, ...]:
    """Reconstruct secret bits from noisy counts, well below and well above the square root of n."""
    return (
        _finding(seed, 0.1, "at most", 0.01, "nearly every bit comes out"),
        _finding(seed, 2.0, "at least", 0.30, "hardly better than guessing"),
    )


def _finding(seed: int, factor: float, relation: str, published: float, note: str) -> Finding:
    wrong = sum(
        _wrong_bits(Stream(seed, "reproduction", f"dinur-nissim/{factor}/{i}"), factor) for i in range(TABLES)
    )
    of = TABLES * PEOPLE
    low, high = wilson(wrong, of)
    return Finding(
        f"bits wrong at noise uniform in +-{factor:g} sqrt(n), n={PEOPLE}, {QUESTIONS:,} counts",
        published,
        "at most" if relation == "at most" else "at least",
        0.0,
        wrong / of,
        low,
        high,
        of,
        SOURCE,
        "believed",
        note,
    )


def _wrong_bits(stream: Stream, factor: float) -> int:
    """Return how many bits of one table the linear program gets wrong."""
    bits = stream.at(name="bits").integers(PEOPLE, 2)
    groups = stream.at(name="groups").integers(QUESTIONS * PEOPLE, 2).reshape(QUESTIONS, PEOPLE)
    width = factor * PEOPLE**0.5
    answers = groups @ bits + (2 * stream.at(name="noise").uniforms(QUESTIONS) - 1) * width
    return int(((solve(groups.astype(float), answers) > 0.5) != (bits == 1)).sum())
