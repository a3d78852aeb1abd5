"""Sparse history: a few things a person did, roughly dated, pick her record out of all pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.events.histories import Log, seconds
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import group_labels
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import joint_codes, shared_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 50_000_000
"""Events above which the attack is refused: they are held in memory."""

DAY = 86_400
"""Seconds of a day; a time that is a plain number counts seconds."""


@dataclass(frozen=True, slots=True)
class SparseHistory:
    """Somebody knows a few things that a person did, and about when, and looks for her history.

    She has seen some visits, purchases or ratings, dates them to within days, and is wrong about
    some. Each released history scores by the facts it holds near their dates, rare ones more than
    common ones; the best one is hers, and all the rest of it is then known too. Success is the
    right record.

    Parameters
    ----------
    facts : int, default 8
        Things known of each target.
    wrong : int, default 0
        How many of them she did not do.
    days : float, default 14
        An event this near to a fact's date fits it; with 0 the very second must be right.
    error : float, default 0
        Her own dates are off by up to so many days.
    eccentricity : float, default 0
        Guess only where the best score leads the second by so many standard deviations.
    items : tuple of str, optional
        Columns that say what was done; by default the schema's quasi-identifiers.
    record : str, optional
        Column of the release that holds a history together; by default the person column, else
        the first token.
    targets : int, default 2000
        People attacked.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    The time column is the schema's ``time``: dates, times, or seconds as numbers; without one only
    the items count. ``baseline``: a record picked blindly. ``series["unique"]`` is the share of
    targets whose facts fit one record and no other; ``series["fitting"]`` the records that fit
    all facts, at the median.

    References
    ----------
    Narayanan and Shmatikov (2008), Robust de-anonymization of large sparse datasets,
    doi:10.1109/SP.2008.33.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> log = pa.table({"who": [1, 1, 2, 2], "page": ["faq", "pride", "faq", "teen"], "on": [0, 9, 0, 9]})
    >>> roles = Schema.of(person="who", quasi_identifier=["page"], insensitive=["on"])
    >>> SparseHistory(facts=2).run(Release("events", roles, table=log), Truth(log), seed=1).attack
    100.0 % [34.2, 100.0] (2 of 2)
    """

    name: ClassVar[str] = "sparse-history"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"events"})
    needs: ClassVar[frozenset[str]] = frozenset()

    facts: int = 8
    wrong: int = 0
    days: float = 14
    error: float = 0
    eccentricity: float = 0
    items: tuple[str, ...] | None = None
    record: str | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why histories cannot be looked up in this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        items, record = self._columns(release)
        person = release.schema.person
        names, known = release.rows.column_names, truth.original.column_names
        absent = [name for name in (*items, record) if name is not None and name not in names]
        faults = (
            (not items, "needs a column that says what was done: a quasi-identifier, or items="),
            (record is None, "needs a column that holds a history together: the person, or record="),
            (bool(absent), f"needs the column {absent[:1]} in the release"),
            (person not in known, "needs the schema's person column in the original"),
            (any(name not in known for name in items), "needs the items in the original too"),
            (release.rows.num_rows > LIMIT, f"holds at most {LIMIT:,} events: take a sample"),
            (
                not 0 <= self.wrong <= self.facts or self.facts < 1,
                "needs a fact, and no more wrong than facts",
            ),
            (min(self.days, self.error, self.eccentricity) < 0, "takes no negative days or eccentricity"),
            (self.targets < 1, "needs at least 1 target"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Score every history against the facts of each target.

        Raises
        ------
        LabError
            When the release and the columns do not fit.
        """
        require(self, release, truth)
        items, record = self._columns(release)
        person, time = release.schema.person, release.schema.time
        assert record is not None
        assert person is not None
        stream = Stream(seed, "attack", self.name)
        names, people = labels_and_codes(truth.original[person])
        did, released = _coded(truth.original, release.rows, items)
        histories, records = labels_and_codes(release.rows[record])
        targets = stream.at(name="targets").sample(len(names), self.targets)
        facts = self._facts(targets, people, did, seconds(truth.original, time), stream)
        log = Log.of(records, released, seconds(release.rows, time), len(histories))
        best = log.best(facts, len(targets), self.days * DAY, stream.at(name="ties").uniforms(len(targets)))
        made = (best.record >= 0) & (best.first - best.second >= self.eccentricity * best.spread)
        guessed = targets[made]
        owner = _owners(histories, records, names, people, truth)
        blind = stream.at(name="blind").integers(len(guessed), max(1, len(histories)))
        first_row = np.unique(people, return_index=True)[1]
        return scored(
            self.name,
            Guesses(
                owner[best.record[made]] == guessed,
                groups=None if self.by is None else group_labels(truth.original, self.by)[first_row[guessed]],
            ),
            baseline=owner[blind] == guessed,
            asked=len(targets),
            seed=seed,
            series={
                "unique": float((best.fitting == 1).mean()) if len(targets) else None,
                "fitting": float(np.median(best.fitting)) if len(targets) else None,
            },
        )

    def _facts(
        self,
        targets: NDArray[np.int64],
        people: NDArray[np.int32],
        did: NDArray[np.int64],
        at: NDArray[np.float64],
        stream: Stream,
    ) -> dict[str, NDArray[Any]]:
        """Draw what is known of each target: some of her events, some of which are made wrong."""
        rank = np.full(int(people.max(initial=-1)) + 1, -1)
        rank[targets] = np.arange(len(targets))
        rows = np.flatnonzero(rank[people] >= 0) if len(people) else np.zeros(0, dtype=np.int64)
        shuffled = rows[stream.at(name="facts").permutation(len(rows))]
        order = shuffled[np.argsort(rank[people[shuffled]], kind="stable")]
        target = rank[people[order]]
        place = np.arange(len(order)) - np.searchsorted(target, target)
        order, target, place = (part[place < self.facts] for part in (order, target, place))
        other = stream.at(name="wrong").integers(len(order), max(1, len(people)))
        order = np.where(place < self.wrong, other, order)
        off = (2 * stream.at(name="error").uniforms(len(order)) - 1) * self.error * DAY
        return {"target": target, "place": place, "item": did[order], "moment": at[order] + off}

    def _columns(self, release: Release) -> tuple[tuple[str, ...], str | None]:
        schema = release.schema
        tokens = schema.names(Role.TOKEN)
        done = tuple(name for name in schema.quasi_identifiers if name != schema.time)
        items = done if self.items is None else self.items
        return items, self.record or schema.person or next(iter(tokens), None)


