"""Onward use: a look-alike model learnt from the uploaded list, and what it tells of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.membership.membership import Membership
from exports.release import Release, Truth
from exports.schema import Schema
from exports.shares import Share
from simulate.attributes.demography import Site
from simulate.case import Case
from simulate.disclosure.lookalike import users

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 20_000
"""Members and others that the model is learnt from and judged on, at most of each."""


def onward(case: Case, site: Site, people: int, *, seed: int) -> dict[str, Any]:
    """Learn a look-alike model from half of the members and half of the others; judge it on the rest.

    Parameters
    ----------
    case, site : Case, Site
        Whose list.
    people : int
        Visitors of the run; at most `MOST` of them are used.
    seed : int
        Of the run.

    Returns
    -------
    dict
        ``auc`` on people whom the model never saw; ``lift`` among the tenth that it scores highest;
        ``never_uploaded``: how much likelier depression is among non-members in that tenth than
        among all of them; ``membership``: what the model gives away about who trained it.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    count = min(people, MOST)
    if count < 1_000:
        return {"reason": f"{count} people are too few to learn a model from: take at least 1,000"}
    members = users(case, site, count, "visitors", seed=seed)
    others = users(case, site, count, "outsiders", seed=seed)
    half = count // 2
    model = HistGradientBoostingClassifier(random_state=0, early_stopping=False)
    features = [_matrix(part.slice(0, half)) for part in (members.features, others.features)]
    model.fit(np.concatenate(features), np.repeat([1, 0], half))

    def score(table: pa.Table) -> NDArray[np.float64]:
        found: NDArray[np.float64] = model.predict_proba(_matrix(table))[:, 1]
        return found

    unseen = [score(part.slice(half)) for part in (members.features, others.features)]
    labels = np.repeat([1, 0], [len(part) for part in unseen])
    threshold = np.quantile(np.concatenate(unseen), 0.9)
    likely, stranger = unseen[1] >= threshold, others.depressed[half:]
    schema = Schema.of(insensitive=members.features.column_names)
    release = Release("model", schema, score=score)
    truth = Truth(members.features.slice(0, half), members.features.slice(half))
    attack = Membership().run(release, truth, seed=seed)
    return {
        "model": "gradient-boosted trees on what the platform knows of its users",
        "trained_on": half,
        "auc": float(roc_auc_score(labels, np.concatenate(unseen))),
        "lift": float((unseen[0] >= threshold).mean() / 0.1),
        "never_uploaded": {
            "depressed": Share(int(stranger.sum()), len(stranger), "simulated").to_json(),
            "depressed_among_likely": Share(
                int(stranger[likely].sum()), int(likely.sum()), "simulated"
            ).to_json(),
        },
        "membership": attack.to_json(),
    }


def _matrix(features: pa.Table) -> NDArray[np.float64]:
    return np.column_stack([features[name].to_numpy() for name in features.column_names])
