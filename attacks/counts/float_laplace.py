"""The floating-point attack: the last bits of a noisy count tell what it was before the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from attacks.attack import inapplicable, require
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import group_labels, one_row_each
from exports.keys import row_codes
from exports.queries import Condition, CountQuery, Withheld
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

GRID = 2.0**53
"""A sum of 1 and a double of at most 1 lies on the grid of 2**-53; small noise alone often does not."""


@dataclass(frozen=True, slots=True)
class FloatLaplace:
    """An analyst asks for a count of one person with textbook noise and looks at its last bits.

    He describes a person so that the true count is 0 or 1. Noise that is drawn in floating point
    and added to 1 is rounded to multiples of 2**-53; added to 0 it keeps its finer bits. An answer
    off that grid therefore proves that nobody like her is in the data, whatever epsilon promises.
    Exact integer noise has no last bits, and nothing is learnt.

    Parameters
    ----------
    known : tuple of str, optional
        Columns that describe a person; by default the schema's quasi-identifiers.
    targets : int, default 2000
        People asked about, of the control and of the original.
    by : str, optional
        Column of both tables by which groups are reported.

    Notes
    -----
    ``attack``: people who are not in the data (the control table) whose absence is proven.
    ``control``: people who are in it and "proven" absent, which does not happen. ``baseline``:
    nothing is ever proven without the release. Noise of scale 1: 27 % against 0 %.

    References
    ----------
    Mironov (2012), On significance of the least significant bits for differential privacy,
    doi:10.1145/2382196.2382264.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, Schema, exact_counts
    >>> here, away = pa.table({"name": ["Ann", "Bo"]}), pa.table({"name": ["Cy", "Di"]})
    >>> exact = exact_counts(Export(here, Schema.of(quasi_identifier=["name"])))
    >>> FloatLaplace().run(exact, Truth(here, away), seed=1).attack
    0.0 % [0.0, 65.8] (0 of 2)
    """

    name: ClassVar[str] = "float-laplace"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle", "control"})

    known: tuple[str, ...] | None = None
    targets: int = 2_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why nobody can be described to this oracle."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        known = self._known(release)
        tables = (truth.original, truth.control)
        absent = [
            name for name in known for table in tables if table is None or name not in table.column_names
        ]
        faults = (
            (not known, "needs a quasi-identifier that describes a person"),
            (bool(absent), f"needs the column {absent[:1]} in original and control"),
            (self.targets < 1, "needs at least 1 target"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Ask about people who are in the data and about people who are not.

        Raises
        ------
        LabError
            When the release and the columns do not fit, or the oracle cannot answer.
        """
        require(self, release, truth)
        assert truth.control is not None
        stream = Stream(seed, "attack", self.name)
        known, person = self._known(release), release.schema.person
        described, others = row_codes(truth.original.select(known), truth.control.select(known))
        present = one_row_each(truth.original, person, self.targets, stream.at(name="present"))
        absent = one_row_each(truth.control, person, self.targets, stream.at(name="absent"))
        strange = absent[~np.isin(others[absent], described)]
        left_out = len(absent) - len(strange)
        note = f"{left_out:,} of the control are described as somebody in the data is, and were left out"
        people = [truth.control.take(strange), truth.original.take(present)]
        proven, missed = (
            np.array([self._off_grid(release, fact) for fact in table.select(known).to_pylist()], dtype=bool)
            for table in people
        )
        groups = [None if self.by is None else group_labels(table, self.by) for table in people]
        return scored(
            self.name,
            Guesses(proven, groups=groups[0]),
            baseline=np.zeros(len(proven), dtype=bool),
            control=Guesses(missed, groups=groups[1]),
            asked=len(absent),
            seed=seed,
            notes=(note,) if left_out else (),
        )

    def _known(self, release: Release) -> tuple[str, ...]:
        return release.schema.quasi_identifiers if self.known is None else self.known

    def _off_grid(self, release: Release, fact: dict[str, Any]) -> bool:
        """Return whether the answer about one person has bits that a count of 1 cannot leave."""
        assert release.ask is not None
        query = CountQuery(tuple(Condition(name, [value]) for name, value in fact.items()))
        try:
            answer = float(release.ask(query))
        except Withheld:
            return False
        return bool(answer * GRID != np.rint(answer * GRID))
