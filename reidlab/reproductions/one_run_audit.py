"""Steinke, Nasr and Jagielski: one run with many canaries already bounds epsilon from below."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from exports.randomness import Stream
from reidlab.reproductions.finding import Finding

SOURCE = "Steinke, Nasr and Jagielski (2023), doi:10.48550/arXiv.2305.08846"
EXAMPLES = ((100, 100, 3.49), (1_000, 1_000, 5.81), (1_000, 900, 2.02), (1_000, 550, 0.09))
CANARIES, CLAIMED = 5_000, 2


def reproduce(seed: int) -> tuple[Finding, ...]:
    """Compute the bound for four outcomes, and audit an exact discrete Laplace in a single run."""
    from defenses.dp.noise import discrete_laplace
    from reidlab.audits.bounds import one_run_epsilon
    from reidlab.audits.result import audit_one_run

    findings = []
    for canaries, correct, published in EXAMPLES:
        bound = one_run_epsilon(canaries, canaries, correct)
        label = f"epsilon at least, {correct:,} of {canaries:,} guesses right"
        findings.append(
            Finding(label, published, "about", 0.01, bound, bound, bound, canaries, SOURCE, "believed")
        )
    stream = Stream(seed, "reproduction", "one-run-audit")
    noise, scale = stream.at(name="noise"), Fraction(1, CLAIMED)
    audit = audit_one_run(
        "discrete Laplace",
        lambda included: np.add(included, discrete_laplace(noise, CANARIES, scale), dtype=float),
        CANARIES,
        stream,
        claimed=CLAIMED,
        level=0.05,
    )
    label = f"lower bound for a discrete Laplace of epsilon {CLAIMED}, one run"
    findings.append(
        Finding(label, CLAIMED, "at most", 0.0, audit.epsilon, 0.0, audit.cap, CANARIES, SOURCE, "believed")
    )
    return tuple(findings)
