"""From guesses that were right or wrong to the result that every attack reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import (
    Advantage,
    Reference,
    advantage,
    detectable,
    effective,
    needed,
    paired_advantage,
)
from attacks.result import AttackResult
from exports.coding import as_text
from exports.errors import LabError, nearest
from exports.randomness import Stream
from exports.release import Truth
from exports.shares import Share

FEW = 20
"""People below whom a spread of chances is not believed."""

Right = NDArray[Any]
"""Was each guess right? Or, of floats, the chance that it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """Guesses that have been held against the truth.

    Parameters
    ----------
    right : array of bool or float
        One entry per guess: was it right? Of floats, the chance that it is, where several would have
        been as good: no lot is drawn among them.
    people : array, optional
        Who each guess is about, when one person is guessed about several times.
    groups : array, optional
        The group of each guess, for ``by=``.

    Examples
    --------
    >>> Guesses(np.array([True, True, False])).share()
    66.7 % [20.8, 93.9] (2 of 3)
    >>> guessed, blind = (Guesses(np.repeat([True, False], [n, 400 - n])) for n in (300, 200))
    >>> guessed.against(blind, "control")
    advantage 0.50 [0.39, 0.59] over control
    >>> Guesses(np.full(400, 0.75)).against(Guesses(np.full(400, 0.5)), "control")
    advantage 0.50 [0.48, 0.52] over control
    """

    right: Right
    people: NDArray[Any] | None = None
    groups: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.right)

    @property
    def by_chance(self) -> bool:
        """Whether the guesses count by their chance of being right."""
        return self.right.dtype.kind == "f"

    @property
    def repeated(self) -> bool:
        """Whether one person may be guessed about several times, which makes a share less precise."""
        return self.people is not None and self.right.dtype.kind == "b"

    def share(self) -> Share:
        """Return the estimated share of right guesses: on average, to the nearest whole one, of chances."""
        return _expected(self.right) if self.by_chance else _counted(self.right)

    def independent(self) -> Share:
        """Return that share with the precision that guesses about so few people have."""
        if self.people is None or not self.repeated:
            return self.share()
        return effective(self.right, self.people)

    def only(self, group: Any) -> Guesses:
        """Return the guesses of one group; all of them where they are not divided."""
        if self.groups is None:
            return self
        own = self.groups == group
        return Guesses(self.right[own], None if self.people is None else self.people[own])

    def against(self, reference: Guesses | Share, name: Reference, stream: Stream | None = None) -> Advantage:
        """Return how much better these guesses are than those of a reference.

        Parameters
        ----------
        reference : Guesses or Share
            Guesses about other people; with ``stream``, about the same ones where there are as many.
        name : {"control", "baseline"}
            Which reference it is.
        stream : Stream, optional
            Draws the bootstrap over people, for guesses about the same ones.
        """
        if isinstance(reference, Guesses):
            if stream is not None and len(reference) == len(self):
                return paired_advantage(self.right, reference.right, name, stream=stream, people=self.people)
            if self.by_chance:
                return _by_chance(self.right, reference.right, name)
        others = reference if isinstance(reference, Share) else reference.share()
        found = advantage(self.share(), others, name)
        if not self.repeated or found.value is None:
            return found
        independent = reference if isinstance(reference, Share) else reference.independent()
        interval = advantage(self.independent(), independent, name)
        return found if interval.value is None else replace(found, low=interval.low, high=interval.high)


