"""What an analyst can still do with a release of records: margins, pairs, correlations, prediction."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses.columns import numeric, weights_of
from exports.coding import Floats, Ints, encode
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.randomness import Stream
from exports.release import Export, Release
from exports.shares import Share
from reidlab.bench.utility.distances import joint_shares, total_variation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BINS = 20
"""Bins of a number, each with as many of the input's rows."""


@dataclass(frozen=True, slots=True)
class RecordUtility:
    """How far statistics of a release are from those of its input.

    Parameters
    ----------
    rows, of : int
        Rows released, rows of the input.
    margin_error : float
        Mean total variation distance of the columns' distributions; a label counts evenly for
        the values it stands for, and new numbers are compared with the old ones in bins.
    two_way_error : float or None
        The same for pairs of columns; None with fewer than two.
    correlation_error : float or None
        Largest difference of a correlation of two columns that are numeric in both.
    loss : mapping of str to float
        Loss measures, where the release was generalised.
    trained_on_release, trained_on_input, majority : Share or None
        Right answers on unseen rows of the input, by a model trained on the release, one trained
        on the same rows of the input, and the commonest answer. None without a target.
    guarantee : str
        What is promised in exchange.
    reasons : mapping of str to str
        Why a number is None.
    """

    rows: int
    of: int
    margin_error: float
    two_way_error: float | None
    correlation_error: float | None
    loss: Mapping[str, float]
    trained_on_release: Share | None
    trained_on_input: Share | None
    majority: Share | None
    guarantee: str
    reasons: Mapping[str, str]

    def __repr__(self) -> str:
        kept = f"{self.rows:,} of {self.of:,} rows"
        return f"{kept}, margins off by {self.margin_error:.3f}, guarantee: {self.guarantee}"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>"
            for name, value in self.to_json().items()
        )
        return f"<table>{cells}</table>"

    def to_json(self) -> dict[str, Any]:
        """Return all fields as one object."""
        found = asdict(self)
        for name in ("trained_on_release", "trained_on_input", "majority"):
            share: Share | None = getattr(self, name)
            found[name] = None if share is None else share.to_json()
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return one row with the numbers."""
        import pandas as pd

        flat = {name: value for name, value in self.to_json().items() if not isinstance(value, Mapping)}
        return pd.DataFrame([flat | {f"loss.{name}": value for name, value in self.loss.items()}])


def record_utility(
    export: Export, release: Release, *, target: str | None = None, seed: int = 0
) -> RecordUtility:
    """Measure a release of records against its input.

    A weight weighs distributions, correlations and training; right answers are counted in rows.

    Parameters
    ----------
    export : Export
        The input.
    release : Release
        With the owner of each row.
    target : str, optional
        Column to predict from the quasi-identifiers.
    seed : int
        Of the split into rows to learn from and rows to test on.

    Raises
    ------
    LabError
        When the release has no rows or no owners.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from defenses import GlobalRecoding
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["11", "12", "12", "12"]}), schema)
    >>> record_utility(export, GlobalRecoding({"zip": 1}).fit_transform(export))
    4 of 4 rows, margins off by 0.250, guarantee: none
    """
    views, weights = _views(export, release)
    names = list(views)
    pairs = [
        _pair_error(views[one], views[other])
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]
    correlation, reasons = _correlation_error(export, release, names, weights)
    trained: tuple[Share | None, Share | None, Share | None] = (None, None, None)
    if target is None:
        reasons["trained_on_release"] = "no target was named"
    else:
        trained = _trained(export, release, [name for name in names if name != target], target, views, seed)
    return RecordUtility(
        rows=release.rows.num_rows,
        of=export.table.num_rows,
        margin_error=float(np.mean([view.error() for view in views.values()])),
        two_way_error=float(np.mean(pairs)) if pairs else None,
        correlation_error=correlation,
        loss=dict(release.manifest.get("loss", {})),
        trained_on_release=trained[0],
        trained_on_input=trained[1],
        majority=trained[2],
        guarantee=repr(release.guarantee),
        reasons=reasons,
    )


def margin_errors(export: Export, release: Release) -> dict[str, float]:
    """Return the total variation distance of each column's distribution from the input's.

    Parameters
    ----------
    export : Export
        The input.
    release : Release
        With the owner of each row.

    Raises
    ------
    LabError
        When the release has no rows or no owners.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from defenses import GlobalRecoding
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["11", "12", "12", "12"]}), schema)
    >>> margin_errors(export, GlobalRecoding({"zip": 1}).fit_transform(export))
    {'zip': 0.25}
    """
    return {name: view.error() for name, view in _views(export, release)[0].items()}


def _views(export: Export, release: Release) -> tuple[dict[str, _View], tuple[Floats, Floats]]:
    """Return each column before and after, and the weights of the rows."""
    if release.table is None or release.owner is None or not release.table.num_rows:
        raise LabError("Utility for an analyst needs a release of records that names its rows' owners.")
    known = (*export.schema.quasi_identifiers, *export.schema.sensitive)
    left = set(release.table.column_names) - export.schema.naming
    names = [name for name in known if name in left]
    if not names:
        raise LabError(
            "No quasi-identifier and no sensitive column left with the release: nothing to compare."
        )
    weights = _weights(export, release)
    return {name: _View.of(export, release, name, weights) for name in names}, weights


def _weights(export: Export, release: Release) -> tuple[Floats, Floats]:
    """Return the weight of each row of the input and of the release, ones where none is declared."""
    weight = weights_of(export)
    if weight is None:
        return np.ones(export.table.num_rows), np.ones(release.rows.num_rows)
    if release.schema.weight in release.rows.column_names:
        after = weights_of(release.as_export())
        assert after is not None
        return weight, after
    assert release.owner is not None
    return weight, np.where(release.owner >= 0, weight[np.maximum(release.owner, 0)], weight.mean())


@dataclass(frozen=True, slots=True)
class _View:
    """One column before and after: codes, and what share of each value a label stands for."""

    before: Ints
    after: Ints
    spread: Floats
    label_of: Ints
    weights: tuple[Floats, Floats]

    @classmethod
    def of(cls, export: Export, release: Release, name: str, weights: tuple[Floats, Floats]) -> _View:
        one, other = _comparable(export.table[name], release.rows[name])
        values, before = labels_and_codes(one)
        labels, after = labels_and_codes(other)
        place = {value: code for code, value in enumerate(values)}
        spread = np.zeros((len(labels), len(values)))
        assert release.owner is not None
        real = release.owner >= 0
        held = np.zeros_like(spread)
        np.add.at(held, (after[real], before[release.owner[real]]), 1)
        for code, label in enumerate(labels):
            if label in place and all(other in place for other in labels):
                spread[code, place[label]] = 1
            else:
                spread[code] = held[code] > 0
        total = spread.sum(axis=1, keepdims=True)
        spread = np.divide(spread, total, out=spread, where=total > 0)
        return cls(before.astype(np.intp), after.astype(np.intp), spread, held.argmax(axis=0), weights)

    def error(self) -> float:
        """Return the distance of the distribution that the release tells from the true one."""
        true = np.bincount(self.before, self.weights[0], self.spread.shape[1]) / self.weights[0].sum()
        shares = np.bincount(self.after, self.weights[1], len(self.spread)) / self.weights[1].sum()
        return total_variation(true, shares @ self.spread)


def _comparable(before: pa.ChunkedArray, after: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Return both columns, in bins where the release has new numbers: these stand for no old one."""
    import pyarrow as pa
    from pyarrow import types

    if not all(types.is_integer(one.type) or types.is_floating(one.type) for one in (before, after)):
        return before, after
    numbers, shown = (one.cast(pa.float64()).to_numpy(zero_copy_only=False) for one in (before, after))
    if (np.isin(shown, numbers) | np.isnan(shown)).all() or np.isnan(numbers).all():
        return before, after
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
    old, new = (
        pa.chunked_array([pa.array(np.searchsorted(edges, one).astype(str), mask=np.isnan(one))])
        for one in (numbers, shown)
    )
    return old, new


