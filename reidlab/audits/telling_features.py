"""What is looked at in the runs of a mechanism: each thing seen, and learnt scores of all numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reidlab.audits.whole_release import Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.coding import Floats


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the total variation of two samples of labels."""
    known, codes = np.unique(np.concatenate([one, other]), return_inverse=True)
    first = np.bincount(codes[: len(one)], minlength=len(known)) / len(one)
    second = np.bincount(codes[len(one) :], minlength=len(known)) / len(other)
    return float(np.abs(first - second).sum() / 2)


@dataclass(frozen=True, slots=True)
class Features:
    """What is looked at in a run, learnt from some runs of both tables."""

    facts: tuple[str, ...]
    numbers: tuple[str, ...]
    looked_at: tuple[str, ...]
    centre: Floats
    weight: Floats
    reach: Floats
    present: Floats
    edges: tuple[Floats, Floats]

    @classmethod
    def learnt(cls, there: Sequence[Seen], away: Sequence[Seen]) -> Features:
        """Learn a linear score over all numbers, and which single ones to look at."""
        both = [*there, *away]
        facts = sorted({name for one in both for name in one.facts})
        numbers = sorted({name for one in both for name in one.numbers})
        one, other = _matrix(there, numbers), _matrix(away, numbers)
        here = [
            np.isfinite(part).mean(axis=0) if len(part) else np.zeros(len(numbers)) for part in (one, other)
        ]
        means = [_nanmean(part) for part in (one, other)]
        variance = _nanvar(one) / 2 + _nanvar(other) / 2
        shift = means[0] - means[1]
        weight = np.clip(shift / (variance + 1e-3 + 1e-6 * np.abs(means[0])), -1e6, 1e6)
        centre = (means[0] + means[1]) / 2
        presence = (here[0] - here[1]) / (here[0] * (1 - here[0]) / 2 + here[1] * (1 - here[1]) / 2 + 0.05)
        seeming = np.maximum(np.abs(shift) / np.sqrt(variance + 1e-6), np.abs(presence))
        most = [numbers[place] for place in np.argsort(-seeming, kind="stable")[:12]]
        reach = shift / 2 / np.sqrt(variance + 1e-3)
        rough = cls(
            tuple(facts), tuple(numbers), tuple(most), centre, weight, reach, np.asarray(presence),
            (np.zeros(0), np.zeros(0)),
        )  # fmt: skip
        edges = _quantiles(rough.score(both)), _quantiles(rough.score(both, clipped=True))
        return replace(rough, edges=edges)

    @property
    def names(self) -> list[str]:
        """Everything that labels a run."""
        return [*_SCORES, "everything that is said", *self.facts, *self.looked_at]

    def score(self, runs: Sequence[Seen], *, clipped: bool = False) -> Floats:
        """Return the learnt score of each run; clipped it is that of Laplace noise, else of Gaussian."""
        seen_numbers = _matrix(runs, self.numbers)
        finite = np.isfinite(seen_numbers)
        centred = np.where(finite, seen_numbers - self.centre, 0.0)
        if clipped:
            # Beyond where it would stand with and without the person a number tells no more.
            towards = np.clip(centred * self.weight, -(self.reach**2) * 2, self.reach**2 * 2)
            with np.errstate(divide="ignore", invalid="ignore"):
                told = np.where(self.reach == 0, 0.0, towards / np.abs(self.reach))
            return np.asarray(told.sum(axis=1) + finite @ self.present, dtype=np.float64)
        return np.asarray(centred @ self.weight + finite @ self.present, dtype=np.float64)

    def labels(self, name: str, runs: Sequence[Seen]) -> NDArray[Any]:
        """Return what one feature says of each run."""
        if name in _SCORES:
            clipped = name == _SCORES[1]
            return np.searchsorted(self.edges[clipped], self.score(runs, clipped=clipped))
        if name == "everything that is said":
            return np.array(
                [",".join(sorted(one.numbers)) + str(len(one.facts)) for one in runs], dtype=object
            )
        if name in self.facts:
            return np.array([one.facts.get(name, "absent") for one in runs], dtype=object)
        values = np.array([one.numbers.get(name, np.nan) for one in runs])
        return np.where(np.isfinite(values), np.floor(8 * np.clip(values, -1e15, 1e15)), -1e17)


_SCORES = ("a score of all numbers", "a clipped score of all numbers")


def _quantiles(scores: Floats) -> Floats:
    return np.unique(np.quantile(scores, np.linspace(0, 1, 41)[1:-1])) if len(scores) else np.zeros(0)


def _matrix(runs: Sequence[Seen], names: Sequence[str]) -> Floats:
    return np.array([[one.numbers.get(name, np.nan) for name in names] for one in runs]).reshape(
        len(runs), len(names)
    )


def _nanmean(values: Floats) -> Floats:
    count = np.isfinite(values).sum(axis=0)
    return np.asarray(np.nansum(values, axis=0) / np.maximum(count, 1), dtype=np.float64)


def _nanvar(values: Floats) -> Floats:
    count = np.isfinite(values).sum(axis=0)
    squares = np.nansum((values - _nanmean(values)) ** 2, axis=0)
    return np.asarray(squares / np.maximum(count, 1), dtype=np.float64)
