"""Copies: whose record stands in a release as it is, or nearly so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from attacks.attack import inapplicable, require
from attacks.comparison.neighbours import nearest
from attacks.result import AttackResult
from attacks.scoring import scored
from attacks.targets import Targets, comparable, known_columns, unusable
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.shares import Share


@dataclass(frozen=True, slots=True)
class Copies:
    """Somebody looks whether a target's record was copied into a release that claims to be invented.

    He holds the target's whole record and the release, and looks up the distance to the closest released
    record. He succeeds when it is at most ``within``: her record stands there. Of people who are not
    in the data a few have such a record by chance.

    This detects copying and measures no privacy: a release without copies can give everything away.

    Parameters
    ----------
    within : float, default 0
        Greatest share of the released rows that lie between, per column, that counts as a copy.
    known : tuple of str, optional
        Columns compared; by default all that release and original share.
    targets : int, default 2000
        People looked up, and people of the control.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    ``control`` is the holdout without which the number cannot be read. ``series["distance"]`` has
    quantiles of the distance per column of people inside and outside.

    References
    ----------
    Platzer and Reutterer (2021), Holdout-based empirical assessment of mixed-type synthetic data,
    doi:10.3389/fdata.2021.679939.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people, others = pa.table({"pay": [1.0, 2.0, 3.0]}), pa.table({"pay": [1.5, 2.5, 9.0]})
    >>> release = Release("synthetic", Schema.of(quasi_identifier=["pay"]), table=people)
    >>> Copies().run(release, Truth(people, others), seed=1).control
    0.0 % [0.0, 56.1] (0 of 3)
    """

    name: ClassVar[str] = "copies"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset({"control"})

    within: float = 0.0
    known: tuple[str, ...] | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why records cannot be compared."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        names = self.known or comparable(release, truth)
        return unusable(release, truth, names) if names else f"{self.name} needs a column to compare"

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Look each target's closest released record up.

        Raises
        ------
        LabError
            When a column is absent, or nobody in the control is a stranger to the original.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", self.name)
        names = self.known or comparable(release, truth)
        targets = Targets.draw(release, truth, self.targets, stream, self.by)
        columns, notes = known_columns(targets.table, release, names)
        found = nearest(columns, len(targets), release.rows.num_rows)
        apart = found.distance.astype(np.float64) / max(len(columns), 1)
        parts = {"inside": apart[: targets.inside], "outside": apart[targets.inside :]}
        made, others = targets.split(apart <= self.within * (1 + 1e-6))
        return scored(
            self.name,
            made,
            control=others,
            baseline=Share(0, targets.inside, "estimated"),
            asked=self.targets,
            seed=seed,
            series={
                "distance": {
                    who: np.quantile(some, [0.01, 0.05, 0.5]).tolist()
                    for who, some in parts.items()
                    if len(some) and release.rows.num_rows
                }
            },
            notes=(*targets.notes, *notes, "detects copying; few copies are no sign of protection"),
        )
