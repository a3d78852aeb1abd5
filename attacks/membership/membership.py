"""Membership: whether a person's record was among the data that the release was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from attacks.attack import inapplicable, require
from attacks.membership.candidates import Candidates
from attacks.membership.operating_points import judged, result_of_scores, too_few
from attacks.membership.scores import SCORES
from attacks.result import AttackResult
from attacks.targets import comparable, unusable
from exports.errors import nearest
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody holds a person's whole record and asks whether that person was in the data.

    He holds the target's record, the release, and records of people like them who are known not
    to be in it. He succeeds when he says yes about a member, at a fixed rate of saying yes about
    others: on the list of a therapy site that yes is the health fact.

    Parameters
    ----------
    score : {"distance", "density", "sharp-density", "classifier", "marginals"}
        What he looks at, see ``attacks.membership.scores``; of a model its own score of the record.
    population : pyarrow.Table, optional
        Records of people known not to be in the data; by default half of the control, and the
        other half is attacked.
    known : tuple of str, optional
        Columns of the record that he knows; by default all that release and original share.
    targets : int, default 2000
        Members attacked, and at most five times as many others.
    prior : float, default 0.01
        Share of members among the people he might ask about, for the positive predictive value.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    ``attack`` is the true positive rate at a false positive rate of 10 %, ``control`` that false
    positive rate, ``advantage`` their difference with Newcombe's interval; no better than guessing
    is the same rate in both, so the baseline is the control. ``series["at"]`` has 10, 1 and 0.1 %, each
    only with at least 10 / rate controls; ``series["most_exposed"]`` the rows of the original
    whose score fewest controls reach: an average hides the outliers who have least protection.

    References
    ----------
    Carlini et al. (2022), Membership inference attacks from first principles,
    doi:10.1109/SP46214.2022.9833649. Stadler, Oprisanu, Troncoso (2022), Synthetic data --
    anonymisation groundhog day, arXiv:2011.07018; contested by Sarmin et al. (2024), arXiv:2407.07926.

    Examples
    --------
    >>> import numpy as np
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> rng = np.random.default_rng(1)
    >>> people, others = (pa.table({"pay": rng.random(300), "age": rng.random(300)}) for _ in range(2))
    >>> release = Release("synthetic", Schema.of(quasi_identifier=["pay", "age"]), table=people)
    >>> Membership().run(release, Truth(people, others), seed=1).attack.share > 0.8
    True
    """

    name: ClassVar[str] = "membership"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic", "model"})
    needs: ClassVar[frozenset[str]] = frozenset({"control"})

    score: str = "distance"
    population: pa.Table | None = None
    known: tuple[str, ...] | None = None
    targets: int = 2_000
    prior: float = 0.01
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why membership cannot be judged on this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.score not in SCORES:
            return f"{self.name} has no score {self.score!r}; the nearest is {nearest(self.score, SCORES)!r}"
        if self.targets < 1 or not 0 < self.prior < 1:
            return f"{self.name} needs at least 1 target and a prior between 0 and 1"
        few = too_few(self.name, truth.control, halved=release.score is None and self.population is None)
        if few or release.score is not None:
            return few
        if not release.rows.num_rows:
            return f"{self.name} has nothing to compare with: the release has no rows"
        names = self.known or comparable(release, truth)
        return unusable(release, truth, names) if names else f"{self.name} needs a column to compare"

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Score members and others.

        Raises
        ------
        LabError
            When there are fewer than 100 controls to score, or all of them are in the original.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", self.name)
        asked = Candidates.draw(
            release,
            truth,
            stream,
            members=self.targets,
            others=5 * self.targets,
            population=self.population,
            by=self.by,
            halve=release.score is None,
        )
        names = tuple(self.known or comparable(release, truth)) if release.score is None else ()
        scores = judged(release, asked.table, asked.reference, names, self.score, stream)
        return result_of_scores(
            self.name,
            scores[: len(asked.rows)],
            scores[len(asked.rows) :],
            rows=asked.rows,
            prior=self.prior,
            asked=self.targets,
            seed=seed,
            groups=asked.groups,
            notes=asked.notes,
        )
