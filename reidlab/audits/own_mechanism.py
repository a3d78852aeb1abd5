"""The audit of anybody's mechanism: whole releases on neighbouring tables, and what tells them apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import exp, inf
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.errors import LabError
from reidlab.audits.bounds import many_runs_epsilon, many_runs_rho
from reidlab.audits.canaries import Pair, pairs
from reidlab.audits.result import telling_event
from reidlab.audits.telling_features import Features, distance
from reidlab.audits.whole_release import Seen, seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.schema import Schema

Make = Callable[[], Any]
_Runs = tuple[Sequence[Seen], Sequence[Seen]]

SCREENED = 48
"""Runs of each table at the first look."""
RUNS = 2000
"""Runs of each table in each of the most telling pairs."""
TELLING = 3
"""Pairs that are looked at closely."""
CLOSER = 12
"""How many times as many runs a last, closer look at one pair takes."""
SECONDS = 12.0
"""Processor time of one audit, where its mechanism is quick enough for all runs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a release promises.

    Parameters
    ----------
    epsilon, delta : float
        The promise.
    rho : float or None
        The same in concentrated terms, where it is claimed.
    unit, neighbours : str
        For whom and against what.
    """

    epsilon: float
    delta: float
    rho: float | None
    unit: str
    neighbours: str


@dataclass(frozen=True, slots=True)
class ReleaseAudit:
    """What the audit of whole releases found.

    Parameters
    ----------
    mechanism : str
        What was audited.
    claim : Claim
        What its release promises.
    lower_bound : float
        Of the true epsilon, which holds with probability ``1 - level``.
    rho_bound : float or None
        Of the true rho, where rho is claimed.
    refuted : bool
        Whether a bound is above the claim.
    told : str
        What told most.
    pair : str
        In which pair of tables.
    runs : int
        Runs of all tables together.
    seconds : float
        Processor time.
    smallest_factor : float or None
        The smallest factor by which Laplace noise could have been too small and this audit would
        expect to see it; None where its runs could not contradict the claim by any.
    level : float
        Chance that a sound mechanism is refuted.
    """

    mechanism: str
    claim: Claim
    lower_bound: float
    rho_bound: float | None
    refuted: bool
    told: str
    pair: str
    runs: int
    seconds: float
    smallest_factor: float | None
    level: float

    def __repr__(self) -> str:
        verdict = "which contradicts it" if self.refuted else "which does not contradict it"
        power = "no" if self.smallest_factor is None else f"a {self.smallest_factor:.2g} times too small"
        return (
            f"{self.mechanism} claims epsilon {self.claim.epsilon:g}: its whole releases show at least "
            f"{self.lower_bound:.3g}, {verdict} (told most by {self.told}, with {self.pair}; "
            f"{self.runs:,} runs, {self.seconds:.1f} s; {power} noise would show; level {self.level:g})"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fields; an unbounded leak has the bound that its runs show."""
        return asdict(self)


