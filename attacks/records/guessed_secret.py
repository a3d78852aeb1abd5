"""What is guessed of a secret column, by a model or blindly, and when a guess counts as right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.gower import Compared, is_number, numbers
from exports.hierarchies.hierarchy import labels_and_codes
from exports.keys import shared_codes
from exports.randomness import Stream

if TYPE_CHECKING:
    import pyarrow as pa

FITTED = 50_000
"""Released rows that the model is fitted to at most."""


def agree(guess: pa.ChunkedArray, truly: pa.ChunkedArray, tolerance: float = 0.0) -> NDArray[np.bool_]:
    """Return which guesses are right: numbers within the relative tolerance, others when equal.

    Two missing values agree.

    Examples
    --------
    >>> import pyarrow as pa
    >>> agree(pa.chunked_array([[10.0, -3.0, None]]), pa.chunked_array([[10.4, 3.0, None]]), 0.05)
    array([ True, False,  True])
    """
    if is_number(guess) and is_number(truly):
        one, other = numbers(guess), numbers(truly)
        near = np.abs(one - other) <= tolerance * np.abs(other)
        both: NDArray[np.bool_] = near | (np.isnan(one) & np.isnan(other))
        return both
    one_codes, other_codes = shared_codes([guess, truly])
    same: NDArray[np.bool_] = one_codes == other_codes
    return same


def commonest(column: pa.ChunkedArray, tolerance: float, times: int) -> pa.ChunkedArray:
    """Return, so many times, the guess that is right about most rows of a column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> commonest(pa.chunked_array([[100.0, 101.5, 103.0, 7.0, 7.0]]), 0.02, 1).to_pylist()
    [101.5]
    """
    labels, codes = labels_and_codes(column)
    counts = np.bincount(codes, minlength=len(labels))
    first = np.unique(codes, return_index=True)[1]
    if tolerance and is_number(column):
        values = numbers(column)
        ordered = np.sort(values[~np.isnan(values)])
        bounds = np.sort([values[first] / (1 + tolerance), values[first] / (1 - tolerance)], axis=0)
        counts = np.searchsorted(ordered, bounds[1], "right") - np.searchsorted(ordered, bounds[0], "left")
    if not len(labels):
        return column
    return column.take(np.full(times, first[int(np.argmax(counts))]))


def predicted(
    columns: Sequence[Compared], secret: pa.ChunkedArray, *, fraction: bool, stream: Stream
) -> pa.ChunkedArray:
    """Return what gradient boosted trees, fitted to the release, say about each person.

    Parameters
    ----------
    columns : sequence of Compared
        What is known of the people, beside the released columns.
    secret : pyarrow.ChunkedArray
        The released column to learn; rows where it is missing teach nothing.
    fraction : bool
        Predict a number; otherwise one of the values released.
    stream : Stream
        Draws the rows that are learnt from, where there are many.
    """
    import pyarrow as pa
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    known, released = (np.column_stack(side) for side in zip(*map(_features, columns), strict=True))
    valid = np.flatnonzero(secret.is_valid().to_numpy())
    if not len(valid):
        return pa.chunked_array([pa.nulls(len(known), secret.type)])
    rows = valid[stream.sample(len(valid), FITTED)]
    if fraction and is_number(secret):
        model: Any = HistGradientBoostingRegressor(random_state=0, early_stopping=False)
        return pa.chunked_array([model.fit(released[rows], numbers(secret)[rows]).predict(known)])
    _, codes = labels_and_codes(secret)
    different, first = np.unique(codes[rows], return_index=True)
    if len(different) == 1:
        return secret.take(np.full(len(known), rows[first[0]]))
    model = HistGradientBoostingClassifier(random_state=0, early_stopping=False, max_iter=50)
    said = model.fit(released[rows], codes[rows]).predict(known)
    return secret.take(rows[first[np.searchsorted(different, said)]])


def _features(column: Compared) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return one column as the model sees it; a true value reads as the released one that fits it best."""
    if column.cost is None:
        return column.known, column.released
    best = column.cost.argmin(axis=1)
    return np.where(column.cost.min(axis=1) < 1, best, -1)[column.known], column.released
