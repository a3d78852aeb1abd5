"""Global recoding: every value of a column is replaced by its label at one level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from defenses.columns import listed
from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.lattice.problem import hierarchies_of
from defenses.records.recoded import recoded
from exports.errors import LabError
from exports.release import Export, Kind, Release


class GlobalRecoding(Defense):
    """Generalise each quasi-identifier to a level of its hierarchy, and leave small classes out.

    An adversary who knows the quasi-identifiers finds at least k candidates for every row that
    leaves. Direct identifiers and tokens do not leave at all; persons and households leave as
    numbers made anew.

    Parameters
    ----------
    levels : mapping of str to int, or str
        Level of each quasi-identifier, 0 where none is given; as text ``age:2,zip:3``, in which a name
        that holds a comma stands in double quotes with its level.
    k : int, default 1
        Rows per class; with a person column, persons.
    suppression : float, default 0
        Largest share of rows (persons) that may be left out.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["02139", "02138", "10001"]}), schema)
    >>> release = GlobalRecoding({"zip": 1}, k=2, suppression=0.4).fit_transform(export)
    >>> release.rows["zip"].to_pylist(), release.guarantee
    (['0213*', '0213*'], k=2)
    """

    name: ClassVar[str] = "global-recoding"
    produces: ClassVar[Kind] = "records"

    def __init__(self, levels: Mapping[str, int] | str = "", k: int = 1, suppression: float = 0.0) -> None:
        self.levels = levels
        self.k = k
        self.suppression = suppression

    def fit(self, export: Export) -> Self:
        """Build the hierarchies of the columns."""
        self.hierarchies_ = hierarchies_of(export)
        wanted = _levels(self.levels)
        for name, level in wanted.items():
            if name not in self.hierarchies_:
                raise LabError(f"levels names {name!r}, which is no quasi-identifier: correct the name.")
            height = self.hierarchies_[name].height
            if not 0 <= level <= height:
                raise LabError(f"The level of {name!r} is {level} but must be from 0 to {height}.")
        self.levels_ = {name: wanted.get(name, 0) for name in self.hierarchies_}
        return self

    def transform(self, export: Export) -> Release:
        """Return the generalised rows, without those whose class is too small."""
        return recoded(
            self,
            export,
            Requirements.of(self),
            self.hierarchies_,
            self.levels_,
        )


def _levels(given: Mapping[str, int] | str) -> dict[str, int]:
    if not isinstance(given, str):
        return dict(given)
    found = {}
    for pair in listed(given) if given else ():
        name, _, level = pair.rpartition(":")
        if not name or not level.strip().isdigit():
            raise LabError(f"levels holds {pair!r} but must be like age:2,zip:3: correct it.")
        found[name.strip()] = int(level)
    return found
