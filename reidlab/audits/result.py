"""Audits: how much a mechanism leaks at least, from its outputs alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from reidlab.audits.bounds import many_runs_epsilon, many_runs_rho, one_run_epsilon, rho_between

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exports.randomness import Stream

Feature = Callable[["NDArray[np.float64]"], "NDArray[np.int64]"]

CI_LEVEL = 1e-6
"""A sound mechanism fails a continuous-integration audit once in a million runs."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What an audit shows about a mechanism.

    Parameters
    ----------
    mechanism : str
        What was audited.
    claimed, delta : float
        What it promises.
    epsilon : float
        Lower bound on the true epsilon, which holds with probability ``1 - level``.
    cap : float
        The most that this audit could have shown, however bad the mechanism: read a bound
        against it, since a low bound under a low cap says little.
    level : float
        Chance that the bound is above the truth.
    method : {"many runs", "one run"}
        Worlds compared over many runs, or canaries of a single one.
    correct, guesses : int
        Guesses that were right and that were made.
    runs : int
        Runs per world, or canaries.
    feature : str
        What the guesses looked at.
    seed : int or None
        Seed of a simulation; None when the operating system drew.
    claimed_rho, rho : float or None
        The same two in zero-concentrated terms, in which Gaussian noise is audited best.
    """

    mechanism: str
    claimed: float
    delta: float
    epsilon: float
    cap: float
    level: float
    method: Literal["many runs", "one run"]
    correct: int
    guesses: int
    runs: int
    feature: str
    seed: int | None = None
    claimed_rho: float | None = None
    rho: float | None = None

    @property
    def caught(self) -> bool:
        """Whether a bound contradicts the claim."""
        spent = self.claimed_rho is not None and self.rho is not None and self.rho > self.claimed_rho
        return self.epsilon > self.claimed or spent

    def __repr__(self) -> str:
        verdict = "which contradicts it" if self.caught else "which does not contradict it"
        spent = "" if self.claimed_rho is None else f", and rho {self.rho:.3g} of {self.claimed_rho:.3g}"
        return (
            f"{self.mechanism} claims epsilon {self.claimed:g}: {self.method} ({self.runs:,}) show at least "
            f"{self.epsilon:.3g} of the {self.cap:.3g} they could show{spent}, {verdict} "
            f"(level {self.level:g})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as a table of one row."""
        import pandas as pd

        return pd.DataFrame([self.to_json()])

    def to_json(self) -> dict[str, Any]:
        """Return the fields and the verdict."""
        return {**asdict(self), "caught": self.caught}


def audit_worlds(
    mechanism: str,
    with_person: NDArray[np.float64],
    without: NDArray[np.float64],
    *,
    claimed: float,
    delta: float = 0.0,
    level: float = CI_LEVEL,
    features: Mapping[str, Feature] | None = None,
    seed: int | None = None,
    claimed_rho: float | None = None,
) -> AuditResult:
    """Compare many outputs of a mechanism on two neighbouring inputs.

    The first half of the runs chooses the feature and the event that tell the worlds apart best,
    the second half counts that one event, so that the choice costs nothing in confidence.

    Parameters
    ----------
    mechanism : str
        Name for the result.
    with_person, without : array of float, shape (runs, outputs) or (runs,)
        Outputs in the two worlds; NaN for an output that is absent.
    claimed, delta : float
        The promise.
    level : float, default 1e-6
        Chance that a sound mechanism is caught.
    features : mapping of str to callable, optional
        Each turns an array of outputs, shape (runs, outputs), into one integer per run; default ``FEATURES``.
    seed : int or None
        Noted in the result.
    claimed_rho : float or None
        The promise in zCDP; the event is then chosen for it, and both promises are compared.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from defenses.dp.noise import discrete_laplace
    >>> from exports import Stream
    >>> noise = [discrete_laplace(Stream(1, "audit", name), 20_000, Fraction(1)) for name in "ab"]
    >>> audit_worlds("Laplace", 1 + noise[0], noise[1], claimed=1, level=0.05)
    Laplace claims epsilon 1: many runs (10,000) show at least 0.952 of the 7.9 they could show, ...
    """
    worlds = [np.asarray(world, dtype=np.float64).reshape(len(world), -1) for world in (with_person, without)]
    half = min(len(world) for world in worlds) // 2
    learnt = {
        name: telling_event([feature(world[:half]) for world in worlds], delta, claimed_rho is not None)
        for name, feature in (features or FEATURES).items()
    }
    name = max(learnt, key=lambda name: learnt[name][0])
    event, feature = learnt[name][1], (features or FEATURES)[name]
    happened = [np.isin(feature(world[half:]), event) for world in worlds]
    hits, false_hits = (int(count.sum()) for count in happened)
    runs_with, runs_without = map(len, happened)
    return AuditResult(
        mechanism,
        claimed,
        delta,
        many_runs_epsilon(hits, runs_with, false_hits, runs_without, delta=delta, level=level),
        many_runs_epsilon(runs_with, runs_with, 0, runs_without, delta=delta, level=level),
        level,
        "many runs",
        hits + runs_without - false_hits,
        runs_with + runs_without,
        min(runs_with, runs_without),
        name,
        seed,
        claimed_rho,
        None
        if claimed_rho is None
        else many_runs_rho(hits, runs_with, false_hits, runs_without, level=level),
    )


