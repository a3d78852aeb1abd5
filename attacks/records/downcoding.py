"""Downcoding: a release that generalises as little as possible tells more than its labels say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.generalised import covered, finer, parts_below
from attacks.comparison.predicates import first_rows
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.targets import comparable
from exports.hierarchies.hierarchy import hierarchy_of, labels_and_codes
from exports.keys import row_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Downcoding:
    """Somebody who knows that no label is wider than it must be reads finer values off a class.

    She holds the release and the hierarchies behind it. A class labelled ``46..65`` has somebody of 46
    and somebody of 65, or its label would be narrower; a class labelled "technical" has somebody in each
    trade below, or one trade would stand there. She succeeds with a claim when such a record is there.

    Parameters
    ----------
    known : tuple of str, optional
        Columns to refine; by default the quasi-identifiers.
    by : str, optional
        Column of the original by which groups are reported: a claim counts for each group that has
        somebody in the class.

    Notes
    -----
    One column per class is refined, the one with the fewest finer labels, and one claim is made per
    finer label. ``baseline``: the same claims, where the members' values are drawn evenly from what
    the label stands for. The interval is a bootstrap over classes. ``series["records"]``: records of
    the release, and how many of them are named more finely by a right claim.

    References
    ----------
    Cohen (2022), Attacks on deidentification's defenses, arXiv:2202.13470.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"age": [46, 52, 65]})
    >>> released = pa.table({"age": ["46..65"] * 3})
    >>> release = Release("records", Schema.of(quasi_identifier=["age"]), table=released)
    >>> Downcoding().run(release, Truth(people, owner=np.arange(3)), seed=1).attack
    100.0 % [34.2, 100.0] (2 of 2)
    """

    name: ClassVar[str] = "downcoding"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records"})
    needs: ClassVar[frozenset[str]] = frozenset()

    known: tuple[str, ...] | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no claim could be read off the release, or be scored."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if truth.owner is None or len(truth.owner) != release.rows.num_rows:
            return f"{self.name} needs to know whose each record is: give the truth's owner"
        return None if self._columns(release, truth) else f"{self.name} needs a column to refine"

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Claim the finer labels of each class.

        Raises
        ------
        LabError
            When whose each record is is not told, or no column is shared.
        """
        require(self, release, truth)
        kept = np.asarray(truth.owner) >= 0
        rows, owner = release.rows.filter(kept), np.asarray(truth.owner)[kept]
        names = self._columns(release, truth)
        (classes,) = row_codes(rows.select(names))
        first, _, sizes = first_rows(classes)
        plans = [Plan.of(release, truth, name, rows, owner) for name in names]
        parts = np.array([plan.parts[plan.codes[first]] for plan in plans])
        # a class of three has nobody in one of four parts: such a label was not the narrowest
        possible = (parts > 1) & (parts <= sizes)
        fewest = np.where(possible, parts, np.iinfo(np.int64).max)
        chosen = np.where(possible.any(axis=0), fewest.argmin(axis=0), -1)
        claims = [plan.claims(classes, chosen == at, sizes) for at, plan in enumerate(plans)]
        right, chance, about = (np.concatenate(column) for column in zip(*claims, strict=True))
        naive = Stream(seed, "attack", f"{self.name}/baseline").uniforms(len(right)) < chance
        whole = scored(
            self.name,
            Guesses(right, people=about),
            baseline=naive,
            seed=seed,
            series={
                "records": {"released": rows.num_rows, "refined": int(right.sum()), "classes": len(first)}
            },
            notes=() if len(right) else (_nothing(release, truth, names),),
        )
        members = labels(truth, owner, self.by)
        if members is None:
            return whole
        groups = {}
        for group in np.unique(members):
            mine = np.isin(about, classes[members == group])
            groups[str(group)] = scored(
                self.name, Guesses(right[mine], people=about[mine]), baseline=naive[mine], seed=seed
            )
        return replace(whole, groups=groups)

    def _columns(self, release: Release, truth: Truth) -> tuple[str, ...]:
        shared = comparable(release, truth)
        return self.known or tuple(name for name in shared if name in release.schema.quasi_identifiers)


def _nothing(release: Release, truth: Truth, names: tuple[str, ...]) -> str:
    """Return why no claim could be made."""
    for name in names:
        known = set(labels_and_codes(truth.original[name])[0])
        if any(label in known and finer(label, []) for label in labels_and_codes(release.rows[name])[0]):
            return f"the original holds the labels of {name!r} as released: give the table before the defence"
    return "no label is generalised in a way that can be refined"


@dataclass(frozen=True, slots=True)
class Plan:
    """One column: its released labels, their finer ones, and the members' true values.

    Parameters
    ----------
    codes, values : array of int
        Released label and true value of each record.
    parts : array of int
        Finer labels of each label.
    of_label : list of array of bool
        For each label: which true values each finer label stands for.
    width : list of array of float
        For each label: the share of its values that each finer label stands for.
    """

    codes: NDArray[np.int32]
    values: NDArray[np.int32]
    parts: NDArray[np.int64]
    of_label: list[NDArray[np.bool_]]
    width: list[NDArray[np.float64]]

    @classmethod
    def of(cls, release: Release, truth: Truth, name: str, rows: pa.Table, owner: NDArray[np.int64]) -> Plan:
        """Return the plan of a column."""
        declared = release.schema.columns.get(name)
        released, codes = labels_and_codes(rows[name])
        known, values = labels_and_codes(truth.original[name])
        parts = parts_below(hierarchy_of(truth.original[name], name, declared))
        below = [finer(label, known, parts) for label in released]
        inside = [covered(parts, known, declared) for parts in below]
        whole = covered(released, known, declared).sum(axis=1)
        width = [
            part.sum(axis=1) / max(int(of), 1) if len(part) else np.zeros(0)
            for part, of in zip(inside, whole, strict=True)
        ]
        return cls(codes, values[owner], np.array([len(parts) for parts in below]), inside, width)

    def claims(
        self, classes: NDArray[np.int64], chosen: NDArray[np.bool_], sizes: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64]]:
        """Return, for each claim on the chosen classes, whether it is right, its chance, and the class."""
        right, chance, about = [np.zeros(0, bool)], [np.zeros(0)], [np.zeros(0, np.int64)]
        mine = chosen[classes]
        for code in np.unique(self.codes[mine]):
            rows = np.flatnonzero(mine & (self.codes == code))
            where = np.unique(classes[rows])
            for part, width in zip(self.of_label[code], self.width[code], strict=True):
                there = np.bincount(classes[rows], weights=part[self.values[rows]], minlength=len(chosen))
                right.append(there[where] > 0)
                chance.append(1 - (1 - width) ** sizes[where])
                about.append(where)
        return np.concatenate(right), np.concatenate(chance), np.concatenate(about)
