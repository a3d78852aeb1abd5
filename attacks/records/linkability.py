"""Linkability: two halves of a record are linked when one released record is nearest to both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.closest import limit
from attacks.comparison.gower import Compared
from attacks.comparison.neighbours import nearest
from attacks.persons import once_each, whose_released
from attacks.result import AttackResult
from attacks.scoring import scored
from attacks.targets import CONTROLS, Targets, comparable, known_columns, unusable
from exports.keys import small_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth


@dataclass(frozen=True, slots=True)
class Linkability:
    """Two parties hold different facts about the same people and want to know who is who.

    One holds the first half of the columns, the other the second half; neither holds an
    identifier. They succeed with a target when the released record nearest to the first half of
    her record is also the one nearest to the second.

    Parameters
    ----------
    halves : tuple of two tuples of str, optional
        The columns of either party, from the shell ``--set "halves=zip,age;town,sex"``; by default the
        quasi-identifiers (else all columns) in schema order, alternating.
    targets : int, default 2000
        People attacked; of the control up to three times as many.
    by : str, optional
        Column by which groups are reported.

    Notes
    -----
    Among equally near records each party draws one: a shared class is no link. No lot is drawn here, a
    target counts by the chance that both draw the same, so a leak of few rows is not lost in the lots.
    ``baseline``: both draw any released record. ``series["possible"]``: targets (and people of the
    control) for whom some released record is nearest to both halves, however many others are too.

    References
    ----------
    Giomi, Boenisch, Wehmeyer, Tasnadi (2023), A unified framework for quantifying privacy
    risk in synthetic data, doi:10.56553/popets-2023-0055.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"zip": ["1", "2", "3"], "birth": ["1960", "1970", "1980"]})
    >>> release = Release("records", Schema.of(quasi_identifier=["zip", "birth"]), table=people)
    >>> Linkability().run(release, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "linkability"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset()

    halves: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why there are no two halves to link."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        first, second = self._halves(release, truth)
        if not first or not second:
            return f"{self.name} needs at least two columns, one for each party, not {len(first + second)}"
        return unusable(release, truth, [*first, *second])

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Link the two halves of each target.

        Raises
        ------
        LabError
            When a column is absent, or everybody in the control is in the original too.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", self.name)
        targets = Targets.draw(release, truth, self.targets, stream, self.by, CONTROLS)
        people = whose_released(release, truth)
        halves: list[list[Compared]] = []
        notes: tuple[str, ...] = ()
        for half in self._halves(release, truth):
            columns, more = known_columns(targets.table, release, half)
            halves.append(columns)
            notes += more
        if not release.rows.num_rows:
            targets = targets.none()
        codes = [small_codes(one.released) for one in halves[0] + halves[1]]
        kept = once_each(codes, people, release.rows.num_rows)
        rows = len(kept)
        halves = [[Compared(one.known, one.released[kept], one.cost) for one in half] for half in halves]
        first, second, both = (
            nearest(columns, len(targets), rows) for columns in [*halves, halves[0] + halves[1]]
        )
        possible = both.distance <= limit(first.distance + second.distance)
        linked = np.where(possible, both.ties, 0) / np.maximum(first.ties * second.ties, 1)
        made, others = targets.split(linked)
        return scored(
            self.name,
            made,
            control=others,
            baseline=np.full(targets.inside, 1 / max(rows, 1)),
            asked=self.targets,
            seed=seed,
            series={"possible": _possible(targets, possible)},
            notes=targets.notes + notes,
        )

    def _halves(self, release: Release, truth: Truth) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns of either party."""
        if self.halves is not None:
            first, second = self.halves
            return tuple(first), tuple(second)
        shared = comparable(release, truth)
        facts = tuple(name for name in shared if name in release.schema.quasi_identifiers) or shared
        return facts[::2], facts[1::2]


def _possible(targets: Targets, possible: NDArray[np.bool_]) -> dict[str, Any]:
    """Return for how many targets some record is nearest to both halves, and the same for the control."""
    inside, outside = targets.split(possible)
    found: dict[str, Any] = {"attack": inside.share().to_json()}
    if outside is not None:
        found["control"] = outside.share().to_json()
        found["advantage"] = inside.against(outside, "control").to_json()
    return found
