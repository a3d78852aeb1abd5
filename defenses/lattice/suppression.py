"""What a node of the lattice suppresses: row by row, or person by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from defenses.conditions.classes import Classes, Node
from defenses.conditions.k_anonymity import KAnonymity
from defenses.conditions.release_conditions import Conditions
from defenses.lattice.lattice import Lattice
from defenses.lattice.roll_up import RollUp, Tallies, members
from exports.coding import Floats, Ints, Passes
from exports.keys import once_per_class


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one node.

    Parameters
    ----------
    classes : Classes
        Its classes.
    suppressed : float
        Rows (persons) that have to be left out; infinite when that does not help.
    limit : float
        Rows (persons) that may be left out.
    hopeless : bool
        Whether neither this node nor any below it can satisfy the conditions.
    least : float
        Rows that a class needs in order to leave.
    kept : array of bool or None
        Which classes (of persons: which rows) may leave; None when not worked out yet.
    """

    classes: Classes
    suppressed: float
    limit: float
    hopeless: bool
    least: float
    kept: Passes | None = None


class Judge(Protocol):
    """Tells what a node suppresses."""

    def at(self, node: Node) -> Verdict:
        """Return the verdict on one node."""

    def kept(self, verdict: Verdict) -> tuple[Classes, Passes]:
        """Return the classes that occur and which of them may leave."""

    def rows(self, node: Node) -> Passes:
        """Return which rows of the table may leave."""


class RowJudge:
    """Judges nodes when every row is a person of its own.

    Parameters
    ----------
    lattice : Lattice
        Distinct rows with their counts.
    conditions : Conditions
        What every class that leaves satisfies.
    """

    def __init__(self, lattice: Lattice, conditions: Conditions) -> None:
        self._lattice, self._conditions = lattice, conditions
        self._tallies = Tallies(lattice, 1)
        self._limit = conditions.limit(lattice.rows)
        self._least = conditions.least_rows
        self._monotone = conditions.monotone(lattice.rows)
        self._sizes_only = not conditions.samples and all(
            isinstance(condition, KAnonymity) for condition in conditions.each
        )
        self._rollup = None if self._sizes_only or conditions.samples else RollUp(lattice)

    def at(self, node: Node) -> Verdict:
        """Return the verdict on one node, looking no further than the sizes where they decide."""
        classes = self._ordered(node)[0] if self._conditions.samples else self._tallies.at(node).used()
        rows = classes.counts[:, 0]
        # Not as a product of vectors: what BLAS spends on threads for it is many times the sum itself.
        small = float(rows[rows < self._least].sum())
        if self._sizes_only or small > self._limit:
            return Verdict(classes, small, self._limit, small > self._limit, self._least)
        if self._rollup is not None:
            classes = self._rollup.at(node)
            rows = classes.counts[:, 0]
        considered = rows >= self._least
        if not self._conditions.asks_size and self._conditions.population is not None:
            considered |= rows == 0
        large = np.flatnonzero(considered)
        listed = classes.at(large)
        kept = self._conditions.kept(listed, most=self._limit - small)
        suppressed = np.inf if kept is None else small + float(listed.counts[~kept, 0].sum())
        hopeless = suppressed > self._limit and (kept is None or self._monotone)
        if suppressed > self._limit and not hopeless:
            absorbed = self._conditions.kept(listed, absorbing=True)
            hopeless = absorbed is None or small + float(listed.counts[~absorbed, 0].sum()) > self._limit
        leaving = np.zeros(len(rows), bool)
        leaving[large] = kept if kept is not None else False
        return Verdict(classes, suppressed, self._limit, hopeless, self._least, leaving)

    def _ordered(self, node: Node) -> tuple[Classes, Ints]:
        """Return classes, the class of each distinct row, and in ``first`` the order of leaving."""
        classes, of = members(self._lattice, node)
        if self._conditions.narrow_first and classes.first is not None:
            width = np.zeros(len(classes.counts))
            for number, (axis, level) in enumerate(zip(self._lattice.axes, node, strict=True)):
                width += np.log1p(classes.counts[:, 0] * axis.shares[level][classes.labels(number)])
            rank = np.empty(len(width), np.intp)
            rank[np.lexsort((classes.first, width))] = np.arange(len(width))
            classes = replace(classes, first=rank)
        return classes, of

    def rows(self, node: Node) -> Passes:
        """Return which rows of the table may leave."""
        classes, of = self._ordered(node)
        kept = self._conditions.kept(classes, most=self._limit)
        if kept is None:
            return np.zeros(len(self._lattice.of), bool)
        rows: Passes = kept[of[self._lattice.of]]
        return rows

    def kept(self, verdict: Verdict) -> tuple[Classes, Passes]:
        """Return the classes that occur and which of them may leave."""
        rows = verdict.classes.counts[:, 0]
        used = np.flatnonzero(rows)
        kept = rows >= self._least if verdict.kept is None else verdict.kept
        return verdict.classes.at(used), kept[used]