def audit_releases(
    mechanism: str,
    make: Make,
    schema: Schema,
    *,
    level: float = 0.05,
    seed: int = 1,
    seconds: float = SECONDS,
    promised: dict[str, Any] | None = None,
) -> ReleaseAudit:
    """Run a mechanism on neighbouring tables and bound its epsilon from all that can be seen.

    Every pair is looked at briefly; those that tell most are run again. Pair, feature and event are
    chosen on other runs than those that count, and the level is split over what is counted, so that
    a sound mechanism is refuted with probability ``level`` at most.

    Parameters
    ----------
    mechanism : str
        Name for the verdict.
    make : callable
        Returns a new object each time.
    schema : Schema
        Of the tables that it takes.
    level : float, default 0.05
        Chance that a sound mechanism is refuted.
    seed : int
        Of the random tables; the mechanism draws for itself.
    seconds : float, default 12
        Processor time, beyond which fewer runs are made.
    promised : dict, optional
        The guarantee, where the release does not say it.

    Raises
    ------
    LabError
        When nothing was released in any pair, or no epsilon is promised.
    """
    began = time.process_time()
    claim = _claim(make, schema, promised, mechanism)
    every = pairs(schema, "replace" if claim.neighbours == "replace" else "add-remove", seed)
    one_run = _time_of(make, every[0])
    first = max(4, min(SCREENED, int(seconds / 4 / (2 * len(every) * one_run))))
    looks = [_Look(pair, make) for pair in every]
    for look in looks:
        look.run(first)
    if all(set(one.facts) == {"exception"} for look in looks for one in look.there + look.away):
        raise LabError(f"{mechanism} fails on every table alike: there is nothing to audit.")
    looks.sort(key=lambda look: -look.apart(claim))
    spare = max(0.0, seconds - (time.process_time() - began)) * 0.9
    more = max(first, min(RUNS, int(spare / 2 / (2 * TELLING * one_run))))
    tests = TELLING + 1
    found = [look.fresh(more).tested(claim, level / tests) for look in looks[:TELLING]]
    best = max(range(TELLING), key=lambda place: found[place].strength(claim))
    if not any(one.refutes(claim) for one in found):
        spare = max(0.0, seconds - (time.process_time() - began)) * 0.9
        closer = min(CLOSER * more, int(spare / (2 * one_run)))
        if closer > more:
            # Which pair tells most is seen better over all its runs than from the one event that counted.
            nearest = max(looks[:TELLING], key=lambda look: look.apart(claim))
            found.append(nearest.counted_apart(closer, claim, level / tests))
            best = max((best, TELLING), key=lambda place: found[place].strength(claim))
            more = closer
    told = found[best]
    return ReleaseAudit(
        mechanism,
        claim,
        told.epsilon,
        told.rho,
        any(one.refutes(claim) for one in found),
        told.feature,
        told.pair,
        sum(look.made for look in looks),
        round(time.process_time() - began, 2),
        smallest_factor(claim.epsilon, more if len(found) > TELLING else more // 2, level / tests),
        level,
    )


def _claim(make: Make, schema: Schema, promised: dict[str, Any] | None, mechanism: str) -> Claim:
    """Return what is promised by the first release that can be had."""
    said = dict(promised or {})
    for pair in pairs(schema, "add-remove", 1):
        if said:
            break
        said = dict(seen(make, pair.there, pair).promises)
    if "epsilon" not in said:
        raise LabError(f"{mechanism} promises no epsilon in any release: there is nothing to audit.")
    rho = said.get("rho")
    return Claim(
        float(said["epsilon"]),
        float(said.get("delta") or 0.0),
        None if rho is None else float(rho),
        str(said.get("unit", "record")),
        str(said.get("neighbours") or "add-remove"),
    )


def _time_of(make: Make, pair: Pair) -> float:
    seen(make, pair.there, pair)
    began = time.process_time()
    for _ in range(3):
        seen(make, pair.away, pair)
    return max(1e-4, (time.process_time() - began) / 3)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Bounds from one event that was chosen beforehand."""

    epsilon: float
    rho: float | None
    feature: str
    pair: str

    def refutes(self, claim: Claim) -> bool:
        beyond = claim.rho is not None and self.rho is not None and self.rho > claim.rho
        return self.epsilon > claim.epsilon or beyond

    def strength(self, claim: Claim) -> float:
        spent = 0.0 if not claim.rho or self.rho is None else self.rho / claim.rho
        return max(self.epsilon / claim.epsilon, spent)


class _Look:
    """Runs of a mechanism on one pair of tables."""

    def __init__(self, pair: Pair, make: Make) -> None:
        self.pair = pair
        self.make = make
        self.there: list[Seen] = []
        self.away: list[Seen] = []
        self.made = 0

    def run(self, runs: int) -> None:
        """Run both tables so often more, in turn."""
        for _ in range(runs):
            self.there.append(seen(self.make, self.pair.there, self.pair))
            self.away.append(seen(self.make, self.pair.away, self.pair))
        self.made += 2 * runs

    def fresh(self, runs: int) -> _Look:
        """Forget the runs so far and make others."""
        self.there, self.away = [], []
        self.run(runs)
        return self

    def apart(self, claim: Claim) -> float:
        """Return how far the two tables seem to be told apart, for choosing where to look."""
        runs = len(self.there)
        labels = Features.learnt(self.there[: runs // 2], self.away[: runs // 2])
        later = self.there[runs // 2 :], self.away[runs // 2 :]
        one, other = (labels.score(part) for part in later)
        spread = float(np.sqrt((one.var() + other.var()) / 2)) + 1e-9
        by_score = min(abs(float(one.mean() - other.mean())) / spread, 50.0)
        by_label = max(
            (distance(labels.labels(name, later[0]), labels.labels(name, later[1])) for name in labels.names),
            default=0.0,
        )
        return max(by_score, 8 * (by_label - 0.35)) / max(claim.epsilon, 1e-3)

    def tested(self, claim: Claim, level: float) -> _Counted:
        """Choose an event on the first half of the runs and count it on the second."""
        half = len(self.there) // 2
        earlier = self.there[:half], self.away[:half]
        return self._counted(earlier, (self.there[half:], self.away[half:]), claim, level)

    def counted_apart(self, runs: int, claim: Claim, level: float) -> _Counted:
        """Choose an event on the runs so far and count it on so many others."""
        earlier = self.there, self.away
        self.fresh(runs)
        return self._counted(earlier, (self.there, self.away), claim, level)

    def _counted(self, earlier: _Runs, counted: _Runs, claim: Claim, level: float) -> _Counted:
        half = len(earlier[0]) // 2
        features = Features.learnt(earlier[0][:half], earlier[1][:half])
        chosen = earlier[0][half:], earlier[1][half:]
        share = level / (1 if claim.rho is None else 2)
        epsilon, told = self._bound(features, chosen, counted, claim, share, in_rho=False)
        rho = None
        if claim.rho is not None:
            rho, by_rho = self._bound(features, chosen, counted, claim, share, in_rho=True)
            told = by_rho if rho > claim.rho else told
        return _Counted(epsilon, rho, told, self.pair.name)

    def _bound(
        self,
        features: Features,
        chosen: _Runs,
        counted: _Runs,
        claim: Claim,
        level: float,
        *,
        in_rho: bool,
    ) -> tuple[float, str]:
        best: tuple[float, str, NDArray[Any], bool] = (-inf, "nothing", np.zeros(0), False)
        for name in features.names:
            labels = [features.labels(name, part) for part in chosen]
            for swapped in (False, True):
                gain, event = telling_event(labels[::-1] if swapped else labels, claim.delta, in_rho)
                if gain > best[0]:
                    best = (gain, name, event, swapped)
        _, name, event, swapped = best
        if name == "nothing":
            return 0.0, name
        happened = [int(np.isin(features.labels(name, part), event).sum()) for part in counted]
        if swapped:
            happened = happened[::-1]
        hits, runs, false = happened[0], len(counted[0]), happened[1]
        if in_rho:
            return many_runs_rho(hits, runs, false, runs, level=level), name
        return many_runs_epsilon(hits, runs, false, runs, delta=claim.delta, level=level), name


def smallest_factor(epsilon: float, runs: int, level: float) -> float | None:
    """Return the smallest factor by which Laplace noise is too small and so many runs expect to show it.

    Examples
    --------
    >>> round(smallest_factor(1.0, 1000, 0.0125), 2), smallest_factor(20.0, 100, 0.0125)
    (1.21, None)
    """
    for factor in np.geomspace(1.02, 64, 200):
        less = exp(-epsilon * factor)
        hits, false = round(runs / (1 + less)), round(runs * less / (1 + less))
        if many_runs_epsilon(hits, runs, false, runs, level=level) > epsilon:
            return round(float(factor), 3)
    return None
