"""Margin reconstruction: published tables of a small place leave only one list of people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions
from attacks.counts.table_cells import cells, codebook, margins, placed, size
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from exports.keys import repeats
from exports.queries import Condition
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

PEOPLE = 60
CELLS = 2_000
"""Largest place that is solved for: people in it, and cells of its table."""

SECONDS = 20.0
"""Time at most for the integer program of one place."""


@dataclass(frozen=True, slots=True)
class MarginReconstruction:
    """A statistician takes the published tables of a block and writes down who lives there.

    She has every table of one and of two columns, none of which shows a person. She looks for
    whole numbers of people in each cell of the full table that agree with all of them; of a small
    place often only one such list exists. Success is a person's complete record. Noise in the
    tables leaves no list that agrees, or a wrong one.

    Parameters
    ----------
    columns : tuple of str, optional
        Columns of the tables; by default quasi-identifiers and sensitive ones, without ``block``.
    block : str, optional
        Column that names the place; without it everybody is one place.
    order : int, default 2
        Columns of the largest table that is published.
    blocks : int, default 10
        Places solved for at most.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: people whose record is in the list, each entry counted for one person; people of
    places that were not solved are asked about and not guessed. ``baseline``: as many records
    drawn from the tables of single columns. ``series["exact"]``: places whose list is wholly
    right; ``series["agree"]``: places for which a list agrees with the tables at all. Several lists
    may; then the one found names some people who are not there, which is what critics object.

    References
    ----------
    Abowd et al. (2023), The 2010 Census confidentiality protections failed, here's how and why,
    doi:10.3386/w31995; contested by Muralidhar (2022), arXiv:2205.03939, and Sanchez, Jebreel,
    Muralidhar, Domingo-Ferrer, Blanco-Justicia (2023), arXiv:2311.03171.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, Schema, exact_counts
    >>> people = pa.table({"sex": ["f", "f", "m"], "age": ["young", "old", "old"]})
    >>> oracle = exact_counts(Export(people, Schema.of(quasi_identifier=["sex", "age"])))
    >>> MarginReconstruction().run(oracle, Truth(people), seed=1).attack
    100.0 % [43.9, 100.0] (3 of 3)
    """

    name: ClassVar[str] = "margin-reconstruction"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle"})

    columns: tuple[str, ...] | None = None
    block: str | None = None
    order: int = 2
    blocks: int = 10
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no list of people can be looked for."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        columns = self._columns(release)
        names = truth.original.column_names
        absent = [name for name in (*columns, self.block) if name is not None and name not in names]
        if not columns or absent:
            return f"{self.name} needs columns of the original to tabulate, and lacks {absent or 'any'}"
        person = release.schema.person
        if person in names and len(truth.original[person].unique()) < truth.original.num_rows:
            return f"{self.name} needs one row per person, and some {person!r} have several: tabulate persons"
        asked = size(codebook(truth.original, columns))
        faults = (
            (asked > CELLS, f"solves tables of at most {CELLS:,} cells, not {asked:,}: take coarser columns"),
            (self.order < 1 or self.blocks < 1, "needs tables of at least 1 column, and 1 place"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Solve for the people of each place.

        Raises
        ------
        LabError
            When the columns do not fit, or the oracle cannot answer.
        """
        require(self, release, truth)
        assert release.ask is not None
        stream = Stream(seed, "attack", self.name)
        columns = self._columns(release)
        values = codebook(truth.original, columns)
        ask, table = Questions(release.ask), truth.original
        flat = np.zeros(table.num_rows, dtype=np.int64)
        for name, known in zip(columns, values, strict=True):
            flat = flat * len(known) + placed(table[name], known)
        right, naive, solved = [], [], []
        exact = agree = asked = large = 0
        for place, rows in self._places(truth, stream):
            truly = np.bincount(flat[rows], minlength=size(values))
            asked += len(rows)
            sums, totals = margins(
                _within(ask, self.block, place), columns, values, min(self.order, len(columns))
            )
            large += len(rows) > PEOPLE
            solution = whole_counts(sums, totals) if len(rows) <= PEOPLE and len(totals) else None
            if solution is None:
                continue
            agree += 1
            exact += bool((solution == truly).all())
            guess = _drawn(sums, totals, columns, values, len(rows), stream.at(name=f"naive {place}"))
            right.append(_told(solution, flat[rows]))
            naive.append(_told(guess, flat[rows]))
            solved.append(rows)
        none = np.zeros(0, dtype=bool)
        return scored(
            self.name,
            Guesses(
                np.concatenate([none, *right]),
                groups=labels(truth, np.concatenate([none.astype(np.int64), *solved]), self.by),
            ),
            baseline=np.concatenate([none, *naive]),
            asked=asked,
            seed=seed,
            series={"places": len(right), "agree": agree, "exact": exact, "questions": ask.asked},
            notes=(f"{large:,} place(s) of over {PEOPLE} people were not solved for",) if large else (),
        )

    def _columns(self, release: Release) -> tuple[str, ...]:
        schema = release.schema
        chosen = schema.quasi_identifiers + schema.sensitive if self.columns is None else self.columns
        return tuple(name for name in chosen if name != self.block)

    def _places(self, truth: Truth, stream: Stream) -> list[tuple[Any, NDArray[np.int64]]]:
        """Return some places with the rows of their people."""
        if self.block is None:
            return [(None, np.arange(truth.original.num_rows))]
        ((known,), named) = codebook(truth.original, (self.block,)), truth.original[self.block]
        chosen, place = stream.at(name="blocks").sample(len(known), self.blocks), placed(named, known)
        return [(known[at], np.flatnonzero(place == at)) for at in chosen]


