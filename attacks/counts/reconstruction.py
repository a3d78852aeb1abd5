"""Reconstruction: counts of enough random groups, even noisy ones, give everybody's answer back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions, counted_value
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.targets import one_row_each
from exports.errors import LabError
from exports.queries import Condition
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.schema import Schema

PEOPLE = 512
QUESTIONS = 8_192
"""Largest linear program that is tried: it takes seconds; twice the people take ten times as long."""


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """An analyst asks for the count of one answer in random groups of named people, and solves for all.

    He knows who is in the data, by a column that names people. Every count is some way off; the
    linear program finds the answers that fit all counts best. While the noise stays well below
    the square root of the number of people, nearly everybody's answer comes out; above it, nobody's.

    Parameters
    ----------
    names : str, optional
        Column that names people in a query; by default the schema's person column.
    secret : str, optional
        Column to learn; by default the schema's first sensitive one.
    value : str, optional
        The answer that is counted; by default the commonest but one.
    people : int, default 256
        People attacked at most, 512 at the utmost.
    questions : int, optional
        Groups asked about; by default four for each person.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: people whose answer (counted one or not) is reconstructed; ``baseline``: the
    commoner of the two, guessed for everybody. There is no control: the groups are of people in
    the data. ``series["misfit"]`` is the mean distance of the counts from the solution's.

    References
    ----------
    Dinur and Nissim (2003), doi:10.1145/773153.773173; Dwork, McSherry, Talwar (2007),
    doi:10.1145/1250790.1250804; Cohen and Nissim (2020), doi:10.29012/jpc.711.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, exact_counts
    >>> people = pa.table({"id": list(range(40)), "low": ["yes", "no", "no", "no"] * 10})
    >>> release = exact_counts(Export(people, Schema.of(person="id", sensitive=["low"])))
    >>> Reconstruction().run(release, Truth(people), seed=1).attack
    100.0 % [91.2, 100.0] (40 of 40)
    """

    name: ClassVar[str] = "reconstruction"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle", "sensitive"})

    names: str | None = None
    secret: str | None = None
    value: str | None = None
    people: int = 256
    questions: int | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why nobody's answer can be solved for on this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        names, secret = self._columns(release.schema)
        if names is None:
            return f"{self.name} needs a column that names people in a query: give names="
        absent = [name for name in (names, secret) if name not in truth.original.column_names]
        if absent:
            return f"{self.name} needs the column {absent[0]!r} in the original"
        if not 1 <= self.people <= PEOPLE:
            return f"{self.name} solves for between 1 and {PEOPLE} people, not {self.people:,}"
        if not 1 <= (self.questions or 1) <= QUESTIONS:
            return f"{self.name} asks between 1 and {QUESTIONS:,} questions, not {self.questions:,}"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Ask about random groups and solve the linear program.

        Raises
        ------
        LabError
            When the columns do not fit the release, or its oracle cannot answer.
        """
        require(self, release, truth)
        assert release.ask is not None
        names, secret = self._columns(release.schema)
        assert names is not None
        stream = Stream(seed, "attack", self.name)
        rows = one_row_each(truth.original, names, self.people, stream.at(name="people"))
        people = truth.original[names].take(rows).to_pylist()
        ask = Questions(release.ask)
        value = counted_value(ask, truth.original, secret, self.value)
        truly = np.array(
            [answer == value for answer in truth.original[secret].take(rows).to_pylist()], dtype=bool
        )
        groups = self._groups(len(people), stream)
        counts = [
            ask(Condition(names, [people[at] for at in np.flatnonzero(group)]), Condition(secret, [value]))
            for group in groups
        ]
        told = np.array([count is not None for count in counts], dtype=bool)
        answers = np.array([count for count in counts if count is not None], dtype=float)
        solved = solve(groups[told].astype(float), answers) if told.any() else None
        made = np.full(len(people), solved is not None)
        guess = np.zeros(len(people), dtype=bool) if solved is None else solved > 0.5
        naive = np.full(len(people), 2 * truly.sum() > len(truly))
        misfit = None if solved is None else float(np.abs(groups[told] @ solved - answers).mean())
        groups_of = labels(truth, rows, self.by)
        return scored(
            self.name,
            Guesses((guess == truly)[made], groups=None if groups_of is None else groups_of[made]),
            baseline=(naive == truly)[made],
            asked=len(people),
            seed=seed,
            series={"questions": {"asked": ask.asked, "withheld": ask.withheld}, "misfit": misfit},
        )

    def _columns(self, schema: Schema) -> tuple[str | None, str]:
        return self.names or schema.person, self.secret or schema.sensitive[0]

    def _groups(self, people: int, stream: Stream) -> NDArray[np.bool_]:
        """Return random groups, one row each, each person in about half of them."""
        questions = min(self.questions or 4 * people, QUESTIONS)
        bits = stream.at(name="groups").bits(questions * people).reshape(questions, people)
        chosen: NDArray[np.bool_] = (bits >> np.uint64(63)).astype(bool)
        return chosen


def solve(groups: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers between 0 and 1 whose sums over the groups are nearest to the counts.

    Parameters
    ----------
    groups : array of float, shape (n_questions, n_people)
        1 where a person is in a group.
    counts : array of float, shape (n_questions,)
        What was answered.

    Examples
    --------
    >>> solve(np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), np.array([1.2, 0.1, 0.1])).round(1)
    array([1. , 0.1])
    """
    from scipy import sparse
    from scipy.optimize import linprog

    questions, people = groups.shape
    above = sparse.identity(questions, format="csc")
    found = linprog(
        np.r_[np.zeros(people), np.ones(2 * questions)],
        A_eq=sparse.hstack([sparse.csc_matrix(groups), above, -above], format="csc"),
        b_eq=counts,
        bounds=[(0, 1)] * people + [(0, None)] * (2 * questions),
        method="highs-ipm",
    )
    if found.x is None:
        raise LabError(f"The linear program over {people} people was not solved: ask fewer questions.")
    answers: NDArray[np.float64] = found.x[:people]
    return answers
