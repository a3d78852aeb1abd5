"""Mondrian: cut the table again and again at a median while every part stays large enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from defenses.conditions.local_classes import People
from defenses.conditions.options import ValueOptions
from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.released import changed_release
from exports.coding import Coding, Ints, as_text, encode
from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of
from exports.hierarchies.levels import ANY, set_label
from exports.release import Export, Kind, Release
from exports.values.order import order_of

if TYPE_CHECKING:
    import pyarrow as pa


LABELS_TELL = "ranges end at values that people in the class really have, and sets list all of these"


@dataclass(eq=False, repr=False)
class Mondrian(ValueOptions, Defense):
    """Cut rows into classes of similar people by medians, and publish each class by its ranges.

    An adversary who knows the quasi-identifiers finds at least k candidates; values are recoded
    locally, each class by its own range, so that more detail stays than with global levels. Values
    without an order are published as a set. Ranges end at, and sets hold, what people really answered.

    Parameters
    ----------
    k : int, default 5
        Rows per class; with a person column, persons.
    cut : {"strict", "relaxed"}
        Whether equal values stay together, or a class is cut in the middle whatever its values.
    sensitive, l, diversity, c, t
        Asked of every class too: see ``defenses.conditions.options.ValueOptions``.

    References
    ----------
    LeFevre, DeWitt and Ramakrishnan (2006), doi:10.1109/ICDE.2006.101.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"age": [23, 25, 41, 47]}), Schema.of(quasi_identifier=["age"]))
    >>> release = Mondrian(k=2).fit_transform(export)
    >>> release.rows["age"].to_pylist(), release.guarantee
    (['23..25', '23..25', '41..47', '41..47'], k=2)
    """

    name: ClassVar[str] = "mondrian"
    produces: ClassVar[Kind] = "records"

    k: int = 5
    cut: Literal["strict", "relaxed"] = "strict"

    def transform(self, export: Export) -> Release:
        """Return every row with the ranges of its class."""
        if self.cut not in {"strict", "relaxed"}:
            raise LabError(f"cut is {self.cut!r} but must be 'strict' or 'relaxed'.")
        asked = Requirements.of(self)
        people = People.of(export, asked)
        names = [name for name in export.schema.quasi_identifiers if name not in export.schema.naming]
        if not names:
            raise LabError("The schema declares no quasi-identifier: give at least one column that role.")
        axes = {name: Scale.of(export, name) for name in names}
        ranks = [axis.ranks for axis in axes.values()]
        people.require(np.zeros(export.table.num_rows, np.int64))
        part = parts(ranks, people, max(self.k, 1), strict=self.cut == "strict")
        columns = {name: axis.labels(part) for name, axis in axes.items()}
        classes = int(part.max(initial=-1)) + 1
        return changed_release(
            self, export, columns, guarantee=people.guarantee, classes=classes, labels=LABELS_TELL
        )


MOST_MEMBERS = 12
"""Values up to which the set of a class is printed; a larger one is ``*``."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A quasi-identifier as ranks along which it is cut, and what classes of it are called.

    Parameters
    ----------
    ranks : array of int32, shape (rows,)
        Rank of each row's value; a missing one is among those without a name.
    names : tuple of str or None
        The value of each rank, None for a missing one.
    ordered : bool
        Whether ranks are an order, so that a class may be called by its ends.
    tree : Hierarchy or None
        What is declared for the column, which then names its classes.
    leaves : array of int32 or None
        Code of each rank in the tree.
    """

    ranks: NDArray[np.int32]
    names: tuple[str | None, ...]
    ordered: bool
    tree: Hierarchy | None = None
    leaves: NDArray[np.int32] | None = None

    @classmethod
    def of(cls, export: Export, name: str) -> Scale:
        """Rank values by their order, along their hierarchy, or, where they have neither, somehow."""
        import pyarrow.compute as pc

        declared = export.schema.columns[name]
        coding = encode(export.table[name], name)
        text = [None, *as_text(coding.values).to_pylist()]
        if declared.hierarchy is not None or declared.groups is not None:
            return cls._along_tree(export, name, coding, text)
        found = order_of(coding.values, declared, name)
        ranks = pc.rank(coding.values).to_numpy() if found is None else found.ranks
        order = np.append(0, 1 + np.argsort(ranks, kind="stable"))
        ordered = found is not None and found.ground != "truth values"
        return cls(_places(order)[coding.codes], tuple(text[code] for code in order), ordered)

    @classmethod
    def _along_tree(cls, export: Export, name: str, coding: Coding, text: Sequence[str | None]) -> Scale:
        import pyarrow as pa

        tree = hierarchy_of(export.table[name], name, export.schema.columns[name])
        # Every row is looked up, so that a sentence on what is missed counts rows and not distinct values.
        tree.encode(export.table[name], name)
        codes = np.append(0, tree.encode(pa.chunked_array([coding.values]), name)).astype(np.int32)
        place = {label: code for code, label in enumerate(tree.labels[0])}
        codes[0] = place.get(None, 0)
        order = np.lexsort([level[codes] for level in tree.codes])
        ranks = _places(order)[coding.codes]
        return cls(ranks, tuple(text[code] for code in order), False, tree, codes[order])

    def labels(self, part: Ints) -> pa.Array:
        """Return, per row, what its class is called: its value, its range, its set, or ``*``."""
        import pyarrow as pa

        size = len(self.names)
        pairs = np.unique(part.astype(np.int64) * size + self.ranks)
        starts = np.flatnonzero(np.diff(pairs // size, prepend=-1))
        members = np.split(pairs % size, starts[1:])
        known: dict[bytes, str | None] = {}
        called: dict[str | None, int] = {}
        codes = np.zeros(len(members), np.int32)
        for place, ranks in enumerate(members):
            key = ranks.tobytes()
            if key not in known:
                known[key] = self._name(ranks)
            codes[place] = called.setdefault(known[key], len(called))
        missing = np.array([name is None for name in called], bool)
        code = codes[part]
        return pa.DictionaryArray.from_arrays(
            pa.array(code, mask=missing[code]), pa.array([name or "" for name in called], pa.string())
        )

    def _name(self, ranks: Ints) -> str | None:
        """Name a class by the ranks of its values."""
        if len(ranks) == 1:
            return self.names[int(ranks[0])]
        if self.tree is not None and self.leaves is not None:
            leaves = self.leaves[ranks]
            for level in range(1, self.tree.height + 1):
                labels = np.unique(self.tree.codes[level][leaves])
                if len(labels) == 1:
                    return self.tree.labels[level][int(labels[0])]
        names = [self.names[int(rank)] for rank in ranks]
        if None in names:
            # Neither a range nor a set says of somebody that nothing is known.
            return ANY
        if self.ordered:
            return f"{names[0]}..{names[-1]}"
        return set_label([name for name in names if name is not None], MOST_MEMBERS)


def _places(order: NDArray[np.int64]) -> NDArray[np.int32]:
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    return rank


def parts(ranks: Sequence[NDArray[np.int32]], people: People, k: int, *, strict: bool) -> Ints:
    """Return the class of each row: all parts are cut at once, round by round, without recursion.

    Parameters
    ----------
    ranks : sequence of array of int32, shape (rows,)
        Each column's value as a rank.
    people : People
        What every part must satisfy.
    k : int
        Least rows of a part.
    strict : bool
        Whether equal ranks stay together.
    """
    rows = len(ranks[0])
    spans = np.array([max(int(column.max(initial=0)), 1) for column in ranks], np.float64)
    final = np.zeros(rows, np.int64)
    classes = 0
    order = np.arange(rows)
    starts = np.zeros(1, np.int64)
    failed = np.zeros((1, len(ranks)), bool)
    columns = [column.copy() for column in ranks]
    while len(order):
        sizes = np.diff(starts, append=len(order))
        width = np.stack(
            [
                (np.maximum.reduceat(column, starts) - np.minimum.reduceat(column, starts)) / span
                for column, span in zip(columns, spans, strict=True)
            ],
            axis=1,
        )
        width[failed] = -1
        axis = width.argmax(axis=1)
        best = width[np.arange(len(starts)), axis]
        active = (sizes >= 2 * k) & ((best > 0) if strict else (best >= 0))
        done = np.repeat(~active, sizes)
        number = np.cumsum(~active) - 1 + classes
        final[order[done]] = np.repeat(number, sizes)[done]
        classes += int(np.count_nonzero(~active))
        if not active.any():
            break
        keep = ~done
        order, columns = order[keep], [column[keep] for column in columns]
        sizes, axis, failed = sizes[active], axis[active], failed[active]
        starts = np.cumsum(sizes) - sizes
        segment = np.repeat(np.arange(len(starts)), sizes)
        value = np.empty(len(order), np.int64)
        for number_of_axis, column in enumerate(columns):
            here = np.repeat(axis == number_of_axis, sizes)
            value[here] = column[here]
        arranged = np.argsort((segment << 32) | value, kind="stable" if not strict else None)
        order, columns, value = order[arranged], [column[arranged] for column in columns], value[arranged]
        cut = _cuts(value, segment, starts, sizes, k) if strict else starts + sizes // 2
        possible = (cut - starts >= k) & (starts + sizes - cut >= k)
        cut = np.where(possible, cut, starts)
        right = np.arange(len(order)) >= np.repeat(cut, sizes)
        if not people.sizes_only:
            halves = people.passes(2 * segment + right, order, 2 * len(starts)).reshape(-1, 2)
            possible &= halves.all(axis=1)
        failed[np.arange(len(axis)), axis] |= ~possible
        cuts = cut[possible]
        failed = np.repeat(failed, 1 + possible, axis=0)
        starts = np.sort(np.concatenate([starts, cuts]))
    return final


def _cuts(value: Ints, segment: Ints, starts: Ints, sizes: Ints, k: int) -> Ints:
    """Return where each part is cut: at the change of value nearest to its middle, k rows on both sides."""
    change = np.flatnonzero((value[1:] != value[:-1]) & (segment[1:] == segment[:-1])) + 1
    middle = starts + sizes // 2
    after = np.searchsorted(change, middle)
    later = np.append(change, len(value))[after]
    earlier = np.append(-1, change)[after]
    ends = starts + sizes
    ok_later = (later >= starts + k) & (later <= ends - k)
    ok_earlier = (earlier >= starts + k) & (earlier <= ends - k)
    nearer = later - middle < middle - earlier
    return np.where(ok_later & (nearer | ~ok_earlier), later, np.where(ok_earlier, earlier, starts))
