"""From guesses that were right or wrong to the result that every attack reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import Advantage, advantage, detectable, effective, needed, paired_advantage
from attacks.chances import advantage_by_chance, expected
from attacks.result import AttackResult
from exports.coding import as_text
from exports.errors import LabError
from exports.plugins import nearest
from exports.randomness import Stream
from exports.release import Truth
from exports.shares import Share

Hits = NDArray[Any]
"""Was each guess right? Or, of floats, the chance that it is."""


def share_of(hits: Hits | Share) -> Share:
    """Return the estimated share of right guesses."""
    if isinstance(hits, Share):
        return hits
    if hits.dtype.kind == "f":
        return expected(hits)
    return Share(int(np.count_nonzero(hits)), len(hits), "estimated")


def scored(
    name: str,
    attack: Hits,
    *,
    baseline: Hits | Share,
    control: Hits | Share | None = None,
    asked: int | None = None,
    people: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    control_groups: NDArray[Any] | None = None,
    seed: int,
    series: Mapping[str, Any] | None = None,
    timings: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
) -> AttackResult:
    """Return the result of guesses that have been held against the truth.

    Parameters
    ----------
    name : str
        Registered name of the attack.
    attack : array of bool or float
        One entry per guess made about a person in the release: was it right? Of floats, the chance that
        it is, where several would have been as good: then the control's are floats as well.
    baseline : array of bool or Share
        The best guess without the release about the same targets (an array as long as
        ``attack``: the interval is a bootstrap over people), or about others (a share).
    control : array of bool, Share or None
        The same attack on people who are not in the release; the reference when it is there.
    asked : int, optional
        Guesses asked for, when fewer were made.
    people : array, optional
        Who each guess is about, when one person is guessed about several times; those of a control as
        long as ``attack`` are the same.
    groups, control_groups : array, optional
        The group of each guess, for ``by=``.
    seed : int
        Seed of the run; draws the bootstrap only.
    series, timings, notes : optional
        Passed on to the result.

    Examples
    --------
    >>> right = np.repeat([True, False], [300, 100])
    >>> guessed = np.repeat([True, False], [200, 200])
    >>> scored("demo", right, baseline=guessed, seed=1)
    demo: 75.0 % [70.5, 79.0] (300 of 400); advantage 0.50 [0.43, 0.57] over baseline
    """
    stream = Stream(seed, "attack", f"{name}/bootstrap")
    held_against: Literal["control", "baseline"] = "baseline"
    reference: Hits | Share = baseline
    if control is not None and share_of(control).of:
        held_against, reference = "control", control
    found: Advantage
    made, others = share_of(attack), share_of(reference)
    independent = made
    if people is not None and attack.dtype.kind == "b":
        independent = effective(attack, people)
        if isinstance(reference, np.ndarray) and len(reference) == len(people):
            others = effective(reference, people)
    if held_against == "baseline" and isinstance(baseline, np.ndarray) and len(baseline) == len(attack):
        found = paired_advantage(attack, baseline, held_against, stream=stream, people=people)
    elif attack.dtype.kind == "f" and isinstance(reference, np.ndarray):
        found = advantage_by_chance(attack, reference, held_against)
    else:
        found = advantage(made, share_of(reference), held_against)
        if independent is not made and found.value is not None:
            interval = advantage(independent, others, held_against)
            if interval.value is not None:
                found = replace(found, low=interval.low, high=interval.high)
    enough = needed(others)
    if enough is not None and independent.of:
        enough = ceil(enough * made.of / independent.of)
    worst = {}
    if groups is not None:
        for label in np.unique(groups):
            own = groups == label
            worst[str(label)] = scored(
                name,
                attack[own],
                baseline=baseline[own] if isinstance(baseline, np.ndarray) else baseline,
                control=_within(control, control_groups, label),
                people=None if people is None else people[own],
                seed=seed,
            )
    return AttackResult(
        name,
        attack=made,
        control=None if control is None else share_of(control),
        baseline=share_of(baseline),
        advantage=found,
        asked=made.of if asked is None else asked,
        made=made.of,
        needed=enough,
        detectable=detectable(independent.of, others),
        seed=seed,
        series=series or {},
        timings=timings or {},
        groups=worst,
        notes=notes,
    )


def _within(hits: Hits | Share | None, groups: NDArray[Any] | None, label: Any) -> Hits | Share | None:
    """Return the control of one group; the whole control where it is not divided."""
    if groups is None or not isinstance(hits, np.ndarray):
        return hits
    own: Hits = hits[groups == label]
    return own


def labels(truth: Truth, original: NDArray[Any] | None, by: str | None) -> NDArray[Any] | None:
    """Return the group of each guess, from column ``by`` of the original table.

    Raises
    ------
    LabError
        When there is no such column, or the truth does not tell whose row each guess is about.
    """
    if by is None:
        return None
    names = truth.original.column_names
    if by not in names:
        raise LabError(f"by={by!r} is no column of the original; the nearest is {nearest(by, names)!r}.")
    if original is None:
        raise LabError(f"by={by!r} needs to know whose row each released row is: give the truth's owner.")
    import pyarrow as pa

    groups = as_text(truth.original[by]).take(pa.array(original, mask=np.asarray(original) < 0))
    named: NDArray[Any] = groups.fill_null("missing").to_numpy(zero_copy_only=False)
    return named.astype(str)
