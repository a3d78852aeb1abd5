"""Composition: two releases about the same people, each harmless alone, are intersected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.predicates import Coded
from attacks.records.guessed_secret import agree, commonest
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import Targets, coded_columns, comparable, unusable
from exports.errors import LabError, nearest
from exports.keys import joint_codes, shared_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa

CELLS = 100_000_000
"""Classes times different secrets above which the attack is refused: it counts them all."""


@dataclass(frozen=True, slots=True)
class Composition:
    """An acquaintance knows that a target was treated in two hospitals, and both published records.

    She holds the target's quasi-identifiers and both releases. In each, the target's class leaves
    several diagnoses; only a diagnosis in both can be hers. She succeeds when the one she picks,
    the likeliest that is left, is the target's.

    Parameters
    ----------
    other : pyarrow.Table
        The second release, about the same people, generalised in any way.
    secret : str, optional
        Column to learn; by default the schema's first sensitive one.
    known : tuple of str, optional
        Columns that she knows; by default the quasi-identifiers that both releases have.
    targets : int, default 2000
        People attacked, and people of the control.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    ``series["pinned"]``: targets for whom exactly one secret is left, and it is theirs, from the
    first release alone, from the second alone, and from both. ``baseline``: the commonest secret.

    References
    ----------
    Ganta, Kasiviswanathan, Smith (2008), Composition attacks and auxiliary information in data
    privacy, doi:10.1145/1401890.1401926.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"age": [21, 24, 31, 34], "illness": ["a", "b", "b", "c"]})
    >>> first = people.set_column(0, "age", pa.array(["20-29", "20-29", "30-39", "30-39"]))
    >>> other = people.set_column(0, "age", pa.array(["21", "24-31", "24-31", "34"]))
    >>> release = Release("records", Schema.of(quasi_identifier=["age"], sensitive=["illness"]), table=first)
    >>> Composition(other).run(release, Truth(people), seed=1).attack
    100.0 % [51.0, 100.0] (4 of 4)
    """

    name: ClassVar[str] = "composition"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset({"register", "sensitive"})
    population: ClassVar[str] = "other"

    other: pa.Table | None = None
    secret: str | None = None
    known: tuple[str, ...] | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the two releases cannot be intersected."""
        reason = inapplicable(self, release, truth)
        if reason and not (self.secret and "sensitive" in reason):
            return reason
        if self.other is None:
            return f"{self.name} needs the other release: give its table"
        secret, known = self._columns(release, truth)
        for name in (secret, *known):
            if name not in self.other.column_names:
                near = nearest(name, self.other.column_names)
                return f"the other release has no column {name!r}; the nearest is {near!r}"
        if not known:
            return f"{self.name} needs a column beside the secret {secret!r} that both releases have"
        return unusable(release, truth, [secret, *known])

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Intersect what the two releases leave open about each target.

        Raises
        ------
        LabError
            When a column is absent, or the secret has too many different values.
        """
        require(self, release, truth)
        assert self.other is not None
        stream = Stream(seed, "attack", self.name)
        secret, known = self._columns(release, truth)
        targets = Targets.draw(release, truth, self.targets, stream, self.by)
        secrets = shared_codes([release.rows[secret], self.other[secret], targets.table[secret]])
        values = max(int(codes.max(initial=0)) for codes in secrets) + 1
        declared = release.schema.columns
        first, _, apart = coded_columns(release.rows, targets.table, known, declared)
        second, _, more = coded_columns(self.other, targets.table, known, declared)
        left = [
            values_left(coded, codes, values) for coded, codes in ((first, secrets[0]), (second, secrets[1]))
        ]
        both = left[0] * left[1]
        lots = stream.at(name="ties").uniforms(both.size).reshape(both.shape)
        some = both.any(axis=1, keepdims=True)
        likeliest = np.where(some, both, left[0] + left[1])
        right = (likeliest + lots * 1e-9).argmax(axis=1) == secrets[2]
        right &= likeliest.any(axis=1)
        truly = targets.table[secret]
        reference = truth.control if truth.control is not None and targets.has_control else truth.original
        common = agree(commonest(reference[secret], 0.0, len(truly)), truly)
        pinned = {
            name: Guesses(_pinned(counts, secrets[2])[: targets.inside]).share().to_json()
            for name, counts in (("first", left[0]), ("second", left[1]), ("both", both))
        }
        made, others = targets.split(right)
        return scored(
            self.name,
            made,
            control=others,
            baseline=common[: targets.inside],
            asked=self.targets,
            seed=seed,
            series={"pinned": pinned, "secrets": values},
            notes=targets.notes + apart + tuple(f"of the other release, {note}" for note in more),
        )

    def _columns(self, release: Release, truth: Truth) -> tuple[str, tuple[str, ...]]:
        assert self.other is not None
        schema = release.schema
        secret = self.secret or schema.sensitive[0]
        shared = [name for name in comparable(release, truth) if name in self.other.column_names]
        return secret, self.known or tuple(name for name in shared if name in schema.quasi_identifiers)


def values_left(coded: Coded, secret: NDArray[np.int64], values: int) -> NDArray[np.float64]:
    """Return how many records with each secret fit each target.

    Parameters
    ----------
    coded : Coded
        The release, and the targets' true rows.
    secret : array of int64
        Secret of each released record.
    values : int
        Number of secrets.

    Returns
    -------
    array of float, shape (targets, values)
    """
    released, true = coded.tables
    classes, first, of = np.unique(
        joint_codes(released, len(released[0])), return_index=True, return_inverse=True
    )
    if len(classes) * values > CELLS:
        raise LabError(
            f"{len(classes):,} classes with {values:,} different secrets are more than {CELLS:,} cells: "
            "name a coarser secret."
        )
    counts = np.zeros((len(classes), values))
    np.add.at(counts, (of, secret), 1)
    found = np.zeros((len(true[0]), values))
    for target in range(len(true[0])):
        fitting = np.arange(len(classes))
        for labels, own, cover in zip(released, true, coded.covers, strict=True):
            here = labels[first[fitting]]
            fitting = fitting[here == own[target] if cover is None else cover[here, own[target]]]
        found[target] = counts[fitting].sum(axis=0)
    return found


def _pinned(counts: NDArray[Any], truly: NDArray[np.int64]) -> NDArray[np.bool_]:
    pinned: NDArray[np.bool_] = ((counts > 0).sum(axis=1) == 1) & (counts[np.arange(len(truly)), truly] > 0)
    return pinned
