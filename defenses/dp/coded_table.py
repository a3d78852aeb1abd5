"""A table as integers of a declared domain, each person bounded, and margins measured with noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from defenses.columns import listed, require_nameless
from defenses.contributions import within_bound
from defenses.dp.cell_counts import contribution_limit
from defenses.dp.noise import Noise, add_noise
from exports.domain import Domain
from exports.errors import LabError
from exports.release import Export

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


@dataclass(frozen=True, slots=True)
class Coded:
    """The rows that a synthesiser sees.

    Rows with a value outside the domain are left out, since which values occur is private.

    Parameters
    ----------
    domain : Domain
        Columns and their declared values.
    codes : sequence of array of int32, shape (rows,)
        One per column.
    limit : int
        Rows that one person has at most.
    """

    domain: Domain
    codes: Sequence[NDArray[np.int32]]
    limit: int

    @classmethod
    def of(cls, export: Export, columns: Sequence[str] | str | None, max_contributions: int | None) -> Coded:
        """Return the coded rows of an export.

        Raises
        ------
        LabError
            When a column has no declared domain, or none is left.
        """
        names = listed(columns) or described(export)
        if not names:
            raise LabError("The schema declares no column but identifiers: there is nothing to synthesise.")
        require_nameless(export.schema, names)
        domain = Domain.of(export.schema, names)
        limit = contribution_limit(export, max_contributions)
        table = export.table
        if export.schema.person is not None:
            kept = within_bound(table[export.schema.person], limit)
            table = table if kept is None else table.filter(kept)
        codes = domain.encode(table)
        inside = np.logical_and.reduce([code >= 0 for code in codes])
        return cls(domain, [code[inside] for code in codes], limit)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of values by column."""
        return dict(zip(self.domain.columns, self.domain.sizes, strict=True))

    def counts(self, columns: Sequence[str]) -> NDArray[np.int64]:
        """Return the exact counts over some columns, one axis each."""
        shape = tuple(self.sizes[name] for name in columns)
        chosen = tuple(self.codes[self.domain.columns.index(name)] for name in columns)
        flat = np.bincount(np.ravel_multi_index(chosen, shape), minlength=prod(shape))
        return flat.reshape(shape).astype(np.int64)

    def noisy(self, cliques: Sequence[Sequence[str]], noise: Noise, stream: Stream | None) -> list[list[int]]:
        """Return the counts over several sets of columns with noise, flat, in one draw."""
        exact = [self.counts(clique).reshape(-1) for clique in cliques]
        ends = np.cumsum([len(part) for part in exact])[:-1]
        return [part.tolist() for part in np.split(add_noise(np.concatenate(exact), noise, stream), ends)]


def described(export: Export) -> list[str]:
    """Return the columns that describe people and name nobody."""
    return [name for name in export.schema.columns if name not in export.schema.naming]