def telling_event(
    worlds: Sequence[NDArray[np.int64]], delta: float, in_rho: bool = False
) -> tuple[float, NDArray[np.int64]]:
    """Return how well the best event tells the worlds apart, and the labels it consists of.

    Events are unions of the labels that are relatively most frequent in the first world; their
    rates are taken three standard errors to the bad side, so that rare labels do not win by luck.
    """
    labels, codes = np.unique(np.concatenate(worlds), return_inverse=True)
    runs = len(worlds[0])
    counts = [np.bincount(part, minlength=len(labels)) for part in np.split(codes, [runs])]
    order = np.argsort(-(counts[0] + 0.5) / (counts[1] + 0.5), kind="stable")
    hits, false = (np.cumsum(count[order]) / runs for count in counts)

    def evidence(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
        least = np.maximum(above - delta - 3 * np.sqrt(above / runs), 1e-12)
        ratio: NDArray[np.float64] = np.log(least / (below + 3 * np.sqrt(below / runs) + 9 / runs))
        return ratio

    if in_rho:
        low = np.maximum(hits - 5 * np.sqrt(hits * (1 - hits) / runs) - 14 / runs, 0.0)
        high = np.minimum(false + 5 * np.sqrt(false * (1 - false) / runs) + 14 / runs, 1.0)
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        gains = np.array([rho_between(one, other) if one > other else 0.0 for one, other in pairs])
    else:
        gains = np.maximum(evidence(hits, false), evidence(1 - false, 1 - hits))
    best = int(np.argmax(gains))
    return float(gains[best]), labels[order[: best + 1]]


def audit_one_run(
    mechanism: str,
    run: Callable[[NDArray[np.bool_]], NDArray[np.float64]],
    canaries: int,
    stream: Stream,
    *,
    claimed: float,
    delta: float = 0.0,
    level: float = CI_LEVEL,
    guesses: int | None = None,
) -> AuditResult:
    """Run a mechanism once on data of which random canaries are part, and guess which.

    Parameters
    ----------
    mechanism : str
        Name for the result.
    run : callable
        From an array of bool, which canaries are in the data, to a score of each: higher looks
        more like being in.
    canaries : int
        Records that are in the data with probability one half each.
    stream : Stream
        Decides which are in.
    claimed, delta, level
        As for ``audit_worlds``.
    guesses : int, optional
        Guesses to make about the most extreme scores, half from each end; default a tenth of the
        canaries. Fixed beforehand, as the bound requires.

    Examples
    --------
    >>> from exports import Stream
    >>> stream = Stream(1, "audit", "copy")
    >>> copied = audit_one_run("a copy", lambda inside: inside.astype(float), 1000, stream, claimed=1)
    >>> copied.caught, copied.epsilon == copied.cap
    (True, True)
    """
    inside = stream.uniforms(canaries) < 0.5
    order = np.argsort(np.asarray(run(inside), dtype=np.float64), kind="stable")
    each = (canaries // 10 if guesses is None else guesses) // 2
    correct = int(inside[order[canaries - each :]].sum() + (~inside[order[:each]]).sum())
    return AuditResult(
        mechanism,
        claimed,
        delta,
        one_run_epsilon(canaries, 2 * each, correct, delta=delta, level=level),
        one_run_epsilon(canaries, 2 * each, 2 * each, delta=delta, level=level),
        level,
        "one run",
        correct,
        2 * each,
        canaries,
        "score",
        stream.seed,
    )


def _binned(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(8 * np.nan_to_num(np.clip(values, -1e15, 1e15))).astype(np.int64)


def _off_grid(outputs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many outputs are no multiple of 2**-53: the trace of floating-point noise."""
    off: NDArray[np.int64] = (np.mod(np.nan_to_num(outputs) * 2.0**53, 1.0) != 0).sum(axis=1)
    return off


FEATURES: Mapping[str, Feature] = {
    "first output": lambda outputs: _binned(outputs[:, 0]),
    "last output": lambda outputs: _binned(outputs[:, -1]),
    "sum of the outputs": lambda outputs: _binned(np.nansum(outputs, axis=1)),
    "first output less the last": lambda outputs: _binned(outputs[:, 0] - outputs[:, -1]),
    "which outputs are there": lambda outputs: (
        np.isfinite(outputs) @ 2 ** np.arange(outputs.shape[1]).clip(0, 62)
    ),
    "outputs off the grid of 2**-53": _off_grid,
}
"""What an auditor looks at: values, their relation, presence, and the bits of the floating point."""
