"""What every private synthesiser does alike: bound, measure once within the budget, draw rows."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from fractions import Fraction
from math import isqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.defense import Defense
from defenses.dp.budget import Cost, exact, exact_delta, rho_of_epsilon
from defenses.dp.coded_table import Coded
from defenses.dp.curator import Curated
from defenses.released import stated
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exports.schema import Schema


@dataclass(eq=False, repr=False)
class Synthesis(Curated):
    """A synthesiser that looks at the data through noisy counts alone.

    Parameters
    ----------
    epsilon, delta : float or str
        Of the whole release.
    columns : sequence of str, str or None
        Columns with declared domains; default all but identifiers and tokens.
    max_contributions : int or None
        Rows of one person that are used; default is the schema's, else 1.
    neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``; the budget is in rho.
    """

    produces: ClassVar[Kind] = "synthetic"

    epsilon: float | str
    delta: float | str
    _: KW_ONLY
    columns: Sequence[str] | str | None = None

    @abstractmethod
    def measured(self, data: Coded, rho: Fraction, distance: int, stream: Stream | None) -> Any:
        """Return everything that is ever learnt from the data, as JSON values.

        Parameters
        ----------
        data : Coded
            The bounded rows.
        rho : Fraction
            All of it may be spent.
        distance : int
            Rows in which neighbours differ.
        stream : Stream or None
            None draws in earnest.
        """

    @abstractmethod
    def drawn(self, measurements: Any, sizes: dict[str, int], stream: Stream) -> list[NDArray[np.int32]]:
        """Return the codes of synthetic rows, from the measurements alone."""

    def seen(self, export: Export) -> Coded:
        """Return the rows as they are looked at, in the declared domain and each person bounded."""
        return Coded.of(export, self.columns, self.max_contributions)

    def transform(self, export: Export) -> Release:
        """Return the synthetic rows."""
        data = self.seen(export)
        distance = self.distance(data.limit)
        epsilon, delta = exact(self.epsilon), exact_delta(self.delta)
        rho = rho_of_epsilon(epsilon, delta)
        curator = self.curator(export)
        query = {
            "defence": self.name,
            "values": dict(zip(data.domain.columns, data.domain.values, strict=True)),
            "rho": str(rho),
            "rows per person": data.limit,
            "parameters": self._own_parameters(),
        }
        found = curator.answer(
            query,
            Cost(None, rho),
            lambda stream: self.measured(data, rho, distance, stream),
            data.domain.stated(),
        )
        told = json.dumps(found, sort_keys=True).encode()
        stream = Stream(int.from_bytes(hashlib.sha256(told).digest()[:8], "big"), "defence", self.name)
        codes = self.drawn(found, data.sizes, stream)
        table = decoded(data, codes, stream)
        promises = {"epsilon": float(epsilon), "delta": float(delta)}
        return synthetic(
            self, table, export.schema, curator.guarantee(promises, data.limit), private=self.seed is None
        )

    def _own_parameters(self) -> dict[str, Any]:
        """Return the parameters that only this synthesiser has."""
        common = {field.name for field in fields(Synthesis)}
        return {name: value for name, value in self.get_params().items() if name not in common}


def synthetic(
    defense: Defense, table: pa.Table, schema: Schema, guarantee: Guarantee, private: bool = False
) -> Release:
    """Return rows that belong to nobody as a release; they have the roles of the columns they imitate."""
    columns = {name: schema.columns[name] for name in table.column_names}
    return Release(
        "synthetic",
        replace(
            schema,
            columns=MappingProxyType(columns),
            person=None,
            weight=None,
            household=None,
            time=None,
            consent=None,
            max_rows_per_person=None,
        ),
        guarantee,
        table=table,
        private=private,
        manifest={"defense": defense.name, "parameters": stated(defense)},
        owner=np.full(table.num_rows, -1),
    )


def decoded(data: Coded, codes: Sequence[NDArray[np.int32]], stream: Stream) -> pa.Table:
    """Return the rows that codes stand for; within an interval every value is equally likely.

    Between edges that all are whole numbers these are whole numbers.
    """
    import pyarrow as pa

    table = data.domain.decode(codes)
    for position, (name, edges) in enumerate(zip(data.domain.columns, data.domain.edges, strict=True)):
        if edges is not None:
            bounds = np.array(edges, dtype=np.float64)
            low, high = bounds[:-1][codes[position]], bounds[1:][codes[position]]
            values = low + (high - low) * stream.at(name=f"{name}/within").uniforms(len(low))
            whole = bool((bounds == np.floor(bounds)).all())
            drawn = pa.array(np.floor(values)).cast(pa.int64()) if whole else pa.array(values)
            table = table.set_column(position, name, drawn)
    return table


def rational_root(square: Fraction) -> Fraction:
    """Return the square root rounded down to about 20 significant bits.

    Examples
    --------
    >>> float(rational_root(Fraction(2)))
    1.414213...
    """
    root = isqrt(int(square * 4**60))
    spare = max(0, root.bit_length() - 20)
    return Fraction(root >> spare << spare, 2**60)
