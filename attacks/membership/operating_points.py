"""From membership scores to what is claimed: true against false positives at fixed rates of the latter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import Advantage, detectable, difference, needed
from attacks.membership.scores import SCORES, Evidence
from attacks.result import AttackResult
from exports.coding import Floats
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Release
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

RATES = (0.1, 0.01, 0.001)
"""False positive rates at which an attack is judged; the first is the headline."""

LEAST = round(10 / RATES[0])
"""Controls below which not even the largest rate is judged."""

EXPOSED = 10
"""Records listed as the most exposed."""


def judged(
    release: Release,
    targets: pa.Table,
    reference: pa.Table,
    names: tuple[str, ...],
    score: str,
    stream: Stream,
) -> Floats:
    """Return the score of each target: the model's own, or one of ``SCORES`` of released rows.

    Raises
    ------
    LabError
        When a model gives a score that is no number.
    """
    if release.score is None:
        return SCORES[score](
            Evidence(targets, release.rows, reference, names, release.schema.columns, stream)
        )
    scores = np.asarray(release.score(targets), dtype=np.float64)
    if scores.shape != (targets.num_rows,) or not np.isfinite(scores).all():
        raise LabError(f"The model gave no finite score for each of {targets.num_rows:,} records: mend it.")
    return scores


def result_of_scores(
    name: str,
    inside: NDArray[Any],
    outside: NDArray[Any],
    *,
    rows: NDArray[np.int64],
    prior: float,
    asked: int,
    seed: int,
    groups: Sequence[NDArray[Any]] | None = None,
    series: dict[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> AttackResult:
    """Return the result of an attack that gives every target a score: higher is "was in the data".

    Parameters
    ----------
    name : str
        Registered name of the attack.
    inside, outside : array of float
        Scores of people in the data and of the control.
    rows : array of int64
        Row of the original of each person in the data.
    prior : float
        Share of members among the people whom somebody might ask about.
    asked, seed : int
        Targets asked for; seed of the run, which draws among equal scores.
    groups : pair of arrays, optional
        Group of each person in the data, and of each of the control.
    series, notes : optional
        Passed on to the result.

    Notes
    -----
    At each false positive rate with at least ten false positives to expect (10 / rate controls) the
    threshold is that of the controls. The advantage is the true minus the false positive rate, with
    Newcombe's interval; ``series["at"]`` has every rate with the positive predictive value at
    the prior, ``series["most_exposed"]`` the members whose score fewest controls reach.

    Raises
    ------
    LabError
        When there are too few controls for the largest rate.
    """
    if len(outside) < LEAST:
        raise LabError(f"{name} has {len(outside):,} controls to score but needs at least {LEAST}: {_MORE}.")
    stream = Stream(seed, "attack", f"{name}/equal scores")
    above = tail(inside, outside, stream.uniforms(len(inside)))
    own_tail = tail_of_control(outside, stream.at(name="control").uniforms(len(outside)))
    at: dict[str, Any] = {}
    for rate in RATES:
        if len(outside) >= 10 / rate:
            at[f"{rate:g}"] = _point(above <= rate, own_tail <= rate, prior)
    first = RATES[0]
    order = np.argsort(above, kind="stable")[:EXPOSED]
    by_group: dict[str, AttackResult] = {}
    if groups is not None:
        for label in np.unique(groups[0]):
            mine, others = above[groups[0] == label], own_tail[groups[1] == label]
            by_group[str(label)] = _result(name, mine <= first, others <= first, len(mine), seed)
    return _result(
        name,
        above <= first,
        own_tail <= first,
        asked,
        seed,
        series={
            **(series or {}),
            "at": at,
            "area": float(1 - above.mean()) if len(above) else None,
            "prior": prior,
            "most_exposed": [{"row": int(rows[i]), "reached_by_controls": float(above[i])} for i in order],
        },
        groups=by_group,
        notes=notes,
    )


_MORE = "give a larger control"


def too_few(name: str, control: pa.Table | None, *, halved: bool) -> str | None:
    """Return why a control does not suffice, when half of it is needed as a reference or none."""
    rows = 0 if control is None else control.num_rows
    left = rows - rows // 2 if halved else rows
    if left >= LEAST:
        return None
    return f"{name} has {left:,} controls to score but needs at least {LEAST}: {_MORE}"


def tail(scores: NDArray[Any], controls: NDArray[Any], lots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of controls with a score at least as high, equal scores by lot.

    Uniform on [0, 1] for people like the controls, so "at most r" has a false positive rate of r.

    Examples
    --------
    >>> tail(np.array([3.0, 1.0]), np.array([1.0, 1.0, 2.0]), np.array([0.5, 0.5]))
    array([0.125, 0.625])
    """
    ordered = np.sort(controls)
    higher = len(ordered) - np.searchsorted(ordered, scores, side="right")
    equal = len(ordered) - higher - np.searchsorted(ordered, scores, side="left")
    shares: NDArray[np.float64] = (higher + lots * (equal + 1)) / (len(ordered) + 1)
    return shares


def tail_of_control(controls: NDArray[Any], lots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the controls that each of them belongs to from the top, equal scores by lot."""
    order = np.lexsort((lots, -controls))
    ranks = np.empty(len(controls))
    ranks[order] = (np.arange(len(controls)) + 1) / len(controls)
    return ranks


def _point(inside: NDArray[np.bool_], outside: NDArray[np.bool_], prior: float) -> dict[str, Any]:
    true, false = _share(inside), _share(outside)
    gap = difference(true, false)
    return {
        "true_positives": true.to_json(),
        "false_positives": false.to_json(),
        "advantage": None if gap is None else dict(zip(("share", "low", "high"), gap, strict=True)),
        "positive_predictive_value": predictive_value(true.share or 0.0, false.share or 0.0, prior),
    }


def predictive_value(true: float, false: float, prior: float) -> float | None:
    """Return the chance that a yes is right, by Bayes; None where nobody is told yes.

    Examples
    --------
    >>> round(predictive_value(0.96, 0.04, 0.001), 3)
    0.023
    """
    hit, miss = true * prior, false * (1 - prior)
    return hit / (hit + miss) if hit + miss else None


def _result(
    name: str,
    inside: NDArray[np.bool_],
    outside: NDArray[np.bool_],
    asked: int,
    seed: int,
    **more: Any,
) -> AttackResult:
    attack, control = _share(inside), _share(outside)
    gap = difference(attack, control)
    least = detectable(attack.of, control)
    rest = 1 - (control.share or 0.0)
    reason = "nobody was attacked" if not attack.of else "the group has no control"
    found = Advantage(None, None, None, "control", reason) if gap is None else Advantage(*gap, "control")
    return AttackResult(
        name,
        attack=attack,
        control=control,
        baseline=control,
        advantage=found,
        asked=asked,
        made=attack.of,
        needed=needed(control, 0.05 / rest) if rest else None,
        detectable=None if least is None else least * rest,
        seed=seed,
        **more,
    )


def _share(flagged: NDArray[np.bool_]) -> Share:
    return Share(int(np.count_nonzero(flagged)), len(flagged), "estimated")
