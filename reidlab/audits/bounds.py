"""Lower bounds on epsilon from counted guesses."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np

from exports.errors import LabError
from exports.shares import clopper_pearson


def one_run_epsilon(
    canaries: int, guesses: int, correct: int, *, delta: float = 0.0, level: float = 0.05
) -> float:
    """Return the lower bound on epsilon from guesses about canaries of a single run.

    Each of ``canaries`` records was in the data with probability one half, independently; the
    auditor guessed for some of them. A larger epsilon than the bound explains that many right
    guesses; a smaller one would with probability below ``level`` only.

    Parameters
    ----------
    canaries, guesses, correct : int
        Records, guesses made (the others are abstentions) and right ones among them.
    delta : float, default 0
        Of the promise.
    level : float, default 0.05
        One-sided.

    References
    ----------
    Steinke, Nasr and Jagielski (2023), Privacy Auditing with One (1) Training Run,
    arXiv:2305.08846, theorem 5.2.

    Examples
    --------
    >>> [round(one_run_epsilon(r, r, v), 2) for r, v in [(100, 100), (1000, 1000), (1000, 900), (1000, 550)]]
    [3.49, 5.81, 2.02, 0.09]
    """
    if not 0 <= correct <= guesses <= canaries:
        raise LabError(
            f"An audit needs right guesses <= guesses <= canaries, not {correct}, {guesses}, {canaries}."
        )
    low, high = 0.0, 1.0
    if _one_run_p_value(low, canaries, guesses, correct, delta) >= level:
        return 0.0
    while _one_run_p_value(high, canaries, guesses, correct, delta) < level:
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        inside = _one_run_p_value(middle, canaries, guesses, correct, delta) < level
        low, high = (middle, high) if inside else (low, middle)
    return low


def _one_run_p_value(epsilon: float, canaries: int, guesses: int, correct: int, delta: float) -> float:
    """Return the largest chance of so many right guesses under (epsilon, delta)."""
    from scipy.special import bdtr, bdtrc

    rate = 1 / (1 + exp(-epsilon))
    tail = float(bdtrc(correct - 1, guesses, rate)) if correct else 1.0
    if delta == 0 or correct == 0:
        return min(1.0, tail)
    steps = np.arange(1, correct + 1)
    below = bdtr(correct - 1, guesses, rate) - np.where(
        steps < correct, bdtr(np.maximum(correct - 1 - steps, 0), guesses, rate), 0.0
    )
    return min(1.0, tail + float((below / steps).max()) * 2 * canaries * delta)


def many_runs_epsilon(
    hits: int, runs_with: int, false_hits: int, runs_without: int, *, delta: float = 0.0, level: float = 0.05
) -> float:
    """Return the lower bound on epsilon from one event counted in two neighbouring worlds.

    Parameters
    ----------
    hits, runs_with : int
        Runs with the person in which the event happened, and all of them.
    false_hits, runs_without : int
        The same without the person.
    delta : float, default 0
        Of the promise.
    level : float, default 0.05
        Two-sided for each of the two rates (Clopper and Pearson).

    References
    ----------
    Jagielski, Ullman and Oprea (2020), arXiv:2006.07709.

    Examples
    --------
    >>> [round(many_runs_epsilon(n, n, 0, n), 1) for n in (100, 1_000, 10_000, 100_000)]
    [3.3, 5.6, 7.9, 10.2]
    """
    low, _ = clopper_pearson(hits, runs_with, 1 - level)
    _, high = clopper_pearson(false_hits, runs_without, 1 - level)
    return max(0.0, _log_ratio(low - delta, high), _log_ratio(1 - high - delta, 1 - low))


def many_runs_rho(
    hits: int, runs_with: int, false_hits: int, runs_without: int, *, level: float = 0.05
) -> float:
    """Return the lower bound on rho, the zero-concentrated cost, from the same counts.

    Whoever only sees whether the event happened sees no more than the outputs, so that no Rényi
    divergence of the two rates, over its order, exceeds rho. Gaussian noise leaks hardly more
    than this shows, where an epsilon at a small delta would need rare events.

    Parameters
    ----------
    hits, runs_with, false_hits, runs_without, level
        As for ``many_runs_epsilon``.

    References
    ----------
    Bun and Steinke (2016), doi:10.1007/978-3-662-53641-4_24, definition 1.1 and lemma 2.2.

    Examples
    --------
    >>> [round(many_runs_rho(9 * n, 10 * n, n, 10 * n), 2) for n in (10, 1000, 100_000)]
    [1.0, 1.68, 1.75]
    """
    low, _ = clopper_pearson(hits, runs_with, 1 - level)
    _, high = clopper_pearson(false_hits, runs_without, 1 - level)
    if low <= high:
        return 0.0
    return max(rho_between(low, high), rho_between(high, low))


_ORDERS = np.array([1.001, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0])


def rho_between(one: float, other: float) -> float:
    """Return the least rho of a mechanism under which an event has these two probabilities.

    Examples
    --------
    >>> round(rho_between(0.9, 0.1), 3)
    1.757
    """
    if not 0 < other < 1:
        return 0.0 if one == other else inf
    with np.errstate(divide="ignore"):
        terms = [
            _ORDERS * np.log(share) + (1 - _ORDERS) * np.log(against)
            for share, against in ((one, other), (1 - one, 1 - other))
        ]
    divergences = np.logaddexp(*terms) / (_ORDERS - 1)
    return max(0.0, float((divergences / _ORDERS).max()))


def _log_ratio(above: float, below: float) -> float:
    return -inf if above <= 0 else log(above / below)