def _within(ask: Questions, block: str | None, place: Any) -> Questions:
    """Return the same questions about one place only."""
    if block is None:
        return ask
    here = Condition(block, [place])
    return Questions(lambda query: _answered(ask(here, *query.conditions)))


def _answered(count: int | None) -> int:
    from exports.queries import Withheld

    if count is None:
        raise Withheld("The count is withheld.")
    return count


def whole_counts(sums: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return whole numbers of people in each cell that agree with all totals; None where there are none.

    Examples
    --------
    >>> whole_counts(np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([3.0, 1.0])).tolist()
    [2, 1]
    >>> whole_counts(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0])) is None
    True
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    number = sums.shape[1]
    if not number:
        return np.zeros(0, dtype=np.int64)
    found = milp(
        np.zeros(number),
        constraints=LinearConstraint(sums, totals, totals),
        integrality=np.ones(number, dtype=np.int64),
        bounds=Bounds(0, np.inf),
        options={"time_limit": SECONDS},
    )
    return None if found.x is None else np.rint(found.x).astype(np.int64)


def _told(guess: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, for the person of each cell, whether a record of the guess is hers: equal ones pair off."""
    told: NDArray[np.bool_] = repeats(cell) < guess[cell]
    return told


def _drawn(
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
    columns: tuple[str, ...],
    values: list[list[Any]],
    people: int,
    stream: Stream,
) -> NDArray[np.int64]:
    """Return a guess from the tables of single columns, as if these were independent."""
    at = np.array(cells(values), dtype=np.int64).reshape(-1, len(columns))
    chance = np.ones(len(at))
    for axis, known in enumerate(values):
        inside = [(at[:, axis] == place).astype(float) for place in range(len(known))]
        counts = np.zeros(len(known))
        for place, wanted in enumerate(inside):
            match = np.flatnonzero((sums == wanted).all(axis=1))
            counts[place] = max(0.0, totals[match[0]]) if len(match) else 1.0
        chance *= (counts / max(counts.sum(), 1e-9))[at[:, axis]]
    if not chance.any() or not people:
        return np.zeros(len(at), dtype=np.int64)
    drawn: NDArray[np.int64] = np.bincount(stream.choices(people, chance), minlength=len(at))
    return drawn