def _coded(
    one: pa.Table, other: pa.Table, names: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one code per row of each table, equal where they agree in the columns ``names``."""
    columns = [np.concatenate(shared_codes([one[name], other[name]])) for name in names]
    codes = joint_codes(columns, one.num_rows + other.num_rows)
    return codes[: one.num_rows], codes[one.num_rows :]


def _owners(
    histories: list[str | None],
    records: NDArray[np.int32],
    names: list[str | None],
    people: NDArray[np.int32],
    truth: Truth,
) -> NDArray[np.int64]:
    """Return the person of each released history; -1 where it is nobody's.

    Without ``truth.owner`` the release names its records as the original names people.

    Raises
    ------
    LabError
        When it names none of them so.
    """
    if truth.owner is None:
        place = {name: at for at, name in enumerate(names)}
        named = np.array([place.get(history, -1) for history in histories], dtype=np.int64)
        if len(named) and (named < 0).all():
            raise LabError(
                f"None of the {len(named):,} histories bears the name of a person of the original, so no "
                "guess can be scored: give the truth's owner, or an original that names persons as the "
                "release does."
            )
        return named
    owner = np.full(len(histories), -1, dtype=np.int64)
    real = np.asarray(truth.owner) >= 0
    owner[records[real]] = people[np.asarray(truth.owner)[real]]
    return owner
