"""IP and household: whoever sees its own users' addresses over time knows whose visit an address was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.events.histories import LONG_AGO, seconds
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import group_labels
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import shared_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 50_000_000
"""Rows of events and of sightings above which the attack is refused: they are held in memory."""

DAY = 86_400


@dataclass(frozen=True, slots=True)
class IpHousehold:
    """A platform gets visits with an IP address and no name, and looks who of its users was there.

    It sees its own users' addresses over time. It takes each visit for the user whom it saw at that
    address nearest in time. Success is the right person; a wrong one is often of the same
    household, who then learns of the visit from the advertisement. Carrier networks and changing
    addresses make it miss.

    Parameters
    ----------
    sightings : pyarrow.Table
        What the platform saw: address, time and person, in columns named as in the release.
    address : str, default "ip"
        Column with the address.
    days : float, default 30
        A sighting counts when it is at most so far from the visit.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: visits taken for the right person, of those for which anybody was seen at the
    address (``asked`` counts all). ``baseline``: one of the users who were ever seen, blindly.
    ``series["outcome"]``: right, another person of the household (by the schema's household
    column), somebody else, nobody; ``series["by_days"]`` the same by distance in time.

    References
    ----------
    Mishra, Laperdrix, Vastel, Rudametkin, Rouvoy, Lopatka (2020), Don't count me out: on the
    relevance of IP address in the tracking ecosystem, doi:10.1145/3366423.3380161.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> visits = pa.table({"ip": ["240.0.0.1", "240.0.0.2"]})
    >>> people = pa.table({"who": ["ann", "bo"]})
    >>> seen = pa.table({"ip": ["240.0.0.1", "240.0.0.9"], "who": ["ann", "bo"]})
    >>> release = Release("events", Schema.of(person="who", token=["ip"]), table=visits)
    >>> IpHousehold(seen).run(release, Truth(people, owner=np.array([0, 1])), seed=1).series["outcome"]
    {'right': 1, 'household': 0, 'other': 0, 'nobody': 1}
    """

    name: ClassVar[str] = "ip-household"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"events"})
    needs: ClassVar[frozenset[str]] = frozenset({"register", "person"})
    population: ClassVar[str] = "sightings"

    sightings: pa.Table | None = None
    address: str = "ip"
    days: float = 30
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why visits cannot be matched by address."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.sightings is None:
            return f"{self.name} needs the platform's sightings: give a table of address, time and person"
        person, time = release.schema.person, release.schema.time
        wanted = {self.address, person, time} - {None}
        absent = [name for name in wanted if name not in self.sightings.column_names]
        rows = max(release.rows.num_rows, self.sightings.num_rows)
        faults = (
            (
                self.address not in release.rows.column_names,
                f"needs the column {self.address!r} in the release",
            ),
            (bool(absent), f"needs the column {absent[:1]} in the sightings"),
            (person not in truth.original.column_names, "needs the person column in the original"),
            (truth.owner is None, "needs the owner of each event to score it"),
            (self.days < 0, "takes no negative days"),
            (rows > LIMIT, f"holds at most {LIMIT:,} rows, not {rows:,}: take a sample"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Take each visit for the user seen nearest to it.

        Raises
        ------
        LabError
            When release, sightings and columns do not fit.
        """
        require(self, release, truth)
        assert self.sightings is not None
        assert truth.owner is not None
        schema = release.schema
        person, time = schema.person, schema.time
        assert person is not None
        real = np.flatnonzero(
            (np.asarray(truth.owner) >= 0) & release.rows[self.address].is_valid().to_numpy()
        )
        owner = np.asarray(truth.owner)[real]
        visits = release.rows.take(real)
        own, seen = shared_codes([visits[self.address], self.sightings[self.address]])
        whose, suspects = shared_codes([truth.original[person], self.sightings[person]])
        found, gap = nearest_sighting(
            own, seconds(visits, time), seen, seconds(self.sightings, time), self.days * DAY
        )
        made = found >= 0
        guess = np.where(made, suspects[found], -1) if len(suspects) else np.full(len(found), -1)
        truly = whose[owner]
        right = guess == truly
        households = self._household(release, truth, whose, guess, owner)
        users = np.unique(suspects)
        drawn = Stream(seed, "attack", f"{self.name}/blind").integers(len(truly), max(1, len(users)))
        blind = users[drawn] == truly if len(users) else np.zeros(len(truly), dtype=bool)
        outcome = np.select([right, made & households, made], [0, 1, 2], 3)
        return scored(
            self.name,
            Guesses(
                right[made],
                people=truly[made],
                groups=None if self.by is None else group_labels(truth.original, self.by)[owner][made],
            ),
            baseline=blind[made],
            asked=len(visits),
            seed=seed,
            series={"outcome": _outcomes(outcome), "by_days": _by_days(outcome, gap)},
        )

    def _household(
        self,
        release: Release,
        truth: Truth,
        whose: NDArray[np.int64],
        guess: NDArray[np.int64],
        owner: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Return where the person guessed lives in the household of the person who visited."""
        household = release.schema.household
        if household is None or household not in truth.original.column_names:
            return np.zeros(len(guess), dtype=bool)
        _, homes = labels_and_codes(truth.original[household])
        home_of = np.full(max(int(whose.max(initial=-1)), int(guess.max(initial=-1))) + 2, -1)
        home_of[whose] = homes
        told = truth.original[household].is_valid().to_numpy()
        same: NDArray[np.bool_] = (home_of[guess] == homes[owner]) & told[owner]
        return same


def nearest_sighting(
    own: NDArray[np.int64],
    moment: NDArray[np.float64],
    seen: NDArray[np.int64],
    then: NDArray[np.float64],
    within: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, for each visit, the row of the nearest sighting at its address, and how far off it is.

    Parameters
    ----------
    own, seen : array of int
        Address of each visit and of each sighting.
    moment, then : array of float
        Their seconds.
    within : float
        Seconds beyond which a sighting does not count: the row is -1 and the distance infinite.

    Examples
    --------
    >>> seen, then = np.array([1, 1]), np.array([9.0, -4.0])
    >>> rows, gap = nearest_sighting(np.array([1, 2]), np.zeros(2), seen, then, 5)
    >>> rows.tolist(), gap.tolist()
    ([1, -1], [4.0, inf])
    """
    order = np.lexsort((then, seen))
    seen, then = seen[order], then[order]
    start, stop = np.searchsorted(seen, own, side="left"), np.searchsorted(seen, own, side="right")
    real = np.concatenate([moment, then])
    real = real[real > LONG_AGO]
    first = float(real.min(initial=0.0))
    span = float(real.max(initial=first)) - first + 1
    at = np.clip(moment - first, 0, span) + own * 2 * span
    place = np.searchsorted(np.clip(then - first, 0, span) + seen * 2 * span, at)
    best, gap = np.full(len(own), -1), np.full(len(own), np.inf)
    for candidate in (place - 1, place):
        there = (candidate >= start) & (candidate < stop)
        row = np.clip(candidate, 0, max(0, len(then) - 1))
        away = np.abs(then[row] - moment) if len(then) else gap
        better = there & (away <= within) & (away < gap)
        gap, best = np.where(better, away, gap), np.where(better, row, best)
    return (np.where(best >= 0, order[best], -1) if len(order) else best), gap


def _outcomes(outcome: NDArray[np.int64]) -> dict[str, int]:
    counts = np.bincount(outcome, minlength=4).tolist()
    return dict(zip(("right", "household", "other", "nobody"), counts, strict=True))


def _by_days(outcome: NDArray[np.int64], gap: NDArray[np.float64]) -> list[dict[str, int]]:
    """Return the outcomes by the distance of the sighting: within 1, 3, 7, 14, 30 and more days."""
    edges = np.array([1, 3, 7, 14, 30, np.inf])
    near = np.searchsorted(edges, gap / DAY)
    named = [int(edge) if np.isfinite(edge) else 10_000 for edge in edges]
    return [
        {"days_up_to": edge, **_outcomes(outcome[(near == at) & (outcome < 3)])}
        for at, edge in enumerate(named)
    ]
