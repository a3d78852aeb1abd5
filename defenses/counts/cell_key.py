"""The cell-key method: every count gets a small noise that is fixed by who is in the cell."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from defenses.columns import chosen
from defenses.counts.contingency import Contingency
from defenses.defense import Defense
from defenses.secret_key import Secret
from exports.coding import Floats, as_text
from exports.errors import LabError
from exports.keys import row_codes
from exports.queries import CountQuery
from exports.release import Export, Kind, Release
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa


class CellKey(Defense):
    """Perturb every count by a small noise that the secret keys of the people in the cell pick.

    The same people give the same number in every table, in any order of its rows, so that asking
    again averages nothing out; without a person column a row is known by all that it says. Zero
    stays zero and no count becomes negative; tables do not add up exactly. With a weight the noisy
    count is multiplied by the cell's mean weight. A difference of two tables can still tell
    whether somebody is in one; no epsilon is promised.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns of the table; default every quasi-identifier.
    variance : float, default 2
        Variance of the noise of large counts.
    largest : int, default 4
        Largest noise.
    key_file, key_env : path and str or None
        Where the secret lies that the keys are derived from; it is never a parameter itself.
    seed : int or None
        Stands in for the secret in a simulation.

    References
    ----------
    Fraser and Wooton (2005), A proposed method for confidentialising tabular output to protect
    against differencing, UNECE; Marley and Leaver (2011), A method for confidentialising
    user-defined tables, ISI World Statistics Congress.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"sex": ["f"] * 50 + ["m"] * 40}), Schema.of(quasi_identifier=["sex"]))
    >>> CellKey("sex", seed=1).transform(export).table["count"].to_pylist()
    [51, 41]
    """

    name: ClassVar[str] = "cell-key"
    produces: ClassVar[Kind] = "counts"

    def __init__(
        self,
        columns: Sequence[str] | str | None = None,
        variance: float = 2.0,
        largest: int = 4,
        key_file: str | Path | None = None,
        key_env: str | None = None,
        seed: int | None = None,
    ) -> None:
        self.columns = columns
        self.variance = variance
        self.largest = largest
        self.key_file = key_file
        self.key_env = key_env
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the perturbed counts, and an oracle that perturbs any sum of cells alike."""
        if not 1 <= self.largest <= 100 or not 0 < self.variance <= 0.9 * self.largest**2:
            raise LabError(
                f"variance is {self.variance:g} and largest {self.largest}: largest must be from 1 to 100, "
                "variance above 0 and at most 0.9 x largest squared."
            )
        table = Contingency.of(export, chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER))
        mean = table.amounts / np.maximum(table.counts, 1)
        sums = np.zeros(table.counts.shape, np.uint64)
        np.add.at(sums.reshape(-1), table.cell, self._keys(export)[table.rows])

        def ask(query: CountQuery) -> int:
            region = np.ix_(*table.selected(query))
            count, key = table.counts[region].sum(), sums[region].sum(dtype=np.uint64)
            noisy = perturbed(np.array([count]), _uniform(np.array([key])), self.variance, self.largest)
            return round(float(noisy[0]) * float(table.amounts[region].sum()) / max(int(count), 1))

        noisy = perturbed(table.counts.ravel(), _uniform(sums.ravel()), self.variance, self.largest)
        shown = np.rint(noisy.reshape(mean.shape) * mean).astype(np.int64)
        return table.release(self, export, shown, ask)

    def _keys(self, export: Export) -> NDArray[np.uint64]:
        """Return a 64-bit key per row, of the secret and of who the row is of, or of all that it says."""
        if self.seed is None:
            secret = Secret.read(self.key_file, self.key_env).key
        else:
            secret = str(self.seed).encode()
        key = hashlib.sha256(b"cell-key" + secret).digest()
        every, person = sorted(export.table.column_names), export.schema.person
        keys = _permanent(key, export.table.select(every if person is None else [person]))
        if person is not None and export.table[person].null_count:
            # A row without a person is known by all that it says.
            nobody = export.table[person].is_null().to_numpy()
            keys[nobody] = _permanent(key, export.table.select(every))[nobody]
        return keys


def _permanent(key: bytes, table: pa.Table) -> NDArray[np.uint64]:
    """Return a key per row that hangs on the secret and on what the row says, and on nothing else."""
    codes = row_codes(table)[0]
    _, first, places = np.unique(codes, return_index=True, return_inverse=True)
    said = zip(*(as_text(table[name].take(first)).to_pylist() for name in table.column_names), strict=True)
    digests = b"".join(hashlib.blake2b(repr(one).encode(), key=key, digest_size=8).digest() for one in said)
    of_each = np.frombuffer(digests, dtype="<u8").astype(np.uint64)
    return of_each[places]


def _uniform(keys: NDArray[np.uint64]) -> Floats:
    uniforms: Floats = (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return uniforms


def perturbed(
    counts: NDArray[np.int64], uniforms: Floats, variance: float, largest: int
) -> NDArray[np.int64]:
    """Return counts plus noise of mean zero that uniform numbers pick; zero stays zero.

    The noise of a count has the largest entropy of all distributions with mean zero and the
    wanted variance on the whole numbers from ``-min(count, largest)`` to ``largest``; where a
    small count cannot have that variance it has nearly as much as it can.

    Examples
    --------
    >>> perturbed(np.array([0, 1, 50]), np.array([0.99, 0.01, 0.99]), 2.0, 4).tolist()
    [0, 0, 53]
    """
    noisy = counts.copy()
    for size in range(1, largest + 1):
        here = np.minimum(counts, largest) == size
        if here.any():
            chances = np.cumsum(noise_of(size, variance, largest))
            drawn = np.searchsorted(chances, uniforms[here] * chances[-1], side="right")
            noisy[here] += np.minimum(drawn, size + largest) - size
    return noisy


def noise_of(size: int, variance: float, largest: int) -> Floats:
    """Return the chances of the noise from ``-size`` to ``largest``.

    Examples
    --------
    >>> chances = noise_of(4, 2.0, 4)
    >>> round(float(chances @ np.arange(-4, 5)), 6), round(float(chances @ np.arange(-4, 5) ** 2), 6)
    (0.0, 2.0)
    """
    from scipy.optimize import brentq

    steps = np.arange(-size, largest + 1)

    def chances(square: float) -> Floats:
        def shape(linear: float) -> Floats:
            logs = linear * steps + square * steps**2
            found = np.exp(logs - logs.max())
            normalised: Floats = found / found.sum()
            return normalised

        return shape(brentq(lambda linear: float(shape(linear) @ steps), -500.0, 500.0))

    wanted = min(variance, 0.9 * size * largest)
    return chances(brentq(lambda square: float(chances(square) @ steps**2) - wanted, -40.0, 5.0))