def scored(
    name: str,
    guesses: Guesses | Right,
    *,
    baseline: Right | Share,
    control: Guesses | Right | Share | None = None,
    asked: int | None = None,
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
    guesses : Guesses or array of bool or float
        The guesses made about people in the release.
    baseline : array of bool or float, or Share
        The best guess without the release about the same targets (an array as long as
        ``guesses``: the interval is a bootstrap over people), or about others (a share).
    control : Guesses, array of bool or float, Share or None
        The same attack on people who are not in the release; the reference when it is there.
    asked : int, optional
        Guesses asked for, when fewer were made.
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
    made = guesses if isinstance(guesses, Guesses) else Guesses(guesses)
    blind = baseline if isinstance(baseline, Share) else Guesses(baseline)
    if isinstance(blind, Guesses) and len(blind) == len(made):
        blind = Guesses(blind.right, made.people, made.groups)
    others = Guesses(control) if isinstance(control, np.ndarray) else control
    groups = {}
    for group in () if made.groups is None else np.unique(made.groups):
        blindly = blind.only(group) if isinstance(blind, Guesses) else blind
        outside = others.only(group) if isinstance(others, Guesses) else others
        groups[str(group)] = _result(name, made.only(group), blindly, outside, seed)
    return replace(
        _result(name, made, blind, others, seed),
        asked=len(made) if asked is None else asked,
        series=series or {},
        timings=timings or {},
        groups=groups,
        notes=notes,
    )


def _result(
    name: str, made: Guesses, baseline: Guesses | Share, control: Guesses | Share | None, seed: int
) -> AttackResult:
    """Return the result of one group of guesses, or of all."""
    blind = baseline.share() if isinstance(baseline, Guesses) else baseline
    strangers = control.share() if isinstance(control, Guesses) else control
    if control is not None and strangers is not None and strangers.of:
        reference, found = control, made.against(control, "control")
    else:
        stream = Stream(seed, "attack", f"{name}/bootstrap")
        reference, found = baseline, made.against(baseline, "baseline", stream)
    share, independent = made.share(), made.independent()
    others = strangers if reference is control and strangers is not None else blind
    if made.repeated and isinstance(reference, Guesses):
        others = reference.independent()
    enough = needed(others)
    if enough is not None and independent.of:
        enough = ceil(enough * share.of / independent.of)
    return AttackResult(
        name,
        attack=share,
        control=strangers,
        baseline=blind,
        advantage=found,
        asked=share.of,
        made=share.of,
        needed=enough,
        detectable=detectable(independent.of, others),
        seed=seed,
    )


def _counted(right: Right) -> Share:
    return Share(int(np.count_nonzero(right)), len(right), "estimated")


def _expected(chances: Right) -> Share:
    return Share(round(float(chances.sum())), len(chances), "estimated")


def precise(chances: NDArray[Any]) -> Share:
    """Return the mean chance as the share of so many sure guesses as would be as precise.

    The variance is that between people, with one more of them as far from the mean as the furthest;
    never more than that of guesses which are right or wrong, and twenty people tell nothing of it.

    Examples
    --------
    >>> precise(np.repeat([0.25, 0.75], 500)).of, precise(np.repeat([0.0, 1.0], 50)).of
    (3996, 100)
    >>> precise(np.zeros(100))
    0.0 % [0.0, 3.7] (0 of 100)
    """
    people = len(chances)
    rate = float(chances.mean()) if people else 0.0
    if not 0 < rate < 1:
        return _expected(chances)
    squares = np.square(chances - rate)
    variance = (float(squares.sum()) + float(squares.max())) / people**2
    most = max(people, people**2 // FEW)
    of = max(min(round(rate * (1 - rate) / variance), most), people) if variance else most
    return Share(round(rate * of), of, "estimated")


def _by_chance(attack: Right, reference: Right, name: Reference) -> Advantage:
    """Compare the chances about disjoint people; the interval is MOVER with their own variances."""
    found = advantage(_expected(attack), _expected(reference), name)
    interval = advantage(precise(attack), precise(reference), name)
    if found.value is None or interval.low is None or interval.high is None:
        return found
    return replace(found, low=min(interval.low, found.value), high=max(interval.high, found.value))


def strongest(found: Mapping[str, AttackResult], choice: str) -> AttackResult:
    """Return the result that shows the most advantage, its interval widened for the choice.

    Where none shows any, the one with the most guesses, the first of equal ones.

    Parameters
    ----------
    found : mapping of str to AttackResult
        By name of what was chosen among.
    choice : str
        What that is: ``series`` has the name under it, and all of them under its plural.
    """
    wider = NormalDist().inv_cdf(1 - 0.025 / len(found)) / NormalDist().inv_cdf(0.975)

    def widened(one: Advantage) -> Advantage:
        if one.value is None or one.low is None or one.high is None:
            return one
        low, high = wider * (one.value - one.low), wider * (one.high - one.value)
        return replace(one, low=one.value - low, high=one.value + high)

    paid = {name: widened(one.advantage) for name, one in found.items()}
    best = max(found, key=lambda name: (max(paid[name].low or 0.0, 0.0), found[name].made))
    chosen, wide = found[best], paid[best]
    each = {
        name: {"made": one.made, "attack": one.attack.to_json(), "advantage": one.advantage.to_json()}
        for name, one in found.items()
    }
    plural = f"{choice[:-1]}ies" if choice.endswith("y") else f"{choice}s"
    return replace(chosen, advantage=wide, series={**chosen.series, choice: best, plural: each})


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
