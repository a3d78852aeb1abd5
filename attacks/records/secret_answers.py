"""Which released answers are right about whom, and how sure and how good the guesses are, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.gower import is_number, numbers
from attacks.comparison.neighbours import TOLD, Votes
from attacks.comparison.predicates import Coded, Covers
from exports.coding import Floats, Ints
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import small_codes
from exports.schema import Column
from exports.shares import wilson

if TYPE_CHECKING:
    import pyarrow as pa

TOLERANCES = (0.0, 0.01, 0.05, 0.1)
"""Relative errors at which numbers are judged beside the one of the headline."""

COVERAGES = (0.01, 0.05, 0.1, 1.0)
"""Shares of the targets, the surest first, of which the precision is reported."""

JUDGED = 5_000
"""People of the reference on whom labels are tried for the best covering guess."""

LISTED = 25
"""Values that are listed."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Released answers as codes, and when one is right about a target.

    Parameters
    ----------
    codes : array of int64, shape (rows,)
        Answer of each released row.
    true : array of int64 or float64, shape (targets,)
        Each target's own secret: a code, or a number.
    values : array of float64 or None
        The number that each code stands for, where both sides are numbers.
    covers : array of bool or None
        Where released labels are generalised: ``covers[answer, true code]``.
    blind : array of bool, shape (targets,)
        Whether the best guess without the release is right about each target.
    usual : float
        The median of the reference; NaN where it is no number.
    prior : array of float64
        Share of the reference of each answer, where answers are equal or different.
    names : sequence of str or None
        The label of each answer, where they are labels.
    """

    codes: Ints
    true: NDArray[Any]
    values: Floats | None
    covers: Covers
    blind: NDArray[np.bool_]
    usual: float
    prior: Floats
    names: Sequence[str | None] = ()

    @classmethod
    def of(
        cls,
        released: pa.ChunkedArray,
        truly: pa.ChunkedArray,
        reference: pa.ChunkedArray,
        declared: Column | None,
        blind: NDArray[np.bool_],
    ) -> Answers:
        """Return the answers of a released column about targets.

        Labels of a generalised secret are held against the one that is right about most of the reference.
        """
        if is_number(released) and is_number(truly):
            told = numbers(released)
            codes = small_codes(told)
            values = np.full(int(codes.max(initial=-1)) + 1, np.nan)
            values[codes] = told
            known = numbers(reference) if is_number(reference) else np.zeros(0)
            usual = float(np.nanmedian(known)) if (~np.isnan(known)).any() else np.nan
            return cls(codes, numbers(truly), values, None, blind, usual, np.zeros(0))
        some = reference.take(np.linspace(0, len(reference) - 1, min(len(reference), JUDGED)).astype(int))
        import pyarrow as pa

        tables = [pa.table({"secret": column}) for column in (released, truly, some)]
        coded = Coded.of(tables, [("secret", declared)])
        codes, true, usual_codes = (table[0].astype(np.int64) for table in coded.tables)
        covers, names = coded.covers[0], _names(released, codes)
        prior = np.bincount(usual_codes, minlength=coded.largest[0] + 1) / max(len(usual_codes), 1)
        if covers is not None and len(codes):
            offered = np.unique(codes)
            held = covers[offered][:, usual_codes].mean(axis=1)
            blind = covers[offered[int(held.argmax())], true]
        return cls(codes, true, None, covers, blind, np.nan, prior, names)

    def right(self, code: Ints, person: Ints, tolerance: float) -> NDArray[np.bool_]:
        """Return whether each answer is right about a target."""
        if self.values is not None:
            told, true = self.values[code], self.true[person]
            near = np.abs(told - true) <= tolerance * np.abs(true)
            return np.asarray(near | (np.isnan(told) & np.isnan(true)), dtype=bool)
        own = self.true[person]
        return np.asarray(code == own if self.covers is None else self.covers[code, own], dtype=bool)

    def possible(self, original: pa.ChunkedArray, released: pa.ChunkedArray) -> bool:
        """Return whether some answer can be right about somebody."""
        if self.values is not None:
            return True
        if self.covers is not None:
            return bool(self.covers[np.unique(self.codes)].any())
        if np.isin(self.codes, self.true).any():
            return True
        return bool({*labels_and_codes(released)[0]} & {*labels_and_codes(original)[0]})

    def series(self, votes: Votes, right: Floats, inside: int, declared: Column | None) -> dict[str, Any]:
        """Return what stands beside the headline: by value, by coverage, by tolerance."""
        found = {
            "values": self.by_value(votes, inside, declared),
            "coverage": self.coverage(votes, right, inside),
            "tolerance": self.tolerance_curve(votes, inside),
        }
        return {name: one for name, one in found.items() if one}

    def chances(self, votes: Votes, tolerance: float) -> Floats:
        """Return how likely the commonest answer about each target is right: of several, any."""
        best = votes.commonest
        person, people = votes.person[best], len(votes.ties)
        hit = np.bincount(person, self.right(votes.code[best], person, tolerance), minlength=people)
        found: Floats = hit / np.maximum(np.bincount(person, minlength=people), 1)
        return found

    def tolerance_curve(self, votes: Votes, inside: int) -> dict[str, Any]:
        """Return the share guessed within each relative error, and mean errors beside the median's."""
        if self.values is None or not inside:
            return {}
        best = votes.commonest
        off = np.abs(self.values[votes.code[best]] - self.true[votes.person[best]])
        person = votes.person[best]
        known = (person < inside) & ~np.isnan(off)
        blind = np.abs(self.usual - self.true[:inside])
        shares = {f"{one:g}": float(self.chances(votes, one)[:inside].mean()) for one in TOLERANCES}
        usual = {f"{one:g}": float((blind <= one * np.abs(self.true[:inside])).mean()) for one in TOLERANCES}
        return {
            "within": shares,
            "baseline": usual,
            "mean_absolute_error": float(off[known].mean()) if known.any() else None,
            "mean_absolute_error_of_the_median": _mean(blind),
        }

    def coverage(self, votes: Votes, right: Floats, inside: int) -> list[dict[str, float]]:
        """Return the precision among the targets whose nearest records agree most and are nearest."""
        if not inside:
            return []
        most = np.zeros(len(votes.ties))
        np.maximum.at(most, votes.person, votes.share)
        surely = (most * votes.ties + 0.5) / (votes.ties + 1)
        order = np.lexsort((votes.distance[:inside], -surely[:inside]))
        tops = [max(1, round(one * inside)) for one in COVERAGES]
        return [
            {"coverage": one, "of": top, "precision": float(right[order[:top]].mean())}
            for one, top in zip(COVERAGES, tops, strict=True)
        ]

    def by_value(self, votes: Votes, inside: int, declared: Column | None) -> list[dict[str, Any]]:
        """Return how right it is to say each value of those who are likely to have it, worst first.

        A value is said of a target when ``TOLD`` of her nearest records have it, and more than in the
        reference. A value is called by its place in the order of sizes, unless the schema declares it.
        """
        if self.values is not None or self.covers is not None or not inside:
            return []
        size = max(len(self.prior), int(self.true.max(initial=-1)) + 1, int(votes.code.max(initial=-1)) + 1)
        prior = np.append(self.prior, np.zeros(size - len(self.prior)))
        said = (votes.person < inside) & (votes.share >= np.maximum(TOLD, prior[votes.code]))
        code, person = votes.code[said], votes.person[said]
        told = np.bincount(code, minlength=size)
        hit = np.bincount(code, self.right(code, person, 0.0), minlength=size).astype(int)
        have = np.bincount(self.true[:inside], minlength=size)
        open_names = {*(declared.domain or ()), *(declared.order or ())} if declared else set()
        place = np.argsort(np.argsort(-prior, kind="stable"))
        found: list[tuple[float, dict[str, Any]]] = []
        for one in np.flatnonzero(told).tolist():
            name = self.names[one] if one < len(self.names) else None
            low = wilson(int(hit[one]), int(told[one]), 1 - 0.05 / np.count_nonzero(told))[0]
            found.append(
                (
                    gain := float(low / max(prior[one], 1 / JUDGED)),
                    {
                        "value": name if name in open_names else f"number {place[one] + 1} by size",
                        "prior": float(prior[one]),
                        "guessed": int(told[one]),
                        "right": int(hit[one]),
                        "precision": float(hit[one] / told[one]),
                        "recall": float(hit[one] / have[one]) if have[one] else None,
                        "lift": float(hit[one] / told[one] / prior[one]) if prior[one] else None,
                        "lift_low": gain,
                    },
                )
            )
        return [one for _, one in sorted(found, key=lambda pair: -pair[0])[:LISTED]]


def _names(released: pa.ChunkedArray, codes: Ints) -> list[str | None]:
    """Return the label of each code that the release has."""
    labels, own = labels_and_codes(released)
    found: list[str | None] = [None] * (int(codes.max(initial=-1)) + 1)
    first = dict(zip(own.tolist(), codes.tolist(), strict=True))
    for place, code in first.items():
        found[code] = labels[place]
    return found


def _mean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
