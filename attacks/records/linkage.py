"""Linkage: released records are joined with a register that has names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.records.register_match import Match, exactly, probably
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.targets import group_labels, one_row_each, stacked, strangers
from exports.coding import Ints
from exports.errors import LabError
from exports.keys import joint_codes, shared_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.schema import Column, Role
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

PATTERNS = 64
"""Patterns of gaps that records are matched without."""

LIMIT = 10_000_000
"""Rows of the register above which the join is refused: it is held in memory."""


@dataclass(frozen=True, slots=True)
class Linkage:
    """Somebody joins released records with a voter list and reads the names off.

    She holds a register: names, and columns that the release has too. She claims a person for a record
    when that person alone fits it, and succeeds when the record is that person's. A wrong claim
    is her loss, and the person's it falls on.

    Parameters
    ----------
    register : pyarrow.Table
        One row per person (or per address of a person), with the schema's person column for
        scoring and the columns of ``on``.
    on : tuple of str, optional
        Columns to join on; by default the quasi-identifiers that the register has.
    method : {"exact", "probabilistic"}
        Agreement in every column, where a generalised value agrees with all it stands for; or
        Fellegi and Sunter's weights, which allow for typing errors and moves (extra ``linkage``).
    threshold : float, default 0.9
        Least probability of a claim, when probabilistic.
    by : str, optional
        Column of the original by which groups are reported.

    Notes
    -----
    ``attack``: rightly claimed of all released records of people, claimed or not. ``series["claims"]`` has
    right and wrong claims and the positive predictive value;
    ``series["k_map"]`` how many persons of the register fit a record (exact only). ``baseline``: a
    person drawn from the register for each record. ``control``: people who are not in the
    release are put into the register, at most as many as there are records, and she links once more;
    it is the share of them whom she names, each time wrongly.

    References
    ----------
    Sweeney (2002), k-anonymity, doi:10.1142/S0218488502001648. Fellegi and Sunter (1969), A theory
    for record linkage, doi:10.1080/01621459.1969.10501049.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"id": ["a", "b", "c"], "zip": ["02139", "02139", "10001"]})
    >>> released = pa.table({"zip": ["021**", "021**", "100**"]})
    >>> schema = Schema.of(person="id", quasi_identifier=["zip"])
    >>> release = Release("records", schema, table=released)
    >>> Linkage(people).run(release, Truth(people, owner=np.arange(3)), seed=1).attack
    33.3 % [6.1, 79.2] (1 of 3)
    """

    name: ClassVar[str] = "linkage"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records"})
    needs: ClassVar[frozenset[str]] = frozenset({"register", "person"})
    population: ClassVar[str] = "register"

    register: pa.Table | None = None
    on: tuple[str, ...] | None = None
    method: Literal["exact", "probabilistic"] = "exact"
    threshold: float = 0.9
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the release cannot be joined with the register, or a link not be scored."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.register is None:
            return f"{self.name} needs a register: give a table with names"
        person, names = release.schema.person, self._columns(release)
        absent = [name for name in (*names, person) if name not in self.register.column_names]
        told = truth.owner is not None and person in truth.original.column_names
        faults = (
            (bool(absent), f"needs {absent[:1]} in the register, which has no such column"),
            (not names, "needs a column that release and register share"),
            (any(name not in release.rows.column_names for name in names), f"needs {names} in the release"),
            (
                not told and person not in release.rows.column_names,
                "needs to know whose each record is: give the truth's owner, or keep the person column in "
                "the release",
            ),
            (self.method not in ("exact", "probabilistic"), f"has no method {self.method!r}"),
            (not self.register.num_rows, "needs people in the register, which has no rows"),
            (self.register.num_rows > LIMIT, f"joins at most {LIMIT:,} people, give a smaller register"),
            (not 0 < self.threshold <= 1, f"needs a threshold in (0, 1], not {self.threshold}"),
        )
        fault = next((sentence for wrong, sentence in faults if wrong), None)
        return fault and f"{self.name} {fault}"

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Claim a person for each record that one alone fits.

        Raises
        ------
        LabError
            When the register does not fit, or splink is needed and not installed.
        """
        require(self, release, truth)
        assert self.register is not None
        original = None if truth.owner is None else np.asarray(truth.owner)
        rows = release.rows
        if original is not None:
            rows, original = rows.filter(original >= 0), original[original >= 0]
        truly, known = self._persons(rows, truth.original, original, release.schema.person or "")
        if original is None:
            _require_named(rows, truth.original, release.schema.person or "")
        names = self._columns(release)
        register = self.register.select(names)

        def linked(register: pa.Table, known: NDArray[np.int64]) -> Match:
            if self.method == "exact":
                return _on_what_is_told(rows, register, known, names, release.schema.columns)
            return probably(rows, register, known, names, threshold=self.threshold, seed=seed)

        stream = Stream(seed, "attack", f"{self.name}/baseline")
        found = linked(register, known)
        others, notes = self._others(release, truth, len(rows), stream.at(name="control"))
        named = groups = None
        if others is not None:
            _, theirs = self._persons(rows, truth.original, original, release.schema.person or "", others)
            more = stacked([register, others.select(names)])
            person = linked(more, theirs).person
            named = np.isin(theirs[len(register) :], person)
            groups = None if self.by is None else group_labels(others, self.by)
        right = (found.person == truly) & (found.person >= 0)
        drawn = stream.integers(len(right), len(known))
        made, correct = int(np.count_nonzero(found.person >= 0)), int(np.count_nonzero(right))
        claims = {
            "made": made,
            "right": correct,
            "wrong": made - correct,
            "positive_predictive_value": Share(correct, made, "estimated").to_json(),
        }
        return scored(
            self.name,
            Guesses(right, groups=labels(truth, original, self.by)),
            control=None if named is None else Guesses(named, groups=groups),
            baseline=known[drawn] == truly,
            seed=seed,
            series={"claims": claims, "k_map": k_map(found)},
            notes=notes + _strange(found),
        )

    def _columns(self, release: Release) -> tuple[str, ...]:
        assert self.register is not None
        known = set(self.register.column_names)
        facts = release.schema.names(Role.QUASI_IDENTIFIER)
        return self.on or tuple(name for name in facts if name in known)

    def _others(
        self, release: Release, truth: Truth, records: int, stream: Stream
    ) -> tuple[pa.Table | None, tuple[str, ...]]:
        """Return at most so many people who are not in the release, as the register would have them."""
        control, person = truth.control, release.schema.person
        if control is None:
            return None, ()
        wanted = [*self._columns(release), person, *([] if self.by is None else [self.by])]
        absent = [name for name in wanted if name not in control.column_names]
        if absent:
            return None, (f"there is no control: the control table has no column {absent[0]!r}",)
        others, notes = strangers(control, truth.original, person)
        return others.take(one_row_each(others, person, records, stream)), notes

    def _persons(
        self,
        rows: pa.Table,
        people: pa.Table,
        original: NDArray[Any] | None,
        person: str,
        others: pa.Table | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return whose each record truly is, and whose each row of the register and of others, as codes."""
        assert self.register is not None
        own = rows[person] if original is None else people[person].take(original)
        more = [] if others is None else [others[person]]
        truly, *known = shared_codes([own, self.register[person], *more])
        return truly, np.concatenate(known)


def _require_named(rows: pa.Table, people: pa.Table, person: str) -> None:
    """Check that the release names people as the original does; pseudonyms would all be scored as wrong."""
    if person not in people.column_names or not rows.num_rows:
        return
    ours, theirs = shared_codes([rows[person], people[person]])
    if not np.isin(ours, theirs).any():
        raise LabError(
            f"None of the {rows.num_rows:,} records bears a {person!r} of the original, so no link can be "
            "scored: give the truth's owner, or an original that names persons as the release does."
        )


def _strange(found: Match) -> tuple[str, ...]:
    """Return a note where no record fits anybody: what is written in different ways never agrees."""
    if found.candidates is None or not len(found.candidates) or found.candidates.any():
        return ()
    return ("no record fits anybody of the register: see whether both write their values in the same way",)


def k_map(found: Match) -> dict[str, Any] | None:
    """Return how many persons fit a record: least number above none, and records by number.

    Examples
    --------
    >>> k_map(Match(np.array([-1, 4, -1]), np.array([0, 1, 3])))
    {'k': 1, 'records': {'0': 1, '1': 1, '2 to 4': 1, '5 to 19': 0, '20 or more': 0}}
    """
    if found.candidates is None:
        return None
    several = found.candidates[found.candidates > 0]
    place = np.searchsorted([0, 1, 2, 5, 20], found.candidates, side="right") - 1
    names = ("0", "1", "2 to 4", "5 to 19", "20 or more")
    records = np.bincount(place, minlength=len(names))
    return {
        "k": int(several.min()) if len(several) else None,
        "records": dict(zip(names, records.tolist(), strict=True)),
    }


def _on_what_is_told(
    rows: pa.Table, register: pa.Table, known: Ints, names: Sequence[str], declared: Mapping[str, Column]
) -> Match:
    """Return the exact match, of records that nobody fits on the columns that they have no gap in."""
    found = exactly(rows, register, known, names, declared)
    gaps = np.array([rows[name].is_null().to_numpy() & (register[name].null_count == 0) for name in names])
    if found.candidates is None or not gaps.any():
        return found
    person, candidates = found.person.copy(), found.candidates.copy()
    pattern = joint_codes(list(gaps.astype(np.int64)), rows.num_rows)
    for one in np.unique(pattern[(candidates == 0) & gaps.any(axis=0)])[:PATTERNS]:
        mine = np.flatnonzero((pattern == one) & (candidates == 0))
        told = [name for name, gap in zip(names, gaps[:, mine[0]], strict=True) if not gap]
        if told:
            again = exactly(rows.take(mine), register, known, told, declared)
            assert again.candidates is not None
            person[mine], candidates[mine] = again.person, again.candidates
    return Match(person, candidates)
