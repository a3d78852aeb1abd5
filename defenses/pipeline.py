"""Several defences in order, with the guarantee that their composition still has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from defenses.defense import Defense
from exports.classes.classes import classes_of
from exports.errors import LabError
from exports.release import Export, Guarantee, Kind, Release


class Pipeline(Defense):
    """Apply defences one after another, each to what the one before releases.

    What the last one promises holds for what leaves. An earlier differentially private promise
    about the whole release survives, since later steps only see its output; promises about single
    columns add up over the columns that leave; an earlier k is measured again on what leaves; any
    other earlier promise is dropped. A differentially private step after another step promises
    nothing about the people before that step, unless that makes each row of one row alone.

    Parameters
    ----------
    steps : sequence of Defense
        In order; each but the last must release rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from defenses import Hash, OptimalKAnonymity
    >>> from exports import Schema
    >>> schema = Schema.of(identifier=["mail"], quasi_identifier=["sex"])
    >>> export = Export(pa.table({"mail": ["a@mail.example", "b@mail.example"], "sex": ["f", "f"]}), schema)
    >>> Pipeline([OptimalKAnonymity(k=2), OptimalKAnonymity(k=1)]).fit_transform(export).guarantee
    k=2
    """

    name: ClassVar[str] = "pipeline"

    def __init__(self, steps: Sequence[Defense]) -> None:
        self.steps = steps

    @property
    def produces(self) -> Kind:  # type: ignore[override]
        """Kind of the last release."""
        return self.steps[-1].produces

    def fit(self, export: Export) -> Self:
        """Fit every step to what the steps before it make of ``export``."""
        for step in self.steps[:-1]:
            export = _rows(step.fit(export).transform(export))
        self.steps[-1].fit(export)
        return self

    def transform(self, export: Export) -> Release:
        """Return the last release, with the guarantee of the whole and every step's manifest."""
        releases: list[Release] = []
        for step in self.steps:
            export = _rows(releases[-1]) if releases else export
            releases.append(step.transform(export))
        last = releases[-1]
        owner = None
        if all(release.owner is not None for release in releases):
            owner = releases[0].owner
            for release in releases[1:]:
                assert owner is not None
                assert release.owner is not None
                owner = np.where(release.owner < 0, -1, owner[release.owner])
        return replace(
            last,
            guarantee=_derived(self.steps, releases),
            private=any(release.private for release in releases),
            manifest={"defense": self.name, "steps": [dict(release.manifest) for release in releases]},
            owner=owner,
        )


def _rows(release: Release) -> Export:
    if release.kind in {"counts", "model"}:
        raise LabError(f"A release of {release.kind} has no rows that a further defence takes: put it last.")
    return release.as_export()


def _derived(steps: Sequence[Defense], releases: Sequence[Release]) -> Guarantee:
    """Return what is promised about the last release by all steps together."""
    private = _private(steps, releases)
    last = releases[-1].guarantee
    if "epsilon" in last.promises:
        return private
    if private.promises:
        return replace(private, promises={**private.promises, **last.promises})
    for release in reversed(releases[:-1]):
        k = release.guarantee.promises.get("k")
        if k is not None and not last.promises and _measured_k(releases[-1]) >= k:
            last = replace(release.guarantee, promises={"k": k})
    return last


def _private(steps: Sequence[Defense], releases: Sequence[Release]) -> Guarantee:
    """Return the differentially private promise about the people before the first step.

    Once a whole release is promised, later steps see nothing of the people any more. A promise about
    one column leaves the others to be read again: what later steps promise of those is added.
    """
    held = Guarantee()
    for place, release in enumerate(releases):
        found = release.guarantee
        if "epsilon" not in found.promises or (held.promises and not held.columns):
            continue
        if not all(step.rowwise for step in steps[:place]):
            continue
        held = _with_columns(held, found) if found.columns else found
    left = releases[-1]
    if held.columns and left.table is not None and left.kind == "records":
        names = left.table.column_names
        held = replace(held, in_clear=tuple(name for name in names if name not in held.columns))
    return held


def _with_columns(held: Guarantee, found: Guarantee) -> Guarantee:
    """Return a promise about further columns together with the one about earlier columns."""
    new = tuple(name for name in found.columns if name not in held.columns)
    if not held.promises or not new:
        # A column that was randomised before is read as it left: nothing is spent on it again.
        return held if held.promises else found
    epsilon = held.promises["epsilon"] + found.promises["epsilon"]
    return replace(held, promises={"epsilon": epsilon}, columns=held.columns + new)


def _measured_k(release: Release) -> int:
    if release.table is None or release.kind not in {"records", "tokens"}:
        return 0
    schema = release.schema
    return classes_of(release.table, schema.quasi_identifiers, person=schema.person).k