def _pair_error(one: _View, other: _View) -> float:
    true = _joint(one.before, one.spread.shape[1], other.before, other.spread.shape[1], one.weights[0])
    seen = _joint(one.after, len(one.spread), other.after, len(other.spread), one.weights[1])
    return total_variation(true, one.spread.T @ seen @ other.spread)


def _joint(one: Ints, size: int, other: Ints, width: int, weight: Floats) -> Floats:
    return joint_shares(one, other, width, size * width, weight).reshape(size, width)


def _correlation_error(
    export: Export, release: Release, names: list[str], weights: tuple[Floats, Floats]
) -> tuple[float | None, dict[str, str]]:
    columns = []
    for name in names:
        try:
            columns.append((numeric(export.table, name), numeric(release.rows, name)))
        except LabError:
            continue
    if len(columns) < 2:
        return None, {"correlation_error": f"{len(columns)} columns are numeric in both, two are needed"}
    before, after = (_correlation([pair[side] for pair in columns], weights[side]) for side in (0, 1))
    difference = np.abs(np.nan_to_num(before) - np.nan_to_num(after))
    return float(difference.max()), {}


def _correlation(columns: list[Floats], weight: Floats) -> Floats:
    stacked = np.stack(columns)
    whole = np.isfinite(stacked).all(axis=0) & (weight > 0)
    if not whole.any():
        return np.full((len(columns), len(columns)), np.nan)
    spread = np.cov(stacked[:, whole], aweights=weight[whole], ddof=0)
    deviation = np.sqrt(np.diag(spread))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation: Floats = spread / np.outer(deviation, deviation)
    return correlation


