"""Membership through shadow models: the adversary trains the defence himself, with and without the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from attacks.attack import inapplicable, require
from attacks.membership.candidates import Candidates
from attacks.membership.operating_points import EXPOSED, LEAST, judged, result_of_scores, too_few
from attacks.membership.scores import SCORES, Evidence, marginal_ratios
from attacks.result import AttackResult
from attacks.targets import comparable, unusable
from exports.coding import Floats, Passes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


MODELS, ROWS = 64, 2_000
"""Most shadow models, and most rows that one is trained on: beyond, the run is refused."""


PENALTY = 0.01
"""Inverse strength with which the classifier's weights are held down: marginals say much the same."""


@dataclass(frozen=True, slots=True)
class ShadowModels:
    """Somebody who knows the recipe trains it often, half of the times with the target's record.

    He holds the target's record, the release, records of people like them, and the defence itself as a
    function. He sees how the release answers to a record that it was and was not made from, and
    succeeds when he says yes about a member, at a fixed rate of saying yes about others.

    Parameters
    ----------
    train : callable
        ``train(table, seed) -> Release``: the defence under attack.
    judge : {"likelihood-ratio", "classifier", "focal-points"}
        Each target's own normal distributions of the score, in and out (LiRA), or one logistic
        regression fitted to all targets of the shadow models: on several scores, or on the density ratios
        of all small marginals, so that those count which the recipe keeps.
    score : str, default "distance"
        Score of ``membership`` that the likelihood ratio is taken of; of a model always its own.
    population : pyarrow.Table, optional
        Records of people known not to be in the data; by default half of the control, and the
        other half is attacked.
    models : int, default 32
        Shadow models, at most 64.
    rows : int, optional
        Rows that each is trained on, at most 2,000; by default those of the original, if not more.
    targets : int, default 500
        Members attacked, and others.
    prior : float, default 0.01
        Share of members among the people he might ask about.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    Every shadow model is trained on a random half of all targets, filled up from the population.
    Results read as those of ``membership``; ``series["per_record"]`` adds the members whose scores with
    and without them lie furthest apart, in standard deviations, on average over the shadow models: what
    the recipe does to them whichever release is drawn. Several attacks on one release need a
    correction or a holdout before the best is believed.

    References
    ----------
    Shokri, Stronati, Song, Shmatikov (2017), doi:10.1109/SP.2017.41. Carlini et al. (2022),
    Membership inference attacks from first principles, doi:10.1109/SP46214.2022.9833649. Focal points:
    Golob, Pentyala, Maratkhan, De Cock (2024), arXiv:2410.05506, who weigh marginals by how often
    shadow runs select them; here they are weighed by how well they tell members, whatever the recipe is.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> rng = np.random.default_rng(1)
    >>> people, others = (pa.table({"pay": rng.random(size)}) for size in (300, 900))
    >>> schema = Schema.of(quasi_identifier=["pay"])
    >>> def copy(table, seed):
    ...     return Release("synthetic", schema, table=table)
    >>> attack = ShadowModels(copy, models=8, targets=100)
    >>> attack.run(copy(people, 1), Truth(people, others), seed=1).attack.share > 0.9
    True
    """

    name: ClassVar[str] = "shadow-models"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic", "model"})
    needs: ClassVar[frozenset[str]] = frozenset({"control", "retrain"})

    train: Callable[[pa.Table, int], Release] | None = None
    judge: Literal["likelihood-ratio", "classifier", "focal-points"] = "likelihood-ratio"
    score: str = "distance"
    population: pa.Table | None = None
    models: int = 32
    rows: int | None = None
    targets: int = 500
    prior: float = 0.01
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no shadow models can be trained, or too many would have to be."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        models, rows = f"4 to {MODELS} models", f"2 to {ROWS:,} rows"
        faults = (
            (self.train is None, "needs the defence as a function of a table and a seed: give train"),
            (not 4 <= self.models <= MODELS, f"trains {models}, not {self.models}: give a number between"),
            (not 2 <= (self.rows or 2) <= ROWS, f"trains on {rows}, not {self.rows}: give a number between"),
            (self.judge not in JUDGES, f"judges by one of {', '.join(JUDGES)}, not by {self.judge!r}"),
            (self.score not in SCORES, f"has no score {self.score!r}, only {', '.join(SCORES)}"),
            (self.targets < 1, "needs at least 1 target"),
            (not 0 < self.prior < 1, f"needs a prior between 0 and 1, not {self.prior}"),
        )
        fault = next((f"{self.name} {sentence}" for wrong, sentence in faults if wrong), None)
        fault = fault or too_few(self.name, truth.control, halved=self.population is None)
        if fault or release.score is not None:
            return fault
        return unusable(release, truth, comparable(release, truth))

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Train the shadow models and judge each target by them.

        Raises
        ------
        LabError
            When there are fewer than 100 controls to judge, or too few records to train on.
        """
        require(self, release, truth)
        assert self.train is not None
        stream = Stream(seed, "attack", self.name)
        size = min(self.rows or truth.original.num_rows, ROWS)
        most = min(self.targets, size)
        asked = Candidates.draw(
            release,
            truth,
            stream,
            members=most,
            others=max(most, LEAST),
            population=self.population,
            by=self.by,
        )
        half = asked.reference.num_rows // 2
        filling, reference = asked.reference.slice(0, half), asked.reference.slice(half)
        names = () if release.score is not None else comparable(release, truth)
        looks = [self.score] if self.judge == "likelihood-ratio" else ["density", "distance", "marginals"]

        def looked_at(one: Release) -> Floats:
            if self.judge == "focal-points" and one.score is None:
                look = stream.at(name="focal points")
                return marginal_ratios(
                    Evidence(asked.table, one.rows, reference, names, one.schema.columns, look)
                )
            scores = [
                judged(one, asked.table, reference, names, look, stream.at(name=look)) for look in looks
            ]
            return np.column_stack(scores[:1] if one.score is not None else scores)

        inside = random_halves(self.models, asked.table.num_rows, stream.at(name="inside"))
        seeds = stream.at(name="seeds").integers(self.models, 2**31)
        shadows = np.array(
            [
                looked_at(self.train(mixed(asked.table, chosen, filling, size), int(drawn)))
                for chosen, drawn in zip(inside, seeds, strict=True)
            ]
        )
        real = looked_at(release)
        if self.judge == "likelihood-ratio":
            told, found = shadows[:, :, 0], by_likelihood_ratio(shadows, inside, real)
        else:
            told, found = by_classifier(shadows, inside, shadows), by_classifier(shadows, inside, real)
        apart = separation(told, inside)[: len(asked.rows)]
        order = np.argsort(-apart, kind="stable")[:EXPOSED]
        return result_of_scores(
            self.name,
            found[: len(asked.rows)],
            found[len(asked.rows) :],
            rows=asked.rows,
            prior=self.prior,
            asked=self.targets,
            seed=seed,
            groups=asked.groups,
            series={
                "per_record": [{"row": int(asked.rows[i]), "apart": float(apart[i])} for i in order],
                "models": self.models,
                "rows": size,
            },
            notes=asked.notes,
        )


def random_halves(models: int, targets: int, stream: Stream) -> Passes:
    """Return, for each model, a random half of the targets; each target is in half of the models.

    Examples
    --------
    >>> random_halves(4, 6, Stream(1, "attack", "doctest")).sum(axis=0)
    array([2, 2, 2, 2, 2, 2])
    """
    lots = stream.uniforms(models * targets).reshape(models, targets)
    inside: Passes = np.argsort(np.argsort(lots, axis=0), axis=0) < models // 2
    return inside


def mixed(targets: pa.Table, chosen: Passes, filling: pa.Table, size: int) -> pa.Table:
    """Return a training table of the chosen targets, filled up to ``size`` rows as far as there are more."""
    import pyarrow as pa

    inside = targets.filter(pa.array(chosen))
    names = [name for name in targets.column_names if name in filling.column_names]
    others = filling.select(names).slice(0, max(0, size - inside.num_rows))
    return pa.concat_tables([inside.select(names), others], promote_options="permissive")


def by_likelihood_ratio(shadows: Floats, inside: Passes, real: Floats) -> Floats:
    """Return log N(score | in) - log N(score | out), each target with its own two means.

    The two variances are those of all targets together, which is steadier for fewer than a
    hundred models.

    Parameters
    ----------
    shadows : array, shape (models, targets, looks)
        Scores of the targets under each shadow model; only the first look is used.
    inside : array of bool, shape (models, targets)
        Who was in the training table.
    real : array, shape (targets, looks)
        Scores under the release attacked.
    """
    scores = shadows[:, :, 0]
    ratio = np.zeros(len(real))
    for chosen, sign in ((inside, 1), (~inside, -1)):
        mean = np.nanmean(np.where(chosen, scores, np.nan), axis=0)
        variance = max(float(np.mean((scores - mean)[chosen] ** 2)), 1e-12)
        ratio -= sign * ((real[:, 0] - mean) ** 2 / variance + np.log(variance)) / 2
    return ratio


def by_classifier(shadows: Floats, inside: Passes, real: Floats) -> Floats:
    """Return the log odds of "in", by a logistic regression fitted to all targets of the shadow models.

    ``real`` has any shape whose last axis are the looks.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY))
    model.fit(shadows.reshape(-1, shadows.shape[2]), inside.ravel())
    odds: Floats = model.decision_function(real.reshape(-1, real.shape[-1]))
    return odds.reshape(real.shape[:-1])


def separation(scores: Floats, inside: Passes) -> Floats:
    """Return how far apart each target's scores in and out lie, in standard deviations.

    Examples
    --------
    >>> scores = np.array([[3.0], [1.0], [2.0], [0.0]])
    >>> separation(scores, np.array([[True], [False], [True], [False]])).round(3)
    array([4.])
    """
    parts = [np.where(chosen, scores, np.nan) for chosen in (inside, ~inside)]
    gap = np.nanmean(parts[0], axis=0) - np.nanmean(parts[1], axis=0)
    spread = np.sqrt((np.nanvar(parts[0], axis=0) + np.nanvar(parts[1], axis=0)) / 2)
    apart: Floats = gap / np.maximum(spread, 1e-3)
    return apart


JUDGES = ("likelihood-ratio", "classifier", "focal-points")
"""How the shadow models' scores become one score of each target."""
