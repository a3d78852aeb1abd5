"""Top-down local recoding: start at the top of every hierarchy and specialise class by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.conditions.local_classes import People
from defenses.conditions.options import ValueOptions
from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.lattice.lattice import Axis, lattice_from
from defenses.lattice.problem import hierarchies_of
from defenses.released import changed_release
from exports.coding import Ints
from exports.release import Export, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(eq=False, repr=False)
class TopDown(ValueOptions, Defense):
    """Specialise one class after another down the hierarchies while every piece stays large enough.

    All values start at the top. Each class is split by the column whose next level tells most,
    as long as all of its pieces satisfy what is asked; labels are those of the hierarchies, at
    different levels in different classes.

    Parameters
    ----------
    k : int, default 5
        Rows per class; with a person column, persons.
    sensitive, l, diversity, c, t
        Asked of every class too: see ``defenses.conditions.options.ValueOptions``.

    References
    ----------
    Fung, Wang and Yu (2005), doi:10.1109/ICDE.2005.143; Xu et al. (2006), doi:10.1145/1150402.1150504.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["11", "11", "12", "21", "22"]}), schema)
    >>> TopDown(k=2).fit_transform(export).rows["zip"].to_pylist()
    ['1*', '1*', '1*', '2*', '2*']
    """

    name: ClassVar[str] = "top-down"
    produces: ClassVar[Kind] = "records"

    k: int = 5

    def transform(self, export: Export) -> Release:
        """Return every row with the labels of its class."""
        asked = Requirements.of(self)
        people = People.of(export, asked)
        people.require(np.zeros(export.table.num_rows, np.intp))
        hierarchies = hierarchies_of(export)
        coded = {name: one.encode(export.table[name], name) for name, one in hierarchies.items()}
        lattice = lattice_from(coded, hierarchies)
        leaves = [codes[lattice.of] for codes in lattice.codes]
        level, part = specialised(lattice.axes, leaves, people)
        columns = {
            axis.name: _labels(axis, level[number][part], codes)
            for number, (axis, codes) in enumerate(zip(lattice.axes, leaves, strict=True))
        }
        return changed_release(
            self, export, columns, guarantee=people.guarantee, classes=int(part.max(initial=-1)) + 1
        )


def specialised(axes: Sequence[Axis], leaves: Sequence[Ints], people: People) -> tuple[list[Ints], Ints]:
    """Return the level of each axis per class, and the class of each row.

    Every round tries, for every class that is not finished, each axis one level down, and takes
    the split with the largest gain: the entropy of the pieces times the rows of the class.
    """
    part = np.zeros(len(leaves[0]), np.intp)
    level = [np.array([axis.hierarchy.height]) for axis in axes]
    finished = np.zeros(1, bool)
    while not finished.all():
        count = len(finished)
        gain = np.full((len(axes), count), -1.0)
        pieces = []
        for number, axis in enumerate(axes):
            lower = np.maximum(level[number] - 1, 0)
            label = _label_codes(axis, lower[part], leaves[number])
            keys, piece = np.unique(part * axis.sizes[0] + label, return_inverse=True)
            of = keys // axis.sizes[0]
            good = people.passes(piece, slice(None), len(keys))
            possible = np.bincount(of, ~good, count) == 0
            sizes = np.bincount(piece, minlength=len(keys)).astype(np.float64)
            whole = np.bincount(of, sizes, count)
            entropy = np.bincount(of, -sizes * np.log(sizes / whole[of]), count)
            allowed = possible & (level[number] > 0) & ~finished
            gain[number, allowed] = entropy[allowed]
            pieces.append(label)
        best = gain.argmax(axis=0)
        finished = gain.max(axis=0) < 0
        taken = np.where(finished, -1, best)
        label = np.select([taken[part] == number for number in range(len(axes))], pieces, 0)
        keys, part_next = np.unique(
            part * (max(axis.sizes[0] for axis in axes) + 1) + label, return_inverse=True
        )
        origin = np.zeros(len(keys), np.intp)
        origin[part_next] = part
        for number in range(len(axes)):
            level[number] = (level[number] - (taken == number))[origin]
        finished, part = finished[origin], part_next
    return level, part


def _label_codes(axis: Axis, level: Ints, leaves: Ints) -> Ints:
    """Return the label of each row when every row has its own level."""
    return np.stack(axis.labels)[level, leaves]


def _labels(axis: Axis, level: Ints, leaves: Ints) -> pa.Array:
    import pyarrow as pa

    names = [
        axis.hierarchy.labels[height][int(codes[leaf])]
        for height, codes in enumerate(axis.hierarchy.codes)
        for leaf in axis.leaves
    ]
    at = level * len(axis.leaves) + leaves
    return (
        pa.DictionaryArray.from_arrays(
            pa.array(np.arange(len(names), dtype=np.int32)), pa.array(names, pa.string())
        )
        .cast(pa.string())
        .take(pa.array(at))
    )
