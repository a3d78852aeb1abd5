"""Differencing of cohorts: two counts that differ by one person tell what she answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.targets import one_row_each
from exports.queries import Condition, CountQuery, Counts
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 20_000
"""Targets above which the attack is refused: each takes tens of questions."""

LARGEST_COHORT = 3
"""Columns at most that describe a cohort, the one that singles out the target included."""

ANSWERS = 100
"""Different secrets above which the attack is refused: each costs two questions a target."""

NO_GUESS = object()
"""Stands for a target about whom the oracle said nothing; a missing secret is a guess."""

Cohort = tuple[tuple[Condition, ...], Condition]
"""Conditions of a cohort, and the one that holds for the target alone within it."""


@dataclass(frozen=True, slots=True)
class Differencing:
    """An analyst who may only count large cohorts learns what one person in them answered.

    She knows a colleague's quasi-identifiers. She counts a cohort with and without the people who
    share one value with him, chosen so that he is the only one; then both again among those with
    each possible answer. The answer whose two counts differ is his. No count is small, so a
    minimum cohort size does not stop her; noise on each count does.

    Parameters
    ----------
    secret : str, optional
        Column to learn; by default the schema's first sensitive one.
    known : tuple of str, optional
        Columns known of each target; by default the schema's quasi-identifiers.
    register : pyarrow.Table, optional
        The known columns of everybody in the data (a staff list), with which she finds a cohort
        offline; without it she asks the oracle whether he is alone.
    targets : int, default 500
        People attacked.
    cohorts : int, default 40
        Cohorts tried for each target at most.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``baseline``: the most common answer, guessed for everybody. There is no control: somebody
    who is not in the data is in no cohort. ``series["questions"]`` counts what was asked.

    References
    ----------
    Denning, Denning, Schwartz (1979), The tracker: a threat to statistical database security,
    doi:10.1145/320064.320069.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, exact_counts
    >>> people = pa.table({"zip": ["1"] * 20, "birth": list(range(20)), "low": ["no"] * 15 + ["yes"] * 5})
    >>> roles = Schema.of(quasi_identifier=["zip", "birth"], sensitive=["low"])
    >>> Differencing().run(exact_counts(Export(people, roles)), Truth(people), seed=1).attack
    100.0 % [83.9, 100.0] (20 of 20)
    """

    name: ClassVar[str] = "differencing"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle", "sensitive"})
    population: ClassVar[str] = "register"

    secret: str | None = None
    known: tuple[str, ...] | None = None
    register: pa.Table | None = None
    targets: int = 500
    cohorts: int = 40
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no cohort can be formed on this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        names = truth.original.column_names
        wanted = [self._secret(release.schema), *self._known(release.schema)]
        absent = [name for name in wanted if name not in names]
        if absent:
            return (
                f"{self.name} needs the column {absent[0]!r} in the original: name secret and known columns"
            )
        if len(wanted) < 2:
            return f"{self.name} needs a quasi-identifier by which a target is known"
        answers = len(truth.original[wanted[0]].unique())
        if answers > ANSWERS:
            return (
                f"{wanted[0]!r} has {answers:,} different values, at most {ANSWERS} can be tried: coarsen it"
            )
        if not 1 <= self.targets <= LIMIT:
            return f"{self.name} attacks between 1 and {LIMIT:,} people, not {self.targets:,}"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Difference the counts around each target.

        Raises
        ------
        LabError
            When the release and the columns do not fit, or the oracle cannot answer.
        """
        require(self, release, truth)
        assert release.ask is not None
        questions = Questions(release.ask)
        secret, known = self._secret(release.schema), self._known(release.schema)
        stream = Stream(seed, "attack", f"{self.name}/targets")
        rows = one_row_each(truth.original, release.schema.person, self.targets, stream)
        facts = truth.original.select([secret, *known]).take(rows).to_pylist()
        codebook = sorted(truth.original[secret].unique().to_pylist(), key=repr)
        common = {value: questions(Condition(secret, [value])) or 0 for value in codebook}
        likely = sorted(codebook, key=lambda value: -common[value])
        directory = None if self.register is None else Counts.of(self.register, Schema(), known)
        guesses = []
        for fact in facts:
            cohort = _cohort(fact, known, self.cohorts, questions, directory)
            guesses.append(NO_GUESS if cohort is None else _answer(questions, cohort, secret, likely))
        truly = [fact[secret] for fact in facts]
        made = np.array([guess is not NO_GUESS for guess in guesses], dtype=bool)
        right = np.array([guess == value for guess, value in zip(guesses, truly, strict=True)], dtype=bool)
        naive = np.array([value == likely[0] for value in truly], dtype=bool)
        groups = labels(truth, rows, self.by)
        return scored(
            self.name,
            Guesses(right[made], groups=None if groups is None else groups[made]),
            baseline=naive[made],
            asked=len(facts),
            seed=seed,
            series={"questions": {"asked": questions.asked, "withheld": questions.withheld}},
        )

    def _secret(self, schema: Schema) -> str:
        return self.secret or schema.sensitive[0]

    def _known(self, schema: Schema) -> tuple[str, ...]:
        known = schema.quasi_identifiers if self.known is None else self.known
        return tuple(name for name in known if name != self._secret(schema))


def _cohorts(fact: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Cohort]:
    """Yield cohorts around a target, the largest first: everybody, one column, two columns."""
    for size in range(LARGEST_COHORT):
        for columns in combinations(known, size):
            cohort = tuple(Condition(column, [fact[column]]) for column in columns)
            for single in known:
                if single not in columns:
                    yield cohort, Condition(single, [fact[single]])


def _cohort(
    fact: Mapping[str, Any],
    known: tuple[str, ...],
    tries: int,
    questions: Questions,
    directory: Counts | None,
) -> Cohort | None:
    """Return a cohort in which the target is alone with a value, or the nearest to one.

    None where every count is withheld.
    """
    best, nearest = None, np.inf
    for cohort, single in islice(_cohorts(fact, known), tries):
        if directory is not None:
            people: int | None = directory.answer(CountQuery((*cohort, single)))
        else:
            people = _gap(questions, cohort, single)
        if people is not None and abs(people - 1) < nearest:
            best, nearest = (cohort, single), abs(people - 1)
        if nearest == 0:
            break
    return best


def _gap(
    questions: Questions, cohort: tuple[Condition, ...], single: Condition, *more: Condition
) -> int | None:
    """Return the count of a cohort less that of the same without whoever satisfies ``single``."""
    whole = questions(*cohort, *more)
    others = questions(*cohort, replace(single, negated=True), *more)
    return None if whole is None or others is None else whole - others


def _answer(questions: Questions, cohort: Cohort, secret: str, likely: list[Any]) -> Any:
    """Return the secret whose counts differ most; one that was withheld, where no other differs."""
    conditions, single = cohort
    gaps = {value: _gap(questions, conditions, single, Condition(secret, [value])) for value in likely}
    told = {value: gap for value, gap in gaps.items() if gap is not None}
    best = max(told, key=lambda value: told[value], default=NO_GUESS)
    withheld = [value for value in likely if gaps[value] is None]
    if withheld and (best is NO_GUESS or told[best] < 1):
        return withheld[0] if told else NO_GUESS
    return best