def _trained(
    export: Export, release: Release, names: list[str], target: str, views: Mapping[str, _View], seed: int
) -> tuple[Share, Share, Share]:
    """Train on one half of the people, as released and as they were, and test on the other half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    if target not in export.table.column_names or target not in release.rows.column_names:
        raise LabError(f"The target {target!r} is not in both tables: name a released column.")
    assert release.owner is not None
    learning = Stream(seed, "utility", "split").uniforms(export.table.num_rows) < 0.5
    answers = encode(export.table[target], target)
    released = labels_and_codes(release.rows[target])
    known = {value: code + 1 for code, value in enumerate(answers.values.cast("string").to_pylist())}
    after_answers = np.array([known.get(value, 0) for value in released[0]])[released[1]]
    mine = (release.owner >= 0) & learning[np.maximum(release.owner, 0)]
    test = np.flatnonzero(~learning)
    right = []
    for before in (False, True):
        rows = np.flatnonzero(learning) if before else np.flatnonzero(mine)
        train = np.stack([(views[n].before if before else views[n].after)[rows] for n in names], 1)
        seen = [views[n].before if before else views[n].label_of[views[n].before] for n in names]
        goal = (answers.codes if before else after_answers)[rows]
        if len(np.unique(goal)) < 2:
            guess = np.full(len(test), goal[0] if len(goal) else 0)
        else:
            encoder = OneHotEncoder(handle_unknown="ignore")
            weight = next(iter(views.values())).weights[0 if before else 1][rows]
            model = LogisticRegression(max_iter=500).fit(encoder.fit_transform(train), goal, weight)
            guess = model.predict(encoder.transform(np.stack([codes[test] for codes in seen], 1)))
        right.append(Share(int((guess == answers.codes[test]).sum()), len(test), "estimated"))
    commonest = np.bincount(answers.codes[learning]).argmax()
    return right[0], right[1], Share(int((answers.codes[test] == commonest).sum()), len(test), "estimated")
