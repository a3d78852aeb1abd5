"""Singling out: a condition read off the release is true of exactly one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import effective
from attacks.attack import inapplicable, require
from attacks.comparison.predicates import Coded, Codes, Covers, Predicates, count_people
from attacks.records.singling_out_predicates import Form, multivariate, univariate
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import comparable, group_labels, strange_rows, unusable
from exports.coding import Ints
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import joint_codes, packed, ranks
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SinglingOut:
    """Somebody reads the release and describes one person of the original by a few conditions.

    She holds the release only. She takes a record with a rare value, or a rare combination of
    values, and claims that the same conditions are true of exactly one person of the original:
    she succeeds when that is so, and that person can be told from all others.

    Parameters
    ----------
    mode : {"multivariate", "univariate"}
        Combinations of ``columns`` conditions, or single rare values and ends of scales.
    columns : int, optional
        Conditions per claim, when multivariate. By default of every second claim tried three, of every
        second other four, and so on to all or twelve: few columns hold few rare combinations of three.
    numbers : {"either", "ends", "values"}
        How a number is claimed, when multivariate: as it is, from it to the nearer end of the scale, or
        either way. ``columns=3, numbers="ends"`` are the claims that Anonymeter makes.
    use : tuple of str, optional
        Columns that conditions can be about; by default all that release and original share.
    targets : int, default 2000
        Claims to make, all different.
    attempts : int, default 2000000
        Conjunctions to try before fewer claims are made than asked for.
    by : str, optional
        Column of the release by which groups are reported: those of the records that claims are read off.

    Notes
    -----
    A claim is made when it is true of one released record (of one *different* record of a synthetic
    release, which may repeat what it gives away); it is right when it is true of one person of the
    original. ``control``: the
    same claims about people who are not in the release, as many as in the original; of fewer the
    number of right claims is brought to the original's size by a negative binomial fit and keeps
    the precision of what was counted. ``baseline``: claims of the same form, read off the control
    (else off one half of the original) and held against the original (its other half): what one who
    knows the population but not the release achieves, at most about 37 % (1/e) on average.

    References
    ----------
    Cohen and Nissim (2020), Towards formalizing the GDPR's notion of singling out,
    doi:10.1073/pnas.1914598117. Giomi, Boenisch, Wehmeyer, Tasnadi (2023),
    doi:10.56553/popets-2023-0055.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"age": [30, 30, 87], "job": ["smith", "smith", "cook"]})
    >>> release = Release("records", Schema.of(quasi_identifier=["age", "job"]), table=people)
    >>> SinglingOut(mode="univariate").run(release, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "singling-out"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset()

    mode: Literal["multivariate", "univariate"] = "multivariate"
    columns: int | None = None
    numbers: Literal["either", "ends", "values"] = "either"
    use: tuple[str, ...] | None = None
    targets: int = 2_000
    attempts: int = 2_000_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no condition can be read off this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.mode not in ("multivariate", "univariate"):
            return f"{self.name} has the modes multivariate and univariate, not {self.mode!r}"
        if self.numbers not in ("either", "ends", "values"):
            return f"{self.name} claims numbers as either, ends or values, not {self.numbers!r}"
        if min(1 if self.columns is None else self.columns, self.targets, self.attempts) < 1:
            return f"{self.name} needs columns, targets and attempts of at least 1"
        names = self._names(release, truth)
        if not names:
            return f"{self.name} needs a column that release and original share"
        return unusable(release, truth, names)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Read claims off the release and hold them against the original.

        Raises
        ------
        LabError
            When a column is absent, or the control holds nobody but people of the original.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", f"{self.name}/{self.mode}")
        person = release.schema.person
        tables = [release.rows, truth.original, *([] if truth.control is None else [truth.control])]
        columns = [(name, release.schema.columns.get(name)) for name in self._names(release, truth)]
        coded = Coded.of(tables, columns)
        worlds = [World.of(codes, table, person) for codes, table in zip(coded.tables, tables, strict=True)]
        notes: tuple[str, ...] = ()
        if truth.control is not None:
            kept, notes = strange_rows(truth.control, truth.original, person, joint_rows(worlds[1:]))
            worlds[2:] = [worlds[2].take(kept)] if kept.any() else []
        read = worlds[0].different() if release.kind == "synthetic" else np.arange(len(worlds[0]))
        claims, tried = self._claims(worlds[0].take(read), coded, stream.at(name="claims"))
        right = worlds[1].holding(claims, coded.covers) == 1
        groups = None if self.by is None else group_labels(release.rows, self.by)[read[claims.source]]
        control: Guesses | Share | None = None
        if len(worlds) > 2:
            known, held_against = worlds[2].some(worlds[1].persons, stream.at(name="control")), worlds[1]
            found = known.holding(claims, coded.covers)
            alone = found == 1
            control = Guesses(alone, claims.source, groups)
            if known.persons != held_against.persons:
                counted = effective(alone, claims.source)
                control = at_size(found, counted, held_against.persons / known.persons)
                notes += (_SMALL.format(known.persons, held_against.persons),)
        else:
            known, held_against = worlds[1].halves(stream.at(name="halves"))
        others, _ = self._claims(known, coded, stream.at(name="baseline"))
        if len(claims) < self.targets:
            notes += (f"only {len(claims):,} claims could be read off the release in {tried:,} attempts",)
        return scored(
            self.name,
            Guesses(right, claims.source, groups),
            control=control,
            baseline=Guesses(held_against.holding(others) == 1).share(),
            asked=self.targets,
            seed=seed,
            notes=notes,
        )

    def _names(self, release: Release, truth: Truth) -> tuple[str, ...]:
        return self.use or comparable(release, truth)

    def _claims(self, world: World, coded: Coded, stream: Stream) -> tuple[Predicates, int]:
        """Return different claims that are true of one row each, and how many were tried."""
        if self.mode == "univariate":
            listed = univariate(world.codes, coded)
            chosen = stream.permutation(len(listed))[: self.targets]
            return listed.only(np.sort(chosen)), len(listed)
        form = Form(self.columns, self.numbers)
        return multivariate(world.codes, coded, form, self.targets, self.attempts, stream)


_SMALL = (
    "the control has {:,} people, the original {:,}: the right claims about it are brought to that size by a "
    "negative binomial fit"
)


@dataclass(frozen=True, slots=True)
class World:
    """A table as codes, and who each row is about (None: a person of its own)."""

    codes: tuple[Codes, ...]
    people: Ints | None

    @classmethod
    def of(cls, codes: tuple[Codes, ...], table: pa.Table, person: str | None) -> World:
        """Return the world of a coded table."""
        if person is None or person not in table.column_names:
            return cls(codes, None)
        people = labels_and_codes(table[person])[1].astype(np.int64)
        return cls(codes, people if np.bincount(people).max(initial=0) > 1 else None)

    def __len__(self) -> int:
        return len(self.codes[0])

    @property
    def persons(self) -> int:
        """Number of people."""
        return len(self) if self.people is None else len(np.unique(self.people))

    def take(self, rows: NDArray[Any]) -> World:
        """Return some of the rows."""
        return World(
            tuple(column[rows] for column in self.codes), None if self.people is None else self.people[rows]
        )

    def different(self) -> Ints:
        """Return the first row of each different combination of values."""
        # codes are given out in order of appearance: the first row of each raises the greatest so far
        greatest = np.maximum.accumulate(joint_codes(self.codes, len(self)))
        return np.flatnonzero(np.diff(greatest, prepend=-1))

    def some(self, persons: int, stream: Stream) -> World:
        """Return at most so many people, drawn at random, with all their rows."""
        if self.persons <= persons:
            return self
        who = np.arange(len(self)) if self.people is None else ranks(self.people)
        return self.take(np.isin(who, stream.sample(self.persons, persons)))

    def halves(self, stream: Stream) -> tuple[World, World]:
        """Return two random halves of the people."""
        who = np.arange(len(self)) if self.people is None else ranks(self.people)
        first = np.isin(who, stream.sample(self.persons, self.persons // 2))
        return self.take(first), self.take(~first)

    def holding(self, claims: Predicates, covers: Sequence[Covers] | None = None) -> Ints:
        """Return for how many people each claim is true: 0, 1 or 2 for more."""
        return count_people(self.codes, claims, covers, self.people)


def joint_rows(worlds: Sequence[World]) -> tuple[Ints, Ints]:
    """Return one code per row of two worlds, equal where the rows are."""
    columns = [np.concatenate(pair) for pair in zip(*(world.codes for world in worlds), strict=True)]
    codes = packed(columns, sum(map(len, worlds)))
    return codes[: len(worlds[0])], codes[len(worlds[0]) :]


def at_size(holding: Ints, counted: Share, ratio: float) -> Share:
    """Return the share of claims that would be true of exactly one in a table ``ratio`` times as large.

    The expected number of people that a claim is true of is taken as gamma distributed over the
    claims, fitted to the shares of claims true of nobody and of one. The share's precision is
    that of the number counted.

    Parameters
    ----------
    holding : array of int
        For how many people each claim is true: 0, 1 or 2 for more.
    counted : Share
        The share true of exactly one, with its precision.
    ratio : float
        Size of the table wanted over that of the table counted in.

    Examples
    --------
    >>> holding = np.repeat([0, 1, 2], [900, 90, 10])
    >>> at_size(holding, Share(90, 1_000, "estimated"), 2.0)
    14.9 % [12.3, 17.9] (90 of 605)
    """
    if not counted.count:
        return counted
    none = max(int(np.count_nonzero(holding == 0)), 0.5) / len(holding)
    odds = int(np.count_nonzero(holding == 1)) / len(holding) / none
    excess = -np.log(none) / odds
    grown = ratio * np.exp(np.log(none) * (ratio - 1))
    if excess > 1 + 1e-6:
        from scipy.optimize import brentq

        part = float(brentq(lambda q: -np.log1p(-q) / q - excess, 1e-12, 1 - 1e-12))
        rate = (1 - part) / part
        grown = ratio * ((rate + 1) / (rate + ratio)) ** (odds / part + 1)
    return Share(counted.count, max(counted.count, round(counted.of / grown)), "estimated")
