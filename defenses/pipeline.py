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
    survives, since later steps only see its output; an earlier k is measured again on what
    leaves; any other earlier promise is dropped. A differentially private step after another
    step promises nothing about the people before that step, unless that only relabels rows.

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
    last = releases[-1].guarantee
    if "epsilon" in last.promises and not all(getattr(step, "rowwise", False) for step in steps[:-1]):
        last = Guarantee()
    for release in reversed(releases[:-1]):
        earlier = release.guarantee
        if "epsilon" in earlier.promises:
            last = replace(earlier, promises={**earlier.promises, **last.promises})
        elif (
            "k" in earlier.promises
            and not last.promises
            and _measured_k(releases[-1]) >= earlier.promises["k"]
        ):
            last = replace(earlier, promises={"k": earlier.promises["k"]})
    return last


def _measured_k(release: Release) -> int:
    if release.table is None or release.kind not in {"records", "tokens"}:
        return 0
    schema = release.schema
    return classes_of(release.table, schema.quasi_identifiers, person=schema.person).k
