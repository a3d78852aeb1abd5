"""Uniqueness: a few known facts fit one released record only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.predicates import Coded, Codes, Covers, Predicates, count_people
from attacks.persons import once_each, whose, whose_released
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import Targets, coded_columns, comparable, unusable
from exports.classes.combinations import combinations_of
from exports.coding import Ints
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.risk.suda import MOST_SETS, largest_within, minimal_uniques

MOST_WORK = 50_000_000
"""Sets of columns times different records that are searched for the fewest facts."""


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """A neighbour knows four answers and a ZIP, and only one released record has them all.

    He holds some true facts about a target, and knows that she is in the release. He succeeds when
    the records of exactly one person fit the facts and she is that person: everything else in them is now
    known. Of people who are not in the release, a single fitting record is somebody else's.

    Parameters
    ----------
    facts : int, optional
        Facts known of each target, drawn at random among ``known``; by default all of them.
    known : tuple of str, optional
        Columns that facts can be about; by default the quasi-identifiers, or else every column.
    targets : int, default 2000
        People attacked, and people of the control.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    ``control``: people outside for whom a single record fits too, which is how often the neighbour
    would be wrong if he did not know that the target is inside. ``baseline``: a record drawn
    at random. ``series["facts"]``: the same share for 1, 2, ... random facts. ``series["fewest"]``:
    released records by the size of the smallest set of columns that singles them out. What either
    says of the population is for ``exports.risk.population_uniques`` and ``exports.risk.copula``.

    References
    ----------
    Sweeney (2000), Simple demographics often identify people uniquely. Golle (2006),
    doi:10.1145/1179601.1179615. Rocher, Hendrickx, de Montjoye (2019), doi:10.1038/s41467-019-10933-3.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"zip": ["1", "1", "2"], "sex": ["f", "m", "f"], "born": ["60", "70", "60"]})
    >>> release = Release("records", Schema.of(quasi_identifier=people.column_names), table=people)
    >>> Uniqueness().run(release, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "uniqueness"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records"})
    needs: ClassVar[frozenset[str]] = frozenset()

    facts: int | None = None
    known: tuple[str, ...] | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why there are no facts to know."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        names = self._columns(release, truth)
        if not 1 <= (self.facts or 1) <= max(len(names), 1):
            return f"{self.name} can know 1 to {len(names)} facts, not {self.facts}"
        return unusable(release, truth, names) if names else f"{self.name} needs a column to know"

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Look for the records that fit what is known of each target.

        Raises
        ------
        LabError
            When a column is absent, or the control holds only people of the original.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", self.name)
        names = self._columns(release, truth)
        targets = Targets.draw(release, truth, self.targets, stream, self.by)
        coded, names, apart = coded_columns(release.rows, targets.table, names, release.schema.columns)
        people = whose_released(release, truth), whose(truth.original, release.schema.person, "original")
        search = Search.of(coded, truth.owner, targets.rows, *people)
        size = min(self.facts or len(names), len(names))
        right = {
            some: search.right(random_facts(len(targets), len(names), some, stream.at(name=str(some))))
            for some in range(1, len(names) + 1)
        }
        curve = {str(some): Guesses(hits[: targets.inside]).share().to_json() for some, hits in right.items()}
        told = () if truth.owner is not None else (_UNTOLD,)
        made, others = targets.split(right[size])
        return scored(
            self.name,
            made,
            control=others,
            baseline=np.full(targets.inside, 1 / max(search.persons, 1)),
            asked=self.targets,
            seed=seed,
            series={"facts": curve, "fewest": fewest(release, names, truth)},
            notes=targets.notes + apart + told,
        )

    def _columns(self, release: Release, truth: Truth) -> tuple[str, ...]:
        shared = comparable(release, truth)
        facts = tuple(name for name in shared if name in release.schema.quasi_identifiers)
        return self.known or facts or shared


_UNTOLD = "the truth does not tell whose each record is: the only fitting record counts as the target's own"


@dataclass(frozen=True, slots=True)
class Search:
    """A release and the facts of people, as codes, and which record is whose.

    Parameters
    ----------
    coded : Coded
        The release and the targets' true rows.
    fits : tuple of array of bool or None
        For a generalised column: ``fits[true code, released code]``.
    own : array of int64
        Released row of each target that is inside; -1 where it was suppressed or is not told.
    told : bool
        Whether the truth tells whose each record is.
    once : tuple of array of int32
        The released columns, a person's equal rows once.
    people : array of int64 or None
        Whose each of these rows is; None where each is a person of its own.
    """

    coded: Coded
    fits: tuple[Covers, ...]
    own: Ints
    told: bool
    once: tuple[Codes, ...]
    people: Ints | None

    @classmethod
    def of(
        cls,
        coded: Coded,
        owner: NDArray[Any] | None,
        rows: Ints,
        people: Ints | None = None,
        persons: Ints | None = None,
    ) -> Search:
        """Return the search for targets who are these rows of the original."""
        fits = tuple(None if cover is None else cover.T.copy() for cover in coded.covers)
        once, left = coded.tables[0], None
        if people is not None:
            kept = once_each(once, people, len(people))
            once, left = tuple(column[kept] for column in once), people[kept]
        if owner is None:
            return cls(coded, fits, np.full(len(rows), -1), False, once, left)
        released = np.asarray(owner)
        own = _row_of(released, rows)
        if persons is not None:
            same = _row_of(np.where(released >= 0, persons[released], -1), persons[rows])
            own = np.where(own >= 0, own, same)
        return cls(coded, fits, own, True, once, left)

    @property
    def persons(self) -> int:
        """Number of people in the release."""
        return len(self.once[0]) if self.people is None else len(np.unique(self.people))

    def right(self, column: Ints) -> NDArray[np.bool_]:
        """Return for whom one record fits the facts in these columns: hers, if she is inside."""
        released, true = self.coded.tables
        if not len(released[0]):
            return np.zeros(len(column), dtype=bool)
        targets = np.arange(len(column))
        value = np.array(true)[column, targets[:, None]].astype(np.int64)
        facts = Predicates(column, value, value, targets)
        fitting = count_people(self.once, facts, self.fits, self.people)
        alone: NDArray[np.bool_] = fitting == 1
        if self.told:
            alone[: len(self.own)] &= self._fits_own(column[: len(self.own)])
        fewer = self._without_gaps(column)
        again = (fitting == 0) & (fewer != column).any(axis=1)
        if again.any():
            alone |= again & self.right(fewer)
        return alone

    def _without_gaps(self, column: Ints) -> Ints:
        """Return the facts but for those in columns that have gaps in the release only."""
        released, true = self.coded.tables
        kept = [
            blank < 0 or not (one == blank).any() or bool((other == blank).any())
            for one, other, blank in zip(released, true, self.coded.blank, strict=True)
        ]
        whole: NDArray[np.bool_] = np.array(kept, dtype=bool)[column]
        first = column[np.arange(len(column)), whole.argmax(axis=1)]
        fewer = np.where(whole, column, first[:, None])
        return np.where(whole.any(axis=1, keepdims=True), fewer, column)

    def _fits_own(self, column: Ints) -> NDArray[np.bool_]:
        """Return whose own record fits the facts about her in these columns."""
        fitting: NDArray[np.bool_] = self.own >= 0
        for at, (released, true, fits) in enumerate(zip(*self.coded.tables, self.fits, strict=True)):
            mine, hers = released[self.own], true[: len(self.own)]
            same = mine == hers if fits is None else fits[hers, mine]
            fitting &= same | ~(column == at).any(axis=1)
        return fitting


def _row_of(owner: Ints, wanted: Ints) -> Ints:
    """Return a released row of each of some owners; -1 where there is none."""
    record = np.full(int(max(owner.max(initial=-1), wanted.max(initial=-1))) + 1, -1)
    record[owner[owner >= 0]] = np.flatnonzero(owner >= 0)
    return record[wanted]


def random_facts(targets: int, columns: int, some: int, stream: Stream) -> Ints:
    """Return ``some`` different columns at random for each target, in increasing order.

    Examples
    --------
    >>> random_facts(2, 4, 3, Stream(1, "attack", "doctest")).shape
    (2, 3)
    """
    lots = stream.uniforms(targets * columns).reshape(targets, columns)
    return np.sort(np.argsort(lots, axis=1)[:, :some], axis=1)


def fewest(release: Release, names: Sequence[str], truth: Truth | None = None) -> dict[str, Any]:
    """Return how many released people need how many columns to be singled out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "sex": ["f", "m", "f", "f"]})
    >>> fewest(Release("records", Schema(), table=table), ["zip", "sex"])
    {'searched': 2, 'records': {'1': 1, '2': 1, 'none': 2}}
    """
    found, person = combinations_of(release.rows, names), None
    people = None if truth is None else whose_released(release, truth)
    if people is not None:
        import pyarrow as pa

        person = next(name for name in ("person", *map(str, range(len(names) + 1))) if name not in names)
        rows = release.rows.select(names).append_column(person, pa.array(people))
        found = combinations_of(rows, [*names, person])
    most = min(MOST_SETS, MOST_WORK // max(len(found), 1))
    searched = minimal_uniques(found, names, person=person, largest=max(1, largest_within(len(names), most)))
    sizes = np.bincount(searched.fewest, minlength=searched.largest + 1)[1:]
    records = {str(size): int(many) for size, many in enumerate(sizes, start=1)}
    return {"searched": searched.largest, "records": {**records, "none": searched.people - int(sizes.sum())}}