class PersonJudge:
    """Judges nodes when a person has several rows: sizes count persons, whole persons are left out.

    Leaving a person out shrinks the other classes that they are in, so it is repeated until
    every class that is left satisfies the conditions. Within a class a person weighs one, spread
    evenly over their rows there. Who is in two classes is one person when they are merged, so
    that classes do not add up and only absorbing conditions are monotone.

    Parameters
    ----------
    lattice : Lattice
        Distinct rows.
    conditions : Conditions
        What every class that leaves satisfies.
    person : array of int, shape (rows,)
        Whose row it is, from 0.
    values : mapping of str to array of int, shape (rows,)
        Code of each row in each sensitive column.
    others : array of int, shape (population,), optional
        Whose row it is of each row of the population, which come last in the lattice.
    masses : array of float, shape (persons,), optional
        Without a population, how many of its members each person stands for.
    """

    def __init__(
        self,
        lattice: Lattice,
        conditions: Conditions,
        person: Ints,
        values: Mapping[str, Ints],
        others: Ints | None = None,
        masses: Floats | None = None,
    ) -> None:
        self._lattice, self._conditions, self._person, self._values = lattice, conditions, person, values
        self._others, self._masses = others, masses
        self._persons = int(person.max(initial=-1)) + 1
        self._limit = conditions.limit(self._persons)
        self._monotone = all(condition.absorbing for condition in conditions.each)

    def at(self, node: Node) -> Verdict:
        """Return the verdict on one node."""
        classes, of = members(self._lattice, node)
        of = of[self._lattice.of]
        kept = self._left(node, of)
        suppressed = self._suppressed(kept)
        hopeless = suppressed > self._limit and (
            kept is None
            or self._monotone
            or self._suppressed(self._left(node, of, absorbing=True)) > self._limit
        )
        return Verdict(classes, suppressed, self._limit, hopeless, self._conditions.least_rows, kept)

    def kept(self, verdict: Verdict) -> tuple[Classes, Passes]:
        """Return the classes, split in two where some of their rows are left out, and which part is kept."""
        return members(self._lattice, verdict.classes.node, verdict.kept)

    def rows(self, node: Node) -> Passes:
        """Return which rows of the table may leave."""
        kept = self._left(node, members(self._lattice, node)[1][self._lattice.of])
        return np.zeros(len(self._person), bool) if kept is None else kept

    def _suppressed(self, kept: Passes | None) -> float:
        return np.inf if kept is None else self._persons - len(np.unique(self._person[kept]))

    def _left(self, node: Node, of: Ints, *, absorbing: bool | None = None) -> Passes | None:
        """Return the rows left when persons are left out until all classes satisfy the conditions.

        None when this cannot be mended by leaving persons out.
        """
        left = np.ones(len(self._person), bool)
        population = self._population(of)
        while left.any():
            rows = np.flatnonzero(left)
            counts = self._counts(of, rows, population)
            # A class that suppression has emptied is no case for presence, one that was empty before is.
            listed = np.arange(len(counts)) if left.all() else np.flatnonzero(counts[:, 0])
            passes = self._conditions.kept(Classes(node, counts[listed], ()), absorbing=absorbing)
            if passes is None:
                return None
            kept = np.zeros(len(counts), bool)
            kept[listed] = passes
            gone = self._person[rows[~kept[of[rows]]]]
            if not gone.size:
                break
            out = np.zeros(self._persons, bool)
            out[gone] = True
            left &= ~out[self._person]
        return left

    def _population(self, of: Ints) -> Ints | None:
        """Return the distinct persons of the population in each class, where it is given."""
        if self._others is None:
            return None
        place, _, _ = once_per_class(of[len(self._person) :], self._others)
        return np.bincount(place, minlength=int(of.max()) + 1)

    def _counts(self, of: Ints, rows: Ints, population: Ints | None) -> Floats:
        """Return the measures of each class in persons: a person weighs one per class."""
        classes, of = int(of.max()) + 1, of[rows]
        place, who, pair = once_per_class(of, self._person[rows])
        weight = 1 / np.bincount(pair)[pair]
        sizes = [part.stop - part.start for part in self._conditions.histograms.values()]
        counts = np.zeros((classes, 1 + (self._conditions.population is not None) + sum(sizes)))
        counts[:, 0] = np.bincount(place, minlength=classes)
        if self._masses is not None:
            counts[:, self._conditions.population] = np.bincount(place, self._masses[who], classes)
        elif population is not None:
            counts[:, self._conditions.population] = population
        for (name, part), size in zip(self._conditions.histograms.items(), sizes, strict=True):
            cell = of * size + self._values[name][rows]
            counts[:, part] = np.bincount(cell, weight, classes * size).reshape(classes, size)
        return counts
