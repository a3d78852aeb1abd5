"""Uniqueness: a few known facts fit one released record only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.predicates import Coded, Covers, Predicates, count
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
    exactly one released record fits the facts and it is hers: everything else in it is now known.
    Of people who are not in the release, a single fitting record is somebody else's.

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
        search = Search.of(coded, truth.owner, targets.rows)
        size = min(self.facts or len(names), len(names))
        right = {
            some: search.right(random_facts(len(targets), len(names), some, stream.at(name=str(some))))
            for some in range(1, len(names) + 1)
        }
        curve = {str(some): Guesses(hits[: targets.inside]).share().to_json() for some, hits in right.items()}
        drawn = stream.at(name="baseline").integers(targets.inside, max(release.rows.num_rows, 1))
        own = search.own if truth.owner is not None else np.zeros(targets.inside, dtype=np.int64)
        told = () if truth.owner is not None else (_UNTOLD,)
        made, others = targets.split(right[size])
        return scored(
            self.name,
            made,
            control=others,
            baseline=drawn == own,
            asked=self.targets,
            seed=seed,
            series={"facts": curve, "fewest": fewest(release, names)},
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
    """

    coded: Coded
    fits: tuple[Covers, ...]
    own: Ints
    told: bool

    @classmethod
    def of(cls, coded: Coded, owner: NDArray[Any] | None, rows: Ints) -> Search:
        """Return the search for targets who are these rows of the original."""
        fits = tuple(None if cover is None else cover.T.copy() for cover in coded.covers)
        if owner is None:
            return cls(coded, fits, np.full(len(rows), -1), False)
        whose = np.asarray(owner)
        record = np.full(int(max(whose.max(initial=-1), rows.max(initial=-1))) + 1, -1)
        record[whose[whose >= 0]] = np.flatnonzero(whose >= 0)
        return cls(coded, fits, record[rows], True)

    def right(self, column: Ints) -> NDArray[np.bool_]:
        """Return for whom one record fits the facts in these columns: hers, if she is inside."""
        released, true = self.coded.tables
        if not len(released[0]):
            return np.zeros(len(column), dtype=bool)
        targets = np.arange(len(column))
        value = np.array(true)[column, targets[:, None]].astype(np.int64)
        alone: NDArray[np.bool_] = count(released, Predicates(column, value, value, targets), self.fits) == 1
        if self.told:
            alone[: len(self.own)] &= self._fits_own(column[: len(self.own)])
        return alone

    def _fits_own(self, column: Ints) -> NDArray[np.bool_]:
        """Return whose own record fits the facts about her in these columns."""
        fitting: NDArray[np.bool_] = self.own >= 0
        for at, (released, true, fits) in enumerate(zip(*self.coded.tables, self.fits, strict=True)):
            mine, hers = released[self.own], true[: len(self.own)]
            same = mine == hers if fits is None else fits[hers, mine]
            fitting &= same | ~(column == at).any(axis=1)
        return fitting


def random_facts(targets: int, columns: int, some: int, stream: Stream) -> Ints:
    """Return ``some`` different columns at random for each target, in increasing order.

    Examples
    --------
    >>> random_facts(2, 4, 3, Stream(1, "attack", "doctest")).shape
    (2, 3)
    """
    lots = stream.uniforms(targets * columns).reshape(targets, columns)
    return np.sort(np.argsort(lots, axis=1)[:, :some], axis=1)


def fewest(release: Release, names: Sequence[str]) -> dict[str, Any]:
    """Return how many released records need how many columns to be singled out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"zip": ["1", "1", "2", "2"], "sex": ["f", "m", "f", "f"]})
    >>> fewest(Release("records", Schema(), table=table), ["zip", "sex"])
    {'searched': 2, 'records': {'1': 1, '2': 1, 'none': 2}}
    """
    found = combinations_of(release.rows, names)
    most = min(MOST_SETS, MOST_WORK // max(len(found), 1))
    searched = minimal_uniques(found, names, largest=max(1, largest_within(len(names), most)))
    sizes = np.bincount(searched.sizes, minlength=searched.largest + 1)[1:]
    records = {str(size): int(many) for size, many in enumerate(sizes, start=1)}
    return {"searched": searched.largest, "records": {**records, "none": found.rows - int(sizes.sum())}}
