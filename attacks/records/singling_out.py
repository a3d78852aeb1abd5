"""Singling out: a condition read off the release is true of exactly one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.advantage import effective
from attacks.attack import inapplicable, require
from attacks.comparison.predicates import Coded, Predicates
from attacks.persons import whose, whose_released
from attacks.records.singling_out_predicates import Form, multivariate, univariate
from attacks.records.singling_out_world import World, at_size, joint_rows
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored, strongest
from attacks.targets import comparable, group_labels, left_out, strange_rows, unusable
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.shares import Share

MODES = ("univariate", "multivariate")

PLACES = ("original", "control")


@dataclass(frozen=True, slots=True)
class SinglingOut:
    """Somebody reads the release and describes one person of the original by a few conditions.

    She holds the release only. She takes a record with a rare value, or a rare combination of
    values, and claims that the same conditions are true of exactly one person of the original:
    she succeeds when that is so, and that person can be told from all others.

    Parameters
    ----------
    mode : {"best", "multivariate", "univariate"}
        Combinations of ``columns`` conditions, or single rare values and ends of scales; by default both are
        tried, and the stronger is reported with an interval that pays for the choice.
    columns : int, optional
        Conditions per claim, when multivariate. By default of every second claim tried three, of every
        second other four, and so on to all or twelve: few columns hold few rare combinations of three.
    numbers : {"either", "ends", "values"}
        How a number is claimed, when multivariate: as it is, from it to the nearer end of the scale, or
        either way. ``columns=3, numbers="ends"`` are the claims that Anonymeter makes.
    use : tuple of str, optional
        Columns that conditions can be about; by default all that release and original share.
    targets : int, default 2000
        Claims to make, all different.
    attempts : int, default 2000000
        Conjunctions to try before fewer claims are made than asked for.
    by : str, optional
        Column of the release by which groups are reported: those of the records that claims are read off.

    Notes
    -----
    A claim is made when it is true of one person in the release (of one *different* record of a synthetic
    release, which may repeat what it gives away), never on a missing value; it is right when it is true of
    one person of the original. ``series["strategies"]`` has what each mode achieves. ``control``: the
    same claims about people who are not in the release, as many as in the original; of fewer the
    number of right claims is brought to the original's size by a negative binomial fit and keeps
    the precision of what was counted. ``baseline``: claims of the same form, read off the control
    (else off one half of the original) and held against the original (its other half): what one who
    knows the population but not the release achieves, at most about 37 % (1/e) on average.

    References
    ----------
    Cohen and Nissim (2020), Towards formalizing the GDPR's notion of singling out,
    doi:10.1073/pnas.1914598117. Giomi, Boenisch, Wehmeyer, Tasnadi (2023),
    doi:10.56553/popets-2023-0055.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> people = pa.table({"age": [30, 30, 87], "job": ["smith", "smith", "cook"]})
    >>> release = Release("records", Schema.of(quasi_identifier=["age", "job"]), table=people)
    >>> SinglingOut(mode="univariate").run(release, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "singling-out"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records", "synthetic"})
    needs: ClassVar[frozenset[str]] = frozenset()

    mode: Literal["best", "multivariate", "univariate"] = "best"
    columns: int | None = None
    numbers: Literal["either", "ends", "values"] = "either"
    use: tuple[str, ...] | None = None
    targets: int = 2_000
    attempts: int = 2_000_000
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no condition can be read off this release."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.mode not in ("best", *MODES):
            return f"{self.name} has the modes best, multivariate and univariate, not {self.mode!r}"
        if self.numbers not in ("either", "ends", "values"):
            return f"{self.name} claims numbers as either, ends or values, not {self.numbers!r}"
        if min(1 if self.columns is None else self.columns, self.targets, self.attempts) < 1:
            return f"{self.name} needs columns, targets and attempts of at least 1"
        names = self._names(release, truth)
        if not names:
            return f"{self.name} needs a column that release and original share"
        return unusable(release, truth, names)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Read claims off the release and hold them against the original.

        Raises
        ------
        LabError
            When a column is absent, or the control holds nobody but people of the original.
        """
        require(self, release, truth)
        person = release.schema.person
        tables = [release.rows, truth.original, *([] if truth.control is None else [truth.control])]
        names = self._names(release, truth)
        coded = Coded.of(tables, [(name, release.schema.columns.get(name)) for name in names])
        apart = [names[at] for at in coded.strange()]
        notes = left_out(names, apart)
        if apart:
            kept_names = [name for name in names if name not in apart]
            coded = Coded.of(tables, [(name, release.schema.columns.get(name)) for name in kept_names])
        people = [
            whose_released(release, truth),
            *(whose(one, person, place) for one, place in zip(tables[1:], PLACES, strict=False)),
        ]
        worlds = [World(codes, own) for codes, own in zip(coded.tables, people, strict=True)]
        if truth.control is not None:
            kept, more = strange_rows(truth.control, truth.original, person, joint_rows(worlds[1:]))
            notes += more
            worlds[2:] = [worlds[2].take(kept)] if kept.any() else []
        read = worlds[0].different() if release.kind == "synthetic" else worlds[0].once()
        worlds[1:] = [one.take(one.once()) for one in worlds[1:]]
        groups = None if self.by is None else group_labels(release.rows, self.by)[read]
        found = {
            mode: self._result(mode, coded, worlds[0].take(read), worlds[1:], groups, notes, seed)
            for mode in (MODES if self.mode == "best" else [self.mode])
        }
        return strongest(found, "strategy")

    def _result(
        self,
        mode: str,
        coded: Coded,
        released: World,
        worlds: Sequence[World],
        grouped: NDArray[Any] | None,
        notes: tuple[str, ...],
        seed: int,
    ) -> AttackResult:
        """Make the claims of one mode and hold them against the people inside and outside."""
        stream = Stream(seed, "attack", f"{self.name}/{mode}")
        claims, tried = self._claims(mode, released, coded, stream.at(name="claims"))
        right = worlds[0].holding(claims, coded.covers) == 1
        groups = None if grouped is None else grouped[claims.source]
        control: Guesses | Share | None = None
        if len(worlds) > 1:
            known, held_against = worlds[1].some(worlds[0].persons, stream.at(name="control")), worlds[0]
            found = known.holding(claims, coded.covers)
            alone = found == 1
            control = Guesses(alone, claims.source, groups)
            if known.persons != held_against.persons:
                counted = effective(alone, claims.source)
                control = at_size(found, counted, held_against.persons / known.persons)
                notes += (_SMALL.format(known.persons, held_against.persons),)
        else:
            known, held_against = worlds[0].halves(stream.at(name="halves"))
        others, _ = self._claims(mode, known, coded, stream.at(name="baseline"))
        if len(claims) < self.targets:
            notes += (f"only {len(claims):,} claims could be read off the release in {tried:,} attempts",)
        return scored(
            self.name,
            Guesses(right, claims.source, groups),
            control=control,
            baseline=Guesses(held_against.holding(others) == 1).share(),
            asked=self.targets,
            seed=seed,
            notes=notes,
        )

    def _names(self, release: Release, truth: Truth) -> tuple[str, ...]:
        return self.use or comparable(release, truth)

    def _claims(self, mode: str, world: World, coded: Coded, stream: Stream) -> tuple[Predicates, int]:
        """Return different claims that are true of one person each, and how many were tried."""
        if mode == "univariate":
            listed = univariate(world.codes, coded, world.people)
            chosen = stream.permutation(len(listed))[: self.targets]
            return listed.only(np.sort(chosen)), len(listed)
        form = Form(self.columns, self.numbers)
        return multivariate(world.codes, coded, form, self.targets, self.attempts, stream, world.people)


_SMALL = (
    "the control has {:,} people, the original {:,}: the right claims about it are brought to that size by a "
    "negative binomial fit"
)
