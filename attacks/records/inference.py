"""Inference: a secret column is guessed from the released record most like the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.gower import Compared, is_number
from attacks.comparison.neighbours import Votes, votes
from attacks.persons import once_each, whose_released
from attacks.records.guessed_secret import agree, commonest, predicted
from attacks.records.secret_answers import Answers
from attacks.records.telling_columns import telling
from attacks.result import AttackResult
from attacks.scoring import scored, strongest
from attacks.targets import CONTROLS, Targets, comparable, known_columns, unusable
from exports.errors import LabError
from exports.keys import small_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


POINTS = 1.959964
"""Standard errors on either side of a 95 % interval."""

TARGETS = 2_000
"""People attacked where nobody says how many."""

MANY = 100
"""Different whole numbers from which on a column measures something and no longer names it."""

PAIRS = 10**10
"""People times released records up to which more people are attacked than was asked for."""


@dataclass(frozen=True, slots=True)
class Inference:
    """An acquaintance knows some facts of a target and looks for the secret one in the release.

    She holds the target's values of the known columns. She succeeds when the secret of the
    released record nearest to them is the target's own. People who are not in the release are
    guessed in the same way: what is learnt about them too is knowledge of the population.

    Parameters
    ----------
    secret : str, optional
        Column to infer; by default every sensitive one, and the worst is reported.
    known : tuple of str, optional
        Columns that she knows; by default the quasi-identifiers, or else every other column.
    model : {"nearest", "boosting"}
        The nearest record's secret; or what gradient boosted trees say that learnt from the release.
    targets : int, optional
        People attacked, where there are so many; of the control up to three times as many. By default
        2,000, and more where most people share the secret, which leaves little to gain.
    width : float, default 0.1
        Width of the interval that is aimed at when ``targets`` is not given, up to ``PAIRS`` comparisons.
    tolerance : float, optional
        Relative error at which a number counts as guessed; by default 0.05 for a column of
        fractions or of more than 100 whole numbers, and 0 for any other.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    ``baseline``: the commonest secret, guessed for everybody, as the control knows it (else the
    original). Among equally near records she takes the commonest secret; of several any, and the guess
    counts by the chance that it is right. A released label is right when it covers the truth, and is held
    against the one label that covers most. Where some columns were swapped she also tries those that were
    left together. ``series["values"]``: what she achieves when she names one value only of whoever
    probably has it, the worst first; ``coverage``: the surest guesses; ``tolerance``: of numbers.

    References
    ----------
    Giomi, Boenisch, Wehmeyer, Tasnadi (2023), A unified framework for quantifying privacy risk in
    synthetic data, doi:10.56553/popets-2023-0055.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"zip": ["1", "2", "3"], "illness": ["a", "b", "c"]})
    >>> release = Release("records", Schema.of(quasi_identifier=["zip"], sensitive=["illness"]), table=people)
    >>> Inference().run(release, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "inference"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset({"sensitive"})

    secret: str | None = None
    known: tuple[str, ...] | None = None
    model: Literal["nearest", "boosting"] = "nearest"
    targets: int | None = None
    width: float = 0.1
    tolerance: float | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why there is no secret to infer, or nothing to infer it from."""
        reason = inapplicable(self, release, truth)
        if reason and not (self.secret and "sensitive" in reason):
            return reason
        if self.model not in ("nearest", "boosting"):
            return f"{self.name} has the models nearest and boosting, not {self.model!r}"
        if not self.width > 0:
            return f"{self.name} aims at an interval of a width above 0, not {self.width}"
        for secret in self._secrets(release):
            known = self._known(secret, release, truth)
            if not known:
                return f"{self.name} needs a column beside the secret {secret!r} that the adversary knows"
            lacking = unusable(release, truth, [secret, *known])
            if lacking:
                return lacking
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Guess the secret of each target.

        Raises
        ------
        LabError
            When a column is absent, no released secret stands for one that people have, or the control holds
            nobody but people of the original.
        """
        require(self, release, truth)
        found = {secret: self._learnt(secret, release, truth, seed) for secret in self._secrets(release)}
        return next(iter(found.values())) if len(found) == 1 else strongest(found, "secret")

    def _learnt(self, secret: str, release: Release, truth: Truth, seed: int) -> AttackResult:
        """Guess one secret from all known columns, and from those alone that the release leaves together."""
        stream = Stream(seed, "attack", self.name)
        known = self._known(secret, release, truth)
        tolerance = self._tolerance(truth.original[secret])
        number = self._number(release, truth, secret, tolerance)
        targets = Targets.draw(release, truth, number, stream, self.by, CONTROLS)
        columns, notes = known_columns(targets.table, release, known)
        truly = targets.table[secret]
        if not release.rows.num_rows:
            targets, truly, columns = targets.none(), truly.slice(0, 0), []
        reference = truth.control if targets.has_control else truth.original
        assert reference is not None
        common = agree(commonest(reference[secret], tolerance, len(truly)), truly, tolerance)
        told, said = release.rows[secret], None
        if self.model == "boosting" and columns:
            fraction = tolerance > 0
            said = told = predicted(columns, told, fraction=fraction, stream=stream.at(name="rows"))
        declared = release.schema.columns.get(secret)
        answers = Answers.of(told, truly, reference[secret], declared, common)
        if len(truly) and not answers.possible(truth.original[secret], told):
            raise LabError(
                f"The secret {secret!r} could not be attacked, no released value of it stands for one that "
                "people have: give it a hierarchy in the schema, or labels that name their values."
            )
        sets = {"all": columns}
        if said is None and columns and len(truly):
            kept = telling(columns, stream.at(name="telling"))
            if len(kept) < len(columns):
                sets["telling"] = [columns[at] for at in kept]
        asked = max(self.targets or TARGETS, targets.inside)
        found = {}
        for name, some in sets.items():
            series: dict[str, Any] = {}
            if said is not None:
                right: NDArray[Any] = answers.right(answers.codes, np.arange(len(truly)), tolerance)
            else:
                heard = self._votes(answers, some, len(targets), release, truth)
                right = answers.chances(heard, tolerance)
                series = answers.series(heard, right, targets.inside, declared)
            found[name] = self._scored(secret, targets, right, answers.blind, asked, seed, series, notes)
        return found["all"] if len(found) == 1 else strongest(found, "knowledge")

    def _votes(
        self, answers: Answers, columns: Sequence[Compared], people: int, release: Release, truth: Truth
    ) -> Votes:
        """Return what the nearest records say, a person's equal ones counted once."""
        codes = [small_codes(one.released) for one in columns] + [answers.codes]
        rows = once_each(codes, whose_released(release, truth), len(answers.codes))
        once = [Compared(one.known, one.released[rows], one.cost) for one in columns]
        return votes(once, people, len(rows), answers.codes[rows])

    def _scored(
        self,
        secret: str,
        targets: Targets,
        right: NDArray[Any],
        blind: NDArray[np.bool_],
        asked: int,
        seed: int,
        series: Mapping[str, Any],
        notes: tuple[str, ...],
    ) -> AttackResult:
        """Return the result, with the guess of one who knows the population where that is better."""

        def result(right: NDArray[Any], notes: tuple[str, ...]) -> AttackResult:
            made, others = targets.split(right)
            return scored(
                self.name,
                made,
                control=others,
                baseline=blind[: targets.inside],
                asked=asked,
                seed=seed,
                series=series,
                notes=targets.notes + notes,
            )

        found = result(right, notes)
        low = found.advantage.low
        if low is not None and low <= 0 and right[: targets.inside].sum() < blind[: targets.inside].sum():
            found = result(blind, (*notes, "the commonest secret is right more often, and was guessed"))
        return replace(found, secret=secret)

    def _secrets(self, release: Release) -> tuple[str, ...]:
        """Return the secrets to learn: the one named, else all sensitive columns."""
        return (self.secret,) if self.secret else release.schema.sensitive

    def _known(self, secret: str, release: Release, truth: Truth) -> tuple[str, ...]:
        """Return the known columns."""
        shared = [name for name in comparable(release, truth) if name != secret]
        facts = tuple(name for name in shared if name in release.schema.quasi_identifiers)
        return self.known or facts or tuple(shared)

    def _number(self, release: Release, truth: Truth, secret: str, tolerance: float) -> int:
        """Return how many people to attack: more where the commonest secret is right about most."""
        if self.targets is not None:
            return self.targets
        people = truth.original[secret]
        if not len(people):
            return TARGETS
        common = agree(commonest(people, tolerance, len(people)), people, tolerance).mean()
        others = 0 if truth.control is None else truth.control.num_rows
        most = PAIRS // (max(release.rows.num_rows, 1) * (1 + CONTROLS * bool(others)))
        enough: int = min(targets_for(self.width, float(common), others), len(people), most)
        return max(TARGETS, enough)

    def _tolerance(self, secret: pa.ChunkedArray) -> float:
        import pyarrow.types as kinds

        if self.tolerance is not None:
            return self.tolerance
        if not is_number(secret) or kinds.is_temporal(secret.type):
            return 0.0
        return 0.05 if not kinds.is_integer(secret.type) or len(secret.unique()) > MANY else 0.0


def targets_for(width: float, common: float, controls: int) -> int:
    """Return how many targets narrow the 95 % interval of the advantage to ``width``, were it 0.

    Parameters
    ----------
    width : float
        Width aimed at.
    common : float
        Success of the reference.
    controls : int
        People of the control that there are; up to three per target are attacked.

    Examples
    --------
    >>> targets_for(0.1, 0.5, 100_000), targets_for(0.1, 0.75, 100_000), targets_for(0.1, 0.75, 10_000)
    (2049, 6147, 8553)
    """
    if not 0 < common < 1:
        return 0
    per_person = (2 * POINTS * sqrt(common / (1 - common)) / width) ** 2
    shared = per_person * (1 + 1 / CONTROLS) if controls else per_person
    if CONTROLS * shared <= controls or not controls:
        return ceil(shared)
    return ceil(1 / (1 / per_person - 1 / controls)) if per_person < controls else controls
